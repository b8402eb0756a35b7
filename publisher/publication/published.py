"""From nodes to codes: the long-format table that readers get, and the last gate in front of it."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.errors import LeakError
from publisher.model.protected import ProtectedTable
from publisher.model.status import ConfStatus, ObsStatus
from publisher.model.structure import Dimension, Measure, TableStructure

HIDDEN = (ObsStatus.SUPPRESSED.value, ObsStatus.LOW_RELIABILITY.value)
KNOWN = tuple(status.value for status in ObsStatus)


@dataclass(frozen=True)
class Published:
    """One table in the order in which it is published: sorted by its dimensions, coarse levels first.

    `cells` has the columns of ProtectedTable.cells; `hidden` one flag a row. Passing `publishable` made it.
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
        return int(self.hidden.sum())

    @property
    def noisy(self) -> bool:
        return self.table.noise is not None

    def nodes(self, dimension: Dimension) -> np.ndarray:
        """int64, one a row: the row's node in the dimension's hierarchy."""
        return self.cells[dimension.column].combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)

    def numbers(self, column: str) -> list[int | None]:
        """One a row, in 1/10**decimals units."""
        return self.cells[column].to_pylist()  # type: ignore[no-any-return]


def publishable(table: ProtectedTable) -> Published:
    """The table, sorted, once it is certain that no hidden cell carries a number.

    Raises LeakError (naming the table, never a cell's number) where a hidden cell has one, a shown cell has
    none, or a status is not one that readers know.
    """
    cells = table.cells.sort_by([(column, "ascending") for column in table.structure.columns]).combine_chunks()
    status = cells["obs_status"]
    if not pc.all(pc.is_in(status, value_set=pa.array(KNOWN))).as_py() and cells.num_rows:
        raise _leak(table, "has a cell without a known obs_status")
    hidden = pc.is_in(status, value_set=pa.array(HIDDEN)).combine_chunks().to_numpy(zero_copy_only=False)
    confidential = pc.equal(cells["conf_status"], ConfStatus.CONFIDENTIAL.value)
    if not np.array_equal(hidden, confidential.combine_chunks().to_numpy(zero_copy_only=False)):
        raise _leak(table, "has a cell whose obs_status and conf_status contradict each other")
    for measure in table.structure.measures:
        _check_measure(table, cells, measure, hidden)
    return Published(table, cells, hidden.astype(bool))


def _check_measure(table: ProtectedTable, cells: pa.Table, measure: Measure, hidden: np.ndarray) -> None:
    empty = cells[measure.id].is_null().combine_chunks().to_numpy(zero_copy_only=False)
    if not np.array_equal(empty, hidden):
        raise _leak(table, f"has a hidden cell with a number, or a shown cell without one, in '{measure.id}'")


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
    columns: dict[str, pa.Array] = {"time_period": _repeated(published.table.time_period, rows)}
    for dimension in structure.dimensions:
        columns[dimension.column] = _labels(published.nodes(dimension), dimension.hierarchy.codes)
    for dimension in structure.dimensions:
        level = np.asarray(dimension.hierarchy.level_of, dtype=np.int64)[published.nodes(dimension)]
        columns[f"{dimension.column}_level"] = _labels(level, dimension.hierarchy.levels)
    for name, measure in number_columns(structure):
        columns[name] = _scaled(published.cells[name].combine_chunks(), measure.decimals, exact=exact)
    for name in ("obs_status", "conf_status"):
        columns[name] = published.cells[name].combine_chunks().cast(pa.string()).dictionary_encode()
    return pa.table(columns)


def number_columns(structure: TableStructure) -> tuple[tuple[str, Measure], ...]:
    """Names of the number columns in published order: all measures, then the bounds of each."""
    bounds = tuple((f"{m.id}_{end}", m) for m in structure.measures for end in ("lower", "upper"))
    return (*((measure.id, measure) for measure in structure.measures), *bounds)


def _labels(index: np.ndarray, labels: tuple[str, ...]) -> pa.DictionaryArray:
    """Dictionary of the labels that occur only, in order of `labels`: a dictionary must not list absent codes."""
    present, code = np.unique(index, return_inverse=True)
    dictionary = pa.array([labels[node] for node in present], type=pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(code, type=pa.int32()), dictionary)


def _repeated(text: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))


def _scaled(whole: pa.Array, decimals: int, *, exact: bool) -> pa.Array:
    """whole / 10**decimals. Float division of exact operands rounds once: exact to `decimals` below 2**53."""
    if decimals == 0:
        return whole.cast(pa.int64())
    empty = whole.is_null().to_numpy(zero_copy_only=False)
    number = whole.fill_null(0).to_numpy(zero_copy_only=False).astype("<i8")
    if not exact:
        return pa.array(number / 10**decimals, mask=empty)
    low_high = np.column_stack([number, number >> 63]).astype("<i8")  # two's complement, 128 bits, little-endian
    validity = pa.array(~empty).buffers()[1]
    return pa.Array.from_buffers(
        pa.decimal128(19, decimals), len(number), [validity, pa.py_buffer(low_high.tobytes())]
    )
