"""One line for each release that the log ever told the public of: planned, delayed, published, withdrawn ...

The calendar is a function of the public leaves and of nothing else. No plan, clock or newest edition is asked, so
no date that a reader has seen can change or vanish by an edit of a plan: only by another leaf, with its reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from publisher.model.release_event import Kind, Moment, ReleaseId
from publisher.release.manifest import EditionRef
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


Lines = dict[ReleaseId, CalendarLine]


def lines(leaves: Sequence[Leaf]) -> tuple[CalendarLine, ...]:
    """One line a release, in order of the due moment.

    A fact that fits no line (a delay of what was never announced) is passed over: the log cannot be mended, and one
    odd leaf must not keep the calendar from everybody.
    """
    found: Lines = {}
    for leaf in leaves:
        _tell(found, leaf)
    titles = {line.id.series: line.title for line in found.values() if line.title}
    titled = (_titled(line, titles) for line in found.values())
    return tuple(sorted(titled, key=lambda line: (line.due, line.id)))


def time_of(leaf: Leaf) -> datetime:
    """In UTC."""
    return datetime.fromisoformat(leaf.time)


def _titled(line: CalendarLine, titles: Mapping[str, str]) -> CalendarLine:
    """An edition that came out unannounced says no title: it has that of its series."""
    return line if line.title else replace(line, title=titles.get(line.id.series, line.id.series))


def _tell(found: Lines, leaf: Leaf) -> None:
    fact, time = leaf.fact, time_of(leaf)
    match fact:
        case AnnouncedFact():
            _announce(found, fact, time)
        case DelayedFact():
            _change(found, fact.release.id, "delayed", fact.reason, time)
        case CancelledFact():
            _change(found, fact.release.id, "cancelled", fact.reason, time)
        case PublishedFact():
            for edition in fact.editions:
                _publish(found, edition, time)
        case WithdrawnFact():
            _withdraw(found, fact, time)


def _announce(found: Lines, fact: AnnouncedFact, time: datetime) -> None:
    id, due = fact.release.id, due_of(fact)
    before = found.get(id)
    if before is None:
        found[id] = CalendarLine(id, fact.kind, fact.title, due, "planned", time, fact.reason, announced=1)
    elif before.edition is None:
        old = () if before.due == due else (OldDate(before.due, fact.reason),)
        found[id] = replace(
            before,
            title=fact.title,
            due=due,
            status="planned",
            changed=time,
            reason=fact.reason,
            announced=before.announced + 1,
            sequence=before.sequence + 1,
            old_dates=before.old_dates + old,
        )


def _change(
    found: Lines, id: ReleaseId, status: Literal["delayed", "cancelled"], reason: str, time: datetime
) -> None:
    before = found.get(id)
    if before is not None and before.open:
        found[id] = replace(before, status=status, reason=reason, changed=time, sequence=before.sequence + 1)


def _publish(found: Lines, fact: EditionFact, time: datetime) -> None:
    id, due = fact.release.id, due_of(fact)
    before = found.get(id, CalendarLine(id, fact.kind, "", due, "published", time))
    for other in _of_period(found, id):
        if other.edition and other.edition.version == fact.supersedes and other.status == "published":
            found[other.id] = replace(other, status="superseded", superseded_by=fact.edition.version, changed=time)
    found[id] = replace(
        before,
        kind=fact.kind,
        due=due,
        status="published",
        reason=fact.reason,
        changed=time,
        published=time,
        edition=fact.edition,
    )


def _withdraw(found: Lines, fact: WithdrawnFact, time: datetime) -> None:
    for line in list(found.values()):
        if line.edition == fact.edition:
            found[line.id] = replace(
                line, status="withdrawn", reason=fact.reason, contact=fact.contact, known=fact.known, changed=time
            )


def _of_period(found: Lines, id: ReleaseId) -> list[CalendarLine]:
    return [line for line in found.values() if (line.id.series, line.id.period) == (id.series, id.period)]


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
