"""releases/<series>/revisions/: the revision triangles of a series as a page, and as triangle.json."""

from collections.abc import Sequence
from datetime import datetime

from publisher.publication.contexts import Link
from publisher.publication.files.metadata import write_json
from publisher.publication.lifecycle.change_lines import difference_words
from publisher.publication.lifecycle.contexts import HeadlineTriangle, TriangleCell, TrianglePage, TriangleRow
from publisher.publication.lifecycle.triangle import Entry, Headline, Triangle, Version, triangle, triangle_json
from publisher.publication.site.series import Series, Site
from publisher.publication.words import ENGLISH, Words

FILE = "triangle.json"
PERIODS = 13  # a year and the same month of the year before; the file has all


def series_triangle(site: Site, series: Series) -> Triangle:
    """From the public files of the series."""
    return triangle([_version(site, edition.ref.name, edition.path) for edition in series.editions])


def write_triangle_file(site: Site, series: Series, found: Triangle) -> None:
    """Writes triangle.json of one series."""
    folder = site.folder / "releases" / series.id / "revisions"
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / FILE, triangle_json(series.id, found))


def _version(site: Site, name: str, path: str) -> Version:
    _, period, version = name.split("/")
    issued = site.lifecycle.by_name.get(name)
    released = issued.at.isoformat() if issued else ""
    return Version(period, int(version[1:]), site.folder / path, released, name in site.lifecycle.tombstones)


def triangle_page(site: Site, series: Series, found: Triangle) -> TrianglePage:
    say = site.words.gettext
    trail = (Link(site.home, "../../../index.html"), Link(series.title, "../index.html"))
    title = say("Revisions of %(series)s", series=series.title)
    return TrianglePage(
        frame=site.frame(title, say("How the headline figures changed."), "releases", depth=3, trail=trail),
        series=Link(series.title, "../index.html"),
        headlines=tuple(_headline(headline, site.words) for headline in found.headlines),
        revised=found.revised,
        file=Link(say("All periods as JSON"), FILE),
    )


def _headline(headline: Headline, words: Words) -> HeadlineTriangle:
    versions = range(1, headline.versions + 1)
    heads = tuple(words.gettext("Version %(number)s", number=number) for number in versions)
    newest = list(headline.rows.items())[-PERIODS:]
    unit = f" ({words.own(headline.unit)})" if headline.unit.lower() not in headline.measure.lower() else ""
    return HeadlineTriangle(
        anchor=headline.table,
        title=words.own(headline.title),
        measure=f"{words.own(headline.measure)}{unit}",
        heads=heads,
        rows=tuple(_row(period, row, len(heads), words) for period, row in reversed(newest)),
    )


def _row(period: str, row: Sequence[Entry], versions: int, words: Words) -> TriangleRow:
    by_number = {entry.version.version: entry for entry in row}
    cells = (_cell(by_number.get(number), words) for number in range(1, versions + 1))
    return TriangleRow(Link(words.period(period), f"../{period}/index.html"), tuple(cells), change_words(row, words))


def _cell(entry: Entry | None, words: Words) -> TriangleCell:
    if entry is None:
        return TriangleCell("none", "", "")
    released = entry.version.released
    when = f"{datetime.fromisoformat(released):%Y-%m-%d}" if released else ""
    total = None if entry.version.withdrawn else entry.total
    kind = "words" if total is None or total.kind == "absent" else total.kind
    return TriangleCell(kind, entry.told(words), when)


def change_words(row: Sequence[Entry], words: Words = ENGLISH) -> str:
    """Last number less first number, where both are exact; of noisy ones only whether the margins tell them apart."""
    numbers = [entry.total for entry in row if entry.total and entry.total.has_number]
    if len(numbers) < 2:
        return ""
    first, last = numbers[0], numbers[-1]
    if "noisy" in (first.kind, last.kind):
        apart = last.lower > first.upper or last.upper < first.lower
        return words.gettext("more than both margins") if apart else words.gettext("within the margins")
    if first.measure.decimals != last.measure.decimals or first.measure.unit != last.measure.unit:
        return words.gettext("counted differently")
    if first.value == last.value:
        return words.gettext("none")
    return difference_words(first.value, last.value, last.measure.decimals, words)
