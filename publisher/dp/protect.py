"""protect(): differential privacy's half of the gate from confidential to publishable.

read the sealed measurement, or: clip -> charge -> draw -> seal
and then, from the sealed numbers alone: margins, rounding, intervals, statement
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from publisher.catalogue.query import Query
from publisher.dp.gaussian import calibrate, calibrate_squared
from publisher.dp.keys import check_keys
from publisher.dp.measured import Data, Demand, demand, privacy_rules
from publisher.dp.noisy import Measurable, NoisyMeasurement, as_parquet, from_parquet, measurable, measure_noisily
from publisher.dp.publishable import publishable_cells
from publisher.dp.quantile import private_quantile
from publisher.dp.spend import spend
from publisher.dp.statement import statement
from publisher.dp.strategy import level_plan
from publisher.errors import ProtectionError
from publisher.ledger.ledger import Ledger
from publisher.model.confidential import ClippedSums
from publisher.model.level_plan import LevelPlan
from publisher.model.privacy import PrivacyRules
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.protected import ProtectedTable


class Sums(Protocol):
    """Sums of vectors clipped to a whole number, or at each level of a plan to that level's."""

    def __call__(self, clip: int, plan: LevelPlan | None = None, /) -> ClippedSums: ...


Norms = Callable[[], pa.Table]  # column `norm`: one row a contributor


def protect(
    query: Query,
    time_period: str,
    data: Data,
    ledger: Ledger,
    sums: Sums,
    norms: Norms,
    *,
    revisions: int = 0,
    progress: Progress = NO_PROGRESS,
) -> ProtectedTable:
    """The publishable cells of one query in one period, one row a combination of public codes.

    Which measurement is shown: measured.demand; `revisions` is how many of them the plan asks for. One that is
    sealed is read: nothing is spent or drawn and neither `sums` nor `norms` is called. Otherwise the spend is
    committed first.

    Raises PrivacyBudgetError, with nothing drawn, where a cap would be exceeded, the same measurement was charged
    without a result, or the terms changed unasked; LedgerError where a result is lost; ProtectionError for a query
    without privacy rules or sums that are not on the public keys or have weights that do not fit.
    """
    asked = demand(query, time_period, data, ledger, revisions)
    payload = ledger.sealed(asked.key)
    if payload is None:
        spend = _Spend(asked, query, privacy_rules(query), time_period, data.snapshot, ledger)
        payload = as_parquet(_measure(spend, sums, norms, progress))
        ledger.seal(asked.key, payload)
    measurement = from_parquet(payload)
    return ProtectedTable(
        structure=query.structure,
        time_period=time_period,
        snapshot=data.snapshot,
        method="dp",
        cells=publishable_cells(query.structure, measurement, privacy_rules(query).quality),
        noise=statement(query, privacy_rules(query), measurement, ledger.account(asked.key)),
    )


@dataclass(frozen=True)
class _Spend:
    """What is charged for one measurement."""

    asked: Demand
    query: Query
    rules: PrivacyRules
    period: str
    snapshot: str
    ledger: Ledger

    def commit(self) -> None:
        """After this, and not before, noise may be drawn."""
        spend(self.asked, self.query, self.rules, self.period, self.snapshot, self.ledger)


def _measure(spend: _Spend, sums: Sums, norms: Norms, progress: Progress) -> NoisyMeasurement:
    """Everything that can fail without a draw comes before the commit, as far as the clip is known."""
    rules = spend.rules
    plan = level_plan(spend.query.structure, rules)
    if rules.clip.at == "private_quantile":
        return _measure_clipped_privately(spend, sums, norms, progress)
    clipped = sums(rules.clip.at, plan) if plan else sums(rules.clip.at)
    what = _checked(clipped, spend, rules.clip.at, plan)
    noise = calibrate_squared(what.clipped.squared_sensitivity, rules.rho)
    spend.commit()
    return measure_noisily(what, noise, progress)


def _measure_clipped_privately(spend: _Spend, sums: Sums, norms: Norms, progress: Progress) -> NoisyMeasurement:
    """Two draws under one charge: the clip with its share of rho, the sums with the rest."""
    rules = spend.rules
    share = rules.rho * rules.clip.rho_share
    quantile, _ = private_quantile(rules.clip.quantile, share), calibrate(1, rules.rho - share)
    contributors = norms().column("norm").to_numpy().astype(np.float64)
    spend.commit()
    clip = quantile.draw(contributors)
    what = _checked(sums(clip), spend, clip)
    noise = calibrate_squared(what.clipped.squared_sensitivity, rules.rho - share)
    return measure_noisily(what, noise, progress)


def _checked(clipped: ClippedSums, spend: _Spend, clip: int, plan: LevelPlan | None = None) -> Measurable:
    """Raises ProtectionError unless these are the sums that were asked for, on the public keys."""
    asked = (spend.query.structure, spend.period, clip, plan)
    if (clipped.structure, clipped.time_period, clipped.clip, clipped.plan) != asked or clipped.scale < 1:
        raise ProtectionError("the sums are not those of this query, period and clip.", place=spend.query.id)
    check_keys(clipped)
    return measurable(clipped)
