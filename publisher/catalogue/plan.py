"""A release series: what releases/<series_id>/plan.toml says, validated."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Schedule:
    """An edition for a month is due `lag_days` days after the month's last day, at `at` in `timezone`."""

    lag_days: int
    at: time
    timezone: ZoneInfo


@dataclass(frozen=True)
class Plan:
    """`rho_per_year` caps the privacy loss of one contributor over a calendar year, all queries together."""

    id: str
    title: str
    summary: str
    frequency: str
    first_period: str
    queries: tuple[str, ...]
    schedule: Schedule
    rho_per_year: Fraction
    approvals: int

    def due(self, period: str) -> datetime:
        """The moment before which the edition of `period` ("2021-03") must not be seen. Raises ValueError."""
        year, month = (int(part) for part in period.split("-"))
        first_of_next = date(year + month // 12, month % 12 + 1, 1)
        day = first_of_next - timedelta(days=1) + timedelta(days=self.schedule.lag_days)
        return datetime.combine(day, self.schedule.at, tzinfo=self.schedule.timezone)
