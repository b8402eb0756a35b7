"""A year of sealed months, and the measurement of the year, without declarations."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from publisher.aggregate.months import months_of
from publisher.catalogue.query import Query
from publisher.dp.measured import Data
from publisher.dp.periods import protect_period
from publisher.dp.protect import protect
from publisher.dp.year import YearSums
from publisher.ledger.ledger import Ledger
from publisher.model.confidential import ClippedSums
from publisher.model.level_plan import LevelPlan
from publisher.model.privacy import AnnualRules, PrivacyRules
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.protected import ProtectedTable
from tests.lib.noise import data, no_norms, sums_of

YEAR = "2021"
MONTHS = months_of(YEAR).names
DATA: Mapping[str, Data] = {month: data() for month in MONTHS}


def with_year(query: Query, rho: str = "1/10", clip_months: int = 4) -> Query:
    """The query, and one measurement of the year."""
    if not isinstance(query.protection, PrivacyRules):
        raise TypeError("only a query with noise has a year")
    return replace(query, protection=replace(query.protection, annual=AnnualRules(Fraction(rho), clip_months)))


def measure_month(query: Query, month: str, ledger: Ledger, number: int = 30, revisions: int = 0) -> None:
    protect(query, month, data(), ledger, sums_of(query, number, period=month), no_norms, revisions=revisions)


def measure_months(query: Query, ledger: Ledger, number: int = 30) -> None:
    for month in MONTHS:
        measure_month(query, month, ledger, number)


def year_sums_of(query: Query, number: int = 12 * 30) -> YearSums:
    """Every finest cell holds `number`."""

    def sums(months: Mapping[str, str], clip: int, clip_months: int, plan: LevelPlan | None = None) -> ClippedSums:
        longer = plan and LevelPlan(plan.weights, {cut: bound * clip_months for cut, bound in plan.clips.items()})
        made = sums_of(query, number, period=YEAR)
        return made(clip * clip_months, longer) if longer else made(clip * clip_months)

    return sums


def no_year(*_: object) -> ClippedSums:
    raise AssertionError("a rebuild must not look at the data")


def protect_year(
    query: Query, ledger: Ledger, sums: YearSums | None = None, progress: Progress = NO_PROGRESS
) -> ProtectedTable:
    return protect_period(query, YEAR, "s0009", DATA, ledger, sums or year_sums_of(query), progress)
