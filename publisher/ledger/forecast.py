"""What the caps still allow, and whether the plans' schedule fits: the ledger's own arithmetic, months ahead."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

from publisher.catalogue.frequency import ANNUAL, last_day
from publisher.catalogue.plan import Plan
from publisher.catalogue.plan_rules import caps_of
from publisher.catalogue.query import Query
from publisher.ledger.adopt import adopted, after_builds
from publisher.ledger.limits import NOTHING, YearSpend, committed, overspent
from publisher.ledger.standing import Standing
from publisher.model.band import BandRules
from publisher.model.privacy import Cap, PrivacyRules


@dataclass(frozen=True)
class YearForecast:
    """One unit in one calendar year, each number an exact rho. `set_aside` are reserves not yet spent; `scheduled` is
    what the plans still measure in the year; `editions_left` is how many more editions of all its queries would fit
    into the caps as they stand, beside the year's own measurements where they are planned; `editions_planned` is how
    many are still to come.
    """

    unit: str
    year: int
    per_year: Fraction
    lifetime: Fraction | None
    spent: Fraction
    spent_all_years: Fraction
    set_aside: Fraction
    scheduled: Fraction
    edition_rho: Fraction
    editions_left: int
    editions_planned: int


@dataclass(frozen=True)
class Shortfall:
    """The first measurement of a unit and year that would be refused; `problem` says by which limit."""

    unit: str
    year: int
    period: str
    query: str
    problem: str


@dataclass(frozen=True)
class Forecast:
    """`differences` are sentences: where a plan and the ledger's caps say different things."""

    accounts: tuple[YearForecast, ...]
    shortfalls: tuple[Shortfall, ...]
    differences: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Fractions as text."""
        rows = [
            {name: str(value) if isinstance(value, Fraction) else value for name, value in asdict(row).items()}
            for row in self.accounts
        ]
        lacking = [asdict(one) for one in self.shortfalls]
        return {"accounts": rows, "shortfalls": lacking, "differences": list(self.differences)}


@dataclass(frozen=True)
class _Spend:
    """One measurement to come, of a month or a year."""

    unit: str
    year: int
    period: str
    query: str
    rho: Fraction
    revision: bool = False

    @property
    def annual(self) -> bool:
        return len(self.period) == len("2021")

    @property
    def turn(self) -> tuple[date, bool]:
        """A year is measured after its December."""
        return last_day(self.period), self.annual


def forecast(
    plans: Sequence[Plan], queries: Mapping[str, Query], standing: Standing, today: date, months: int = 12
) -> Forecast:
    """The accounts of every year that the schedule touches: from the plans' first periods (what was not measured yet
    counts as still to come) to the December of the last edition due within `months` after `today`.
    """
    every, plans = plans, [plan for plan in plans if plan.measures]
    caps, end = after_builds(standing.caps, plans, queries), _end(today, months)
    years = _coming_years(every, queries, standing, end)
    coming = sorted([*_coming(plans, queries, standing, end), *years], key=lambda one: one.turn)
    costs = _edition_costs(plans, queries)
    touched = {(one.unit, one.year) for one in coming} | _open_years(caps, standing, today)
    accounts = tuple(
        _account(caps[unit], year, standing, [one for one in coming if (one.unit, one.year) == (unit, year)], costs)
        for unit, year in sorted(touched)
    )
    told = tuple(differences(plans, queries, standing))
    return Forecast(accounts, tuple(_shortfalls(caps, standing, coming)), told)


def _end(today: date, months: int) -> date:
    """`months` later, on the 28th at most, so that every month has the day."""
    counted = today.year * 12 + today.month - 1 + months
    return date(counted // 12, counted % 12 + 1, min(today.day, 28))


def _open_years(caps: Mapping[str, Cap], standing: Standing, today: date) -> set[tuple[str, int]]:
    """Accounts that were charged and are still running."""
    return {(unit, year) for unit, year in standing.years if year >= today.year and unit in caps}


def _periods(plan: Plan, end: date) -> Iterator[str]:
    """The plan's months, each year to its December, while a year's first is due by `end`."""
    year, month = (int(part) for part in plan.first_period.split("-"))
    while plan.due(f"{year:04}-{month:02}").date() <= end:
        yield from (f"{year:04}-{later:02}" for later in range(month, 13))
        year, month = year + 1, 1


def _coming(plans: Sequence[Plan], queries: Mapping[str, Query], standing: Standing, end: date) -> Iterator[_Spend]:
    """A query that two series publish is one measurement."""
    asked: dict[tuple[str, str], int] = {}
    for plan in plans:
        for period in _periods(plan, end):
            for name in plan.queries:
                if isinstance(queries[name].protection, PrivacyRules | BandRules):
                    revisions = plan.revisions_of(name, period)
                    asked[name, period] = max(asked.get((name, period), 0), revisions)
    for (name, period), revisions in asked.items():
        rules, done = queries[name].protection, standing.measured.get((name, period))
        if isinstance(rules, PrivacyRules | BandRules) and (done is None or revisions > done):
            yield _Spend(rules.unit, int(period[:4]), period, name, rules.rho, done is not None)


def _coming_years(
    plans: Sequence[Plan], queries: Mapping[str, Query], standing: Standing, end: date
) -> Iterator[_Spend]:
    """The annual measurements of the years whose months are counted, each once, whichever series show it."""
    monthly = {
        (name, period[:4])
        for plan in plans
        if plan.measures
        for name, period in product(plan.queries, _periods(plan, end))
    }
    asked = {
        (name, year)
        for plan in plans
        for name, year in monthly - standing.measured.keys()
        if plan.frequency == ANNUAL and name in plan.queries and plan.covers(year)
    }
    for name, year in sorted(asked):
        rules = queries[name].protection
        if isinstance(rules, PrivacyRules) and rules.annual:
            yield _Spend(rules.unit, int(year), year, name, rules.annual.rho)


def _edition_costs(plans: Sequence[Plan], queries: Mapping[str, Query]) -> dict[str, dict[str, Fraction]]:
    """unit -> query -> rho of one measurement."""
    costs: dict[str, dict[str, Fraction]] = {}
    for name in sorted({name for plan in plans for name in plan.queries}):
        rules = queries[name].protection
        if isinstance(rules, PrivacyRules | BandRules):
            costs.setdefault(rules.unit, {})[name] = rules.rho
    return costs


def _account(
    cap: Cap, year: int, standing: Standing, coming: Sequence[_Spend], costs: Mapping[str, Mapping[str, Fraction]]
) -> YearForecast:
    spend, lifetime = standing.years.get((cap.unit, year), YearSpend()), standing.lifetime(cap.unit)
    kept = [one for one in coming if one.annual]
    edition = costs.get(cap.unit, {})
    return YearForecast(
        unit=cap.unit,
        year=year,
        per_year=cap.per_year,
        lifetime=cap.lifetime,
        spent=spend.total,
        spent_all_years=lifetime,
        set_aside=committed(cap, spend) - spend.total,
        scheduled=sum((one.rho for one in coming), NOTHING),
        edition_rho=sum(edition.values(), NOTHING),
        editions_left=_editions_left(cap, *_after(spend, lifetime, kept), edition),
        editions_planned=len({one.period for one in coming if not one.revision and not one.annual}),
    )


def _after(spend: YearSpend, lifetime: Fraction, coming: Sequence[_Spend]) -> tuple[YearSpend, Fraction]:
    """What is spent once these are."""
    for one in coming:
        spend, lifetime = spend.plus(one.query, one.rho, revision=one.revision), lifetime + one.rho
    return spend, lifetime


def _editions_left(cap: Cap, spend: YearSpend, lifetime: Fraction, edition: Mapping[str, Fraction]) -> int:
    """The largest number that fits; fitting is monotone, so it is found by halving."""
    cost = sum(edition.values(), NOTHING)
    low, high = 0, int(cap.per_year // cost) if cost else 0
    while low < high:
        tried = (low + high + 1) // 2
        more = {query: spend.by_query.get(query, NOTHING) + tried * rho for query, rho in edition.items()}
        after = YearSpend({**spend.by_query, **more}, spend.revisions)
        fits = not overspent(cap, after, lifetime + tried * cost)
        low, high = (tried, high) if fits else (low, tried - 1)
    return low


def _shortfalls(caps: Mapping[str, Cap], standing: Standing, coming: Sequence[_Spend]) -> Iterator[Shortfall]:
    """Plays the schedule through, in the order of periods; what does not fit is left out, as the ledger would."""
    years = dict(standing.years)
    lifetime = {unit: standing.lifetime(unit) for unit in caps}
    told: set[tuple[str, int]] = set()
    for one in coming:
        key = one.unit, one.year
        after = years.get(key, YearSpend()).plus(one.query, one.rho, revision=one.revision)
        problem = overspent(caps[one.unit], after, lifetime[one.unit] + one.rho, revision=one.revision)
        if not problem:
            years[key] = after
            lifetime[one.unit] += one.rho
        elif key not in told:
            told.add(key)
            yield Shortfall(one.unit, one.year, one.period, one.query, problem)


def differences(plans: Iterable[Plan], queries: Mapping[str, Query], standing: Standing) -> Iterator[str]:
    """Sentences: where a limit that a plan names is not the ledger's, and what becomes of it."""
    for plan in plans:
        for planned in caps_of(plan, [queries[name] for name in plan.queries]):
            known = standing.caps.get(planned.unit)
            if known is not None:
                yield from _differences(plan.id, planned, known)


def _differences(series: str, planned: Cap, known: Cap) -> Iterator[str]:
    built = adopted({known.unit: known}, [planned])[known.unit]
    keys = {"per_year": "rho_per_year", "lifetime": "rho_lifetime", "revision_reserve": "revision_reserve"}
    for name, key in keys.items():
        mine, theirs = getattr(planned, name), getattr(known, name)
        if mine and mine != theirs:
            lowered = getattr(built, name) != theirs
            then = f"the next build lowers the ledger's to {mine}" if lowered else "the ledger's holds"
            holds = "no limit" if theirs is None else theirs
            yield (
                f"{series}/plan.toml says {key} = {mine} for '{known.unit}', the ledger {holds}: {then}; "
                "a limit is raised by name, in plan.toml and with 'publisher ledger cap'"
            )
