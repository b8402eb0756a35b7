"""What must hold among queries that are published together, because their tables are read side by side.

Each table is protected against a reader who has all the others of its edition (suppression.protect sees them
together). These rules keep out the pairs where that is not enough:

1. A number is either exact or noisy: an exact cell cancels the guarantee of its noisy twin.
2. Exact numbers of one measure have one universe: the difference of two universes would be a table of its own,
   which no rule has looked at.
3. An exact number belongs to one series: two series are built apart, so the pattern of one does not know the other's.
4. A quarter or year adds up noisy months of what adds up: an exact one would be another table beside the months that
   no rule has looked at, and distinct things of a year are fewer than those of its months.
5. A year of editions, with what is set aside, stays within the series' privacy loss (the ledger holds all series to
   the caps as it spends).
6. Value bands of one measure have one promise (one c): else two accounts would each hold a part of one loss.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product

from publisher.catalogue.plan import Limits, Plan
from publisher.catalogue.query import Query
from publisher.catalogue.section import Section
from publisher.errors import Fault
from publisher.model.band import BandRules
from publisher.model.privacy import MONTHS, Cap, NoiseRules, PrivacyRules
from publisher.model.structure import Aggregate

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
                f"{one.id} and {other.id} both publish {', '.join(shared)}: " + _UNDONE[_exact_among(one, other)],
                "a measure is suppressed, noisy or in bands, in all tables alike",
            )
        elif shared and _promises_differ(one, other):
            file.fault("queries", f"{one.id} and {other.id} promise different bands", "the same c in both")
        elif shared and one.method == "suppression" and one.structure.universe != other.structure.universe:
            file.fault(
                "queries",
                f"{one.id} and {other.id} publish {', '.join(shared)} over different universes: "
                "their difference would be a number that nobody protected",
                "the same 'where' in both",
            )
    if plan.frequency and not plan.measures:
        _check_sums(file, plan, queries)
    elif plan.frequency:
        _check_budget(file, plan, queries)
        _check_revisions(file, plan, queries)


_UNDONE = {True: "the exact table would undo the noisy one", False: "one measure would have two promises"}


def _exact_among(*queries: Query) -> bool:
    return "suppression" in {query.method for query in queries}


def _promises_differ(one: Query, other: Query) -> bool:
    """Whether two noisy queries that share a measure protect it by different methods or within different bands."""
    rules = one.protection, other.protection
    bands = [each.unit for each in rules if isinstance(each, BandRules)]
    return not _exact_among(one, other) and len(bands) > 0 and (len(bands) == 1 or bands[0] != bands[1])


def conflicts(plan: Plan, plans: Sequence[Plan], queries: Mapping[str, Query]) -> list[Fault]:
    """What forbids to publish `plan` beside the other series."""
    return [
        Fault(
            f"{plan.id}/plan.toml: queries",
            f"{mine} and {theirs} of the series {other.id} both publish {', '.join(shared)}: "
            "built apart, one could show what the other hides",
            "all exact tables of a measure in one series, and one promise a measure in all",
        )
        for other in plans
        if other.id != plan.id
        for mine, theirs in product(plan.queries, other.queries)
        if mine in queries and theirs in queries
        if (shared := shared_numbers(queries[mine], queries[theirs]))
        if _exact_among(queries[mine], queries[theirs]) or _promises_differ(queries[mine], queries[theirs])
    ]


def rho_a_year(plan: Plan, queries: Sequence[Query]) -> dict[str, Fraction]:
    """Privacy unit -> zCDP loss that a year of editions spends or sets aside, each query measured once a period, and
    once for the year where it says so, whichever series shows that."""
    aside: dict[str, Fraction] = {}
    for query, rules in _noisy(queries) if plan.measures else []:
        rho = max(_rho_of_year(rules), plan.query_reserves.get(query.id, Fraction(0)))
        aside[rules.unit] = aside.get(rules.unit, limits_of(plan, rules).revision_reserve) + rho
    return aside


def _rho_of_year(rules: NoiseRules) -> Fraction:
    return rules.rho_per_year if isinstance(rules, PrivacyRules) else rules.rho * MONTHS


def caps_of(plan: Plan, queries: Sequence[Query]) -> tuple[Cap, ...]:
    """What the plan promises each unit that its queries measure; nothing where it measures nothing."""
    if not plan.measures:
        return ()
    limits = {rules.unit: limits_of(plan, rules) for _, rules in _noisy(queries)}
    unit_of = {query.id: rules.unit for query, rules in _noisy(queries)}
    return tuple(
        Cap(
            unit=unit,
            per_year=limit.rho_per_year,
            lifetime=limit.rho_lifetime,
            per_query={name: rho for name, rho in plan.query_reserves.items() if unit_of.get(name) == unit},
            revision_reserve=limit.revision_reserve,
        )
        for unit, limit in limits.items()
    )


def limits_of(plan: Plan, rules: NoiseRules) -> Limits:
    """Those of bands where the promise is one; nothing where the plan sets no limit to bands."""
    if isinstance(rules, BandRules):
        return plan.band or Limits(Fraction(0))
    return Limits(plan.rho_per_year, plan.rho_lifetime, plan.revision_reserve)


def _noisy(queries: Sequence[Query]) -> list[tuple[Query, NoiseRules]]:
    return [(query, query.protection) for query in queries if isinstance(query.protection, PrivacyRules | BandRules)]


def _check_sums(file: Section, plan: Plan, queries: Sequence[Query]) -> None:
    """Notes what cannot be published as the sum of its months."""
    for query in queries:
        apart = [measure.id for measure in query.structure.measures if measure.aggregate not in ("sum", "count")]
        if query.method != "dp":
            what = "exact" if query.method == "suppression" else "of value bands"
            file.fault(
                "queries", f"{query.id} is {what}: a {plan.frequency} series adds up noisy months", "noisy tables"
            )
        elif apart:
            file.fault(
                "queries",
                f"{query.id} has distinct counts or quantiles ({', '.join(apart)}), which do not add up over months",
                "tables of counts and sums",
            )


def _check_budget(file: Section, plan: Plan, queries: Sequence[Query]) -> None:
    """zCDP adds up over the measurements of one unit (Bun and Steinke 2016, lemma 1.7)."""
    rules_of = {rules.unit: rules for _, rules in _noisy(queries)}
    for unit, rho in rho_a_year(plan, queries).items():
        limits = limits_of(plan, rules_of[unit])
        if rho > limits.rho_per_year:
            file.fault(
                _section_of(rules_of[unit]) + "rho_per_year",
                f"is {limits.rho_per_year}, but a year of editions costs {rho} for the unit '{unit}'"
                + (", with what is set aside" if limits.revision_reserve or plan.query_reserves else ""),
                f"at least {rho}, or a smaller rho in the queries",
            )


def _section_of(rules: NoiseRules) -> str:
    return "privacy.band." if isinstance(rules, BandRules) else "privacy."


def _check_revisions(file: Section, plan: Plan, queries: Sequence[Query]) -> None:
    """A revision is of a noisy table, and a year's revisions stay within what is set aside for them."""
    noisy = {query.id: rules for query, rules in _noisy(queries)}
    rules_of = {rules.unit: rules for rules in noisy.values()}
    asked: dict[tuple[str, str], Fraction] = {}
    for number, one in enumerate(plan.revisions, 1):
        for name in one.queries:
            if name in noisy:
                key = noisy[name].unit, one.period[:4]
                asked[key] = asked.get(key, Fraction(0)) + noisy[name].rho
            elif name in {query.id for query in queries}:
                allowed = ", ".join(noisy) or "none: nothing here is noisy"
                file.fault(f"revision[{number}].queries", f"{name} is exact: a revision costs nothing", allowed)
    for (unit, year), rho in asked.items():
        reserve = limits_of(plan, rules_of[unit]).revision_reserve
        if rho > reserve:
            file.fault(
                _section_of(rules_of[unit]) + "revision_reserve",
                f"is {reserve}, but the revisions of {year} cost {rho} for the unit '{unit}'",
                f"at least {rho}, or fewer revisions",
            )
    for name in plan.query_reserves:
        if name not in noisy and name in {query.id for query in queries}:
            file.fault(f"privacy.reserve.{name}", "is exact and spends nothing", ", ".join(noisy))


def _numbers(query: Query) -> set[Number]:
    flow = query.structure.flow
    return {(flow, measure.aggregate, measure.column) for measure in query.structure.measures}
