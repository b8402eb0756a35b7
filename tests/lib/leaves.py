"""The public part of a log, as one would be after a few months: leaf by leaf, without keys and signatures."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from publisher.model.release_event import DelayReason, Kind, Moment, ReleaseId
from publisher.release.calendar.lines import announcement
from publisher.release.edition.manifest import EditionRef
from publisher.release.transparency.facts import (
    AnnouncedFact,
    CancelledFact,
    DelayedFact,
    EditionFact,
    Fact,
    Leaf,
    PublishedFact,
    RegisterFact,
    Release,
    WithdrawnFact,
)

SERIES, TITLE, ZONE = "monthly_trade", "Monthly trade <statistics>", "Asia/Seoul"
OPENED = datetime(2021, 3, 1, tzinfo=UTC)


def at(text: str) -> Moment:
    """ "2021-04-15 09:30", by the clocks of Seoul."""
    return Moment(datetime.fromisoformat(f"{text}+09:00"), ZONE)


def release(period: str, number: int = 1, series: str = SERIES) -> ReleaseId:
    return ReleaseId(series, period, number)


def ref(period: str, version: int = 1, series: str = SERIES) -> EditionRef:
    return EditionRef(series=series, period=period, version=version, manifest_sha256=f"{version:064x}")


@dataclass
class PublicLog:
    """Grows by a leaf with each call. The first leaf is the register."""

    leaves: list[Leaf] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tell(OPENED, RegisterFact(version=1, keys=(), names="0" * 64))

    def tell(self, time: datetime, *facts: Fact) -> "PublicLog":
        for fact in facts:
            leaf = Leaf(number=len(self.leaves), time=time.isoformat(), fact=fact, history=f"{len(self.leaves):064x}")
            self.leaves.append(leaf)
        return self

    def announce(
        self, time: datetime, id: ReleaseId, due: Moment, kind: Kind = "first", reason: str = ""
    ) -> "PublicLog":
        return self.tell(time, announcement(id, kind, TITLE, due, reason))

    def announce_all(self, time: datetime, facts: tuple[AnnouncedFact, ...]) -> "PublicLog":
        return self.tell(time, *facts)

    def delay(self, time: datetime, id: ReleaseId, reason: DelayReason = "data late") -> "PublicLog":
        return self.tell(time, DelayedFact(release=written(id), reason=reason))

    def cancel(self, time: datetime, id: ReleaseId, reason: str = "No data were collected.") -> "PublicLog":
        return self.tell(time, CancelledFact(release=written(id), reason=reason))

    def publish(self, time: datetime, *editions: EditionFact) -> "PublicLog":
        return self.tell(time, PublishedFact(editions=editions, access=()))

    def withdraw(self, time: datetime, edition: EditionRef) -> "PublicLog":
        return self.tell(
            time,
            WithdrawnFact(
                edition=edition, reason="A wrong file.", contact="desk@example.org", known="Copies show chapter 27."
            ),
        )


def written(id: ReleaseId) -> Release:
    return Release(series=id.series, period=id.period, number=id.number)


def edition(
    id: ReleaseId,
    due: Moment,
    version: int = 1,
    kind: Kind = "first",
    reason: str = "",
    supersedes: int | None = None,
) -> EditionFact:
    return EditionFact(
        edition=ref(id.period, version, id.series),
        release=written(id),
        kind=kind,
        title=TITLE,
        due=due.instant.isoformat(),
        zone=due.zone,
        reason=reason,
        supersedes=supersedes,
        prepared_by="a" * 64,
        approvals=(),
    )
