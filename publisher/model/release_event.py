"""What releases are called: which release of which period, of what kind, when."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["first", "revision", "correction"]
"""first: the first publication of a period; revision: announced by the plan; correction: unscheduled."""

DelayReason = Literal["data late", "not ready", "not approved", "technical"]


@dataclass(frozen=True, order=True)
class ReleaseId:
    """The `number`-th release of a period, from 1. Planned long before there is an edition."""

    series: str
    period: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.series}/{self.period}/r{self.number}"


@dataclass(frozen=True, order=True)
class Moment:
    """An instant in UTC, compared by nothing else, and the zone in which people read it (an IANA name)."""

    instant: datetime
    zone: str = field(compare=False)

    def __post_init__(self) -> None:
        if self.instant.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        object.__setattr__(self, "instant", self.instant.astimezone(UTC))

    @property
    def local(self) -> datetime:
        return self.instant.astimezone(ZoneInfo(self.zone))

    @property
    def text(self) -> str:
        """ISO 8601 with the offset of the zone, as readers see it."""
        return self.local.isoformat()


@dataclass(frozen=True)
class PlannedRelease:
    """`due` is when it may be seen. `announced` is false for a back edition: due before anybody could announce it."""

    id: ReleaseId
    kind: Kind
    due: Moment
    reason: str
    announced: bool
