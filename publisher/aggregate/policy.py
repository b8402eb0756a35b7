"""Which contributions are entitled to protection, and which goods are controlled, as the store's policy tables say.

A request is taken widely and a waiver narrowly. A request holds if it is valid on any day of the period, and
covers a declaration whose commodity lies under its prefix or above it; a waiver only if valid on all days, and
only commodities under its prefix. A contributor is a claimant in a cell if any of its declarations there is
covered by a request (passive), or is not covered by a waiver (active): so a holding has waived a cell only if all
that its traders declared there is waived.
"""

from dataclasses import dataclass
from typing import Literal

import duckdb

from publisher.aggregate.months import Months
from publisher.aggregate.statements import run
from publisher.model.rules import Confidentiality
from publisher.model.structure import Flow

CLAIM = 1  # bits of the column `flags`
CONTROLLED = 2


@dataclass(frozen=True)
class Policy:
    """What matters of the policy tables to one query in one period. `claims`: who is entitled to protection."""

    confidentiality: Confidentiality
    claims: Literal["all", "some", "none"]
    controlled: bool

    @property
    def flagged(self) -> bool:
        """Whether contributions differ, so that each needs its flags."""
        return self.claims == "some" or self.controlled


def read_policy(
    connection: duckdb.DuckDBPyConnection, confidentiality: Confidentiality, flow: Flow, months: Months
) -> Policy:
    """Looks whether any waiver, request or controlled good concerns the flow in these months."""
    days = [months.first_day, months.last_day]
    row = run(connection, "read_policy", [flow, *days, flow, *days, flow]).fetchone()
    waived, requested, controlled = row if row else (False, False, False)
    if confidentiality == "active":
        return Policy(confidentiality, "some" if waived else "all", controlled)
    return Policy(confidentiality, "some" if requested else "none", controlled)


def flag_items(connection: duckdb.DuckDBPyConnection, policy: Policy, flow: Flow, months: Months) -> None:
    """Makes the temporary table aggregate_flagged: aggregate_item with the column flags (bits CLAIM, CONTROLLED)."""
    run(
        connection,
        f"flag_{policy.confidentiality}",
        [flow, months.first_day, months.last_day, flow],
        claim=CLAIM,
        controlled=CONTROLLED,
    )
