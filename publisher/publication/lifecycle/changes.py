"""changes(): what differs between two editions of one period. From their published files, and nothing else.

A cell that is no longer shown is named without a number. The older edition keeps the number it showed, but nothing
made today repeats it. A figure with noise counts as changed only where its 95 % interval and the older one have no
number in common, so that the figures differ by more than both margins together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from publisher.errors import ReleaseError
from publisher.publication.lifecycle.compared import Compared, compare
from publisher.publication.public_cells import (
    Described,
    Numbers,
    PublicEdition,
    PublicMeasure,
    read_cells,
    read_edition,
)
from publisher.publication.tables.published import exact_numbers

NotCompared = Literal[
    "",
    "not in the newer edition",
    "not in the older edition",
    "protected in another way than before, so its figures cannot be compared",
    "made with other columns than before, so its cells cannot be compared",
]


class Change(StrEnum):
    """What happened to one number, in the words of pages and files."""

    UNCHANGED = "unchanged"
    WITHIN = "within the margins"
    ADDED = "added"
    REMOVED = "removed"
    REVISED = "revised"
    HIDDEN = "no longer shown"
    SHOWN = "newly shown"


KINDS = tuple(Change)
LISTED = (Change.REVISED, Change.HIDDEN, Change.SHOWN, Change.ADDED, Change.REMOVED)
_CODE = {kind: code for code, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class MeasureChanges:
    """`kind` is one number a cell of the comparison: a place in KINDS. `old` and `new` are those of the editions."""

    measure: PublicMeasure
    kind: np.ndarray = field(repr=False)
    old: Numbers = field(repr=False)
    new: Numbers = field(repr=False)

    def cells(self, kind: Change) -> np.ndarray:
        """Places of the cells to which this happened."""
        return np.flatnonzero(self.kind == _CODE[kind])

    @property
    def counts(self) -> Mapping[Change, int]:
        found = np.bincount(self.kind, minlength=len(KINDS))
        return {kind: int(found[_CODE[kind]]) for kind in KINDS}


@dataclass(frozen=True)
class TableChanges:
    """One table of both editions. `compared` is None where its cells cannot be compared: `note` says why."""

    table: Described
    note: NotCompared
    compared: Compared | None = field(default=None, repr=False)
    measures: tuple[MeasureChanges, ...] = ()

    def count(self, kind: Change) -> int:
        """Numbers, over all measures."""
        return sum(measure.counts[kind] for measure in self.measures)

    @property
    def changed(self) -> int:
        return sum(self.count(kind) for kind in LISTED)

    def rows(self) -> pa.Table:
        """One row a changed cell: its codes and levels, and for each measure what happened, before and now.

        A number stands only where it is shown today, or where the whole row is gone; one that is no longer shown
        stands nowhere.
        """
        if self.compared is None:
            return pa.table({})
        listed = np.array([_CODE[kind] for kind in LISTED])
        touched = [np.isin(measure.kind, listed) for measure in self.measures]
        cells = np.flatnonzero(np.any([np.zeros(self.compared.cells, dtype=bool), *touched], axis=0))
        names = [dimension.column for dimension in self.table.dimensions]
        columns: dict[str, Any] = dict(zip(names, self.compared.codes(cells), strict=True))
        columns |= dict(zip((f"{name}_level" for name in names), self.compared.levels(cells), strict=True))
        for measure in self.measures:
            columns |= _columns(measure, cells)
        return pa.table(columns)


@dataclass(frozen=True)
class Changes:
    """`old` and `new` are editions of one series and period."""

    old: PublicEdition
    new: PublicEdition
    tables: tuple[TableChanges, ...]

    def count(self, kind: Change) -> int:
        return sum(table.count(kind) for table in self.tables)


def changes(old: Path, new: Path) -> Changes:
    """Compares the public folders of two editions of one period, each table that either has.

    Raises ReleaseError where one was withdrawn or is no edition, or they are of different periods.
    """
    then, now = read_edition(old), read_edition(new)
    if (then.series, then.period) != (now.series, now.period):
        raise ReleaseError(
            f"this is an edition of {now.series}/{now.period}, not of {then.series}/{then.period}.",
            place=str(new),
            remedy="Compare two versions of one period.",
        )
    return Changes(then, now, tuple(compare_tables(then, now)))


def compare_tables(then: PublicEdition, now: PublicEdition) -> list[TableChanges]:
    """The same for any two editions, whatever their periods: tables in the order of the new one."""
    gone = [TableChanges(table, "not in the newer edition") for table in then.tables if table.id not in now.by_id]
    return [*(_table(then, now, table) for table in now.tables), *gone]


def _table(then: PublicEdition, now: PublicEdition, table: Described) -> TableChanges:
    before = then.by_id.get(table.id)
    if before is None:
        return TableChanges(table, "not in the older edition")
    if before.noisy != table.noisy:
        return TableChanges(table, "protected in another way than before, so its figures cannot be compared")
    if _columns_of(before) != _columns_of(table):
        return TableChanges(table, "made with other columns than before, so its cells cannot be compared")
    both = compare(read_cells(then.folder, before), read_cells(now.folder, table))
    return TableChanges(table, "", both, tuple(_measure(both, measure) for measure in table.measures))


def _columns_of(table: Described) -> tuple[object, ...]:
    measures = tuple((m.id, m.unit, m.decimals, m.is_quantile) for m in table.measures)
    return tuple((d.column, d.codelist) for d in table.dimensions), measures


def _measure(both: Compared, measure: PublicMeasure) -> MeasureChanges:
    old, new = both.old_numbers(measure.id), both.new_numbers(measure.id)
    shown = old.shown & new.shown
    apart = (new.lower > old.upper) | (new.upper < old.lower)  # of an exact number: differs
    kind = np.select(
        [
            both.old_row < 0,
            both.new_row < 0,
            old.shown & ~new.shown,
            ~old.shown & new.shown,
            shown & apart,
            shown & (old.value != new.value),
        ],
        [
            _CODE[k]
            for k in (Change.ADDED, Change.REMOVED, Change.HIDDEN, Change.SHOWN, Change.REVISED, Change.WITHIN)
        ],
        _CODE[Change.UNCHANGED],
    )
    return MeasureChanges(measure, kind, old, new)


def _columns(measure: MeasureChanges, cells: np.ndarray) -> dict[str, Any]:
    name, decimals, kind = measure.measure.id, measure.measure.decimals, measure.kind[cells]
    revised = kind == _CODE[Change.REVISED]
    before = (revised | (kind == _CODE[Change.REMOVED])) & measure.old.shown[cells]
    now = (revised | np.isin(kind, [_CODE[Change.ADDED], _CODE[Change.SHOWN]])) & measure.new.shown[cells]
    return {
        f"{name}_change": pa.DictionaryArray.from_arrays(kind.astype(np.int8), pa.array([str(k) for k in KINDS])),
        f"{name}_before": exact_numbers(np.where(before, measure.old.value[cells], 0), ~before, decimals),
        f"{name}_now": exact_numbers(np.where(now, measure.new.value[cells], 0), ~now, decimals),
    }
