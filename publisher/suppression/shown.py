"""A table as a published file shows it: which cells, which of them hidden, and the numbers of the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.errors import ReleaseError
from publisher.model.protected import ProtectedTable, status_column
from publisher.model.status import ObsStatus
from publisher.model.structure import TableStructure
from publisher.suppression.system import Integers, Mask


@dataclass(frozen=True)
class ShownTable:
    """One row a published row, in any order.

    id       of the query
    codes    for each dimension, str[rows]
    columns  the dimensions' columns, in the same order
    hidden   for each measure, bool[rows]
    numbers  for each measure, int64[rows] in 1/10**decimals units, 0 where hidden
    """

    id: str
    columns: tuple[str, ...]
    codes: tuple["pa.Array[Any]", ...] = field(repr=False)
    hidden: tuple[Mask, ...] = field(repr=False)
    measures: tuple[str, ...]
    numbers: tuple[Integers, ...] = field(repr=False)

    @property
    def rows(self) -> int:
        return len(self.codes[0])


def read_shown(public: Path, structure: TableStructure) -> ShownTable | None:
    """The table as the edition in `public` has it; None where it has none, or one with other columns.

    Raises ReleaseError where the file is damaged.
    """
    path = public / "data" / f"{structure.id}.parquet"
    if not path.is_file():
        return None
    try:
        table = pq.read_table(path, use_threads=False)
    except (OSError, pa.ArrowException) as broken:
        raise ReleaseError(
            "the published file cannot be read.",
            place=str(path),
            remedy="Restore the edition from a backup; 'publisher verify' says which files are damaged.",
        ) from broken
    measures = tuple(measure.id for measure in structure.measures)
    if not {*structure.columns, *measures, "obs_status"} <= set(table.column_names):
        return None
    return ShownTable(
        structure.id,
        structure.columns,
        tuple(_text(table, column) for column in structure.columns),
        tuple(_hidden(table, measure) for measure in measures),
        measures,
        tuple(_whole(table, measure.id, measure.decimals) for measure in structure.measures),
    )


def as_shown(table: ProtectedTable) -> ShownTable:
    """A table as it will be published."""
    structure, cells = table.structure, table.cells
    measures = tuple(measure.id for measure in structure.measures)
    return ShownTable(
        structure.id,
        structure.columns,
        tuple(_codes(cells, column, codes) for column, codes in _codelists(structure)),
        tuple(_hidden(cells, measure) for measure in measures),
        measures,
        tuple(np.asarray(_filled(cells, name), dtype=np.int64) for name in measures),
    )


def rows_in(shown: ShownTable, structure: TableStructure, nodes: Sequence[Integers]) -> Integers:
    """int64[shown.rows]: the row with the same codes among cells given by their `nodes`, -1 where there is none."""
    wanted, held = np.zeros(shown.rows, dtype=np.int64), np.zeros(len(nodes[0]), dtype=np.int64)
    known = np.ones(shown.rows, dtype=np.bool_)
    for (_, codes), texts, own in zip(_codelists(structure), shown.codes, nodes, strict=True):
        found = pc.index_in(texts, value_set=pa.array(codes, pa.string()))
        known &= np.asarray(found.is_valid())
        wanted = wanted * len(codes) + np.asarray(found.fill_null(0)).astype(np.int64)
        held = held * len(codes) + own
    order = np.argsort(held, kind="stable")
    if not len(order):
        return np.full(shown.rows, -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(held, wanted, sorter=order), len(order) - 1)
    return np.where(known & (held[order[place]] == wanted), order[place], -1)


def nodes_of(structure: TableStructure, cells: pa.Table) -> tuple[Integers, ...]:
    """For each dimension, the node of each row."""
    return tuple(np.asarray(cells.column(column).to_numpy(), dtype=np.int64) for column in structure.columns)


def _hidden(table: pa.Table, measure: str) -> Mask:
    """By the measure's own status where it has one, else by the row's."""
    status = _text(table, status_column(table.column_names, measure))
    return np.asarray(pc.equal(status, pa.scalar(str(ObsStatus.SUPPRESSED))), dtype=np.bool_)


def _codelists(structure: TableStructure) -> list[tuple[str, tuple[str, ...]]]:
    return [(dimension.column, dimension.hierarchy.codes) for dimension in structure.dimensions]


def _codes(cells: pa.Table, column: str, codes: Sequence[str]) -> "pa.Array[Any]":
    return cast("pa.Array[Any]", pa.array(codes, pa.string()).take(cells.column(column).combine_chunks()))


def _text(table: pa.Table, column: str) -> "pa.Array[Any]":
    return cast("pa.Array[Any]", table.column(column).cast(pa.string()).combine_chunks())


def _whole(table: pa.Table, column: str, decimals: int) -> Integers:
    """Whole units; published floats are the nearest ones to a whole number of them."""
    numbers = _filled(table, column)
    return np.asarray(np.rint(numbers * 10**decimals) if decimals else numbers, dtype=np.int64)


def _filled(table: pa.Table, column: str) -> "np.ndarray[tuple[int], np.dtype[Any]]":
    """The column with 0 where it is null."""
    numbers = table.column(column).combine_chunks()
    return np.asarray(pc.if_else(pc.is_null(numbers), pa.scalar(0, numbers.type), numbers))
