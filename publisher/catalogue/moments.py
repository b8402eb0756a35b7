"""From a day and a clock time to one instant, also where clocks are put forward or back."""

from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

ClockChange = Literal["", "skipped", "doubled"]


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant in UTC at which the clocks of `zone` show `at` on `day`.

    A time that is skipped counts by the offset before the gap, so it lies as long after the gap as it stood after the
    gap's beginning; of a time that comes twice it is the second. Never early, in either case: it is the later of the
    two readings that PEP 495 gives such a time.
    """
    return max(_read(day, at, zone, fold) for fold in (0, 1))


def clock_change(day: date, at: time, zone: ZoneInfo) -> ClockChange:
    """Whether clocks skip this time on this day, or show it twice."""
    first, second = (_read(day, at, zone, fold) for fold in (0, 1))
    return "" if first == second else "skipped" if first > second else "doubled"


def _read(day: date, at: time, zone: ZoneInfo, fold: int) -> datetime:
    return datetime.combine(day, at.replace(fold=fold), tzinfo=zone).astimezone(UTC)
