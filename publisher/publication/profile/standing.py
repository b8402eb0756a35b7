"""Where a code stands among the codes of its level, by figures that are shown and exact."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from publisher.publication.cells import SiteTable


@dataclass(frozen=True)
class Standing:
    """`place`: one more than there are larger figures shown. `shown` and `hidden` count the level's figures."""

    place: int
    shown: int
    hidden: int


@dataclass(frozen=True)
class LevelFigures:
    """The newest figures of a level: `values` of those shown, ascending."""

    values: np.ndarray
    hidden: int

    def standing(self, value: int) -> Standing:
        larger = len(self.values) - int(np.searchsorted(self.values, value, side="right"))
        return Standing(1 + larger, len(self.values), self.hidden)


def levels_of(table: SiteTable, column: str) -> Mapping[str, LevelFigures]:
    """Level of the dimension -> its figures in the newest period, by the first measure, all else total.

    Nothing for a table with noise, whose order is not that of the numbers, and for a quantile.
    """
    measure = table.described.measures[0]
    if table.described.noisy or measure.is_quantile:
        return {}
    numbers, found = table.numbers[measure.id], dict[str, LevelFigures]()
    rows = table.in_period(np.arange(table.rows), max(table.parts))
    rows = table.all_total(rows, except_for=[column])
    for level in table.newest.described.dimensions[table.dimension(column)].levels:
        at_level = table.at_level(rows, column, level)
        shown = numbers.shown[at_level]
        found[level] = LevelFigures(np.sort(numbers.value[at_level[shown]]), int(np.count_nonzero(~shown)))
    return found
