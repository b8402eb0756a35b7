"""init, synth: making a workspace and something to fill it with."""

from pathlib import Path
from typing import Annotated

import typer

from publisher.catalogue.packaged import copy_catalogue
from publisher.cli.console import bars, out, show_json
from publisher.cli.options import JsonOption
from publisher.errors import UsageError
from publisher.settings import SETTINGS_TEXT, Workspace
from publisher.synth.declarations import synthesise


def init(
    folder: Annotated[Path, typer.Argument(help="The new workspace: a folder that is not there yet, or empty.")],
    as_json: JsonOption = False,
) -> None:
    """Make a workspace: the packaged queries, the monthly plan and a settings file to edit.

    Example:  publisher init ~/trade
    """
    here = make_workspace(folder)
    if as_json:
        show_json({"workspace": str(here.root), "settings": str(here.settings_file)})
        return
    out.print(f"made a workspace in {here.root}")
    out.print(f"Next: edit {here.settings_file}, then: cd {here.root} && publisher store create")


def synth(
    path: Annotated[Path, typer.Option("--out", help="The Parquet file to write (native profile).")],
    rows: Annotated[int, typer.Option("--rows", min=1, help="How many goods items.")] = 200_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same declarations.")] = 1,
    first_period: Annotated[str, typer.Option("--from", help="The first month, YYYY-MM.")] = "2024-01",
    periods: Annotated[int, typer.Option("--months", min=1, help="How many months.")] = 15,
    as_json: JsonOption = False,
) -> None:
    """Make synthetic declarations that look like trade: heavy tails, seasons, holdings, licences.

    Example:  publisher synth --rows 200000 --out declarations.parquet --seed 7
    """
    with bars(quiet=as_json) as progress:
        synthesise(path, rows=rows, seed=seed, first_period=first_period, periods=periods, progress=progress)
    if as_json:
        show_json({"file": str(path), "rows": rows, "seed": seed, "from": first_period, "months": periods})
        return
    out.print(f"{rows:,} synthetic declarations in {path}. Next: publisher ingest {path} --profile native")


def make_workspace(folder: Path) -> Workspace:
    """Copies the packaged catalogue. Raises UsageError for a folder with something in it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("there is something here already.", place=str(folder), remedy="Name a new or empty folder.")
    here = Workspace(folder)
    folder.mkdir(parents=True, exist_ok=True)
    copy_catalogue(folder)
    here.private.mkdir(mode=0o700)
    here.settings_file.write_text(SETTINGS_TEXT, "utf-8")
    return here
