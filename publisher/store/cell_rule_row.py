"""One row of the list of cell rules: what the office decided about single cells of suppression tables.

query is a query's id; period a month, quarter or year, or empty for all; codes those of the query's dimensions in
its order, joined by "/", as messages name cells (87/DE, the total being _T); rule and amount as in
model.rules.CellRule: amount is a percentage for lower and upper, a multiple for cost, empty for the others.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import get_args

from publisher.catalogue.load import load_query
from publisher.catalogue.query import Query
from publisher.errors import Fault
from publisher.model.rules import CellRuleKind
from publisher.settings import Workspace
from publisher.store.policy_row import Row, Text

_RULES: tuple[CellRuleKind, ...] = get_args(CellRuleKind)
_QUERY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?", re.ASCII)
_AMOUNT = re.compile(r"[0-9]{1,7}(\.[0-9]{1,6})?")
_AMOUNTS: Mapping[str, str] = MappingProxyType(
    {
        "lower": "a percentage from 0 to 100",
        "upper": "a percentage from 0 to 1000000",
        "cost": "a multiple above 0 and at most 1000000",
    }
)


class CellRuleReader:
    """Reads rows against the queries of a workspace; remembers queries, and which rule each cell has."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._queries: dict[str, Query | None] = {}
        self._seen: dict[tuple[str, str, str, str], str] = {}

    def read(self, text: Text, faults: list[Fault]) -> Row:
        """query, period, codes, rule, amount (None where the rule has none).

        Raises CatalogueError where the query's file is faulty.
        """
        query = self._query(text["query"])
        if query is None or query.method != "suppression":
            faults.append(Fault("query", "is no query under suppression", "the id of a file in queries/"))
        else:
            _check_codes(query, text["codes"], faults)
        if text["period"] and not _PERIOD.fullmatch(text["period"]):
            faults.append(Fault("period", "is no period", "2021-02, 2021-Q1 or 2021, or empty for all"))
        amount = _amount(text, faults)
        self._check_other_rules(text, faults)
        return {**{name: text[name] for name in ("query", "period", "codes", "rule")}, "amount": amount}

    def _query(self, name: str) -> Query | None:
        if name not in self._queries:
            path = self._workspace.queries / f"{name}.toml"
            self._queries[name] = load_query(path) if _QUERY.fullmatch(name) and path.is_file() else None
        return self._queries[name]

    def _check_other_rules(self, text: Text, faults: list[Fault]) -> None:
        """A cell is frozen one way in a period, and has one amount a rule."""
        rule = "freeze" if text["rule"].startswith("freeze_") else text["rule"]
        key = (text["query"], text["period"], text["codes"], rule)
        said = f"{text['rule']} {text['amount']}"
        if self._seen.setdefault(key, said) != said:
            faults.append(Fault("rule", "contradicts a line above about the same cell", "one of the two"))


def _check_codes(query: Query, codes: str, faults: list[Fault]) -> None:
    named = codes.split("/")
    dimensions = query.structure.dimensions
    if len(named) != len(dimensions):
        allowed = "/".join(dimension.column for dimension in dimensions)
        faults.append(Fault("codes", f"has {len(named)} codes, not {len(dimensions)}", allowed))
        return
    for code, dimension in zip(named, dimensions, strict=True):
        if code not in dimension.hierarchy.node:
            levels = ", ".join(dimension.hierarchy.levels)
            faults.append(Fault("codes", f"has no {dimension.column} of the query", f"a code of the levels {levels}"))


def _amount(text: Text, faults: list[Fault]) -> Decimal | None:
    rule, amount = text["rule"], text["amount"]
    if rule not in _RULES:
        faults.append(Fault("rule", "is no rule", ", ".join(_RULES)))
        return None
    if rule not in _AMOUNTS:
        if amount:
            faults.append(Fault("amount", f"has no meaning beside {rule}", "empty"))
        return None
    number = Decimal(amount) if _AMOUNT.fullmatch(amount) else None
    if number is None or number > (100 if rule == "lower" else 1_000_000) or (rule == "cost" and number == 0):
        faults.append(Fault("amount", f"is no amount of {rule}", _AMOUNTS[rule]))
    return number
