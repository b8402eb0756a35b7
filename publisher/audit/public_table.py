"""One published table, read from its Parquet file and held against its CSV twin."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from publisher.audit.description import MeasureEntry, TableEntry
from publisher.audit.tree import Integers, Tree, UnreadableError
from publisher.model.codelist import TOTAL

Flags = npt.NDArray[np.bool_]
Column: TypeAlias = "pa.ChunkedArray[Any]"
SHOWN = {"suppression": (("A", "F"), ("P", "F")), "dp": (("E", "F"),), "band": (("E", "F"),)}
HIDDEN = {"suppression": (("Q", "C"),), "dp": (("U", "C"), ("Q", "C")), "band": ()}


@dataclass(frozen=True)
class Numbers:
    """Whole numbers in 1/10**decimals units, one a row; `given` tells where there is one (0 elsewhere)."""

    whole: Integers = field(repr=False)
    given: Flags = field(repr=False)


@dataclass(frozen=True)
class PublicTable:
    """Rows of one table as any reader has them.

    nodes   int64[rows, dimensions]   node of each dimension's Tree
    hidden  measure id -> bool[rows]  the number is null
    numbers, lower, upper             measure id -> Numbers
    """

    entry: TableEntry
    period: str
    trees: tuple[Tree, ...]
    nodes: Integers = field(repr=False)
    hidden: Mapping[str, Flags] = field(repr=False)
    numbers: Mapping[str, Numbers] = field(repr=False)
    lower: Mapping[str, Numbers] = field(repr=False)
    upper: Mapping[str, Numbers] = field(repr=False)

    @property
    def rows(self) -> int:
        return len(self.nodes)

    def codes(self, row: int) -> tuple[str, ...]:
        """(table, period, code of each dimension): how a finding names a cell."""
        places = zip(self.trees, self.nodes[row], strict=True)
        return (self.entry.id, self.period, *(tree.codes[int(node)] for tree, node in places))

    def non_total(self, row: int) -> frozenset[tuple[str, str]]:
        """(column, code) of every dimension that is not its total: the cell's identity in any table."""
        columns = (dimension.column for dimension in self.entry.dimensions)
        pairs = zip(columns, self.codes(row)[2:], strict=True)
        return frozenset((column, code) for column, code in pairs if code != TOTAL)


def read_table(folder: Path, entry: TableEntry, trees: tuple[Tree, ...], period: str) -> PublicTable:
    """Raises UnreadableError where the two files do not hold one and the same well-formed table."""
    place = f"data/{entry.id}.parquet"
    try:
        table = pq.read_table(folder / place, use_threads=False, memory_map=False)
    except (OSError, pa.ArrowException) as broken:
        raise UnreadableError(place, f"cannot be read ({type(broken).__name__})") from broken
    _check_columns(place, entry, table)
    _compare_csv(folder, entry, table)
    nodes = np.column_stack(
        [_nodes(place, entry, table, number, tree) for number, tree in enumerate(trees)]
        or [np.zeros((table.num_rows, 0), dtype=np.int64)]
    )
    if table.num_rows and not pc.all(pc.equal(_text(table, "time_period"), pa.scalar(period))).as_py():
        raise UnreadableError(place, "has rows of another time_period")
    numbers = {m.id: _numbers(place, table, m.id, m) for m in entry.measures}
    lower = {m.id: _numbers(place, table, f"{m.id}_lower", m) for m in entry.measures}
    upper = {m.id: _numbers(place, table, f"{m.id}_upper", m) for m in entry.measures}
    hidden = {m.id: ~numbers[m.id].given for m in entry.measures}
    _check_order(place, nodes, trees)
    _check_statuses(place, entry, table, hidden)
    return PublicTable(entry, period, trees, nodes, hidden, numbers, lower, upper)


def expected_columns(entry: TableEntry) -> tuple[str, ...]:
    dimensions = [dimension.column for dimension in entry.dimensions]
    measures = [measure.id for measure in entry.measures]
    bounds = [f"{measure}_{end}" for measure in measures for end in ("lower", "upper")]
    levels = [f"{column}_level" for column in dimensions]
    statuses = [f"{prefix}{kind}_status" for prefix in _prefixes(entry) for kind in ("obs", "conf")]
    return ("time_period", *dimensions, *levels, *measures, *bounds, *statuses)


