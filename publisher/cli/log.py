"""log show, verify, checkpoint."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from publisher.cli.console import out, show_json, show_table
from publisher.cli.options import AgainstOption, JsonOption, WorkspaceOption, kept_checkpoint, workspace_at
from publisher.errors import ReleaseError
from publisher.release.transparency.entry import Entry
from publisher.release.transparency.log import checkpoint_path, read_log
from publisher.release.transparency.verify_log import verify_log

SHOWN_LETTERS = 16  # of a root or a key: enough to compare by eye
app = typer.Typer(no_args_is_help=True, help="The log of everything that was announced, approved and published.")


@app.command()
def show(
    last: Annotated[int | None, typer.Option("--last", min=1, help="Only so many lines, the newest.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the log of this workspace. It names people; what the public sees of it is log/entries.jsonl on the site.

    Example:  publisher log show --last 20
    """
    entries = read_log(workspace_at(workspace)).entries[-(last or 0) :]
    if as_json:
        show_json([entry.model_dump(mode="json") for entry in entries])
        return
    columns = ("line", "time (UTC)", "event", "who", "of", "public", "detail")
    show_table("", columns, [_row(entry) for entry in entries])


def _row(entry: Entry) -> tuple[object, ...]:
    of = entry.edition.name if entry.edition else entry.release.id.name if entry.release else ""
    return (
        str(entry.number),
        f"{datetime.fromisoformat(entry.time):%Y-%m-%d %H:%M:%S}",
        entry.event,
        entry.who,
        of,
        entry.public is not None,
        entry.detail,
    )


@app.command()
def verify(
    against: AgainstOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check every line and signature, the public part, what the site shows, and that nothing was cut or rewritten.

    Example:  publisher log verify --against /media/vault/checkpoint-of-may
    """
    report = verify_log(workspace_at(workspace), kept_checkpoint(against))
    if as_json:
        show_json(report.as_json())
        return
    out.print(f"{report.lines} lines, each signed by who might; root {report.root[:SHOWN_LETTERS]}…")
    site = "no site yet" if report.shown is None else f"the site shows {report.shown} of them"
    out.print(f"{report.entries} public entries; {site}; root {report.public_root[:SHOWN_LETTERS]}…")
    if report.since is not None:
        out.print(f"It goes on from the {report.since} entries of the old checkpoint.")
    else:
        out.print("Against a log that was put back as a whole only a checkpoint kept elsewhere helps: see --against.")


@app.command()
def checkpoint(
    public: Annotated[
        bool, typer.Option("--public", help="That of the public part, as on the site, instead of all lines.")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Print the newest checkpoint, to be kept where this machine cannot write. It holds no names and no figures.

    Example:  publisher log checkpoint > /media/vault/checkpoint-of-may
    """
    here = workspace_at(workspace)
    log, path = read_log(here), checkpoint_path(here)
    if not log.entries:
        raise ReleaseError("there is no log yet.", place=str(path), remedy="It begins with 'publisher person add'.")
    sys.stdout.write((log.public_checkpoint() if public else path.read_bytes()).decode())
