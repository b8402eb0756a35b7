"""ConfidentialTables straight from records, without a database: for tests and benchmarks of suppression.

records = pd.DataFrame({"commodity": [...leaf codes], "partner": [...], "trader": [...], "statistical_value": [...]})
table = confidential_table(structure(...), records)

Margins are made one combination of levels at a time, so that a million cells need seconds and little memory.
"""

from collections.abc import Collection, Iterator
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from publisher.model.confidential import ConfidentialTable
from publisher.model.structure import Dimension, TableStructure

LARGEST = 3
Integers = npt.NDArray[np.int64]
Columns = dict[str, Integers]


def confidential_table(
    structure: TableStructure,
    records: pd.DataFrame,
    *,
    period: str = "2021-01",
    claimants: Collection[int] | None = None,
    quantity_claimants: Collection[int] | None = None,
) -> ConfidentialTable:
    """The table of `records` (leaf codes, whole-numbered `trader` > 0, measures). `claimants` None: everybody.

    `quantity_claimants`: who claims in quantities besides, where the two are told apart.
    """
    measures = [measure.id for measure in structure.measures]
    rules = [measure.id for measure in structure.rule_measures]
    amounts = {name: records[name].to_numpy(np.int64) for name in measures}
    keys = [_path_to_root(dimension, records[dimension.column]) for dimension in structure.dimensions]
    parts = []
    for key, inside in _combinations(keys, structure):
        rows, cell = _by_trader(
            key, records["trader"].to_numpy(np.int64)[inside], {m: amounts[m][inside] for m in measures}
        )
        parts.append(_cells(rows, cell, measures, rules, claimants, quantity_claimants))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return ConfidentialTable(structure, period, "s0001", _typed(columns, structure))


def _path_to_root(dimension: Dimension, codes: pd.Series) -> list[Integers]:
    """The node above each record at every depth below the root, coarse to fine; -1 where its branch has ended."""
    parent = np.array(dimension.hierarchy.parent)
    numbers, distinct = pd.factorize(codes)
    paths = [_path(parent, dimension.hierarchy.node[code]) for code in distinct]
    return [
        np.array([path[depth] if depth < len(path) else -1 for path in paths], dtype=np.int64)[numbers]
        for depth in range(max(map(len, paths), default=1))
    ]


def _path(parent: Integers, node: int) -> list[int]:
    path = []
    while node >= 0:
        path.append(node)
        node = int(parent[node])
    return path[::-1]


def _combinations(paths: list[list[Integers]], structure: TableStructure) -> Iterator[tuple[Integers, Integers]]:
    """For every combination of depths: the number of each record's cell, and which records have one there."""
    sizes = [len(dimension.hierarchy.codes) for dimension in structure.dimensions]
    for chosen in product(*paths):
        inside = np.flatnonzero(np.all([nodes >= 0 for nodes in chosen], axis=0))
        key = np.zeros(len(inside), dtype=np.int64)
        for nodes, size in zip(chosen, sizes, strict=True):
            key = key * size + nodes[inside]
        yield key, inside


def _by_trader(key: Integers, trader: Integers, amounts: Columns) -> tuple[Columns, Integers]:
    """Sums by cell and trader, in that order; and the row in which each cell begins."""
    order = np.lexsort((trader, key))
    key, trader = key[order], trader[order]
    fresh = _begins(key) | _begins(trader)
    start = np.flatnonzero(fresh)
    rows = {name: np.add.reduceat(column[order], start) if len(start) else column for name, column in amounts.items()}
    rows |= {"key": key[start], "trader": trader[start]}
    return rows, np.flatnonzero(_begins(rows["key"]))


def _begins(column: Integers) -> npt.NDArray[np.bool_]:
    return np.concatenate([np.ones(min(1, len(column)), np.bool_), column[1:] != column[:-1]])


def _cells(
    rows: Columns,
    start: Integers,
    measures: list[str],
    rules: list[str],
    claimants: Collection[int] | None,
    more: Collection[int] | None,
) -> Columns:
    """One entry a cell."""
    trader = rows["trader"]
    claims = np.isin(trader, list(claimants)) if claimants is not None else np.ones(len(trader), np.bool_)
    kinds = {"": claims} if more is None else {"": claims, "quantity_": claims | np.isin(trader, list(more))}
    count = np.diff(np.append(start, len(trader)))
    cells = {"key": rows["key"][start]}
    cells |= {name: _sums(rows[name], start) for name in measures}
    cells |= {"contributors": count, "declarations": count}
    cells |= {f"{kind}claimants": _sums(who.astype(np.int64), start) for kind, who in kinds.items()}
    cells["controlled"] = np.zeros(len(start), dtype=np.int64)
    for rank, measure in enumerate(rules):
        falling = np.lexsort((trader, -rows[measure], rows["key"]))
        cells |= _largest(measure, rows[measure][falling], trader[falling], start, count, pseudonyms=rank == 0)
        for kind, who in kinds.items():
            cells |= _claimed(f"{measure}_{kind}", rows[measure][falling], who[falling], start, count)
    return cells


def _sums(column: Integers, start: Integers) -> Integers:
    return np.add.reduceat(column, start) if len(start) else column


def _largest(
    measure: str, amounts: Integers, traders: Integers, start: Integers, count: Integers, *, pseudonyms: bool
) -> Columns:
    """Largest contributions, and who made them; rows fall within each cell."""
    found: Columns = {}
    for place in range(LARGEST):
        found[f"{measure}_largest_{place + 1}"] = _ranked(amounts, start, count, place)
        if pseudonyms and place < 2:
            found[f"contributor_{place + 1}"] = _ranked(traders, start, count, place)
    return found


def _ranked(column: Integers, start: Integers, count: Integers, place: int | Integers) -> Integers:
    """The entry at a place of each cell, counted from 0; 0 where the cell has not so many."""
    exists = place < count
    return np.where(exists, column[np.where(exists, start + place, 0)], 0) if len(column) else column


def _claimed(
    name: str, amounts: Integers, claims: npt.NDArray[np.bool_], start: Integers, count: Integers
) -> Columns:
    """Two columns beginning with `name`: the largest contribution of a claimant, and the largest of anyone else."""
    places = np.where(claims, np.arange(len(claims)) - np.repeat(start, count), len(claims))
    first = np.minimum.reduceat(places, start) if len(start) else places
    anyone_else = (first == 0).astype(np.int64)  # second place where the claimant is the largest
    return {
        f"{name}claimant": _ranked(amounts, start, count, first),
        f"{name}rival": _ranked(amounts, start, count, anyone_else),
    }


def _typed(columns: Columns, structure: TableStructure) -> pa.Table:
    order = np.argsort(columns["key"])
    rest = columns["key"][order]
    nodes = []
    for dimension in reversed(structure.dimensions):
        nodes.append((dimension.column, (rest % len(dimension.hierarchy.codes)).astype(np.int32)))
        rest = rest // len(dimension.hierarchy.codes)
    body = [
        (name, column[order].astype(np.bool_ if name == "controlled" else np.int64))
        for name, column in columns.items()
        if name != "key"
    ]
    return pa.table(dict([*reversed(nodes), *body]))
