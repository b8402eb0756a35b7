"""What must hold among queries that are published together, because their tables are read side by side.

Each table is protected against a reader who has all the others of its edition (suppression.protect sees them
together). These rules keep out the pairs where that is not enough:

1. A number is either exact or noisy: an exact cell cancels the guarantee of its noisy twin.
2. Exact numbers of one measure have one universe: the difference of two universes would be a table of its own,
   which no rule has looked at.
3. An exact number belongs to one series: two series are built apart, so the pattern of one does not know the other's.
4. A year of editions stays within the series' privacy loss (the ledger holds all series to the cap as it spends).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product

from publisher.catalogue.plan import Plan
from publisher.catalogue.query import Query
from publisher.catalogue.section import Section
from publisher.errors import Fault
from publisher.model.privacy import PrivacyRules
from publisher.model.structure import Aggregate

EDITIONS_A_YEAR = {"monthly": 12}

Number = tuple[str, Aggregate, str | None]  # flow, aggregate, column: what a measure adds up


def shared_numbers(one: Query, other: Query) -> list[str]:
    """The measures that both publish, by the name of their column."""
    return sorted(column or "declarations" for _, _, column in _numbers(one) & _numbers(other))


def check_together(file: Section, plan: Plan, queries: Sequence[Query]) -> None:
    """Notes at `queries` and `privacy.rho_per_year` what forbids to publish these queries in one series."""
    for one, other in combinations(queries, 2):
        shared = shared_numbers(one, other)
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


def conflicts(plan: Plan, plans: Sequence[Plan], queries: Mapping[str, Query]) -> list[Fault]:
    """What forbids to publish `plan` beside the other series."""
    return [
        Fault(
            f"{plan.id}/plan.toml: queries",
            f"{mine} and {theirs} of the series {other.id} both publish {', '.join(shared)}: "
            "built apart, one could show what the other hides",
            "all exact tables of a measure in one series",
        )
        for other in plans
        if other.id != plan.id
        for mine, theirs in product(plan.queries, other.queries)
        if mine in queries and theirs in queries
        if (shared := shared_numbers(queries[mine], queries[theirs]))
        if "suppression" in {queries[mine].method, queries[theirs].method}
    ]


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
