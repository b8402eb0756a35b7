"""The sealed measurements of the months of a quarter or year."""

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.aggregate.months import months_of
from publisher.catalogue.query import Query
from publisher.dp.measured import Data, demand
from publisher.dp.noisy import NoisyMeasurement, from_parquet
from publisher.errors import ProtectionError
from publisher.ledger.ledger import Account, Ledger


@dataclass(frozen=True)
class Sealed:
    """A sealed measurement of a query in a month, or in a year."""

    measurement: NoisyMeasurement
    account: Account

    @property
    def key(self) -> str:
        return self.account.charge.key

    @property
    def period(self) -> str:
        return self.account.charge.period


def sealed_months(query: Query, period: str, months: Mapping[str, Data], ledger: Ledger) -> tuple[Sealed, ...]:
    """The newest measurement of each month of the period, in order; a year of eleven months is no year.

    Raises ProtectionError for a query without privacy rules or of what does not add up over months, and naming the
    months that have no sealed measurement; PrivacyBudgetError where a month was measured under other terms.
    """
    _check_adds_up(query)
    names = months_of(period).names
    keys = {name: demand(query, name, months[name], ledger, 0).key for name in names}
    found = {name: sealed(key, ledger) for name, key in keys.items()}
    missing = [name for name in names if found[name] is None]
    if missing:
        raise ProtectionError(
            f"{period} is the sum of its months, and {', '.join(missing)} not measured yet "
            f"({len(missing)} of {len(names)}).",
            place=query.id,
            remedy="Build the monthly editions that have this query first.",
        )
    return tuple(one for one in found.values() if one is not None)


def sealed(key: str, ledger: Ledger) -> Sealed | None:
    """None where the measurement may still be charged. Raises as Ledger.sealed does."""
    payload = ledger.sealed(key)
    return None if payload is None else Sealed(from_parquet(payload), ledger.account(key))


def _check_adds_up(query: Query) -> None:
    apart = [measure.id for measure in query.structure.measures if measure.aggregate not in ("sum", "count")]
    if apart:
        raise ProtectionError(
            f"{', '.join(apart)}: distinct counts and quantiles of months do not add up to those of a year.",
            place=query.id,
            remedy="Publish it by month only.",
        )
