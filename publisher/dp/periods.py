"""Quarters and years from the sealed measurements of their months, and of the year itself where the query plans one.

What is added up are the noisy numbers as they were drawn, before anything was rounded or raised to 0; the year is
then printed from its own sum, because the printed months together would be less exact (README.md).
"""

from collections.abc import Mapping

from publisher.catalogue.query import Query
from publisher.dp.estimate import estimates_of
from publisher.dp.measured import Data, privacy_rules
from publisher.dp.months import Sealed, sealed, sealed_months
from publisher.dp.parts import Parts
from publisher.dp.publishable import printed_cells
from publisher.dp.year import YearSums, measured_year
from publisher.dp.year_statement import year_statement
from publisher.errors import ProtectionError
from publisher.ledger.ledger import Ledger
from publisher.model.privacy import MONTHS
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.protected import ProtectedTable


def protect_period(
    query: Query,
    period: str,
    snapshot: str,
    months: Mapping[str, Data],
    ledger: Ledger,
    sums: YearSums | None = None,
    progress: Progress = NO_PROGRESS,
) -> ProtectedTable:
    """The publishable cells of a quarter or year. `months`: each month of it -> the data behind it.

    Spends nothing, but once for the year where the query plans that it is measured, from `sums`.

    Raises ProtectionError for a query without privacy rules or with a count of distinct things, and naming the months
    that have no sealed measurement; PrivacyBudgetError where a month was measured under other terms; and what
    measured_year raises.
    """
    parts = _parts(query, period, sealed_months(query, period, months, ledger), ledger, sums, progress)
    each = {part.key: estimates_of(query.structure, part.measurement) for part in parts.all}
    cells = printed_cells(
        query.structure,
        {
            measure.id: parts.estimate({key: found[measure.id] for key, found in each.items()})
            for measure in query.structure.measures
        },
        privacy_rules(query).quality,
    )
    return ProtectedTable(query.structure, period, snapshot, "dp", cells, year_statement(query, period, parts))


def _parts(
    query: Query,
    period: str,
    months: tuple[Sealed, ...],
    ledger: Ledger,
    sums: YearSums | None,
    progress: Progress,
) -> Parts:
    """What there is of a period, with the year's own measurement where the query plans one: made now, or sealed."""
    if privacy_rules(query).annual is None or len(months) < MONTHS:
        return Parts(months)
    if sums is None:
        raise ProtectionError("nothing was given to measure the year from.", place=query.id)
    year = measured_year(query, period, months, ledger, sums, progress)
    taken, newest = year.measurement.months, {month.key for month in months}
    if newest.isdisjoint(taken):
        return Parts(months)
    return Parts(
        new=tuple(month for month in months if month.key not in taken),
        kept=tuple(month for month in months if month.key in taken),
        year=year,
        old=tuple(_added_up(query, key, ledger) for key in taken if key not in newest),
    )


def _added_up(query: Query, key: str, ledger: Ledger) -> Sealed:
    """A month that the year added up and that was measured again since: it must be taken off again."""
    found = sealed(key, ledger)
    if found is None:
        raise ProtectionError(
            f"the year was measured with a month whose measurement {key[:16]} was given up, so what it says of the "
            "others cannot be told any more.",
            place=query.id,
            remedy="Take [protection.annual] out of the query: then the year is the sum of its months.",
        )
    return found
