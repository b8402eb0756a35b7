"""Hierarchies as small tables in DuckDB: from a declared code to its node, and from a node up to a level."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable

import duckdb

from publisher.aggregate.statements import run
from publisher.model.codelist import Codelist, Hierarchy
from publisher.model.structure import TableStructure

Codelists = Callable[[str], Codelist]


def place_codes(connection: duckdb.DuckDBPyConnection, structure: TableStructure, codelists: Codelists) -> None:
    """Makes the temporary tables aggregate_place_0, _1, ... (a dimension each): code VARCHAR, node INTEGER.

    One row a code of the codelist that has a leaf of the hierarchy above it or is one. A code that would land on
    a node with children is left out: declared there, it would make the margin more than the sum of its children.
    """
    for number, dimension in enumerate(structure.dimensions):
        placed = _leaf_of_code(codelists(dimension.hierarchy.codelist), dimension.hierarchy)
        run(connection, "make_places", [list(placed), list(placed.values())], table=f"aggregate_place_{number}")


def lift_nodes(connection: duckdb.DuckDBPyConnection, structure: TableStructure) -> None:
    """Makes the temporary tables aggregate_lift_<dimension>_<level>: node INTEGER, above INTEGER.

    One row a node of the next finer level or coarser; `above` is the node it is counted in once the finer levels
    are given up: itself where it lies at `level` or above, else its parent. A root below `level` has no row.
    """
    for number, dimension in enumerate(structure.dimensions):
        tree = dimension.hierarchy
        for level in range(len(tree.levels) - 1):
            above = {n: n if at <= level else tree.parent[n] for n, at in enumerate(tree.level_of) if at <= level + 1}
            pairs = [(node, up) for node, up in above.items() if up >= 0]
            bound = [[node for node, _ in pairs], [up for _, up in pairs]]
            run(connection, "make_lifts", bound, table=f"aggregate_lift_{number}_{level}")


def nodes_at(tree: Hierarchy, level: int) -> tuple[int, int]:
    """(first, last) node of a level, as nodes are sorted by level; last < first where it has none."""
    return bisect_left(tree.level_of, level), bisect_right(tree.level_of, level) - 1


def nodes_above(tree: Hierarchy, level: int) -> dict[int, int]:
    """leaf -> its node of `level`, for leaves below one; each leaf to itself where `level` is the finest."""
    if level == len(tree.levels) - 1:
        return {leaf: leaf for leaf in tree.leaves}
    found = {}
    for leaf in tree.leaves:
        node = tree.parent[leaf]
        while node >= 0 and tree.level_of[node] > level:
            node = tree.parent[node]
        if node >= 0 and tree.level_of[node] == level:
            found[leaf] = node
    return found


def _leaf_of_code(codes: Codelist, tree: Hierarchy) -> dict[str, int]:
    """code -> the nearest kept node at or above it, where that is a leaf"""
    leaves = frozenset(tree.leaves)
    placed: dict[str, int] = {}
    for code in codes.codes:
        here: str | None = code.code
        while here is not None and here not in tree.node:
            here = codes.by_code[here].parent
        if here is not None and tree.node[here] in leaves:
            placed[code.code] = tree.node[here]
    return placed
