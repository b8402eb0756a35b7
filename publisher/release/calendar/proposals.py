"""What a plan would announce beside what was announced. It moves no date that readers were given."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher.catalogue.forecast_dates import due_periods, months_later
from publisher.catalogue.frequency import shift
from publisher.catalogue.plan import Plan
from publisher.catalogue.working_days import UnknownYearError
from publisher.model.release_event import Moment, ReleaseId
from publisher.release.calendar.lines import CalendarLine, announcement, lines, number_after, time_of
from publisher.release.transparency.facts import AnnouncedFact, Leaf, PublishedFact

Known = Mapping[ReleaseId, CalendarLine]


@dataclass(frozen=True)
class Drift:
    """An announced date that is not what the plan proposes now; None: the plan does not have this release."""

    id: ReleaseId
    announced: Moment
    proposed: Moment | None


def wanted(
    plan: Plan,
    leaves: Sequence[Leaf],
    now: datetime,
    months: int = 12,
    *,
    taken: Collection[ReleaseId] = (),
) -> tuple[AnnouncedFact, ...]:
    """The first releases and scheduled revisions due until `months` after `now` that were never announced, in order.

    What was due before the log first spoke of the series (before `now`, where it never did) is history, which comes
    out unannounced: a date that is past already could only be missed. What was due later and has been forgotten is
    announced, late as it is, so that no period is passed over in silence. A revision is due with the edition that
    brings it, on the date that this one was announced for. `taken` are names of releases that are not public yet.
    Days whose holidays are not known are not proposed; 'plan check' names them.
    """
    known = {line.id: line for line in lines(leaves) if line.id.series == plan.id}
    start = min(now, _first_told(plan.id, leaves) or now)
    facts: list[AnnouncedFact] = []
    for period in _proposed(plan, start, months_later(now, months)):
        first = known.get(ReleaseId(plan.id, period, 1))
        due = first.due if first else plan.moment(period)
        if first is None:
            facts.append(announcement(ReleaseId(plan.id, period, 1), "first", plan.title, due))
        if first is None or first.status == "planned":
            facts += _revisions(plan, known, {*taken, *(fact.release.id for fact in facts)}, period, due)
    return tuple(facts)


def _proposed(plan: Plan, start: datetime, end: datetime) -> Iterator[str]:
    try:
        yield from due_periods(plan, start, end)
    except UnknownYearError:
        return


def _first_told(series: str, leaves: Sequence[Leaf]) -> datetime | None:
    """When the log first spoke of a release of the series."""
    return next((time_of(leaf) for leaf in leaves for id in _releases(leaf) if id.series == series), None)


def _releases(leaf: Leaf) -> list[ReleaseId]:
    if isinstance(leaf.fact, PublishedFact):
        return [edition.release.id for edition in leaf.fact.editions]
    return [leaf.fact.release.id] if isinstance(leaf.fact, AnnouncedFact) else []


def _revisions(
    plan: Plan, known: Known, coming: Collection[ReleaseId], period: str, due: Moment
) -> Iterator[AnnouncedFact]:
    """Of the earlier periods that are released with `period`, where they were or will be released a first time."""
    for earlier in plan.released_with(period):
        first = ReleaseId(plan.id, earlier, 1)
        released = first in coming or (first in known and known[first].status != "cancelled")
        if released and period not in _brought_by(plan, known, earlier):
            id = ReleaseId(plan.id, earlier, number_after([*known, *coming], plan.id, earlier))
            yield announcement(id, "revision", plan.title, due)


def _brought_by(plan: Plan, known: Known, period: str) -> dict[str, CalendarLine]:
    """Later period -> the announced revision of `period` that comes out with it.

    They belong together because they were first announced for one moment; each may have been moved since.
    """
    revisions = [line for id, line in sorted(known.items()) if id.period == period and line.kind == "revision"]
    found: dict[str, CalendarLine] = {}
    for step in range(1, plan.revision_policy.with_each + 1):
        later = shift(period, step)
        edition = known.get(ReleaseId(plan.id, later, 1))
        together = [line for line in revisions if edition and line.dates[0] in edition.dates]
        if together:
            found[later] = together[0]
            revisions.remove(together[0])
    return found


def drifted(plan: Plan, leaves: Sequence[Leaf]) -> tuple[Drift, ...]:
    """Planned releases for which the plan proposes a date that was never announced, and those it does not have.

    A date that a person moved is no drift while the plan still proposes one of those given before.
    """
    known = {line.id: line for line in lines(leaves) if line.id.series == plan.id}
    found = (_drift(plan, known, line) for line in known.values() if line.status == "planned")
    return tuple(drift for drift in found if drift)


def _drift(plan: Plan, known: Known, line: CalendarLine) -> Drift | None:
    if line.kind == "correction":
        return None
    proposed = _proposal(plan, known, line)
    return None if proposed in line.dates else Drift(line.id, line.due, proposed)


def _proposal(plan: Plan, known: Known, line: CalendarLine) -> Moment | None:
    """Today's proposal for an announced release; the announced date itself where no holidays are known."""
    if line.kind == "revision":
        with_it = _brought_by(plan, known, line.id.period)
        later = next((period for period, one in with_it.items() if one.id == line.id), None)
        return known[ReleaseId(plan.id, later, 1)].due if later else None
    if not plan.covers(line.id.period):
        return None
    try:
        return plan.moment(line.id.period)
    except UnknownYearError:
        return line.due
