"""Quarters and years from the sealed measurements of their months: nothing is drawn and nothing spent.

What is added up are the noisy numbers as they were drawn, before anything was rounded or raised to 0; the year is
then printed from its own sum, because the printed months together would be less exact (README.md).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from publisher.aggregate.months import months_of
from publisher.catalogue.query import Query
from publisher.dp.estimate import Estimate, estimates_of
from publisher.dp.interval import Draws
from publisher.dp.measured import Data, demand, privacy_rules
from publisher.dp.noisy import NoisyMeasurement, from_parquet
from publisher.dp.publishable import printed_cells
from publisher.dp.statement import statement
from publisher.errors import ProtectionError
from publisher.ledger.ledger import Account, Ledger
from publisher.model.privacy import NoiseStatement
from publisher.model.protected import ProtectedTable


@dataclass(frozen=True)
class SealedMonth:
    """The newest sealed measurement of a query in one month."""

    period: str
    measurement: NoisyMeasurement
    account: Account


def protect_period(
    query: Query, period: str, snapshot: str, months: Mapping[str, Data], ledger: Ledger
) -> ProtectedTable:
    """The publishable cells of a quarter or year. `months`: each month of it -> the data behind it.

    Raises ProtectionError for a query without privacy rules or with a count of distinct things, and naming the months
    that have no sealed measurement; PrivacyBudgetError where a month was measured under other terms.
    """
    parts = sealed_months(query, period, months, ledger)
    each = [estimates_of(query.structure, part.measurement) for part in parts]
    cells = printed_cells(
        query.structure,
        {measure.id: summed([one[measure.id] for one in each]) for measure in query.structure.measures},
        privacy_rules(query).quality,
    )
    noise = _statement(query, period, parts)
    return ProtectedTable(query.structure, period, snapshot, "dp", cells, noise)


def sealed_months(query: Query, period: str, months: Mapping[str, Data], ledger: Ledger) -> tuple[SealedMonth, ...]:
    """One a month of the period, in order. Raises as protect_period does; a year of eleven months is no year."""
    _check_adds_up(query)
    names = months_of(period).names
    keys = {name: demand(query, name, months[name], ledger, 0).key for name in names}
    payloads = {name: ledger.sealed(key) for name, key in keys.items()}
    found = [
        SealedMonth(name, from_parquet(payload), ledger.account(keys[name]))
        for name, payload in payloads.items()
        if payload is not None
    ]
    missing = [name for name in names if payloads[name] is None]
    if missing:
        raise ProtectionError(
            f"{period} is the sum of its months, and {', '.join(missing)} not measured yet "
            f"({len(missing)} of {len(names)}).",
            place=query.id,
            remedy="Build the monthly editions that have this query first.",
        )
    return tuple(found)


def summed(parts: Sequence[Estimate]) -> Estimate:
    """The estimate of a sum: numbers and variances add up, because every measurement has noise of its own."""
    return Estimate(
        numbers=sum((part.numbers for part in parts[1:]), parts[0].numbers),
        variances=sum((part.variances for part in parts[1:]), parts[0].variances),
        draws=_together([part.draws for part in parts]),
    )


def combined(months: Estimate, annual: Estimate) -> Estimate:
    """The best of two independent estimates of the same year: each counts by the inverse of its variance.

        x = (V_a sum(m) + V_m a) / (V_a + V_m)      variance V_a V_m / (V_a + V_m)       (Gauss & Markov)

    The same: that is, `annual` measured the sum over months of the vectors that were clipped for `months`. Of vectors
    clipped to the year's own bound the expectation is another, and so is that of distinct traders in a year.
    """
    weight = annual.variances / (annual.variances + months.variances)
    return Estimate(
        numbers=weight * months.numbers + (1 - weight) * annual.numbers,
        variances=weight * months.variances,
        draws=replace(_together([months.draws, annual.draws]), alike=False),
    )


def _together(draws: Sequence[Draws]) -> Draws:
    """All of them; alike only if each of them is, and like the others."""
    alike = all(one.alike and (one.sigma, one.scale) == (draws[0].sigma, draws[0].scale) for one in draws)
    smallest, coarsest = min(one.sigma for one in draws), min(one.scale for one in draws)
    return Draws(smallest, coarsest, sum(one.count for one in draws), alike)


def _check_adds_up(query: Query) -> None:
    apart = [measure.id for measure in query.structure.measures if measure.aggregate not in ("sum", "count")]
    if apart:
        raise ProtectionError(
            f"{', '.join(apart)}: distinct counts and quantiles of months do not add up to those of a year.",
            place=query.id,
            remedy="Publish it by month only.",
        )


def _statement(query: Query, period: str, parts: Sequence[SealedMonth]) -> NoiseStatement:
    """As of the newest sealing among the months: the losses add up, and so do the variances."""
    newest = max(parts, key=lambda part: part.account.head.entries)
    rho = sum((part.account.charge.rho for part in parts), Fraction(0))
    charge = replace(newest.account.charge, period=period, rho=rho)
    spread = math.sqrt(sum((part.measurement.sigma / part.measurement.scale) ** 2 for part in parts))
    largest = max(part.measurement.clip for part in parts)
    together = replace(newest.measurement, clip=largest, sigma=spread * newest.measurement.scale)
    said = statement(query, privacy_rules(query), together, replace(newest.account, charge=charge))
    keys = tuple(part.account.charge.key for part in parts)
    return replace(said, measurements=keys, notes=(_months_note(parts), *said.notes))


def _months_note(parts: Sequence[SealedMonth]) -> str:
    named = ", ".join(f"{part.period} (snapshot {part.account.charge.snapshot})" for part in parts)
    return (
        f"The numbers are sums of noisy monthly numbers: {named}. Each month was measured once; adding them up "
        "measured nothing and cost no privacy. They were added before rounding, which is more exact, so the months "
        "as printed add up to nearly but not exactly the same. A contributor's entries are bounded month by month."
    )
