"""protect_quantiles(): the gate for tables of quantiles, in the same order as protect.protect().

read the sealed measurement, or: rows -> charge -> draw -> seal
and then, from the sealed numbers alone: cells, intervals, statement
"""

from collections.abc import Callable

from publisher.catalogue.query import Query
from publisher.dp.measured import Data, Demand, demand, privacy_rules
from publisher.dp.quantile_cells import quantile_cells
from publisher.dp.quantiles import (
    NoisyQuantiles,
    as_parquet,
    check_rows,
    from_parquet,
    measure_quantiles,
    quantile_noise,
)
from publisher.dp.spend import spend
from publisher.dp.statement import quantile_statement
from publisher.errors import ProtectionError
from publisher.ledger.ledger import Ledger
from publisher.model.confidential import QuantileRows
from publisher.model.privacy import QuantileRules
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.protected import ProtectedTable

Rows = Callable[[int], QuantileRows]  # clip -> rows clipped to it


def protect_quantiles(
    query: Query,
    time_period: str,
    data: Data,
    ledger: Ledger,
    rows: Rows,
    *,
    revisions: int = 0,
    progress: Progress = NO_PROGRESS,
) -> ProtectedTable:
    """The publishable quantiles of one query in one period, one row a combination of public codes.

    Raises as protect.protect does; a sealed measurement is read, and `rows` not called.
    """
    asked = demand(query, time_period, data, ledger, revisions)
    payload = ledger.sealed(asked.key)
    if payload is None:
        payload = as_parquet(_measure(query, time_period, data.snapshot, ledger, rows, asked, progress))
        ledger.seal(asked.key, payload)
    measured = from_parquet(payload)
    return ProtectedTable(
        structure=query.structure,
        time_period=time_period,
        snapshot=data.snapshot,
        method="dp",
        cells=quantile_cells(query.structure, measured, _quantile_rules(query)),
        noise=quantile_statement(query, privacy_rules(query), measured, ledger.account(asked.key)),
    )


def _measure(
    query: Query,
    period: str,
    snapshot: str,
    ledger: Ledger,
    rows: Rows,
    asked: Demand,
    progress: Progress,
) -> NoisyQuantiles:
    """Everything that can fail without a draw comes before the charge."""
    rules = privacy_rules(query)
    noise = quantile_noise(query.structure, rules)
    counts = check_rows(rows(noise.clip), query.structure, period, noise.clip)
    spend(asked, query, rules, period, snapshot, ledger)
    return measure_quantiles(query.structure, counts, noise, progress)


def _quantile_rules(query: Query) -> QuantileRules:
    rules = privacy_rules(query).quantiles
    if rules is None:
        raise ProtectionError("the query has no rules for quantiles.", place=query.id)
    return rules
