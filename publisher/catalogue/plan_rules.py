"""What must hold among the queries of one release series, because their tables are read side by side."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from publisher.catalogue.plan import Plan
from publisher.catalogue.query import Query
from publisher.catalogue.section import Section
from publisher.model.privacy import PrivacyRules
from publisher.model.structure import Aggregate

EDITIONS_A_YEAR = {"monthly": 12}

Number = tuple[str, Aggregate, str | None]  # flow, aggregate, column: what a measure adds up


def check_together(file: Section, plan: Plan, queries: Sequence[Query]) -> None:
    """Notes at `queries` and `privacy.rho_per_year` what forbids to publish these queries in one series."""
    for one, other in combinations(queries, 2):
        shared = sorted(column or "declarations" for _, _, column in _numbers(one) & _numbers(other))
        if shared and one.method != other.method:
            file.fault(
                "queries",
                f"{one.id} and {other.id} both publish {', '.join(shared)}: the exact table would undo the noisy one",
                "a measure is either suppressed or noisy",
            )
        elif shared and one.method == "suppression" and one.structure.universe != other.structure.universe:
            file.fault(
                "queries",
                f"{one.id} and {other.id} publish {', '.join(shared)} over different universes: "
                "their difference would be a number that nobody protected",
                "the same 'where' in both",
            )
    if plan.frequency:
        _check_budget(file, plan, queries)


def rho_a_year(plan: Plan, queries: Sequence[Query]) -> dict[str, Fraction]:
    """Privacy unit -> zCDP loss of one unit over a year of editions, each measured once."""
    spent: dict[str, Fraction] = {}
    for query in queries:
        if isinstance(query.protection, PrivacyRules):
            rho = query.protection.rho * EDITIONS_A_YEAR[plan.frequency]
            spent[query.protection.unit] = spent.get(query.protection.unit, Fraction(0)) + rho
    return spent


def _check_budget(file: Section, plan: Plan, queries: Sequence[Query]) -> None:
    """zCDP adds up over the measurements of one unit (Bun and Steinke 2016, lemma 1.7)."""
    for unit, rho in rho_a_year(plan, queries).items():
        if rho > plan.rho_per_year:
            file.fault(
                "privacy.rho_per_year",
                f"is {plan.rho_per_year}, but a year of editions costs {rho} for the unit '{unit}'",
                f"at least {rho}, or a smaller rho in the queries",
            )


def _numbers(query: Query) -> set[Number]:
    flow = query.structure.flow
    return {(flow, measure.aggregate, measure.column) for measure in query.structure.measures}
