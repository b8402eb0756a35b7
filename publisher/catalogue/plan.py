"""A release series: what releases/<series_id>/plan.toml says, validated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from publisher.catalogue.frequency import FREQUENCIES, MONTHLY, last_day, shift
from publisher.catalogue.moments import ClockChange, clock_change, instant_of
from publisher.catalogue.working_days import nth_working_day
from publisher.model.release_event import Moment


@dataclass(frozen=True)
class Schedule:
    """An edition is due at `at` in `timezone`, either `lag_days` days after its period's last day, or on the
    `working_days`-th working day after it in `holidays` ("KR", "DE-BY")."""

    lag_days: int | None
    at: time
    timezone: ZoneInfo
    working_days: int | None = None
    holidays: str = ""

    def __post_init__(self) -> None:
        if (self.lag_days is None) == (self.working_days is None) or (self.working_days is None) == bool(
            self.holidays
        ):
            raise ValueError("a schedule counts either days, or working days of a country")

    def day(self, period: str) -> date:
        """Raises ValueError for what is no period, UnknownYearError for a year without known holidays."""
        if self.working_days is not None:
            return nth_working_day(last_day(period), self.working_days, self.holidays)
        return last_day(period) + timedelta(days=self.lag_days or 0)

    def instant(self, day: date) -> datetime:
        """In UTC."""
        return instant_of(day, self.at, self.timezone)


@dataclass(frozen=True)
class RevisionPolicy:
    """With each edition the `with_each` periods before it are released again. A figure is provisional until
    `final_after` further periods are out; None: the plan does not say."""

    with_each: int = 0
    final_after: int | None = None


@dataclass(frozen=True)
class PlanPeople:
    """Names of those who alone may prepare, approve and publish this series; empty: whoever has the role."""

    prepare: tuple[str, ...] = ()
    approve: tuple[str, ...] = ()
    publish: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipient:
    """Who has an edition `lead_hours` before everyone, encrypted to `key` ("age1...", "ssh-ed25519 ..."). A post of
    an organisation, never a person's name: it is made public with the edition."""

    organisation: str
    post: str
    key: str
    lead_hours: int


@dataclass(frozen=True)
class Arrival:
    """The data of a period must have arrived so many days before its edition is due."""

    days_before_due: int


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

    `approvals` sign before it is published, `withdrawals` before it is withdrawn. `unattended_build` lets the service
    prepare editions; then at least two persons approve.

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
    revision_policy: RevisionPolicy = RevisionPolicy()
    people: PlanPeople = PlanPeople()
    access: tuple[Recipient, ...] = ()
    arrival: Arrival | None = None
    withdrawals: int = 1
    unattended_build: bool = False

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
        """When the plan proposes to publish the edition of `period` ("2021-03") first, in its own time zone.

        What holds is what was announced. Compare it in UTC only: two datetimes of one ZoneInfo compare their clocks,
        which are put forward and back. Raises ValueError, and UnknownYearError where no holidays are known.
        """
        return self.schedule.instant(self.schedule.day(period)).astimezone(self.schedule.timezone)

    def moment(self, period: str) -> Moment:
        """The same as one instant."""
        return Moment(self.due(period), self.schedule.timezone.key)

    def clock_change(self, period: str) -> ClockChange:
        """Whether the clocks skip the planned time on that day, or show it twice."""
        return clock_change(self.schedule.day(period), self.schedule.at, self.schedule.timezone)

    def arrived_by(self, due: Moment) -> Moment | None:
        """When the data of an edition due then must be in, by the same clock; None where the plan does not say."""
        if self.arrival is None:
            return None
        zone, day = ZoneInfo(due.zone), due.local.date() - timedelta(days=self.arrival.days_before_due)
        return Moment(instant_of(day, due.local.time(), zone), due.zone)

    def released_with(self, period: str) -> tuple[str, ...]:
        """The earlier periods that are released again with the edition of `period`, oldest first."""
        before = (shift(period, -steps) for steps in range(self.revision_policy.with_each, 0, -1))
        return tuple(each for each in before if each >= self.first_period)

    def final_with(self, period: str) -> str | None:
        """The period whose edition makes the figures of `period` final; None where the plan does not say."""
        after = self.revision_policy.final_after
        return None if after is None else shift(period, after)
