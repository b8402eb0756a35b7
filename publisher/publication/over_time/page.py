"""over_time_page(): one table over all its periods, from the cells of the editions that stand. Belongs to the site.

Lines are the total and the upper levels of each dimension with all others total; columns are the newest periods. Each
figure is one published cell: nothing is added up. Which lines there are is decided by codes, never by numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup

from publisher.model.codelist import TOTAL
from publisher.publication.cells import SiteCells, SiteTable
from publisher.publication.contexts import Download, Frame, Link
from publisher.publication.files.dcat import days
from publisher.publication.files.formats import PARQUET
from publisher.publication.files.inline_metadata import described, download, embedded, terms, variable
from publisher.publication.level_names import level_name
from publisher.publication.numbers import size_words
from publisher.publication.over_time.contexts import OverTimeLine, OverTimePage, OverTimeTable
from publisher.publication.over_time.path import over_time_path
from publisher.publication.profile.all import counted
from publisher.publication.profile.figures import figures_over_time
from publisher.publication.profile.table import figure_cell
from publisher.publication.public_cells import PublicDimension, PublicMeasure
from publisher.publication.tables.display import level_words, short_name
from publisher.publication.words import ENGLISH, Words
from publisher.settings import Office

ROOT = "../../"
MOST_PERIODS = 13  # a year and the same period a year before; the file has all
FEWER_PERIODS = (MOST_PERIODS, 7, 3)  # the first that fits a page of bounded size
MOST_LINES = 40  # of a measure: what can be looked through
MOST_CELLS = 1_000  # on a page of bounded size


@dataclass(frozen=True)
class OverTime:
    """What these pages are made from. `files`: (series, table) -> (path, size) of the newest cumulative file."""

    cells: SiteCells
    office: Office
    files: Mapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    words: Words = ENGLISH


@dataclass(frozen=True)
class Place:
    """A line: a code of a dimension, all others total."""

    dimension: PublicDimension
    code: str
    level: str


def over_time_page(told: OverTime, table: SiteTable, most: int = MOST_PERIODS) -> OverTimePage:
    """With the newest `most` periods side by side."""
    words, title = told.words, told.words.own(table.described.title)
    periods = told.cells.periods(table.series)
    return OverTimePage(
        frame=over_time_frame(told.office, title, words),
        title=title,
        noisy=table.described.noisy,
        columns=tuple(_edition(told, table, period) for period in _newest(periods, most)),
        tables=tuple(_table(told, table, measure, most) for measure in table.described.measures),
        periods=tuple(_edition(told, table, period) for period in reversed(periods)),
        has_earlier=len(periods) > most,
        downloads=tuple(_downloads(told, table)),
        explain=f"{ROOT}methodology.html",
        metadata=_metadata(told, table, title),
    )


def over_time_frame(office: Office, title: str, words: Words) -> Frame:
    say = words.gettext
    trail = (Link(say("Home"), f"{ROOT}index.html"), Link(say("Tables"), f"{ROOT}catalogue.html"))
    return Frame(
        say("%(title)s, over time", title=title),
        say("The published figures of every period, side by side."),
        office,
        ROOT,
        f"{ROOT}assets/",
        "tables",
        trail,
    )


def _newest(periods: Sequence[str], most: int) -> Iterator[str]:
    """The newest first."""
    return reversed(periods[-most:])


def _edition(told: OverTime, table: SiteTable, period: str) -> Link:
    """To the table of the period; nowhere where no edition that stands has it."""
    part = table.parts.get(period)
    href = f"{ROOT}releases/{part.edition.name}/tables/{table.id}.html" if part else ""
    return Link(told.words.period(period), href)


def _table(told: OverTime, table: SiteTable, measure: PublicMeasure, most: int) -> OverTimeTable:
    lines = (_line(told, table, measure, place, most) for place in places(told.cells, table))
    return OverTimeTable(measure.id, counted(measure, told.words), tuple(lines))


def places(cells: SiteCells, table: SiteTable) -> tuple[Place, ...]:
    """The total, then of each dimension as many levels, coarse first, as fit a page; codes in their list's order."""
    shown = min(MOST_PERIODS, len(cells.periods(table.series))) * len(table.described.measures)
    room = min(MOST_LINES, MOST_CELLS // max(1, shown))
    found = dict[tuple[str, str], Place]()
    for dimension in table.described.dimensions:
        codes = _codes(cells, table, dimension)
        for level in dimension.levels:
            of_level = [Place(dimension, code, level) for code, its in codes.items() if its == level]
            if len(found) + len(of_level) > room:
                break
            found |= {("" if one.code == TOTAL else dimension.column, one.code): one for one in of_level}
    return tuple(found.values())


def _codes(cells: SiteCells, table: SiteTable, dimension: PublicDimension) -> dict[str, str]:
    """Code -> level, of the codes that some period has with all other dimensions total."""
    rows = table.all_total(np.arange(table.rows), except_for=[dimension.column])
    place = table.dimension(dimension.column)
    there = {table.labels[place][label] for label in np.unique(table.codes[place][rows]).tolist()}
    listed = cells.codelists.get(dimension.codelist, {})
    return {code: listed[code].level for code in listed if code in there}


def _line(told: OverTime, table: SiteTable, measure: PublicMeasure, place: Place, most: int) -> OverTimeLine:
    rows = told.cells.slice(table, place.dimension.column, place.code)
    figures = {figure.period: figure for figure in figures_over_time(told.cells, rows, measure)}
    code = told.cells.codelists[place.dimension.codelist][place.code]
    name = short_name(told.words.code_name(place.dimension.codelist, code.code, code.name))
    is_total = code.code == TOTAL
    return OverTimeLine(
        name=level_words(place.level, told.words) if is_total else name,
        tag="" if is_total else f"{code.code} · {level_name(place.level, told.words)}",
        cells=tuple(figure_cell(figures[period], told.words) for period in _newest(tuple(figures), most)),
    )


def _downloads(told: OverTime, table: SiteTable) -> Iterator[Download]:
    for path, size in _file(told, table):
        yield Download(told.words.gettext("All periods (Parquet)"), f"{ROOT}{path}", size_words(size, told.words))


def _file(told: OverTime, table: SiteTable) -> list[tuple[str, int]]:
    """The cumulative file, where there is one."""
    found = told.files.get((table.series, table.id))
    return [] if found is None else [found]


def _metadata(told: OverTime, table: SiteTable, title: str) -> Markup:
    words, office = told.words, told.office
    home, (first, last) = office.base_url.rstrip("/"), (min(table.parts), max(table.parts))
    text = words.gettext(
        "%(title)s: the published figures of every period from %(first)s to %(last)s, published by %(office)s.",
        title=title,
        first=words.period(first),
        last=words.period(last),
        office=words.own(office.name),
    )
    return embedded(
        {
            "@type": "Dataset",
            "@id": f"{home}/{over_time_path(table.series, table.id)}#dataset",
            "name": words.gettext("%(title)s, over time", title=title),
            "description": described(text),
            "url": f"{home}/{over_time_path(table.series, table.id)}",
            "identifier": f"{table.series}/{table.id}",
            **terms(office, words),
            "temporalCoverage": f"{days(first)[0]}/{days(last)[1]}",
            "variableMeasured": [variable(words.own(m.title), words.own(m.unit)) for m in table.described.measures],
            "distribution": [
                download(PARQUET.label, PARQUET.mediatype, f"{home}/{path}") for path, _ in _file(told, table)
            ],
        }
    )
