"""plan announce, plan cancel: what readers are told of dates."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from publisher.catalogue.load import load_plan
from publisher.catalogue.moments import clock_change, instant_of
from publisher.cli.console import out, show_json
from publisher.cli.identity import PERSON_VARIABLE, signer_for
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.cli.plan_dates import local
from publisher.cli.rendering import renderer_now
from publisher.errors import UsageError
from publisher.model.clock import SystemClock
from publisher.model.release_event import Moment, ReleaseId
from publisher.release.calendar.announce import Told, announce_ahead, announce_cancellation, announce_date
from publisher.release.calendar.calendar import CalendarLine, lines, open_release
from publisher.release.people.service import open_service
from publisher.release.people.signing import Signer
from publisher.release.publish.converge import converge
from publisher.release.transparency.facts import AnnouncedFact, due_of
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace

SeriesArgument = Annotated[str, typer.Argument(help="The series: a folder below releases/.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; readers see it.")]
NumberOption = Annotated[
    int | None, typer.Option("--release", min=1, help="Which release of the period.", show_default="the next")
]
ByOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        envvar="PUBLISHER_PERSON",
        help=f"The person who changes what readers were told; passphrase from ${PERSON_VARIABLE} or a prompt.",
        show_default="the service key, which may announce new dates only",
    ),
]
_DUE = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)([ T](?P<at>\d\d:\d\d))?", re.ASCII)


def announce(
    series: SeriesArgument,
    period: Annotated[str | None, typer.Option("--period", help="Give this period another date.")] = None,
    due: Annotated[
        str, typer.Option("--due", help='The new date, and time if that changes too: "2021-04-20 09:30", local.')
    ] = "",
    reason: ReasonOption = "",
    number: NumberOption = None,
    months: Annotated[int, typer.Option("--months", min=1, max=24, help="How far ahead.")] = 12,
    person: ByOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Announce the dates that a plan proposes; with --period, another date for what was announced.

    Readers see each date, each change and its reason for ever. Without --period no announced date is changed.

    Example:  publisher plan announce monthly_trade --period 2021-03 --due 2021-04-20 --reason "A strike." --as ann
    """
    here, now = workspace_at(workspace), datetime.now(UTC)
    if period is None:
        if due or reason or number:
            raise UsageError("--due, --reason and --release change one date.", remedy="Name it with --period.")
        signer = signer_for(here, person, "publish") if person else open_service(here)
        told = announce_ahead(here, load_plan(here, series), signer, now=now, months=months)
    else:
        line = _line(here, series, period, number)
        told = announce_date(here, line.id, _moment(due, line.due), reason, _changer(here, person), now=now)
    _show(here, told, as_json)


def cancel(
    series: SeriesArgument,
    period: Annotated[str, typer.Argument(help="The reference period.")],
    reason: ReasonOption,
    number: NumberOption = None,
    person: ByOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell readers that an announced release will not come out.

    Example:  publisher plan cancel monthly_trade 2021-03 --reason "No declarations were collected." --as ann
    """
    here = workspace_at(workspace)
    line = _line(here, series, period, number)
    _show(here, announce_cancellation(here, line.id, reason, _changer(here, person), now=datetime.now(UTC)), as_json)


def _line(here: Workspace, series: str, period: str, number: int | None) -> CalendarLine:
    leaves = read_log(here).leaves
    if number is None:
        return open_release(leaves, series, period)
    found = next((line for line in lines(leaves) if line.id == ReleaseId(series, period, number)), None)
    if found is None:
        raise UsageError(
            "was never announced.", place=f"{series}/{period}/r{number}", remedy="See 'publisher plan check'."
        )
    return found


def _changer(here: Workspace, person: str | None) -> Signer:
    if not person:
        raise UsageError("a person changes what readers were told.", place="--as", remedy="Name yourself with --as.")
    return signer_for(here, person, "publish")


def _moment(written: str, before: Moment) -> Moment:
    """The new due moment in the zone of the old one, at its clock time where none is given.

    Raises UsageError for anything else than a date, and for a time that clocks skip or show twice.
    """
    found, zone = _DUE.fullmatch(written.strip()), ZoneInfo(before.zone)
    try:
        day = date.fromisoformat(found["day"]) if found else None
        at = time.fromisoformat(found["at"]) if found and found["at"] else before.local.time()
    except ValueError:
        day = None
    if day is None:
        raise UsageError(
            "must be a date, or a date and a time.", place="--due", remedy='Write 2021-04-20 or "2021-04-20 09:30".'
        )
    if clock_change(day, at, zone):
        raise UsageError(
            f"clocks are changed then in {before.zone}: this time does not come exactly once.",
            place="--due",
            remedy="Name an hour later.",
        )
    return Moment(instant_of(day, at, zone), before.zone)


def _show(here: Workspace, told: tuple[Told, ...], as_json: bool) -> None:
    """On the site at once, and in words."""
    converge(here, renderer_now(here), SystemClock())
    if as_json:
        show_json({"told": [fact.model_dump(mode="json") for fact in told]})
        return
    for fact in told:
        when = f"due {local(due_of(fact))}" if isinstance(fact, AnnouncedFact) else "cancelled"
        out.print(f"{fact.release.id.name}: {when}")
    out.print(f"on the site: {here.site / 'calendar.html'}" if told else "Nothing new: all is announced.")
