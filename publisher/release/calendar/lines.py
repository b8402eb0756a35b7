"""One line for each release that the log ever told the public of: planned, delayed, published, withdrawn ...

The calendar is a function of the public leaves and of nothing else. No plan, clock or newest edition is asked, so
no date that a reader has seen can change or vanish by an edit of a plan: only by another leaf, with its reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from publisher.model.release_event import Kind, Moment, ReleaseId
from publisher.release.edition.manifest import EditionRef
from publisher.release.transparency.facts import (
    AnnouncedFact,
    CancelledFact,
    DelayedFact,
    EditionFact,
    Leaf,
    PublishedFact,
    Release,
    WithdrawnFact,
    due_of,
)

Status = Literal["planned", "delayed", "published", "superseded", "withdrawn", "cancelled"]


@dataclass(frozen=True)
class OldDate:
    """A date that was announced and given up, and why."""

    due: Moment
    reason: str


@dataclass(frozen=True)
class CalendarLine:
    """What the public knows of one release.

    `reason` goes with the status: why it is late, was moved, cancelled, corrected or withdrawn; "" where none was
    given. `announced` counts the dates given, `sequence` every change after the first: of date, delay, cancellation.
    `changed` is when the log last spoke of it, `published` when it came out, both UTC. A withdrawn one has a
    `contact`, and `known` says what stays known to those who have copies.
    """

    id: ReleaseId
    kind: Kind
    title: str
    due: Moment
    status: Status
    changed: datetime
    reason: str = ""
    announced: int = 0
    sequence: int = 0
    old_dates: tuple[OldDate, ...] = ()
    published: datetime | None = None
    edition: EditionRef | None = None
    superseded_by: int | None = None
    contact: str = ""
    known: str = ""

    @property
    def dates(self) -> tuple[Moment, ...]:
        """All that were ever announced, the first one first."""
        return (*(old.due for old in self.old_dates), self.due)

    @property
    def open(self) -> bool:
        """Whether it is still to come."""
        return self.status in ("planned", "delayed")


@dataclass(frozen=True)
class News:
    """What one leaf (`number`, at `time`, UTC) changed of one release. `before` is None at the first word of it."""

    number: int
    time: datetime
    before: CalendarLine | None
    after: CalendarLine


Lines = Mapping[ReleaseId, CalendarLine]


def lines(leaves: Sequence[Leaf]) -> tuple[CalendarLine, ...]:
    """One line a release, in order of the due moment."""
    found = {one.after.id: one.after for one in news(leaves)}
    return tuple(sorted(found.values(), key=lambda line: (line.due, line.id)))


def news(leaves: Sequence[Leaf]) -> tuple[News, ...]:
    """Every change of every release, in the order of the log.

    A fact that fits no line (a delay of what was never announced) is passed over: the log cannot be mended, and one
    odd leaf must not keep the calendar from everybody.
    """
    found: dict[ReleaseId, CalendarLine] = {}
    told: list[News] = []
    for leaf in leaves:
        for line in _told(found, leaf):
            told.append(News(leaf.number, time_of(leaf), found.get(line.id), line))
            found[line.id] = line
    return tuple(told)


def time_of(leaf: Leaf) -> datetime:
    """In UTC."""
    return datetime.fromisoformat(leaf.time)


def _told(found: Lines, leaf: Leaf) -> list[CalendarLine]:
    """The lines that this leaf changes, as they stand after it."""
    fact, time = leaf.fact, time_of(leaf)
    match fact:
        case AnnouncedFact():
            return _announced(found, fact, time)
        case DelayedFact():
            return _stopped(found, fact.release.id, "delayed", fact.reason, time)
        case CancelledFact():
            return _stopped(found, fact.release.id, "cancelled", fact.reason, time)
        case PublishedFact():
            return [line for edition in fact.editions for line in _published(found, edition, time)]
        case WithdrawnFact():
            return _withdrawn(found, fact, time)
        case _:
            return []


def _announced(found: Lines, fact: AnnouncedFact, time: datetime) -> list[CalendarLine]:
    """What is out keeps its date."""
    id, due = fact.release.id, due_of(fact)
    before = found.get(id)
    if before is None:
        return [CalendarLine(id, fact.kind, fact.title, due, "planned", time, fact.reason, announced=1)]
    if before.edition is not None:
        return []
    old = () if before.due == due else (OldDate(before.due, fact.reason),)
    moved = replace(before, title=fact.title, due=due, status="planned", changed=time, reason=fact.reason)
    return [
        replace(moved, announced=moved.announced + 1, sequence=moved.sequence + 1, old_dates=moved.old_dates + old)
    ]


def _stopped(
    found: Lines, id: ReleaseId, status: Literal["delayed", "cancelled"], reason: str, time: datetime
) -> list[CalendarLine]:
    before = found.get(id)
    if before is None or not before.open:
        return []
    return [replace(before, status=status, reason=reason, changed=time, sequence=before.sequence + 1)]


def _published(found: Lines, fact: EditionFact, time: datetime) -> list[CalendarLine]:
    """The new one, and before it the one that it supersedes."""
    id, due = fact.release.id, due_of(fact)
    before = found.get(id, CalendarLine(id, fact.kind, fact.title, due, "published", time))
    superseded = [
        replace(other, status="superseded", superseded_by=fact.edition.version, changed=time)
        for other in found.values()
        if (other.id.series, other.id.period) == (id.series, id.period)
        if other.edition and other.edition.version == fact.supersedes and other.status == "published"
    ]
    old = () if before.due == due else (OldDate(before.due, fact.reason),)
    new = replace(before, kind=fact.kind, due=due, status="published", reason=fact.reason, changed=time)
    return [*superseded, replace(new, old_dates=before.old_dates + old, published=time, edition=fact.edition)]


def _withdrawn(found: Lines, fact: WithdrawnFact, time: datetime) -> list[CalendarLine]:
    return [
        replace(line, status="withdrawn", reason=fact.reason, contact=fact.contact, known=fact.known, changed=time)
        for line in found.values()
        if line.edition == fact.edition
    ]


def next_number(leaves: Sequence[Leaf], series: str, period: str) -> int:
    """What another release of this period is called, be it announced or not."""
    return number_after((line.id for line in lines(leaves)), series, period)


def number_after(ids: Iterable[ReleaseId], series: str, period: str) -> int:
    """One more than any of this period has."""
    return max((id.number for id in ids if (id.series, id.period) == (series, period)), default=0) + 1


def announcement(id: ReleaseId, kind: Kind, title: str, due: Moment, reason: str = "") -> AnnouncedFact:
    """The fact that gives a release a date."""
    return AnnouncedFact(
        release=Release(series=id.series, period=id.period, number=id.number),
        kind=kind,
        title=title,
        due=due.instant.isoformat(),
        zone=due.zone,
        reason=reason,
    )
