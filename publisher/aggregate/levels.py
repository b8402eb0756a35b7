"""Contributions at every combination of levels, each made from the smallest finer one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import duckdb

from publisher.aggregate.contributions import FINEST, Layout
from publisher.aggregate.statements import run
from publisher.aggregate.trees import lift_nodes, nodes_at
from publisher.model.structure import TableStructure

Cut = tuple[int, ...]  # for each dimension the finest level that is kept


@dataclass(frozen=True)
class CutTable:
    """Contributions after giving up all levels finer than `cut`: rows also for leaves that lie above the cut."""

    cut: Cut
    name: str
    rows: int

    def at_cut(self, structure: TableStructure) -> str:
        """SQL condition: every node lies exactly on the cut's level. Each cell is on one cut alone."""
        spans = [nodes_at(d.hierarchy, level) for d, level in zip(structure.dimensions, self.cut, strict=True)]
        return " AND ".join(f"d{n} BETWEEN {first} AND {last}" for n, (first, last) in enumerate(spans))

    def totals_chapters(self, structure: TableStructure) -> bool:
        """Whether its cells are totals of a chapter or of more, broken down by nothing else."""
        named = [
            (d.column, d.hierarchy.levels[level]) for d, level in zip(structure.dimensions, self.cut, strict=True)
        ]
        return all(
            level == "total" or (column == "commodity" and level in ("section", "chapter")) for column, level in named
        )


def cuts(connection: duckdb.DuckDBPyConnection, structure: TableStructure, layout: Layout) -> Iterator[CutTable]:
    """The tables of all combinations of levels, from fine to coarse, each dropped when no coarser one needs it."""
    lift_nodes(connection, structure)
    kept: dict[Cut, CutTable] = {}
    for cut in product(*(range(len(d.hierarchy.levels) - 1, -1, -1) for d in structure.dimensions)):
        kept[cut] = _lifted(connection, cut, kept, layout) if kept else _finest(connection, cut)
        yield kept[cut]
        for needless in [old for old in kept if _last_use(old) == cut]:
            run(connection, "drop", table=kept.pop(needless).name)


def _finest(connection: duckdb.DuckDBPyConnection, cut: Cut) -> CutTable:
    row = run(connection, "count_rows", table=FINEST).fetchone()
    return CutTable(cut, FINEST, row[0] if row else 0)


def _last_use(cut: Cut) -> Cut:
    """The last of the cuts that can be made from it: cuts run from fine to coarse, the first dimension slowest."""
    for place, level in enumerate(cut):
        if level > 0:
            return (*cut[:place], level - 1, *cut[place + 1 :])
    return cut


def _lifted(connection: duckdb.DuckDBPyConnection, cut: Cut, kept: dict[Cut, CutTable], layout: Layout) -> CutTable:
    """One level less in one dimension, from the smallest table that allows it."""
    finer = [(n, (*cut[:n], level + 1, *cut[n + 1 :])) for n, level in enumerate(cut)]
    number, source = min(((n, kept[c]) for n, c in finer if c in kept), key=lambda pair: (pair[1].rows, pair[0]))
    name = "aggregate_cut_" + "_".join(map(str, cut))
    row = run(
        connection,
        "lift",
        table=name,
        nodes=", ".join(f"lift.above AS {node}" if n == number else node for n, node in enumerate(layout.nodes)),
        added=layout.added,
        source=source.name,
        lift=f"aggregate_lift_{number}_{cut[number]}",
        node=f"d{number}",
    ).fetchone()
    return CutTable(cut, name, row[0] if row else 0)
