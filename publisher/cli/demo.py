"""demo: a workspace with synthetic declarations, two editions published, the site served."""

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.console import bars, out, show_json
from publisher.cli.options import JsonOption
from publisher.cli.serve import serve_at
from publisher.cli.workspace import make_workspace
from publisher.errors import UsageError
from publisher.model.clock import SystemClock
from publisher.model.progress import Progress
from publisher.pipeline import build_release
from publisher.publication.publishing import publish_release
from publisher.release.approval.approvals import approve
from publisher.release.people.people import add_person, open_signer
from publisher.release.publish.publish import Publication
from publisher.settings import Workspace, load_settings
from publisher.store.connection import Store, create_store
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.synth.declarations import synthesise

SERIES = "monthly_trade"
FIRST_PERIOD, PERIODS, PUBLISHED = "2024-01", 15, ("2025-02", "2025-03")
PREPARER, APPROVER = "statistician", "director"
MARK = "demo.key"


def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make the workspace.")] = Path("demo"),
    rows: Annotated[int, typer.Option("--rows", min=1000, help="Synthetic declarations to make.")] = 200_000,
    port: Annotated[int, typer.Option("--port", help="The port on 127.0.0.1.")] = 8000,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the site at the end.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Make a demo workspace: synthetic declarations, two published editions, the site on 127.0.0.1.

    Example:  publisher demo --no-serve
    """
    here = fresh_workspace(folder)
    passphrase = secrets.token_urlsafe(24)
    write_key(here, passphrase)
    with bars(quiet=as_json) as progress:
        source = here.private / "synthetic.parquet"
        synthesise(source, rows=rows, seed=1, first_period=FIRST_PERIOD, periods=PERIODS, progress=progress)
        people(here, passphrase)
        with create_store(here, passphrase, load_settings(here)) as store:
            ingest(store, [source], load_profile("native"), who=PREPARER, progress=progress)
            source.unlink()
            done = [release(store, period, passphrase, progress) for period in PUBLISHED]
    report(here, done, as_json)
    if serve:
        serve_at(here, port)


def fresh_workspace(folder: Path) -> Workspace:
    """A new workspace in two languages, in place of an earlier demo. Raises UsageError for any other folder."""
    if folder.exists():
        if not (folder / ".publisher" / MARK).is_file():
            raise UsageError(
                "is there already, and no demo made it.",
                place=str(folder),
                remedy="Name another folder: publisher demo DIR",
            )
        shutil.rmtree(folder)
    return make_workspace(folder, ("en", "fr"))


def write_key(here: Workspace, passphrase: str) -> None:
    """The key file, and a file to source that tells every command where the demo is."""
    here.private.mkdir(mode=0o700, exist_ok=True)
    key = here.private / MARK
    key.touch(mode=0o600)
    key.write_text(passphrase + "\n", "utf-8")
    root = here.root.resolve()
    lines = {
        "PUBLISHER_WORKSPACE": root,
        "PUBLISHER_STORE_KEY_FILE": root / ".publisher" / MARK,
        "PUBLISHER_PERSON_KEY_FILE": root / ".publisher" / MARK,
    }
    text = "".join(f"export {name}='{value}'\n" for name, value in lines.items())
    (here.private / "env").write_text(text, "utf-8")


def people(here: Workspace, passphrase: str) -> None:
    """The demo's two people share one passphrase; a real office's do not."""
    now = datetime.now(UTC)
    add_person(here, PREPARER, ("prepare", "publish"), passphrase, now=now)
    founder = open_signer(here, PREPARER, passphrase, "administer")
    add_person(here, APPROVER, ("approve",), passphrase, by=founder, now=now)


def release(store: Store, period: str, passphrase: str, progress: Progress) -> Publication:
    here, now = store.workspace, datetime.now(UTC)
    signer = open_signer(here, PREPARER, passphrase, "prepare")
    edition = build_release(store, SERIES, period, signer, now=now, progress=staged(progress, period))
    approve(edition, APPROVER, passphrase, reviewed=edition.manifest.ref.manifest_sha256, now=datetime.now(UTC))
    return publish_release([edition], clock=SystemClock(), by=signer, progress=staged(progress, period))


def staged(progress: Progress, period: str) -> Progress:
    """The same progress, each stage named with its period."""

    def told(stage: str, done: int, total: int) -> None:
        progress(f"{period} {stage}", done, total)

    return told


def report(here: Workspace, done: list[Publication], as_json: bool) -> None:
    root = here.root
    places = {
        "site": here.site / "index.html",
        "editions": [here.releases / publication.edition.name for publication in done],
        "store": here.private,
        "environment": here.private / "env",
    }
    if as_json:
        show_json(places)
        return
    out.print(f"\nworkspace   {root}")
    out.print(f"site        {places['site']}")
    for publication in done:
        out.print(f"edition     {here.releases / publication.edition.name}")
    out.print(f"store       {here.private} (encrypted; its key is {MARK} beside it)")
    out.print(f"\nTo go on:   . {here.private / 'env'} && publisher status")
