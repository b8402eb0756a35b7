"""Public edition folders in the public file format, and the confidential tables behind them, without publisher code
that makes either: the audit's tests must not depend on what they judge.

items = [Item("A", ("0101", "DE"), (700,)), ...]                       trader, leaf codes, measures in whole units
truth = confidential(table, items)                                     ConfidentialTable
write_edition(folder, [Written(table, truth, hidden={("0101", "DE")})], [GOODS, PARTNERS])
"""

import csv
import itertools
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from publisher.model.codelist import Codelist
from publisher.model.confidential import ConfidentialTable
from publisher.model.structure import TableStructure

Codes = tuple[str, ...]
PERIOD = "2021-01"


class Item(NamedTuple):
    """One goods item. `measures` in the order of the structure's measures, in whole units."""

    trader: str
    codes: Codes
    measures: tuple[int, ...]


@dataclass(frozen=True)
class Written:
    """One table to write. `bounds` gives (lower, upper) by cell and measure; `values` replaces true numbers.

    `apart`: cells that are hidden of measures with a status of their own, in place of `hidden`.
    """

    structure: TableStructure
    truth: ConfidentialTable
    hidden: Collection[Codes] = ()
    bounds: Mapping[tuple[Codes, str], tuple[int | None, int | None]] = field(default_factory=dict)
    values: Mapping[tuple[Codes, str], int] = field(default_factory=dict)
    noise: Mapping[str, Any] | None = None
    snapshot: str = "s0001"
    apart: Mapping[str, Collection[Codes]] = field(default_factory=dict)


