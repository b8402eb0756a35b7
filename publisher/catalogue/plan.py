"""A release series: what releases/<series_id>/plan.toml says, validated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from publisher.catalogue.frequency import FREQUENCIES, MONTHLY, last_day


@dataclass(frozen=True)
class Schedule:
    """An edition is due `lag_days` days after its period's last day, at `at` in `timezone`."""

    lag_days: int
    at: time
    timezone: ZoneInfo


@dataclass(frozen=True)
class Revision:
    """Asks for one new measurement of each noisy query named, for one period: it is spent once, whatever changes."""

    period: str
    queries: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Limits:
    """The limits of one privacy unit: rho over a calendar year, over all years, and set aside for revisions."""

    rho_per_year: Fraction
    rho_lifetime: Fraction | None = None
    revision_reserve: Fraction = Fraction(0)


@dataclass(frozen=True)
class Plan:
    """`rho_per_year` caps the privacy loss of one contributor over a calendar year, all queries together;
    `rho_lifetime` the same over all years (None: no limit of its own). `query_reserves` is what a query can count on
    in a year, `revision_reserve` what is set aside for `revisions`, which get no more. `band` limits each unit of
    value bands, which is another promise and another account; None where the plan publishes none.

    Only a monthly series measures months. A quarterly or annual one adds up what is sealed of noisy monthly tables
    and has none of these limits; an annual one measures the year of queries that ask for it, within those of the
    months.
    """

    id: str
    title: str
    summary: str
    frequency: str
    first_period: str
    queries: tuple[str, ...]
    schedule: Schedule
    rho_per_year: Fraction
    approvals: int
    rho_lifetime: Fraction | None = None
    revision_reserve: Fraction = Fraction(0)
    query_reserves: Mapping[str, Fraction] = field(default_factory=dict)
    revisions: tuple[Revision, ...] = ()
    band: Limits | None = None

    @property
    def measures(self) -> bool:
        """Whether its editions measure what they show, and limits go with it."""
        return self.frequency == MONTHLY

    def covers(self, period: str) -> bool:
        """Whether `period` is one of this series: of its frequency, and not before it begins."""
        return bool(FREQUENCIES[self.frequency].pattern.fullmatch(period)) and period >= self.first_period

    def revisions_of(self, query: str, period: str) -> int:
        """How many new measurements are asked for."""
        return sum(one.period == period and query in one.queries for one in self.revisions)

    def due(self, period: str) -> datetime:
        """The moment before which the edition of `period` ("2021-03") must not be seen. Raises ValueError."""
        day = last_day(period) + timedelta(days=self.schedule.lag_days)
        return datetime.combine(day, self.schedule.at, tzinfo=self.schedule.timezone)