def _prefixes(entry: TableEntry) -> dict[str, list[MeasureEntry]]:
    """What the names of status columns begin with, and the measures that they are about; "" for those of the row."""
    prefixes: dict[str, list[MeasureEntry]] = {"": [m for m in entry.measures if not m.own_status]}
    return prefixes | {f"{m.id}_": [m] for m in entry.measures if m.own_status}


def _check_columns(place: str, entry: TableEntry, table: pa.Table) -> None:
    if sorted(table.column_names) != sorted(expected_columns(entry)):
        raise UnreadableError(place, "does not have exactly the columns that metadata/tables.json announces")
    for measure in entry.measures:
        wanted = pa.int64() if measure.decimals == 0 else pa.float64()
        if any(table.schema.field(f"{measure.id}{end}").type != wanted for end in ("", "_lower", "_upper")):
            raise UnreadableError(place, f"column {measure.id} or a bound of it is not of type {wanted}")


def _text(table: pa.Table, column: str) -> Column:
    return table.column(column).cast(pa.string())


def _nodes(place: str, entry: TableEntry, table: pa.Table, number: int, tree: Tree) -> Integers:
    """Codes to nodes; checks the level column beside them."""
    column = entry.dimensions[number].column
    found = pc.index_in(_text(table, column), value_set=pa.array(tree.codes, pa.string()))
    if found.null_count:
        raise UnreadableError(place, f"column {column} has a code that the published codelist does not have")
    nodes: Integers = found.to_numpy().astype(np.int64)
    level = pc.index_in(_text(table, f"{column}_level"), value_set=pa.array(tree.levels, pa.string()))
    if level.null_count or not np.array_equal(level.to_numpy(), np.asarray(tree.level_of)[nodes]):
        raise UnreadableError(place, f"column {column}_level contradicts the published codelist")
    return nodes


def _numbers(place: str, table: pa.Table, column: str, measure: MeasureEntry) -> Numbers:
    """Whole units of one number column. A float must be the nearest one to a whole number of units."""
    data = table.column(column).combine_chunks()
    given = np.asarray(pc.is_valid(data).to_numpy(zero_copy_only=False), dtype=np.bool_)
    raw = data.fill_null(0).to_numpy(zero_copy_only=False)
    if measure.decimals == 0:
        return Numbers(raw.astype(np.int64), given)
    scale = 10**measure.decimals
    if not np.all(np.isfinite(raw)) or np.any(np.abs(raw) * scale >= 2**62):
        raise UnreadableError(place, f"column {column} has a number that is not finite or too large")
    whole = np.rint(raw * scale).astype(np.int64)
    if not np.array_equal(whole / scale, raw):
        raise UnreadableError(place, f"column {column} has more than {measure.decimals} decimals")
    return Numbers(whole, given)


def _check_order(place: str, nodes: Integers, trees: tuple[Tree, ...]) -> None:
    """Rows sorted by code tell nothing; any other order could tell sizes. Also refuses a cell that stands twice.

    Two orders of one dimension are known: by node (level, then code) and by the bare text of the code.
    """
    by_text = [np.argsort(np.argsort(np.asarray(tree.codes, dtype=str))) for tree in trees]
    texts = np.column_stack([rank[nodes[:, i]] for i, rank in enumerate(by_text)]) if trees else nodes
    if not _increases(nodes) and not _increases(texts):
        raise UnreadableError(place, "is not sorted by its dimensions, or has a cell twice")


def _increases(rows: Integers) -> bool:
    """Whether rows increase strictly, first column first."""
    if len(rows) < 2:
        return True
    step = np.diff(rows, axis=0)
    first = (step != 0).argmax(axis=1) if step.shape[1] else np.zeros(0, dtype=np.int64)
    return bool(step.shape[1] and np.all(step[np.arange(len(step)), first] > 0))


