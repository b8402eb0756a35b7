"""Changed cells as people read them: the largest revisions, and the first few of what else happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from publisher.publication.cell_names import CodeWord, Names, cell_words
from publisher.publication.lifecycle.changes import LISTED, Change, MeasureChanges, TableChanges
from publisher.publication.lifecycle.compared import Compared
from publisher.publication.numbers import MINUS
from publisher.publication.public_cells import Numbers, PublicMeasure
from publisher.publication.words import ENGLISH, Words

LARGEST, FIRST = 8, 4  # lines a measure: of revisions, and of each other kind


@dataclass(frozen=True)
class ChangeLine:
    """One number that changed. `before` and `now` are words where no number stands there; `blank`: which of them says
    that it is not shown."""

    cell: tuple[CodeWord, ...]
    figure: str
    unit: str
    change: str
    before: str
    now: str
    difference: str
    blank: Literal["", "before", "now"] = ""


def change_lines(table: TableChanges, names: Names, words: Words = ENGLISH) -> tuple[ChangeLine, ...]:
    """At most LARGEST revisions and FIRST of each other kind, a measure. No number of a cell no longer shown."""
    if table.compared is None:
        return ()
    both = table.compared
    return tuple(
        line
        for kind in LISTED
        for measure in table.measures
        for line in _lines(table, both, measure, kind, names, words)
    )


def movements(table: TableChanges, names: Names, count: int) -> tuple[ChangeLine, ...]:
    """The `count` numbers of each measure that moved most, shown in both; the grand total aside."""
    if table.compared is None:
        return ()
    found: list[ChangeLine] = []
    for measure in table.measures:
        cells = largest(measure, measure.cells(Change.REVISED), count + 1)
        lines = _lines_of(table, table.compared, measure, Change.REVISED, cells, names, ENGLISH)
        found += [line for line in lines if any(word.code for word in line.cell)][:count]
    return tuple(found)


def _lines(
    table: TableChanges, both: Compared, measure: MeasureChanges, kind: Change, names: Names, words: Words
) -> Iterator[ChangeLine]:
    cells = measure.cells(kind)
    chosen = largest(measure, cells, LARGEST) if kind == Change.REVISED else cells[:FIRST]
    yield from _lines_of(table, both, measure, kind, chosen, names, words)


def _lines_of(
    table: TableChanges,
    both: Compared,
    measure: MeasureChanges,
    kind: Change,
    cells: np.ndarray,
    names: Names,
    words: Words,
) -> Iterator[ChangeLine]:
    codes = zip(*(column.to_pylist() for column in both.codes(cells)), strict=True) if len(cells) else ()
    for cell, named in zip(cells.tolist(), codes, strict=True):
        before, now, difference = _numbers(measure, kind, cell, words, noisy=table.table.noisy)
        yield ChangeLine(
            cell_words(table.table, names, named, words),
            words.own(measure.measure.title),
            words.own(measure.measure.unit),
            change_kind(kind, words),
            before,
            now,
            difference,
            _BLANK.get(kind, ""),
        )


_BLANK: Mapping[Change, Literal["before", "now"]] = {Change.SHOWN: "before", Change.HIDDEN: "now"}


def change_kind(kind: Change, words: Words = ENGLISH) -> str:
    """What happened to a number, as pages say it."""
    return {
        Change.UNCHANGED: words.gettext("unchanged"),
        Change.WITHIN: words.gettext("within the margins"),
        Change.ADDED: words.gettext("added"),
        Change.REMOVED: words.gettext("removed"),
        Change.REVISED: words.gettext("revised"),
        Change.HIDDEN: words.gettext("no longer shown"),
        Change.SHOWN: words.gettext("newly shown"),
    }[kind]


def largest(measure: MeasureChanges, cells: np.ndarray, count: int) -> np.ndarray:
    """Those of the cells, shown in both, whose number moved most; largest first, equals in the table's order."""
    moved = np.abs(measure.new.value[cells] - measure.old.value[cells])
    return cells[np.argsort(-moved, kind="stable")[:count]]


def _numbers(measure: MeasureChanges, kind: Change, cell: int, words: Words, *, noisy: bool) -> tuple[str, str, str]:
    """Before, now, difference."""
    no_row, not_shown = words.gettext("no row") if noisy else "0", words.gettext("not shown")

    def told(numbers: Numbers) -> str:
        return number_words(measure.measure, numbers, cell, words)

    if kind == Change.HIDDEN:
        return words.gettext("number not repeated"), not_shown, ""
    if kind == Change.SHOWN:
        return not_shown, told(measure.new), ""
    if kind == Change.ADDED:
        return no_row, told(measure.new), ""
    if kind == Change.REMOVED:
        return told(measure.old), no_row, ""
    before, now = int(measure.old.value[cell]), int(measure.new.value[cell])
    return told(measure.old), told(measure.new), difference_words(before, now, measure.measure.decimals, words)


def number_words(measure: PublicMeasure, numbers: Numbers, row: int, words: Words = ENGLISH) -> str:
    """ "1,234", "1,204 ± 13", "17 (95 %: 12 to 40)", or "not shown"."""
    if not numbers.shown[row]:
        return words.gettext("not shown")
    value, lower, upper = (int(column[row]) for column in (numbers.value, numbers.lower, numbers.upper))
    text = words.number(value, measure.decimals)
    if lower == value == upper:
        return text
    if measure.is_quantile:
        return words.gettext(
            "%(number)s (95 %%: %(lower)s to %(upper)s)",
            number=text,
            lower=words.number(lower, measure.decimals),
            upper=words.number(upper, measure.decimals),
        )
    return f"{text} ± {words.number(max(value - lower, upper - value), measure.decimals)}"


def difference_words(before: int, now: int, decimals: int, words: Words = ENGLISH) -> str:
    """ "+1,234 (+3.4 %)"; no share of a number that was zero."""
    moved = now - before
    text = ("+" if moved > 0 else "") + words.number(moved, decimals)
    return f"{text} ({percent(before, now, words)})" if before else text


def percent(before: int, now: int, words: Words = ENGLISH) -> str:
    """ "+3.4 %" of `before`, which is not zero. Less than a twentieth of a per cent is said so."""
    tenths = round(Fraction((now - before) * 1000, abs(before)))
    if tenths == 0:
        return words.gettext("less than 0.1 %%") if now != before else words.percent(0)
    return f"{'+' if tenths > 0 else MINUS}{words.percent(abs(tenths))}"
