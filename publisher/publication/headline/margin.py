"""The cells along one dimension of a published table, read back from its Parquet file: what changes are made of."""

import functools
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.errors import ReleaseError
from publisher.model.codelist import TOTAL
from publisher.publication.public_cells import Described, PublicMeasure


@dataclass(frozen=True)
class Figure:
    """One published cell, in 1/10**decimals units. `value` is None where it is not shown; `low` and `high` are what
    the number may be (the value itself where it is exact), `high` None where nothing is known."""

    value: int | None
    low: int
    high: int | None

    @property
    def exact(self) -> bool:
        return self.value is not None and self.low == self.value == self.high


ZERO = Figure(0, 0, 0)  # a row that is not there, in a table without noise


@dataclass(frozen=True)
class Row:
    """The cells of one level along one dimension by code, the other dimensions at their total."""

    figures: Mapping[str, Figure] = field(repr=False)


def read_row(folder: Path, table: Described, measure: PublicMeasure, dimension: str, level: str) -> Row:
    """The cells along `dimension` at `level`; of the total alone where `dimension` is empty.

    Raises ReleaseError where the table's Parquet file cannot be read.
    """
    path = folder / "data" / f"{table.id}.parquet"
    wanted = {one.column: TOTAL for one in table.dimensions if one.column != dimension}
    if dimension:
        wanted[f"{dimension}_level"] = level
    code = dimension or table.dimensions[0].column
    columns = [code, *(f"{measure.id}{end}" for end in ("", "_lower", "_upper"))]
    try:
        rows = pq.read_table(path, columns=columns, filters=_all(wanted)).to_pylist()
    except (OSError, KeyError, pa.ArrowException) as fault:
        raise ReleaseError("cannot be read as a published table.", place=str(path), remedy="Restore it.") from fault
    return Row({str(row[code]): _figure(row, measure) for row in rows})


def _all(wanted: Mapping[str, str]) -> pc.Expression:
    """Rows that have each of these texts."""
    conditions = [pc.field(column) == text for column, text in wanted.items()]
    return functools.reduce(operator.and_, conditions)


def _figure(row: Mapping[str, Any], measure: PublicMeasure) -> Figure:
    value, low, high = (_whole(row[f"{measure.id}{end}"], measure.decimals) for end in ("", "_lower", "_upper"))
    if value is None:
        return Figure(None, low or 0, high)
    if low is None or high is None:
        return Figure(value, value, value)
    return Figure(value, low, high)


def _whole(number: int | float | None, decimals: int) -> int | None:
    """Parquet has decimals as the nearest float64: exact again below 2**53 units."""
    return None if number is None else round(number * 10**decimals)
