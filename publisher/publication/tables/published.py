"""From nodes to codes: the long-format table that readers get, and the last gate in front of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pyarrow as pa

from publisher.errors import LeakError
from publisher.model.protected import ProtectedTable, status_column
from publisher.model.status import ConfStatus, ObsStatus
from publisher.model.structure import Dimension, Measure, TableStructure

HIDDEN = (ObsStatus.SUPPRESSED.value, ObsStatus.LOW_RELIABILITY.value)
KNOWN = tuple(status.value for status in ObsStatus)


@dataclass(frozen=True)
class Published:
    """One table in the order in which it is published: sorted by its dimensions, coarse levels first.

    `cells` has the columns of ProtectedTable.cells; `hidden` one flag a row: a number of it is not shown. Passing
    `publishable` made it.
    """

    table: ProtectedTable
    cells: pa.Table = field(repr=False)
    hidden: np.ndarray = field(repr=False)

    @property
    def structure(self) -> TableStructure:
        return self.table.structure

    @property
    def rows(self) -> int:
        return int(self.cells.num_rows)

    @property
    def hidden_count(self) -> int:
        """Rows of which some number is not shown."""
        return int(self.hidden.sum())

    @property
    def wholly_hidden_count(self) -> int:
        """Rows of which no number is shown."""
        columns = [_array(self.cells[measure.id].is_null()) for measure in self.table.structure.measures]
        return int(np.all([self.hidden, *columns], axis=0).sum())

    @property
    def noisy(self) -> bool:
        return self.table.noise is not None

    def part(self, rows: np.ndarray) -> "Published":
        """The table cut down to some of its rows (row numbers, in the order wanted)."""
        return Published(self.table, self.cells.take(pa.array(rows, type=pa.int64())), self.hidden[rows])

    def nodes(self, dimension: Dimension) -> np.ndarray:
        """int64, one a row: the row's node in the dimension's hierarchy."""
        return _array(self.cells[dimension.column]).astype(np.int64)

    def numbers(self, column: str) -> list[int | None]:
        """One a row, in 1/10**decimals units."""
        return cast("list[int | None]", self.cells[column].to_pylist())

    def statuses(self, measure: str | None = None) -> list[str]:
        """obs_status, one a row: of a measure, or of all that have none of their own."""
        name = "obs_status" if measure is None else self.status_column(measure)
        return cast("list[str]", self.cells[name].to_pylist())

    def status_column(self, measure: str) -> str:
        """The column that says whether a measure is shown."""
        return status_column(self.cells.column_names, measure)


def publishable(table: ProtectedTable) -> Published:
    """The table, sorted, once it is certain that no hidden cell carries a number.

    Raises LeakError (naming the table, never a cell's number) where a hidden cell has one, a shown cell has
    none, a status is not one that readers know, or a measure is hidden while one that shadows it is not.
    """
    cells = table.cells.sort_by([(column, "ascending") for column in table.structure.columns]).combine_chunks()
    _hidden(table, cells, "obs_status")
    hidden = {m.id: _hidden(table, cells, status_column(cells.column_names, m.id)) for m in table.structure.measures}
    for measure in table.structure.measures:
        if not np.array_equal(_array(cells[measure.id].is_null()), hidden[measure.id]):
            raise _leak(table, f"has a hidden cell with a number, or a shown cell without one, in '{measure.id}'")
        if np.any(hidden[measure.shadows or measure.id] & ~hidden[measure.id]):
            raise _leak(table, f"has a cell that is hidden, and shown in '{measure.id}', which follows it")
    return Published(table, cells, np.any([np.zeros(cells.num_rows, dtype=bool), *hidden.values()], axis=0))


def _hidden(table: ProtectedTable, cells: pa.Table, column: str) -> np.ndarray:
    """bool[rows]: an obs_status column says that nothing is shown, and its conf_status agrees."""
    status, confidential = _array(cells[column]), _array(cells[_confidentiality(column)])
    if not np.isin(status, KNOWN).all():
        raise _leak(table, "has a cell without a known obs_status")
    hidden = np.isin(status, HIDDEN)
    if not np.array_equal(np.where(hidden, ConfStatus.CONFIDENTIAL, ConfStatus.FREE), confidential):
        raise _leak(table, "has a cell whose obs_status and conf_status contradict each other")
    return hidden


def _confidentiality(status: str) -> str:
    """The conf_status column beside an obs_status column."""
    return status.removesuffix("obs_status") + "conf_status"


def _array(column: Any) -> np.ndarray:
    """A column as NumPy. Any, because pyarrow's type hints do not follow a column through its own methods."""
    return np.asarray(column)


def _leak(table: ProtectedTable, problem: str) -> LeakError:
    return LeakError(
        f"the protected table {problem}; nothing was written for it.",
        place=table.structure.id,
        remedy="This is a fault of the program, not of your data: keep the edition unpublished and report it.",
    )


def long_format(published: Published, *, exact: bool) -> pa.Table:
    """One row a cell, the columns of DESIGN.md, 'Files a reader gets'.

    Numbers with decimals are decimal128 where `exact` (CSV), else the nearest float64 (Parquet). Codes, levels
    and statuses are dictionaries of the values that occur.
    """
    structure, rows = published.structure, published.rows
    columns: dict[str, Any] = {"time_period": _repeated(published.table.time_period, rows)}
    for dimension in structure.dimensions:
        columns[dimension.column] = _labels(published.nodes(dimension), dimension.hierarchy.codes)
    for dimension in structure.dimensions:
        level = np.asarray(dimension.hierarchy.level_of, dtype=np.int64)[published.nodes(dimension)]
        columns[f"{dimension.column}_level"] = _labels(level, dimension.hierarchy.levels)
    for name, measure in number_columns(structure):
        columns[name] = _scaled(published.cells[name], measure.decimals, exact=exact)
    for name in status_columns(published.table):
        values, code = np.unique(_array(published.cells[name]).astype(str), return_inverse=True)
        columns[name] = _dictionary(code, [str(value) for value in values])
    return pa.table(columns)


def status_columns(table: ProtectedTable) -> tuple[str, ...]:
    """Names of the status columns in published order: the row's, then those of measures that have their own."""
    prefixes = ("", *(f"{measure}_" for measure in table.own_status))
    return tuple(f"{prefix}{kind}_status" for prefix in prefixes for kind in ("obs", "conf"))


def number_columns(structure: TableStructure) -> tuple[tuple[str, Measure], ...]:
    """Names of the number columns in published order: all measures, then the bounds of each."""
    bounds = tuple((f"{m.id}_{end}", m) for m in structure.measures for end in ("lower", "upper"))
    return (*((measure.id, measure) for measure in structure.measures), *bounds)


def _labels(index: np.ndarray, labels: Sequence[str]) -> Any:
    """A dictionary of the labels that occur only, in order of `labels`: it must not list absent codes."""
    present, code = np.unique(index, return_inverse=True)
    return _dictionary(code, [labels[node] for node in present])


def _repeated(text: str, rows: int) -> Any:
    return _dictionary(np.zeros(rows), [text])


def _dictionary(code: np.ndarray, values: list[str]) -> Any:
    return pa.DictionaryArray.from_arrays(code.astype(np.int32), pa.array(values, type=pa.string()))


def _scaled(column: Any, decimals: int, *, exact: bool) -> Any:
    """whole / 10**decimals. Float division of exact operands rounds once: exact to `decimals` below 2**53."""
    empty, number = _array(column.is_null()).astype(bool), _array(column.fill_null(0)).astype("<i8")
    if decimals and not exact:
        return pa.array(number / 10**decimals, mask=empty)
    return exact_numbers(number, empty, decimals)


def exact_numbers(whole: np.ndarray, empty: np.ndarray, decimals: int) -> Any:
    """whole / 10**decimals as int64, or as decimal128 where there are decimals; null where `empty`."""
    if decimals == 0:
        return pa.array(whole, mask=empty)
    low_high = np.column_stack([whole, whole >> 63]).astype("<i8")  # two's complement, 128 bits, little-endian
    validity = pa.py_buffer(np.packbits(~empty, bitorder="little").tobytes())
    return pa.Array.from_buffers(
        pa.decimal128(19, decimals), len(whole), [validity, pa.py_buffer(low_high.tobytes())]
    )
