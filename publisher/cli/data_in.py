"""data-in, clock: what a person tells the scheduler."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from publisher.catalogue.load import load_plan
from publisher.cli.console import out, show_json
from publisher.cli.edition_named import check_period
from publisher.cli.identity import PersonOption, signer_for
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.release.schedule.clock_correction import correct_clock
from publisher.release.schedule.data_in import declare_data_in


def data_in(
    series: Annotated[str, typer.Argument(help="The series: a folder below releases/.")],
    period: Annotated[str, typer.Argument(help="The reference period: 2021-03, or 2021-Q1 or 2021.")],
    person: PersonOption,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that the data of a period are complete. Where the plan lets the service build, it begins.

    Example:  publisher data-in monthly_trade 2021-02 --as ann
    """
    here = workspace_at(workspace)
    check_period(period)
    plan, signer = load_plan(here, series), signer_for(here, person, "prepare")
    id = declare_data_in(here, plan, period, by=signer, now=datetime.now(UTC))
    if as_json:
        show_json({"release": id.name, "said_by": person, "unattended_build": plan.unattended_build})
        return
    then = "the scheduler builds it" if plan.unattended_build else f"publisher build {series} {period} --as {person}"
    out.print(f"the data of [bold]{id.name}[/bold] are in. Next: {then}")


def clock(
    reason: Annotated[str, typer.Option("--reason", help="What was wrong with the clock.")],
    person: PersonOption,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that the machine's clock had been wrong and is right now. It sets no clock.

    A clock that stands before what was logged already stops everything that has a time. This lifts that.

    Example:  publisher clock --reason "the clock stood in 2036 for an hour" --as ann
    """
    here, now = workspace_at(workspace), datetime.now(UTC)
    correct_clock(here, reason, by=signer_for(here, person, "publish"), now=now)
    if as_json:
        show_json({"clock": now.isoformat(), "said_by": person})
        return
    out.print(f"logged: it is {now.isoformat(timespec='seconds')} and the clock is right.")
