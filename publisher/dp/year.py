"""measured_year(): a whole year measured once, of the vectors that its months measured.

read the sealed measurement, or: add up the months -> clip -> charge -> draw -> seal

The argument is in README.md, "A year measured once more".
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from publisher.catalogue.query import Query
from publisher.dp.gaussian import calibrate_squared
from publisher.dp.keys import check_keys, key_set_digest
from publisher.dp.levels import clip_by_level
from publisher.dp.measured import Demand, privacy_rules
from publisher.dp.months import Sealed, sealed
from publisher.dp.noisy import Measurable, as_parquet, from_parquet, measurable, measure_noisily
from publisher.dp.spend import spend
from publisher.dp.strategy import level_plan
from publisher.errors import PrivacyBudgetError, ProtectionError
from publisher.ledger.ledger import Ledger
from publisher.ledger.measurement import MeasurementKey
from publisher.model.confidential import ClippedSums
from publisher.model.level_plan import LevelPlan
from publisher.model.privacy import AnnualRules, PrivacyRules
from publisher.model.progress import NO_PROGRESS, Progress


class YearSums(Protocol):
    """Sums over contributors of their year: the vectors of its months (month -> snapshot) as they were clipped to
    `clip` or at each level of the plan, added up, and clipped to `clip_months` times that."""

    def __call__(
        self, months: Mapping[str, str], clip: int, clip_months: int, plan: LevelPlan | None = None, /
    ) -> ClippedSums: ...


def measured_year(
    query: Query,
    year: str,
    months: Sequence[Sealed],
    ledger: Ledger,
    sums: YearSums,
    progress: Progress = NO_PROGRESS,
) -> Sealed:
    """The one measurement of a year: of `months`, if none is sealed yet; else the one that is, whatever became of the
    months, and nothing is spent or drawn. Its `months` are the keys of those that it added up.

    Raises PrivacyBudgetError, with nothing drawn, where a cap would be exceeded, the measurement was charged without
    a result, or the year was measured under other terms; ProtectionError where a month was not measured as the query
    says now, and as protect() does.
    """
    rules = privacy_rules(query)
    if rules.annual is None:
        raise ProtectionError("the query plans no annual measurement.", place=query.id)
    asked = _demand(query, rules.annual, year, months, ledger)
    found = sealed(asked.key, ledger)
    if found is not None:
        return found
    what = _measurable(query, rules, rules.annual, year, months, sums)
    noise = calibrate_squared(what.clipped.squared_sensitivity, rules.annual.rho)
    spend(asked, query, replace(rules, rho=rules.annual.rho), year, what.clipped.snapshot, ledger)
    drawn = replace(measure_noisily(what, noise, progress), months=tuple(month.key for month in months))
    ledger.seal(asked.key, payload := as_parquet(drawn))
    return Sealed(from_parquet(payload), ledger.account(asked.key))


def _demand(query: Query, annual: AnnualRules, year: str, months: Sequence[Sealed], ledger: Ledger) -> Demand:
    """A year is measured once, whatever becomes of its months afterwards."""
    new = MeasurementKey(
        query_digest=query.measurement_digest,
        rho=annual.rho,
        clip=f"a year as at most {annual.clip_months} months that fill the clip",
        keys=key_set_digest(query.structure),
        data_digest=hashlib.sha256(" ".join(month.key for month in months).encode()).hexdigest(),
        period=year,
    )
    known = ledger.measured(query.id, year)
    if known and known[-1].terms != new.terms:
        raise PrivacyBudgetError(
            f"was measured for {year} under other terms (rho {known[-1].rho}), and a year is measured once.",
            place=query.id,
            remedy="Put the query and its [protection.annual] back as they were, or take [protection.annual] out: "
            "then the year is the sum of its months.",
        )
    return Demand(known[-1].key if known else new.digest, new.terms, 0, "annual")


def _measurable(
    query: Query,
    rules: PrivacyRules,
    annual: AnnualRules,
    year: str,
    months: Sequence[Sealed],
    sums: YearSums,
) -> Measurable:
    """Everything that can fail without a draw. Raises ProtectionError unless months and sums are those asked for."""
    if rules.clip.at == "private_quantile":
        raise _refusal(query, "the clip is chosen privately, another in each month")
    plan, clip = level_plan(query.structure, rules), rules.clip.at
    _check_months(query, months, clip, plan)
    taken = {month.period: month.account.charge.snapshot for month in months}
    clipped = sums(taken, clip, annual.clip_months, plan) if plan else sums(taken, clip, annual.clip_months)
    longer = plan and LevelPlan(plan.weights, {cut: bound * annual.clip_months for cut, bound in plan.clips.items()})
    asked = (query.structure, year, clip * annual.clip_months, months[0].measurement.scale, longer)
    if (clipped.structure, clipped.time_period, clipped.clip, clipped.scale, clipped.plan) != asked:
        raise ProtectionError("the sums are not those of this query, year and clip.", place=query.id)
    check_keys(clipped)
    return measurable(clipped)


def _check_months(query: Query, months: Sequence[Sealed], clip: int, plan: LevelPlan | None) -> None:
    """Whether each month was measured, by its seal, with the clips and weights that the year is about to assume."""
    clips = clip_by_level(query.structure, plan) if plan else ()
    asked = (clip, months[0].measurement.scale, plan.weights if plan else (), clips)
    for month in months:
        was = month.measurement
        if (was.clip, was.scale, was.weights, was.clip_by_level) != asked:
            raise _refusal(query, f"{month.period} was measured with another clip or at other levels")


def _refusal(query: Query, problem: str) -> ProtectionError:
    return ProtectionError(
        f"{problem}: a year adds up what its months measured.",
        place=query.id,
        remedy="Take [protection.annual] out of the query: then the year is the sum of its months.",
    )
