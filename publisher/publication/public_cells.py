"""The cells of a published table, read back as columns from an edition's public files. Nothing else is read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from publisher.errors import ReleaseError
from publisher.model.structure import QUANTITIES
from publisher.release.publish.index import WITHDRAWN

_TABLES, _HEADLINES = "metadata/tables.json", "metadata/headlines.json"


@dataclass(frozen=True)
class PublicMeasure:
    """A number column as metadata/tables.json describes it."""

    id: str
    title: str
    unit: str
    decimals: int
    column: str | None
    is_quantile: bool
    aggregate: str = "sum"

    @property
    def is_value(self) -> bool:
        return self.column == "statistical_value"

    @property
    def is_quantity(self) -> bool:
        return self.column in QUANTITIES


@dataclass(frozen=True)
class PublicDimension:
    column: str
    title: str
    codelist: str
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Described:
    """One table of an edition. A row that is not there is a zero, except in a `noisy` table."""

    id: str
    title: str
    method: str
    dimensions: tuple[PublicDimension, ...]
    measures: tuple[PublicMeasure, ...]
    flow: str
    universe: str

    @property
    def noisy(self) -> bool:
        return self.method != "suppression"


@dataclass(frozen=True)
class PublicEdition:
    """`name` is series/period/vN, `folder` the edition's public files."""

    name: str
    series: str
    period: str
    folder: Path
    tables: tuple[Described, ...]

    @property
    def version(self) -> int:
        return int(self.name.rpartition("/v")[2])

    @cached_property
    def by_id(self) -> Mapping[str, Described]:
        return {table.id: table for table in self.tables}


@dataclass(frozen=True)
class Numbers:
    """One measure, one entry a row, in 1/10**decimals units. `lower` and `upper` are the number where it is exact."""

    value: np.ndarray = field(repr=False)
    shown: np.ndarray = field(repr=False)
    lower: np.ndarray = field(repr=False)
    upper: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class PublicCells:
    """`codes` and `levels`: one dictionary column of text a dimension. `numbers` by measure."""

    table: Described
    rows: int
    codes: tuple[Any, ...] = field(repr=False)
    levels: tuple[Any, ...] = field(repr=False)
    numbers: Mapping[str, Numbers] = field(repr=False)


def read_edition(folder: Path) -> PublicEdition:
    """Raises ReleaseError for a withdrawn edition, whose figures nothing may be made from, and for no edition."""
    if (folder / WITHDRAWN).exists():
        raise ReleaseError(
            "was withdrawn; nothing is made from it.", place=str(folder), remedy="Name another version."
        )
    try:
        described = json.loads((folder / _TABLES).read_text("utf-8"))
        name = json.loads((folder / _HEADLINES).read_text("utf-8"))["edition"]
        tables = tuple(_described(entry) for entry in described["tables"])
    except (OSError, ValueError, KeyError) as fault:
        raise ReleaseError(
            "holds no published edition.", place=str(folder), remedy="Name its public/ folder."
        ) from fault
    return PublicEdition(name, described["series"], described["period"], folder, tables)


def _described(entry: Mapping[str, Any]) -> Described:
    dimensions = tuple(
        PublicDimension(d["column"], d["title"], d["codelist"], tuple(d["levels"])) for d in entry["dimensions"]
    )
    measures = tuple(
        PublicMeasure(m["id"], m["title"], m["unit"], m["decimals"], m["column"], "quantile" in m, m["aggregate"])
        for m in entry["measures"]
    )
    name, title, method, flow, universe = (entry[key] for key in ("id", "title", "method", "flow", "universe"))
    return Described(name, title, method, dimensions, measures, flow, universe)


def read_cells(folder: Path, table: Described) -> PublicCells:
    """Reads data/<table>.csv, in which every number is exact. Raises ReleaseError where it cannot be read."""
    rows, columns = read_columns(folder, table)
    return PublicCells(
        table,
        rows,
        tuple(columns[dimension.column] for dimension in table.dimensions),
        tuple(columns[f"{dimension.column}_level"] for dimension in table.dimensions),
        {measure.id: _numbers(columns, measure) for measure in table.measures},
    )


def read_columns(folder: Path, table: Described) -> tuple[int, Mapping[str, Any]]:
    """Rows, and one array a column: codes and levels as dictionaries, numbers exact. Raises ReleaseError."""
    path = folder / "data" / f"{table.id}.csv"
    text = pa.dictionary(pa.int32(), pa.string())
    codes = [dimension.column for dimension in table.dimensions]
    levels = [f"{column}_level" for column in codes]
    kinds = {m.id: pa.decimal128(19, m.decimals) if m.decimals else pa.int64() for m in table.measures}
    ends = {f"{name}_{end}": kind for name, kind in kinds.items() for end in ("lower", "upper")}
    types: dict[str, Any] = {**dict.fromkeys([*codes, *levels], text), **kinds, **ends}
    try:
        options = pa_csv.ConvertOptions(column_types=types, include_columns=list(types))
        read = pa_csv.read_csv(path, convert_options=options).unify_dictionaries().combine_chunks()
    except (OSError, pa.ArrowException) as fault:
        raise ReleaseError("cannot be read as a published table.", place=str(path), remedy="Restore it.") from fault
    return read.num_rows, {name: _one(read.column(name)) for name in types}


def _one(column: Any) -> Any:
    """A column as one array: an empty file gives no chunk at all."""
    return column.chunk(0) if column.num_chunks else pa.array([], type=column.type)


def _numbers(columns: Mapping[str, Any], measure: PublicMeasure) -> Numbers:
    value, shown = whole(columns[measure.id])
    lower, has_lower = whole(columns[f"{measure.id}_lower"])
    upper, has_upper = whole(columns[f"{measure.id}_upper"])
    return Numbers(value, shown, np.where(has_lower, lower, value), np.where(has_upper, upper, value))


def whole(array: Any) -> tuple[np.ndarray, np.ndarray]:
    """int64 in the smallest unit, and where there is a number. A decimal128 below 2**63 is its lower 64 bits."""
    known = np.asarray(array.is_valid()).astype(bool)
    if not len(array):
        return np.zeros(0, dtype=np.int64), known
    words = 2 if pa.types.is_decimal(array.type) else 1
    numbers = np.frombuffer(array.buffers()[1], dtype="<i8")[words * array.offset :: words][: len(array)]
    return np.where(known, numbers, 0), known
