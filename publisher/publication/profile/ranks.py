"""The largest figures of one code along another dimension, in one period. Every one is a published cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from publisher.publication.cells.site_cells import SliceRows
from publisher.publication.profile.figures import Figure, figure_of, year_before
from publisher.publication.public_cells import PublicDimension


@dataclass(frozen=True)
class Ranks:
    """Largest first, ties by code: (code, figure). `rows`: how many the level has, `hidden`: how many are not shown.

    `before`: figures of the same codes in the period `since`, a year before; "" where there is none.
    """

    dimension: PublicDimension
    level: str
    period: str
    largest: tuple[tuple[str, Figure], ...]
    rows: int
    hidden: int
    since: str
    before: Mapping[str, Figure]


def ranks(rows: SliceRows, dimension: PublicDimension, level: str, most: int) -> Ranks | None:
    """The `most` largest by the table's first measure, in its newest edition. None where nothing above zero is shown
    there."""
    table = rows.table
    period, since = max(table.parts), year_before(max(table.parts))
    numbers, found = (
        table.numbers[table.described.measures[0].id],
        np.asarray(rows.along(dimension.column, level, period)),
    )
    if not len(found):
        return None
    counted = found[numbers.shown[found] & (numbers.value[found] > 0)]
    if not len(counted):
        return None
    first = counted[np.argsort(-numbers.value[counted], kind="stable")[:most]]
    largest = _figures(rows, dimension.column, period, first.tolist())
    before = _of_codes(rows, dimension.column, level, since, largest) if since in table.parts else {}
    hidden = int(np.count_nonzero(~numbers.shown[found]))
    return Ranks(
        dimension, level, period, tuple(largest.items()), len(found), hidden, since if before else "", before
    )


def _of_codes(
    rows: SliceRows, column: str, level: str, period: str, codes: Mapping[str, Figure]
) -> Mapping[str, Figure]:
    along = rows.along(column, level, period)
    return _figures(rows, column, period, [row for row in along if rows.table.code_of(column, row) in codes])


def _figures(rows: SliceRows, column: str, period: str, at: Sequence[int]) -> dict[str, Figure]:
    """Code -> figure, by the newest edition's first measure as that of the period has it; nothing if it has none."""
    table, described = rows.table, rows.table.parts[period].described
    wanted = table.described.measures[0].id
    return {
        table.code_of(column, row): figure_of(table, described, measure, period, row)
        for measure in described.measures
        if measure.id == wanted
        for row in at
    }
