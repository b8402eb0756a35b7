"""growth_maps(): how the figures of many codes grew, period by period, as a heat map and the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.model.codelist import Code
from publisher.publication.cells import SiteTable
from publisher.publication.chart import Growth, HeatRow, heat
from publisher.publication.profile.all import Profiles
from publisher.publication.profile.codes import ProfileCodes
from publisher.publication.profile.figures import (
    figures_over_time,
    growth_between,
    growth_words,
    previous,
    year_before,
)
from publisher.publication.profile.room import ROOMS
from publisher.publication.tables.chart_figure import ChartFigure, ChartLine
from publisher.publication.tables.display import short_name
from publisher.publication.words import Words

MOST_ROWS = 40
ENOUGH_YEARS = 6  # columns that can be compared with the year before; with fewer, on the period before
MOST_MAPS = 2  # a page: imports and exports


def growth_maps(
    profiles: Profiles,
    codes: ProfileCodes,
    members: Sequence[Code],
    *,
    below: str = "",
    most: int = ROOMS[0].columns,
) -> tuple[ChartFigure, ...]:
    """Of the first tables that show the members; `below`: the code that they lie below; `most` columns. Tables with
    noise only where there is no other. None for fewer than two members or more than MOST_ROWS."""
    if not 2 <= len(members) <= MOST_ROWS or not most:
        return ()
    wanted = {code.code for code in members}
    tables = [table for table in codes.tables if len(wanted & codes.of_table[table.id]) > 1 and len(table.parts) > 2]
    exact = [table for table in tables if not table.described.noisy]
    chosen = (exact or tables)[:MOST_MAPS]
    return tuple(_map(profiles, codes, table, members, below, most) for table in chosen)


@dataclass(frozen=True)
class _Grown:
    """One code's growth in each column, and what is said of each."""

    name: str
    code: str
    growths: tuple[Growth, ...]
    said: tuple[str, ...]


def _map(
    profiles: Profiles, codes: ProfileCodes, table: SiteTable, members: Sequence[Code], below: str, most: int
) -> ChartFigure:
    words, (columns, years) = profiles.words, _columns(codes.cells.periods(table.series), most)
    labels = tuple(words.period(period) for period in columns)
    grown = [
        _grown(profiles, codes, table, code, columns, years=years)
        for code in members
        if code.code in codes.of_table[table.id]
    ]
    rows = [HeatRow(one.name, one.code, one.growths) for one in grown]
    title, measure = words.own(table.described.title), words.own(table.described.measures[0].title)
    dimension = table.described.dimensions[table.dimension(codes.column(table))]
    return ChartFigure(
        heat(
            f"{table.id}-growth",
            _title(title, measure.lower(), words, years=years),
            _description(len(rows), labels, words),
            rows,
            labels,
            words,
        ),
        table.described.noisy,
        f"{table.id}-growth{'-' if below else ''}{below}",
        profiles.source(table.described.title, f"{codes.kind.folder}/{below or 'index'}.html"),
        head=(words.own(dimension.title), *labels),
        lines=tuple(ChartLine(one.name, one.code, one.said) for one in grown),
    )


def _columns(periods: Sequence[str], most: int) -> tuple[Sequence[str], bool]:
    """The last ones that can be compared with the year before, where that is enough of them (True); else with the
    period before."""
    with_year = [period for period in periods if year_before(period) in periods]
    if len(with_year) >= ENOUGH_YEARS:
        return with_year[-most:], True
    return periods[1:][-most:], False


def _grown(
    profiles: Profiles, codes: ProfileCodes, table: SiteTable, code: Code, columns: Sequence[str], *, years: bool
) -> _Grown:
    growths = _growths(codes, table, code.code, columns, years=years)
    name = short_name(profiles.name(codes.kind.codelist, code))
    return _Grown(name, code.code, growths, tuple(_said(growth, table, profiles.words) for growth in growths))


def _growths(
    codes: ProfileCodes, table: SiteTable, code: str, columns: Sequence[str], *, years: bool
) -> tuple[Growth, ...]:
    figures = figures_over_time(codes.cells, codes.rows(table, code), table.described.measures[0])
    wanted = (place for place, figure in enumerate(figures) if figure.period in columns)
    return tuple(growth_between(previous(figures, place, year=years), figures[place]) for place in wanted)


def _said(growth: Growth, table: SiteTable, words: Words) -> str:
    """In the table: in place of a growth the reason why there is none."""
    if growth.kind == "hidden":
        return words.gettext("not shown")
    if growth.kind == "undefined":
        return words.gettext("from about zero")
    return growth_words(growth, words, about=table.described.noisy)


def _description(rows: int, labels: Sequence[str], words: Words) -> str:
    return words.gettext(
        "One row a code (%(rows)s), one column a period (%(columns)s, %(first)s to %(last)s). The table after the "
        "chart has all of it.",
        rows=words.number(rows),
        columns=words.number(len(labels)),
        first=labels[0],
        last=labels[-1],
    )


def _title(table: str, measure: str, words: Words, *, years: bool) -> str:
    if years:
        return words.gettext("%(table)s: change in %(measure)s from a year before", table=table, measure=measure)
    return words.gettext("%(table)s: change in %(measure)s from the period before", table=table, measure=measure)