def _check_statuses(place: str, entry: TableEntry, table: pa.Table, hidden: Mapping[str, Flags]) -> None:
    """Hidden numbers are null and carry a hidden cell's codes, shown ones the opposite: those of the row, unless the
    measure has codes of its own. A number is not shown where the one that it shadows is hidden."""
    for prefix, measures in _prefixes(entry).items():
        if not measures or (prefix and entry.method != "suppression"):
            raise UnreadableError(place, "has status columns for no measure, or for one measure of a noisy table")
        away = hidden[measures[0].id]
        for measure in measures:
            if not np.array_equal(hidden[measure.id], away):
                raise UnreadableError(place, f"a hidden cell is not null in every measure ({measure.id} differs)")
        _check_codes(place, entry, table, prefix, away)
    for measure in entry.measures:
        _check_measure(place, entry, table, measure, hidden)


def _check_codes(place: str, entry: TableEntry, table: pa.Table, prefix: str, hidden: Flags) -> None:
    obs, conf = (_text(table, f"{prefix}{kind}_status").to_pylist() for kind in ("obs", "conf"))
    for row, pair in enumerate(zip(obs, conf, strict=True)):
        if pair not in (HIDDEN if hidden[row] else SHOWN)[entry.method]:
            raise UnreadableError(place, "a cell's obs_status and conf_status do not fit what the cell shows")


def _check_measure(
    place: str, entry: TableEntry, table: pa.Table, measure: MeasureEntry, hidden: Mapping[str, Flags]
) -> None:
    if entry.method == "suppression":
        ends = [table.column(f"{measure.id}_{end}").is_valid().to_numpy() for end in ("lower", "upper")]
        if any(np.any(given & ~hidden[measure.id]) for given in ends):
            raise UnreadableError(place, f"a shown cell has an interval ({measure.id})")
    if np.any(hidden.get(measure.shadows or measure.id, hidden[measure.id]) & ~hidden[measure.id]):
        raise UnreadableError(place, f"a number is shown where the one that it shadows is hidden ({measure.id})")


def _compare_csv(folder: Path, entry: TableEntry, table: pa.Table) -> None:
    """CSV and Parquet are the same rows, in the same order, with the same numbers."""
    place = f"data/{entry.id}.csv"
    names = table.column_names
    options = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
    )
    try:
        twin = pa_csv.read_csv(folder / place, pa_csv.ReadOptions(use_threads=False), None, options)
    except (OSError, pa.ArrowException) as broken:
        raise UnreadableError(place, f"cannot be read ({type(broken).__name__})") from broken
    if twin.column_names != names or twin.num_rows != table.num_rows:
        raise UnreadableError(place, "does not have the columns and the number of rows of the Parquet file")
    for column, measure in _number_columns(entry):
        if not _same_numbers(twin.column(column), table.column(column), measure.decimals):
            raise UnreadableError(place, f"column {column} differs from the Parquet file")
    for column in set(names) - {name for name, _ in _number_columns(entry)}:
        if not twin.column(column).equals(_text(table, column)):
            raise UnreadableError(place, f"column {column} differs from the Parquet file")


def _number_columns(entry: TableEntry) -> Iterator[tuple[str, MeasureEntry]]:
    for measure in entry.measures:
        yield from ((f"{measure.id}{end}", measure) for end in ("", "_lower", "_upper"))


def _same_numbers(texts: Column, numbers: Column, decimals: int) -> bool:
    """Text of at most `decimals` decimals that means the same whole number of units (exact below 2**53)."""
    form = rf"^-?[0-9]{{1,18}}(\.[0-9]{{1,{decimals}}})?$" if decimals else r"^-?[0-9]{1,18}$"
    matches = pc.match_substring_regex(texts, form)
    if not pc.all(matches, min_count=0).as_py() or not texts.is_null().equals(numbers.is_null()):
        return False
    if decimals == 0:
        return bool(texts.cast(pa.int64()).equals(numbers))
    given = texts.drop_null().cast(pa.float64()).to_numpy()
    theirs = numbers.drop_null().to_numpy()
    return bool(np.array_equal(np.rint(given * 10**decimals), np.rint(theirs * 10**decimals)))
