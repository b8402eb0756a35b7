"""Which contributions are entitled to protection, which goods are controlled, and which lose their detail.

A request is taken widely and a waiver narrowly. A request holds if it is valid on any day of the period, and
covers a declaration whose commodity lies under its prefix or above it; a waiver only if valid on all days, and
only commodities under its prefix. A contributor is a claimant in a cell if any of its declarations there is
covered by a request (passive) and by no waiver, or is not covered by a waiver (active): so a holding has waived a
cell only if all that its traders declared there is waived. A request that lets the value be shown claims in
quantities alone. What each treatment of a request promises: README.md.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import duckdb

from publisher.aggregate.months import Months
from publisher.aggregate.statements import run
from publisher.catalogue.pools import DUMP_SUBHEADING, POOLED_PARTNER
from publisher.errors import ProtectionError
from publisher.model.rules import CellRule, Confidentiality, SuppressionRules
from publisher.model.structure import Flow, TableStructure

CLAIM = 1  # bits of the column `flags`
CONTROLLED = 2
DETAIL = 4  # a claim everywhere but in totals of chapters and above
QUANTITY = 8  # a claim in quantities, not in values

SHARE_STEPS = 10**6  # a share limit is stored with six decimals of a percent
LARGEST_DENOMINATOR = 10**9  # of request_share_percent: products of it with any contribution fit 128 bits


@dataclass(frozen=True)
class Policy:
    """What matters of the policy lists to one query in one period.

    claims     who is entitled to protection
    shares     some request has a share limit of its own
    recoded    some goods are counted under pooled codes
    quantities the table has a quantity: requests for the value only are claims in it
    apart      and some request claims in quantities alone: these are judged apart from the values
    """

    confidentiality: Confidentiality
    claims: Literal["all", "some", "none"]
    controlled: bool
    shares: bool
    recoded: bool
    quantities: bool
    apart: bool
    request_share_percent: Fraction

    @property
    def flagged(self) -> bool:
        """Whether contributions differ, so that each needs its flags."""
        return self.claims == "some" or self.controlled

    @property
    def limits(self) -> tuple[str, ...]:
        """The columns of share limits that contributions have."""
        return (("share_limit", "quantity_limit") if self.apart else ("share_limit",)) if self.shares else ()

    @property
    def share_unit(self) -> int:
        """What 100 percent are in the column share_limit, a whole number whatever the query's own limit."""
        return 100 * SHARE_STEPS * self.request_share_percent.denominator


def read_policy(
    connection: duckdb.DuckDBPyConnection, rules: SuppressionRules, structure: TableStructure, months: Months
) -> Policy:
    """Looks whether any entry of the lists concerns the flow in these months.

    Raises ProtectionError where a request for the value only forbids the table's quantities.
    """
    flow, days = structure.flow, [months.first_day, months.last_day]
    row = run(connection, "read_policy", [flow, *days, flow, *days, flow]).fetchone()
    waived, requested, shares, recoded, value_only, no_quantity, controlled = row if row else (False,) * 7
    quantities = [measure.id for measure in structure.measures if measure.is_quantity]
    if value_only and quantities and _shows_commodities(structure):
        raise ProtectionError(
            f"a request allows the value only, and the table has {', '.join(quantities)} by commodity.",
            place=structure.id,
            remedy="Publish quantities in a query without commodities, or ask for another treatment.",
        )
    active = rules.confidentiality == "active"
    return Policy(
        rules.confidentiality,
        ("some" if waived else "all") if active else ("some" if requested else "none"),
        controlled,
        not active and shares,
        recoded,
        bool(quantities),
        not active and bool(quantities) and no_quantity,
        _manageable(rules.request_share_percent, structure.id),
    )


def _shows_commodities(structure: TableStructure) -> bool:
    """Whether a cell may hold goods of few commodities: below sections, or in a universe of chosen goods."""
    levels = [level for d in structure.dimensions if d.column == "commodity" for level in d.hierarchy.levels]
    return bool(set(levels) - {"total", "section"}) or "commodity" in structure.universe.split()


def _manageable(share: Fraction, query: str) -> Fraction:
    if share.denominator > LARGEST_DENOMINATOR:
        raise ProtectionError(
            f"request_share_percent has a denominator beyond {LARGEST_DENOMINATOR}.",
            place=query,
            remedy="Write it with fewer digits.",
        )
    return share


def flag_items(connection: duckdb.DuckDBPyConnection, policy: Policy, flow: Flow, months: Months) -> None:
    """Makes the temporary table aggregate_flagged: aggregate_item with the column flags (bits above).

    Where `policy.shares`, also share_limit BIGINT: the strictest limit of its requests, in units of share_unit; and
    where `policy.apart`, too, quantity_limit BIGINT: with the requests that claim in quantities alone.
    """
    days = [months.first_day, months.last_day]
    if policy.confidentiality == "active":
        run(connection, "flag_active", [flow, *days, flow], claim=CLAIM, controlled=CONTROLLED)
        return
    share = policy.request_share_percent
    run(
        connection,
        "flag_passive",
        [flow, *days, flow, *days, flow],
        claim=CLAIM,
        controlled=CONTROLLED,
        detail=DETAIL,
        value_only=CLAIM if policy.quantities else 0,
        quantity=QUANTITY if policy.apart else 0,
        steps=SHARE_STEPS,
        denominator=share.denominator,
        default=SHARE_STEPS * share.numerator,
        limit="".join(f", claimed.{name}" for name in policy.limits),
    )


def make_recodes(connection: duckdb.DuckDBPyConnection, flow: Flow, months: Months) -> None:
    """Makes the temporary table aggregate_recode: the goods that are counted under pooled codes, month by month."""
    run(
        connection,
        "make_recodes",
        [*months.names, flow, flow],
        months=", ".join("?" for _ in months.names),
        dump=DUMP_SUBHEADING,
        partner=POOLED_PARTNER,
    )


def read_cell_rules(connection: duckdb.DuckDBPyConnection, query_id: str, time_period: str) -> tuple[CellRule, ...]:
    """The office's decisions about cells of a query in a period."""
    rows = run(connection, "read_cell_rules", [query_id, time_period]).fetchall()
    return tuple(
        CellRule(tuple(codes.split("/")), kind, None if amount is None else Fraction(amount))
        for codes, kind, amount in rows
    )
