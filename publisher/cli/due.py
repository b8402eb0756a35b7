"""due, run: what is to be done now, once or for ever."""

from datetime import timedelta
from typing import Annotated

import typer

from publisher.cli.console import out, show_json
from publisher.cli.desk import desk_of
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.errors import ReleaseError
from publisher.release.schedule.scheduler import Scheduler


def due(
    wait: Annotated[
        int, typer.Option("--wait", min=0, max=600, help="Also wait for what comes within so many seconds.")
    ] = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do what is to be done now: publish what is due, tell of delays, give packs, remind, build, announce.

    For cron or a timer. Run twice, or by two at once, it does nothing twice; it needs no passphrase of a person.

    Example:  publisher due
    """
    here, told = workspace_at(workspace), list[str]()

    def tell(text: str) -> None:
        told.append(text)
        if not as_json:
            show(text)

    scheduler = Scheduler(desk_of(here, tell))
    scheduler.due(timedelta(seconds=wait))
    if as_json:
        show_json({"said": told, "faults": sorted(scheduler.faults)})
    elif not told:
        out.print("Nothing was to be done.")
    if scheduler.faults:
        raise typer.Exit(ReleaseError.exit_code)


def run(workspace: WorkspaceOption = None) -> None:
    """Do what 'due' does, each thing at its second, until it is stopped.

    Example:  publisher run
    """
    here = workspace_at(workspace)
    out.print(f"scheduling {here.root} (stop with Ctrl-C)", markup=False)
    Scheduler(desk_of(here, show)).run()


def show(text: str) -> None:
    """A line for a terminal or a journal."""
    out.print(text, markup=False)
