"""The largest figures of one code along another dimension, in one period. Every one is a published cell."""

from dataclasses import dataclass

from publisher.publication.cells import SiteCells
from publisher.publication.cells.site_cells import SliceRows
from publisher.publication.margins import READABLE_CODES
from publisher.publication.profile_figures import Figure, figure_of
from publisher.publication.public_cells import PublicDimension

MOST = 10


@dataclass(frozen=True)
class Ranks:
    """Largest first, ties by code: (code, figure). `hidden`: how many of the level are not shown."""

    dimension: PublicDimension
    level: str
    period: str
    largest: tuple[tuple[str, Figure], ...]
    hidden: int


def ranks(cells: SiteCells, rows: SliceRows, dimension: PublicDimension) -> Ranks | None:
    """By the table's first measure, in its newest edition. None where nothing is shown there."""
    table, part, level = rows.table, rows.table.newest, readable_level(cells, dimension)
    if level is None:
        return None
    period, measure = part.edition.period, table.described.measures[0]
    found = [
        (table.code_of(dimension.column, row), figure_of(table, part.described, measure, period, row))
        for row in rows.along(dimension.column, level, period)
    ]
    shown = [(code, figure) for code, figure in found if figure.has_number and figure.value > 0]
    shown.sort(key=lambda each: (-each[1].value, each[0]))
    hidden = sum(figure.kind == "hidden" for _, figure in found)
    return Ranks(dimension, level, period, tuple(shown[:MOST]), hidden) if shown else None


def readable_level(cells: SiteCells, dimension: PublicDimension) -> str | None:
    """The finest level of the dimension that has between 2 and READABLE_CODES codes in its codelist."""
    codes = cells.codelists.get(dimension.codelist, {})
    sizes = {level: sum(code.level == level for code in codes.values()) for level in dimension.levels}
    fitting = [level for level in dimension.levels if 1 < sizes[level] <= READABLE_CODES]
    return fitting[-1] if fitting else None
