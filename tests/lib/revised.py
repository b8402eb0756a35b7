"""A later version of a sample table: some numbers revised, one cell hidden, one shown, one row more, one less."""

from dataclasses import replace
from typing import Any

import pyarrow as pa

from publisher.model.protected import ProtectedTable

Row = dict[str, Any]


def revised(table: ProtectedTable) -> ProtectedTable:
    """Of a noisy table: one figure far away, one within its margin."""
    rows = table.cells.to_pylist()
    edited = _noisy(rows) if table.noise else _exact(rows)
    return replace(table, cells=pa.Table.from_pylist(edited, schema=table.cells.schema))


def _exact(rows: list[Row]) -> list[Row]:
    shown = [place for place, row in enumerate(rows) if row["obs_status"] == "A"]
    hidden = [place for place, row in enumerate(rows) if row["obs_status"] == "Q"]
    if not hidden:
        return rows
    leaf, other, gone, moved = shown[-1], shown[-2], shown[-3], shown[-4]
    for place in (0, moved):
        rows[place]["statistical_value"] += 1_234_567
        rows[place]["net_mass"] -= 1_001
    _hide(rows[leaf])
    _show(rows[hidden[0]])
    rows[other]["net_mass"] += 1
    new = {**rows[gone], "partner": rows[gone]["partner"] - 1 if _free(rows, gone) else rows[gone]["partner"]}
    kept = [row for place, row in enumerate(rows) if place != gone]
    return kept + ([new] if new["partner"] != rows[gone]["partner"] else [])


def _free(rows: list[Row], place: int) -> bool:
    key = rows[place]["commodity"], rows[place]["partner"] - 1
    return all((row["commodity"], row["partner"]) != key for row in rows)


def _hide(row: Row) -> None:
    for name in ("statistical_value", "net_mass"):
        row[name] = None
    row |= {"statistical_value_lower": 0, "obs_status": "Q", "conf_status": "C"}


def _show(row: Row) -> None:
    row |= {name: None for name in row if name.endswith(("_lower", "_upper"))}
    row |= {"statistical_value": 5_000_011, "net_mass": 7_000, "obs_status": "A", "conf_status": "F"}


def _noisy(rows: list[Row]) -> list[Row]:
    def move(row: Row, by: int) -> Row:
        return {
            **row,
            **{name: row[name] + by for name in ("traders", "traders_lower", "traders_upper")},
        }

    return [move(rows[0], 500), move(rows[1], 3), *rows[2:]]
