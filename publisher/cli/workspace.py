"""init, synth: making a workspace and something to fill it with."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from publisher.catalogue.packaged import copy_catalogue
from publisher.cli.console import bars, out, show_json
from publisher.cli.options import JsonOption
from publisher.errors import UsageError
from publisher.publication.words import known_languages
from publisher.settings import Workspace, settings_text
from publisher.synth.declarations import synthesise


def init(
    folder: Annotated[Path, typer.Argument(help="The new workspace: a folder that is not there yet, or empty.")],
    language: Annotated[
        list[str] | None, typer.Option("--language", help="Of the pages, besides English: fr. May be given again.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a workspace: the packaged queries, the monthly plan and a settings file to edit.

    Example:  publisher init ~/trade --language fr
    """
    here = make_workspace(folder, ("en", *(language or ())))
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


def make_workspace(folder: Path, languages: Sequence[str] = ("en",)) -> Workspace:
    """Copies the packaged catalogue. Raises UsageError for a folder with something in it, and for a language that
    has no catalogue of messages."""
    unknown = [one for one in languages if one not in known_languages()]
    if unknown:
        known = ", ".join(known_languages())
        raise UsageError(f"no page speaks {unknown[0]!r}.", place="--language", remedy=f"Name one of: {known}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("there is something here already.", place=str(folder), remedy="Name a new or empty folder.")
    here = Workspace(folder)
    folder.mkdir(parents=True, exist_ok=True)
    copy_catalogue(folder)
    here.private.mkdir(mode=0o700)
    here.settings_file.write_text(settings_text(tuple(dict.fromkeys(languages))), "utf-8")
    return here
