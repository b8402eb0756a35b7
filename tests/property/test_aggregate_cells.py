"""Cells against a plain Python count of the same declarations, on random ragged trees, holdings and policies."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.aggregate.cells import aggregate
from publisher.aggregate.relations import relations
from publisher.model.codelist import TOTAL, Codelist, Hierarchy
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.model.structure import TableStructure
from tests.lib.examples import examples
from tests.lib.tables import (
    ACTIVE,
    MASS,
    PASSIVE,
    PERIOD,
    VALUE,
    codelist,
    declaration,
    dimension,
    memory_store,
    query,
    structure,
)

# Ragged: chapter 03 has no heading, heading 0202 no subheading, and 040101 skips the heading.
GOODS = codelist(
    "GOODS",
    {
        "chapter": {"01": TOTAL, "02": TOTAL, "03": TOTAL, "04": TOTAL},
        "heading": {"0101": "01", "0102": "01", "0201": "02", "0202": "02"},
        "subheading": {"010101": "0101", "010102": "0101", "010201": "0102", "020101": "0201", "040101": "04"},
    },
)
LAND = codelist(
    "LAND", {"region": {"1": TOTAL, "2": TOTAL}, "country": {"DE": "1", "FR": "1", "JP": "2", "ZZ": TOTAL}}
)
CODELISTS = {"GOODS": GOODS, "LAND": LAND}.__getitem__
GOODS_LEAVES = ["010101", "010102", "010201", "020101", "0202", "03", "040101"]
TABLES = [
    structure(dimension("commodity", GOODS), dimension("partner", LAND), measures=(VALUE, MASS)),
    structure(
        dimension("commodity", GOODS, ["total", "chapter"]), dimension("partner", LAND), measures=(VALUE, MASS)
    ),
    structure(dimension("partner", LAND, ["country"]), dimension("commodity", GOODS), measures=(VALUE, MASS)),
    structure(dimension("commodity", GOODS, ["chapter", "heading"]), measures=(VALUE, MASS)),
]
TRADERS = "ABCDE"

items = st.builds(
    declaration,
    commodity=st.sampled_from(GOODS_LEAVES),
    partner=st.sampled_from(["DE", "FR", "JP", "ZZ"]),
    importer=st.sampled_from(TRADERS),
    statistical_value=st.integers(0, 6) | st.integers(0, 2**40),
    net_mass=st.integers(0, 9),
)
policies = st.lists(
    st.tuples(
        st.sampled_from(TRADERS),
        st.just("M"),
        st.sampled_from(["", "01", "0102", "0202", "04"]),
        st.just(date(2000, 1, 1)),
        st.none(),
    ),
    max_size=3,
)


@dataclass(frozen=True)
class World:
    """Declarations, who owns whom, and what was asked."""

    declarations: Sequence[dict[str, Any]]
    holdings: dict[str, str]
    rules: SuppressionRules
    listed: Sequence[tuple[Any, ...]]
    by_holding: bool

    def contributor(self, trader: str) -> str:
        return self.holdings.get(trader, trader) if self.by_holding else trader

    def claims(self, given: dict[str, Any]) -> bool:
        """Waivers under the active rules, requests under the passive ones."""
        hit = any(
            given["importer"] == who and given["commodity"].startswith(what) for who, _, what, _, _ in self.listed
        )
        return hit == (self.rules is PASSIVE)

    def table(self, asked: TableStructure) -> ConfidentialTable:
        rows = [{**d, "enterprise_group": self.holdings.get(d["importer"])} for d in self.declarations]
        lists = {"requests" if self.rules is PASSIVE else "waivers": self.listed}
        connection = memory_store(rows, **lists, controlled=[("0202", "M")])
        with connection:
            return aggregate(
                connection, query(asked, self.rules, holding=self.by_holding), PERIOD, "s0001", codelists=CODELISTS
            )


worlds = st.builds(
    World,
    declarations=st.lists(items, max_size=25),
    holdings=st.dictionaries(st.sampled_from(TRADERS), st.sampled_from(["G", "H"]), max_size=4),
    rules=st.sampled_from([ACTIVE, PASSIVE]),
    listed=policies,
    by_holding=st.booleans(),
)


def _nodes_above(code: str, codes: Codelist, tree: Hierarchy) -> list[int]:
    nodes = []
    here: str | None = code
    while here is not None:
        if here in tree.node:
            nodes.append(tree.node[here])
        here = codes.by_code[here].parent
    return nodes


def _counted(world: World, asked: TableStructure) -> dict[tuple[int, ...], dict[str, Any]]:
    """cell -> what ConfidentialTable says of it, counted one declaration at a time."""
    inside: dict[tuple[int, ...], list[dict[str, Any]]] = defaultdict(list)
    for one in world.declarations:
        above = [_nodes_above(one[d.column], CODELISTS(d.hierarchy.codelist), d.hierarchy) for d in asked.dimensions]
        for cell in product(*above):
            inside[cell].append(one)
    return {cell: _described(world, found) for cell, found in inside.items()}


def _described(world: World, found: list[dict[str, Any]]) -> dict[str, Any]:
    held: dict[str, int] = defaultdict(int)
    claimants = set()
    for one in found:
        who = world.contributor(one["importer"])
        held[who] += one["statistical_value"]
        if world.claims(one):
            claimants.add(who)
    ranked = [*sorted(held.values(), reverse=True), 0, 0]
    claimant = max((held[who] for who in claimants), default=0)
    leader = next((who for who in sorted(claimants) if held[who] == claimant), None)
    rival = max((value for who, value in held.items() if who != leader), default=0)
    return {
        "statistical_value": sum(held.values()),
        "net_mass": sum(one["net_mass"] for one in found),
        "declarations": len(found),
        "contributors": len(held),
        "claimants": len(claimants),
        "controlled": any(one["commodity"].startswith("0202") for one in found),
        "statistical_value_largest_1": ranked[0],
        "statistical_value_largest_2": ranked[1],
        "statistical_value_claimant": claimant,
        "statistical_value_rival": rival if claimants else None,
        "leader": max(held, key=lambda who: held[who]) if ranked[0] > ranked[1] else None,
    }


def _read(table: ConfidentialTable) -> dict[tuple[int, ...], dict[str, Any]]:
    columns = table.structure.columns
    return {tuple(row[c] for c in columns): row for row in table.cells.to_pylist()}


@settings(max_examples=examples(60), deadline=None)
@given(world=worlds, asked=st.sampled_from(TABLES))
def test_every_cell_is_what_a_plain_count_gives(world: World, asked: TableStructure) -> None:
    found, expected = _read(world.table(asked)), _counted(world, asked)
    assert list(found) == sorted(expected)
    for cell, described in expected.items():
        for name, value in described.items():
            assert name == "leader" or value is None or found[cell][name] == value, (cell, name)


@settings(max_examples=examples(30), deadline=None)
@given(world=worlds, asked=st.sampled_from(TABLES))
def test_margins_add_up_over_the_relations(world: World, asked: TableStructure) -> None:
    cells = world.table(asked).cells
    found = relations(asked, cells)
    for name in ("statistical_value", "net_mass", "declarations"):
        terms = cells.column(name).to_numpy()[found.indices] * found.signs
        starts = found.indptr[:-1]
        assert not len(starts) or not np.add.reduceat(terms, starts).any(), name
    roots = [sum(parent < 0 for parent in d.hierarchy.parent) for d in asked.dimensions]
    inner = sum(
        bool(d.hierarchy.children[node])
        for cell in zip(*(cells.column(c).to_pylist() for c in asked.columns), strict=True)
        for d, node in zip(asked.dimensions, cell, strict=True)
    )
    assert found.equations == inner
    assert min(roots) >= 1


@settings(max_examples=examples(25), deadline=None)
@given(world=worlds, data=st.data())
def test_the_order_of_rows_never_changes_the_result(world: World, data: st.DataObject) -> None:
    mixed = World(
        data.draw(st.permutations(world.declarations)), world.holdings, world.rules, world.listed, world.by_holding
    )
    assert mixed.table(TABLES[0]).cells.equals(world.table(TABLES[0]).cells)


@settings(max_examples=examples(25), deadline=None)
@given(world=worlds)
def test_one_pseudonym_one_contributor(world: World) -> None:
    """Where a cell has a single largest contributor, its name and its pseudonym go together in all cells."""
    found, expected = _read(world.table(TABLES[0])), _counted(world, TABLES[0])
    pairs = {(known["leader"], found[cell]["contributor_1"]) for cell, known in expected.items() if known["leader"]}
    assert len({name for name, _ in pairs}) == len({pseudonym for _, pseudonym in pairs}) == len(pairs)
    for cell in found.values():
        assert (cell["contributor_2"] == 0) == (cell["contributors"] == 1)
        assert cell["contributor_1"] != cell["contributor_2"]
