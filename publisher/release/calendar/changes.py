"""Another date for what was announced, or word that it will not come: each with its reason, which is published."""

from collections.abc import Sequence
from datetime import datetime

from publisher.errors import ReleaseError
from publisher.model.release_event import Moment, ReleaseId
from publisher.release.calendar.lines import CalendarLine, Status, announcement, lines
from publisher.release.transparency.facts import AnnouncedFact, CancelledFact, Leaf, Release


def moved(
    leaves: Sequence[Leaf], release: ReleaseId, due: Moment, reason: str, now: datetime
) -> tuple[AnnouncedFact, ...]:
    """The announcements that give another date to `release` and to all of its series due at the same moment, which
    come out in one step. What was cancelled may be announced anew. Raises ReleaseError where it is out, the date is
    past, or no reason is given."""
    line = _line(leaves, release, reason, ("planned", "delayed", "cancelled"))
    if due.instant <= now:
        raise ReleaseError("the new date must lie ahead.", place=release.name, remedy="Name a later one.")
    if due == line.due and line.status == "planned":
        raise ReleaseError("is announced for this date already.", place=release.name, remedy="Name another one.")
    set_of_it = (one for one in lines(leaves) if one.id.series == release.series and one.due == line.due and one.open)
    together = [one for one in set_of_it if line.open and one.id != release]
    return tuple(announcement(one.id, one.kind, one.title, due, reason) for one in (line, *together))


def cancelled(leaves: Sequence[Leaf], release: ReleaseId, reason: str) -> tuple[CancelledFact, ...]:
    """That an announced release will not come out, nor its revisions where it is the first of its period. Raises
    ReleaseError where it is not to come anyway."""
    first = _line(leaves, release, reason, ("planned", "delayed")).kind == "first"
    with_it = [line.id for line in lines(leaves) if _period(line.id) == _period(release) and line.open and first]
    return tuple(
        CancelledFact(release=Release(series=id.series, period=id.period, number=id.number), reason=reason)
        for id in dict.fromkeys([release, *with_it])
    )


def _period(id: ReleaseId) -> tuple[str, str]:
    return id.series, id.period


def _line(leaves: Sequence[Leaf], release: ReleaseId, reason: str, allowed: Sequence[Status]) -> CalendarLine:
    line = next((line for line in lines(leaves) if line.id == release), None)
    if line is None:
        raise ReleaseError("was never announced.", place=release.name, remedy="See 'publisher plan check'.")
    if line.status not in allowed:
        raise ReleaseError(
            f"is {line.status}; only what is still to come can be changed.",
            place=release.name,
            remedy="See the calendar for what is to come.",
        )
    if not reason.strip():
        raise ReleaseError("a change needs a reason: it is published.", place=release.name, remedy="Give --reason.")
    return line


def open_release(leaves: Sequence[Leaf], series: str, period: str) -> CalendarLine:
    """The announced release of the period that is to come first. Raises ReleaseError where there is none."""
    found = [line for line in lines(leaves) if (line.id.series, line.id.period) == (series, period) and line.open]
    if not found:
        raise ReleaseError(
            "no announced release of this period is to come.",
            place=f"{series}/{period}",
            remedy="See 'publisher plan check'.",
        )
    return found[0]
