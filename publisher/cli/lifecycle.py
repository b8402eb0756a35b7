"""publish, hold, revise, withdraw: what happens to an edition once it is approved."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from publisher.catalogue.load import load_plan, load_plans
from publisher.catalogue.moments import instant_of
from publisher.cli.console import bars, out, show_json
from publisher.cli.edition_named import EditionArgument, check_period, edition_named
from publisher.cli.identity import PersonOption, signer_for
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.cli.rendering import renderer_now
from publisher.errors import ReleaseError, UsageError
from publisher.model.clock import SystemClock
from publisher.model.release_event import Kind, Moment
from publisher.release.approval.hold import hold as hold_edition
from publisher.release.approval.revise import revise as open_release
from publisher.release.edition.edition import Edition
from publisher.release.people.people import read_register
from publisher.release.people.register import Role
from publisher.release.publish.withdraw import withdraw as withdraw_edition
from publisher.release.status import status
from publisher.settings import Workspace, load_settings


def publish(
    person: PersonOption,
    edition: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EDITION]...", help="SERIES/PERIOD\\[/vN]; all that is approved and due if none."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show approved editions to everyone, all in one step, once their time has come.

    Example:  publisher publish monthly_trade/2021-02 --as ann
    """
    from publisher.publication.publishing import publish_release  # noqa: PLC0415 - see cli/rendering.py

    here = workspace_at(workspace)
    found = [edition_named(here, name) for name in edition] if edition else _waiting(here)
    signer = signer_for(here, person, "publish")
    with bars(quiet=as_json) as progress:
        done = publish_release(found, clock=SystemClock(), by=signer, progress=progress)
    names = [ref.name for ref in done.editions]
    if as_json:
        site = str(done.site)
        show_json({"edition": names[0], "editions": names, "site": site, "already_published": done.already})
        return
    word = "published already" if done.already else "published"
    for ref in done.editions:
        out.print(f"[bold]{ref.name}[/bold] is {word}: {done.site / ref.path / 'index.html'}")


def hold(
    edition: EditionArgument,
    person: PersonOption,
    reason: Annotated[str, typer.Option("--reason", help="What is to be looked at. It stays in the private log.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold an edition back: its approvals count no more, it must be approved anew.

    Example:  publisher hold monthly_trade/2021-02 --reason "Chapter 27 looks wrong." --as bob
    """
    here = workspace_at(workspace)
    found = edition_named(here, edition)
    hold_edition(found, reason, by=signer_for(here, person, _role_to_hold(here, person)), clock=SystemClock())
    if as_json:
        show_json({"edition": found.name, "held_by": person, "reason": reason})
        return
    out.print(f"[bold]{found.name}[/bold] is held back. Next: publisher review {found.name}, then approve it anew.")


def revise(
    series: Annotated[str, typer.Argument(help="The series: a folder below releases/.")],
    period: Annotated[str, typer.Argument(help="The published period: 2021-03, or 2021-Q1 or 2021.")],
    person: PersonOption,
    reason: Annotated[str, typer.Option("--reason", help="What was wrong. Readers see it.")],
    due: Annotated[
        str | None,
        typer.Option("--due", help="When it may be seen, 2021-04-20T09:30 in the plan's zone.", show_default="now"),
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="correction or revision.")] = "correction",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for a further release of a published period. Nothing of it is public before it comes out.

    Example:  publisher revise monthly_trade 2021-02 --reason "The unit was wrong." --as ann
    """
    here, now = workspace_at(workspace), SystemClock().now()
    check_period(period)
    plan = load_plan(here, series)
    moment = Moment(_time(due, plan.schedule.timezone) if due else now, plan.schedule.timezone.key)
    waiting = [row.edition for row in status(here, load_plans(here).values(), now) if row.state == "approved"]
    signer = signer_for(here, person, "publish")
    id = open_release(here, plan, period, kind=as_kind(kind), due=moment.instant, reason=reason, by=signer, now=now)
    if as_json:
        show_json({"release": id.name, "kind": kind, "due": moment.text, "reason": reason, "waiting": waiting})
        return
    out.print(f"[bold]{id.name}[/bold] is asked for, due {moment.text}. Next: publisher build {series} {period}")
    if waiting:
        out.print(
            f"If it comes out before {', '.join(waiting)}, that must be built and approved again: "
            "nobody attacked them together."
        )


def withdraw(
    edition: Annotated[str, typer.Argument(metavar="EDITION", help="SERIES/PERIOD/vN: name the version.")],
    person: PersonOption,
    reason: Annotated[str, typer.Option("--reason", help="Why it must not be used. Readers see it.")],
    known: Annotated[str, typer.Option("--known", help="What stays known, since copies exist. Readers see it.")],
    contact: Annotated[
        str | None, typer.Option("--contact", help="Whom to ask.", show_default="the office's contact")
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option("--also", help="A further person, if the plan asks for several. Repeatable."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Withdraw a published edition: its pages say so for ever, its data leave the site at once.

    Example:  publisher withdraw monthly_trade/2021-02/v1 --reason "Wrong month." --known "All of it." --as ann
    """
    here = workspace_at(workspace)
    if len(edition.strip("/").split("/")) != 3:
        raise UsageError("name the version to withdraw.", place=edition, remedy="Write SERIES/PERIOD/vN.")
    name = edition_named(here, edition).name
    with bars(quiet=as_json) as progress:
        fact = withdraw_edition(
            here,
            name,
            reason=reason,
            contact=contact or load_settings(here).office.contact,
            known=known,
            by=signer_for(here, person, "publish"),
            also=[signer_for(here, other, "publish") for other in also or ()],
            clock=SystemClock(),
            render_site=renderer_now(here),
            progress=progress,
        )
    if as_json:
        show_json({"edition": name, "reason": fact.reason, "contact": fact.contact, "known": fact.known})
        return
    out.print(f"[bold]{name}[/bold] is withdrawn. Mirrors and caches may still have it; tell those who run them.")


def _waiting(here: Workspace) -> Sequence[Edition]:
    """What is approved and whose time has come."""
    now = datetime.now(UTC)
    rows = status(here, load_plans(here).values(), now)
    due = [row for row in rows if row.state == "approved" and datetime.fromisoformat(row.due) <= now]
    if not due:
        raise ReleaseError(
            "nothing is approved and due.", place=str(here.root), remedy="See 'publisher status' for what is missing."
        )
    return [edition_named(here, row.edition) for row in due]


def _role_to_hold(here: Workspace, person: str) -> Role:
    """Either role will do."""
    found = read_register(here).named(person)
    return "publish" if found and "publish" in found.roles else "approve"


def as_kind(word: str) -> Kind:
    """Raises UsageError for anything but the kinds of a further release."""
    if word == "correction":
        return "correction"
    if word == "revision":
        return "revision"
    raise UsageError(f"'{word}' is no kind of a further release.", remedy="Choose correction or revision.")


def _time(text: str, zone: ZoneInfo) -> datetime:
    """A local time of the plan, or a time with its own offset. Raises UsageError for any other text."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("is no time.", place=text, remedy="Write 2021-04-20T09:30.") from None
    return time if time.tzinfo else instant_of(time.date(), time.time(), zone)
