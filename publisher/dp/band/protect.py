"""protect_bands(): the gate from confidential to publishable for tables of values within a band.

read the sealed measurement, or: sums -> charge -> draw -> seal
and then, from the sealed numbers alone: margins, rounding, intervals, statement
"""

from collections.abc import Callable

from publisher.catalogue.query import Query
from publisher.dp.band.mechanism import as_parquet, from_parquet, measure_noisily, noise_for, roots_of
from publisher.dp.band.print import band_cells
from publisher.dp.band.statement import statement
from publisher.dp.measured import Data, demand
from publisher.dp.spend import spend
from publisher.errors import PrivacyBudgetError, ProtectionError
from publisher.ledger.ledger import Ledger
from publisher.model.band import WITHIN, BandRules
from publisher.model.confidential import BandSums
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.protected import ProtectedTable

Sums = Callable[[], BandSums]


def protect_bands(
    query: Query,
    time_period: str,
    data: Data,
    ledger: Ledger,
    sums: Sums,
    *,
    revisions: int = 0,
    progress: Progress = NO_PROGRESS,
) -> ProtectedTable:
    """The publishable cells of one query in one period, one row a combination of public codes.

    Which measurement is shown: measured.demand. One that is sealed is read: nothing is spent or drawn and `sums` is
    not called. Otherwise the spend is committed first, on the account of the band's own unit.

    Raises PrivacyBudgetError, with nothing drawn, where a cap would be exceeded, the same measurement was charged
    without a result, or the terms changed unasked; LedgerError where a result is lost; ProtectionError for a query
    without a band or sums that are not those asked for.
    """
    rules = query.protection
    if not isinstance(rules, BandRules):
        raise ProtectionError("the query is not protected within a band.", place=query.id)
    asked = demand(query, time_period, data, ledger, revisions)
    payload = ledger.sealed(asked.key)
    if payload is None:
        noise, true = noise_for(query.structure, rules), roots_of(_checked(sums(), query, time_period), rules)
        _refuse_another_band(ledger, rules, int(time_period[:4]), query.id)
        spend(asked, query, rules, time_period, data.snapshot, ledger)
        payload = as_parquet(measure_noisily(true, noise, progress))
        ledger.seal(asked.key, payload)
    measured = from_parquet(payload)
    return ProtectedTable(
        structure=query.structure,
        time_period=time_period,
        snapshot=data.snapshot,
        method="band",
        cells=band_cells(query.structure, rules, measured),
        noise=statement(query, rules, measured, ledger.account(asked.key)),
    )


def _refuse_another_band(ledger: Ledger, rules: BandRules, year: int, place: str) -> None:
    """Raises PrivacyBudgetError where the year's account of the same measure has another c: a new c would open a new
    account, with a cap of its own, for what has lost already."""
    for charge in ledger.charges():
        if charge.year == year and charge.unit != rules.unit and charge.unit.startswith(rules.protected + WITHIN):
            raise PrivacyBudgetError(
                f"was measured in {year} under another band: '{charge.unit}'.",
                place=place,
                remedy="Keep c until the year is over.",
            )


def _checked(sums: BandSums, query: Query, period: str) -> BandSums:
    """Raises ProtectionError unless these are the sums that were asked for."""
    if (sums.structure, sums.time_period) != (query.structure, period):
        raise ProtectionError("the sums are not those of this query and period.", place=query.id)
    return sums
