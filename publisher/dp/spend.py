"""The charge for one measurement. After it, and not before, noise may be drawn."""

from publisher.catalogue.query import Query
from publisher.dp.measured import Demand
from publisher.ledger.ledger import Ledger
from publisher.model.privacy import NoiseRules


def spend(asked: Demand, query: Query, rules: NoiseRules, period: str, snapshot: str, ledger: Ledger) -> None:
    """Raises PrivacyBudgetError, with nothing spent, where a cap would be exceeded or there is an open charge."""
    ledger.charge(
        asked.key,
        unit=rules.unit,
        year=int(period[:4]),
        rho=rules.rho,
        query=query.id,
        period=period,
        snapshot=snapshot,
        purpose=asked.purpose,
        revision=asked.revision,
        terms=asked.terms,
    )
