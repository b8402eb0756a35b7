"""Changed cells as people read them: the largest revisions, and the first few of what else happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from publisher.publication.cell_names import CodeWord, Names, cell_words
from publisher.publication.changes import LISTED, Change, MeasureChanges, TableChanges
from publisher.publication.compared import Compared
from publisher.publication.numbers import MINUS, grouped
from publisher.publication.public_cells import Numbers, PublicMeasure

LARGEST, FIRST = 8, 4  # lines a measure: of revisions, and of each other kind
NOT_SHOWN, NOT_REPEATED, NO_ROW = "not shown", "number not repeated", "no row"


@dataclass(frozen=True)
class ChangeLine:
    """One number that changed. `before` and `now` are words where no number stands there."""

    cell: tuple[CodeWord, ...]
    figure: str
    unit: str
    change: str
    before: str
    now: str
    difference: str


def change_lines(table: TableChanges, names: Names) -> tuple[ChangeLine, ...]:
    """At most LARGEST revisions and FIRST of each other kind, a measure. No number of a cell no longer shown."""
    if table.compared is None:
        return ()
    both = table.compared
    return tuple(
        line for kind in LISTED for measure in table.measures for line in _lines(table, both, measure, kind, names)
    )


def movements(table: TableChanges, names: Names, count: int) -> tuple[ChangeLine, ...]:
    """The `count` numbers of each measure that moved most, shown in both; the grand total aside."""
    if table.compared is None:
        return ()
    found: list[ChangeLine] = []
    for measure in table.measures:
        cells = largest(measure, measure.cells(Change.REVISED), count + 1)
        lines = _lines_of(table, table.compared, measure, Change.REVISED, cells, names)
        found += [line for line in lines if any(word.code for word in line.cell)][:count]
    return tuple(found)


def _lines(
    table: TableChanges, both: Compared, measure: MeasureChanges, kind: Change, names: Names
) -> Iterator[ChangeLine]:
    cells = measure.cells(kind)
    chosen = largest(measure, cells, LARGEST) if kind == Change.REVISED else cells[:FIRST]
    yield from _lines_of(table, both, measure, kind, chosen, names)


def _lines_of(
    table: TableChanges, both: Compared, measure: MeasureChanges, kind: Change, cells: np.ndarray, names: Names
) -> Iterator[ChangeLine]:
    codes = zip(*(column.to_pylist() for column in both.codes(cells)), strict=True) if len(cells) else ()
    for cell, named in zip(cells.tolist(), codes, strict=True):
        before, now, difference = _numbers(measure, kind, cell, noisy=table.table.noisy)
        yield ChangeLine(
            cell_words(table.table, names, named),
            measure.measure.title,
            measure.measure.unit,
            str(kind),
            before,
            now,
            difference,
        )


def largest(measure: MeasureChanges, cells: np.ndarray, count: int) -> np.ndarray:
    """Those of the cells, shown in both, whose number moved most; largest first, equals in the table's order."""
    moved = np.abs(measure.new.value[cells] - measure.old.value[cells])
    return cells[np.argsort(-moved, kind="stable")[:count]]


def _numbers(measure: MeasureChanges, kind: Change, cell: int, *, noisy: bool) -> tuple[str, str, str]:
    """Before, now, difference."""
    no_row = NO_ROW if noisy else "0"
    if kind == Change.HIDDEN:
        return NOT_REPEATED, NOT_SHOWN, ""
    if kind == Change.SHOWN:
        return NOT_SHOWN, number_words(measure.measure, measure.new, cell), ""
    if kind == Change.ADDED:
        return no_row, number_words(measure.measure, measure.new, cell), ""
    if kind == Change.REMOVED:
        return number_words(measure.measure, measure.old, cell), no_row, ""
    before, now = int(measure.old.value[cell]), int(measure.new.value[cell])
    words = difference_words(before, now, measure.measure.decimals)
    old, new = (number_words(measure.measure, numbers, cell) for numbers in (measure.old, measure.new))
    return old, new, words


def number_words(measure: PublicMeasure, numbers: Numbers, row: int) -> str:
    """ "1,234", "1,204 ± 13", "17 (95 %: 12 to 40)", or "not shown"."""
    if not numbers.shown[row]:
        return NOT_SHOWN
    value, lower, upper = (int(column[row]) for column in (numbers.value, numbers.lower, numbers.upper))
    text = grouped(value, measure.decimals)
    if lower == value == upper:
        return text
    if measure.is_quantile:
        return f"{text} (95 %: {grouped(lower, measure.decimals)} to {grouped(upper, measure.decimals)})"
    return f"{text} ± {grouped(max(value - lower, upper - value), measure.decimals)}"


def difference_words(before: int, now: int, decimals: int) -> str:
    """ "+1,234 (+3.4 %)"; no share of a number that was zero."""
    moved = now - before
    text = ("+" if moved > 0 else "") + grouped(moved, decimals)
    return f"{text} ({percent(before, now)})" if before else text


def percent(before: int, now: int) -> str:
    """ "+3.4 %" of `before`, which is not zero. Less than a twentieth of a per cent is said so."""
    tenths = round(Fraction((now - before) * 1000, abs(before)))
    if tenths == 0:
        return "less than 0.1 %" if now != before else "0.0 %"
    return f"{'+' if tenths > 0 else MINUS}{grouped(abs(tenths), 1)} %"