def confidential(
    structure: TableStructure,
    items: Sequence[Item],
    *,
    period: str = PERIOD,
    snapshot: str = "s0001",
    largest: int = 2,
) -> ConfidentialTable:
    """Sums the items into all cells of the structure. Every trader is a claimant; none deals in controlled goods."""
    traders = {name: number + 1 for number, name in enumerate(sorted({item.trader for item in items}))}
    held: dict[tuple[int, ...], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, item in enumerate(items):
        for cell in _cells_of(structure, item.codes):
            held[cell][traders[item.trader]].append(place)
    rows = [_row(structure, cell, by_trader, items, largest) for cell, by_trader in sorted(held.items())]
    return ConfidentialTable(structure, period, snapshot, pa.Table.from_pylist(rows, _schema(structure, largest)))


def _cells_of(structure: TableStructure, codes: Codes) -> Iterable[tuple[int, ...]]:
    chains = []
    for dimension, code in zip(structure.dimensions, codes, strict=True):
        node, chain = dimension.hierarchy.node[code], []
        while node >= 0:
            chain.append(node)
            node = dimension.hierarchy.parent[node]
        chains.append(chain)
    return itertools.product(*chains)


def _row(
    structure: TableStructure,
    cell: tuple[int, ...],
    by_trader: Mapping[int, list[int]],
    items: Sequence[Item],
    largest: int,
) -> dict[str, Any]:
    row: dict[str, Any] = dict(zip(structure.columns, cell, strict=True))
    for number, measure in enumerate(structure.measures):
        sums = {who: sum(items[i].measures[number] for i in places) for who, places in by_trader.items()}
        ranked = sorted(sums, key=lambda who: (-sums[who], who))
        row[measure.id] = sum(sums.values())
        if number == 0:
            row["contributor_1"], row["contributor_2"] = [*ranked, 0, 0][:2]
        if measure.shadows is None:
            most = [*(sums[who] for who in ranked), *([0] * largest)][: max(largest, 2)]
            row |= {f"{measure.id}_largest_{i + 1}": value for i, value in enumerate(most[:largest])}
            row |= {f"{measure.id}_claimant": most[0], f"{measure.id}_rival": most[1]}
    count = len(by_trader)
    items_held = sum(map(len, by_trader.values()))
    return row | {"declarations": items_held, "contributors": count, "claimants": count, "controlled": False}


def _schema(structure: TableStructure, largest: int) -> pa.Schema:
    names = [(column, pa.int32()) for column in structure.columns]
    names += [(measure.id, pa.int64()) for measure in structure.measures]
    names += [(name, pa.int64()) for name in ("declarations", "contributors", "claimants")]
    names += [("controlled", pa.bool_()), ("contributor_1", pa.int64()), ("contributor_2", pa.int64())]
    for measure in structure.rule_measures:
        ends = [*(f"largest_{i + 1}" for i in range(largest)), "claimant", "rival"]
        names += [(f"{measure.id}_{end}", pa.int64()) for end in ends]
    return pa.schema(names)


def cells(truth: ConfidentialTable) -> dict[Codes, dict[str, int]]:
    """codes -> {measure: true value}"""
    structure = truth.structure
    return {
        tuple(d.hierarchy.codes[row[d.column]] for d in structure.dimensions): {
            measure.id: row[measure.id] for measure in structure.measures
        }
        for row in truth.cells.to_pylist()
    }


def write_edition(
    folder: Path, tables: Sequence[Written], codelists: Sequence[Codelist], period: str = PERIOD
) -> Path:
    """Writes data/ and metadata/ under `folder`, which may exist already; returns it."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "metadata" / "codelists").mkdir(parents=True, exist_ok=True)
    for table in tables:
        arrow = long_table(table, period)
        name = table.structure.id
        pq.write_table(arrow, folder / "data" / f"{name}.parquet", compression="zstd", use_dictionary=False)
        write_csv(arrow, table.structure, folder / "data" / f"{name}.csv")
    for one in codelists:
        with (folder / "metadata" / "codelists" / f"{one.id}.csv").open("w", encoding="utf-8", newline="") as out:
            lines = csv.writer(out, lineterminator="\n")
            lines.writerow(["code", "name", "level", "parent"])
            lines.writerows([c.code, c.name, c.level, c.parent or ""] for c in one.codes)
    described = {"series": "tests", "period": period, "tables": [_described(table) for table in tables]}
    (folder / "metadata" / "tables.json").write_text(json.dumps(described, indent=1), "utf-8")
    return folder


def long_table(table: Written, period: str = PERIOD) -> pa.Table:
    """The long format of DESIGN.md, rows sorted by node."""
    structure, true = table.structure, cells(table.truth)
    columns: dict[str, Any] = {"time_period": pa.array([period] * len(true)).dictionary_encode()}
    for number, dimension in enumerate(structure.dimensions):
        columns[dimension.column] = pa.array([codes[number] for codes in true], pa.string()).dictionary_encode()
    for number, dimension in enumerate(structure.dimensions):
        tree = dimension.hierarchy
        levels = [tree.level_name(tree.node[codes[number]]) for codes in true]
        columns[f"{dimension.column}_level"] = pa.array(levels, pa.string()).dictionary_encode()
    for measure in structure.measures:
        whole = [
            None
            if codes in table.apart.get(measure.id, table.hidden)
            else table.values.get((codes, measure.id), values[measure.id])
            for codes, values in true.items()
        ]
        columns[measure.id] = _scaled(whole, measure.decimals)
    for measure in structure.measures:
        for place, end in enumerate(("lower", "upper")):
            ends = [table.bounds.get((codes, measure.id), (None, None))[place] for codes in true]
            columns[f"{measure.id}_{end}"] = _scaled(ends, measure.decimals)
    shown = "A" if table.noise is None else "E"
    for prefix, hidden in (("", table.hidden), *((f"{name}_", cells) for name, cells in table.apart.items())):
        columns[f"{prefix}obs_status"] = pa.array(["Q" if codes in hidden else shown for codes in true], pa.string())
        columns[f"{prefix}conf_status"] = pa.array(["C" if codes in hidden else "F" for codes in true], pa.string())
    return pa.table(columns)


def _scaled(whole: Sequence[int | None], decimals: int) -> pa.Array:
    if decimals == 0:
        return pa.array(whole, pa.int64())
    return pa.array([None if value is None else value / 10**decimals for value in whole], pa.float64())


def write_csv(table: pa.Table, structure: TableStructure, path: Path) -> None:
    """Numbers with decimals are written with all of them."""
    for measure in structure.measures:
        for column in (measure.id, f"{measure.id}_lower", f"{measure.id}_upper"):
            if measure.decimals:
                texts = [None if v is None else f"{v:.{measure.decimals}f}" for v in table.column(column).to_pylist()]
                place = table.column_names.index(column)
                table = table.set_column(place, column, pa.array(texts, pa.string()))
    pa_csv.write_csv(table, path)


def _described(table: Written) -> dict[str, Any]:
    structure = table.structure
    return {
        "id": structure.id,
        "title": structure.title,
        "summary": structure.summary,
        "flow": structure.flow,
        "universe": structure.universe,
        "method": "suppression" if table.noise is None else "dp",
        "snapshot": table.snapshot,
        "dimensions": [
            {
                "column": d.column,
                "title": d.title,
                "codelist": d.hierarchy.codelist,
                "levels": list(d.hierarchy.levels),
            }
            for d in structure.dimensions
        ],
        "measures": [
            {name: getattr(m, name) for name in ("id", "title", "aggregate", "unit", "decimals", "column", "shadows")}
            | ({"own_status": True} if m.id in table.apart else {})
            for m in structure.measures
        ],
        "absent_rows": "zero" if table.noise is None else "none",
        "noise": table.noise,
    }


def random_items(
    generator: np.random.Generator, leaves: Sequence[Sequence[str]], count: int, traders: int, measures: int = 1
) -> list[Item]:
    """Heavy-tailed items: `count` of them, over every combination of leaf codes."""
    found = []
    for _ in range(count):
        codes = tuple(str(generator.choice(list(one))) for one in leaves)
        value = 1 + int(generator.pareto(1.2) * 1000)
        amounts = (value, *(1 + value * int(generator.integers(1, 9)) for _ in range(measures - 1)))
        found.append(Item(f"T{int(generator.integers(traders))}", codes, amounts))
    return found
