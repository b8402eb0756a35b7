"""The charge for one measurement. After it, and not before, noise may be drawn."""

from fractions import Fraction

from publisher.catalogue.query import Query
from publisher.dp.measured import Demand, privacy_rules
from publisher.ledger.ledger import Ledger


def spend(
    asked: Demand, query: Query, period: str, snapshot: str, ledger: Ledger, rho: Fraction | None = None
) -> None:
    """Charges what the query says of a month, or `rho`.

    Raises PrivacyBudgetError, with nothing spent, where a cap would be exceeded or there is an open charge.
    """
    rules = privacy_rules(query)
    ledger.charge(
        asked.key,
        unit=rules.unit,
        year=int(period[:4]),
        rho=rules.rho if rho is None else rho,
        query=query.id,
        period=period,
        snapshot=snapshot,
        purpose=asked.purpose,
        revision=asked.revision,
        terms=asked.terms,
    )
