"""Plausibility: simple rules that point an approver at figures that may be wrong. A flag is a question, no verdict.

They read published figures alone, of this edition and of one before it. Thresholds stand here with their reason; none
is a protection rule, and a flag may be explained away by whoever knows the trade.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from publisher.publication.cell_names import Names, cell_words
from publisher.publication.lifecycle.change_lines import percent
from publisher.publication.lifecycle.changes import Change, MeasureChanges, TableChanges
from publisher.publication.numbers import grouped
from publisher.publication.tables.totals import Total

TOTAL_MOVED = Fraction(
    1, 2
)  # from period to period: seasons move a total by a fifth; a lost or doubled office by more
TOTAL_REVISED = Fraction(1, 20)  # from version to version: late declarations seldom add more than a twentieth
SERIES_SHARE = Fraction(1, 100)  # of the total: what is that large does not stop trading from one period to the next
UNIT_VALUE_FACTOR = 3  # price per kilogram: a wrong unit (pounds, grams, thousands) moves it by more than twice
UNIT_VALUE_SHARE = Fraction(1, 1000)  # of the total: small cells have wild prices
PATTERN_SHARE = Fraction(1, 10)  # of the cells in both: a pattern that jumps is a changed rule or wrong data
ALIKE_CELLS = 20  # so many shown figures are never all the same in two periods
NAMED = 3  # cells named by each flag


@dataclass(frozen=True)
class Flag:
    """`question` is a sentence; `cells` name where."""

    table: str
    question: str
    cells: tuple[str, ...] = ()


def total_flags(
    title: str, before: Sequence[Total], now: Sequence[Total], since: str, limit: Fraction
) -> Iterator[Flag]:
    """What happened to the grand totals since `since`, in words."""
    old = {total.measure.id: total for total in before}
    for total in now:
        then = old.get(total.measure.id)
        if then is None or not then.has_number:
            continue
        name = total.measure.title
        if not total.has_number:
            yield Flag(title, f"{name}: the total is {total.told()}; it was shown in {since}.")
        elif then.value and total.value == 0:
            yield Flag(title, f"{name}: the total is zero; it was not in {since}.")
        elif _moved(then, total, limit):
            words = percent(then.value, total.value)
            yield Flag(
                title, f"{name}: the total moved by {words} since {since} (asked above {percent_words(limit)})."
            )


def _moved(then: Total, now: Total, limit: Fraction) -> bool:
    """By more than the limit; of noisy totals the nearest ends of their intervals."""
    apart = max(now.lower - then.upper, then.lower - now.upper, 0)
    return apart > abs(then.value) * limit


def percent_words(share: Fraction) -> str:
    """1/20 -> "5 %" """
    return f"{grouped(round(share * 100))} %"


def cell_flags(table: TableChanges, names: Names, since: str) -> Iterator[Flag]:
    """Questions about single cells of a table that is exact in both editions, and about the table as a whole."""
    both = table.compared
    if both is None:
        return
    if both.old.rows and not both.new.rows:
        yield Flag(table.table.title, f"The table is empty; it was not in {since}.")
        return
    if not table.table.noisy:
        for measure in table.measures:
            yield from _series_flags(table, measure, names, since)
        yield from _unit_value_flags(table, names, since)
        yield from _pattern_flag(table, since)


def alike_flag(table: TableChanges, since: str) -> Iterator[Flag]:
    """Of two periods: all figures the same is a file that was taken in twice."""
    unchanged = sum(int((m.old.shown & m.new.shown & (m.old.value == m.new.value)).sum()) for m in table.measures)
    if not table.table.noisy and unchanged >= ALIKE_CELLS and not table.changed:
        yield Flag(
            table.table.title, f"Every figure is the same as in {since}. Were the same declarations taken in twice?"
        )


def _series_flags(table: TableChanges, measure: MeasureChanges, names: Names, since: str) -> Iterator[Flag]:
    """A large cell that fell to zero, or came out of nothing."""
    if measure.measure.is_quantile:
        return
    old, new = measure.old, measure.new
    zero_now = np.isin(measure.kind, _codes(Change.REMOVED)) | (new.shown & (new.value == 0))
    zero_then = np.isin(measure.kind, _codes(Change.ADDED)) | (old.shown & (old.value == 0))
    for where, numbers, words in (
        (zero_now & old.shown, old, f"fell to zero since {since}"),
        (zero_then & new.shown, new, f"came out of nothing since {since}"),
    ):
        least = int(numbers.value.max(initial=0)) * SERIES_SHARE
        found = np.flatnonzero(where & (numbers.value > 0) & (numbers.value >= float(least)))
        found = found[np.argsort(-numbers.value[found], kind="stable")]
        if len(found):
            what = "1 large cell" if len(found) == 1 else f"{grouped(len(found))} large cells"
            text = f"{measure.measure.title}: {what} {words} ({percent_words(SERIES_SHARE)} of the largest or more)."
            yield Flag(table.table.title, text, _named(table, names, found))


def _unit_value_flags(table: TableChanges, names: Names, since: str) -> Iterator[Flag]:
    """Value per unit of a quantity that jumped. Floating point: it only asks."""
    values = [measure for measure in table.measures if measure.measure.is_value]
    quantities = [measure for measure in table.measures if measure.measure.is_quantity]
    for value, quantity in ((value, quantity) for value in values for quantity in quantities):
        shown = value.old.shown & value.new.shown & quantity.old.shown & quantity.new.shown
        positive = (quantity.old.value > 0) & (quantity.new.value > 0) & (value.old.value > 0) & (value.new.value > 0)
        large = value.new.value >= int(value.new.value.max(initial=0)) * float(UNIT_VALUE_SHARE)
        cells = np.flatnonzero(shown & positive & large)
        jump = _ratio(value.new.value, quantity.new.value, cells) / _ratio(value.old.value, quantity.old.value, cells)
        size = np.maximum(jump, 1 / jump)
        found = cells[size > UNIT_VALUE_FACTOR][np.argsort(-size[size > UNIT_VALUE_FACTOR], kind="stable")]
        if len(found):
            what = "1 cell" if len(found) == 1 else f"{grouped(len(found))} cells"
            text = (
                f"{value.measure.title} per {quantity.measure.unit} of {quantity.measure.title.lower()} moved more "
                f"than {UNIT_VALUE_FACTOR}-fold in {what} since {since}. A wrong unit?"
            )
            yield Flag(table.table.title, text, _named(table, names, found))


def _pattern_flag(table: TableChanges, since: str) -> Iterator[Flag]:
    both = table.compared
    common = int(((both.old_row >= 0) & (both.new_row >= 0)).sum()) * len(table.measures) if both else 0
    moved = table.count(Change.HIDDEN) + table.count(Change.SHOWN)
    if moved > common * PATTERN_SHARE:
        yield Flag(
            table.table.title,
            f"{grouped(moved)} of {grouped(common)} figures changed between shown and not shown since {since}.",
        )


def _ratio(value: np.ndarray, quantity: np.ndarray, cells: np.ndarray) -> np.ndarray:
    return np.asarray(value[cells].astype(np.float64) / quantity[cells].astype(np.float64))


def _codes(kind: Change) -> list[int]:
    return [list(Change).index(kind)]


def _named(table: TableChanges, names: Names, cells: np.ndarray) -> tuple[str, ...]:
    if table.compared is None:
        return ()
    codes = zip(*(column.to_pylist() for column in table.compared.codes(cells[:NAMED])), strict=True)
    return tuple(
        ", ".join(
            f"{word.name} ({word.code})" if word.code else word.name for word in cell_words(table.table, names, c)
        )
        for c in codes
    )
