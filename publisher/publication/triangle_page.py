"""releases/<series>/revisions/: the revision triangles of a series as a page, and as triangle.json."""

from collections.abc import Sequence
from datetime import datetime

from publisher.publication.change_lines import difference_words
from publisher.publication.contexts import Link
from publisher.publication.lifecycle_contexts import HeadlineTriangle, TriangleCell, TrianglePage, TriangleRow
from publisher.publication.metadata import write_json
from publisher.publication.pages import write_page
from publisher.publication.periods import period_words
from publisher.publication.series import Series, Site
from publisher.publication.triangle import Entry, Headline, Triangle, Version, triangle, triangle_json

FILE = "triangle.json"
PERIODS = 13  # a year and the same month of the year before; the file has all


def write_triangle(site: Site, series: Series) -> None:
    """Writes index.html and triangle.json of one series."""
    folder = site.folder / "releases" / series.id / "revisions"
    folder.mkdir(parents=True, exist_ok=True)
    found = triangle([_version(site, edition.ref.name, edition.path) for edition in series.editions])
    write_json(folder / FILE, triangle_json(series.id, found))
    write_page(folder / "index.html", triangle_page(site, series, found))


def _version(site: Site, name: str, path: str) -> Version:
    _, period, version = name.split("/")
    issued = site.lifecycle.by_name.get(name)
    released = issued.at.isoformat() if issued else ""
    return Version(period, int(version[1:]), site.folder / path, released, name in site.lifecycle.tombstones)


def triangle_page(site: Site, series: Series, found: Triangle) -> TrianglePage:
    trail = (Link("Home", "../../../index.html"), Link(series.title, "../index.html"))
    title = f"Revisions of {series.title}"
    return TrianglePage(
        frame=site.frame(title, "How the headline figures changed.", "releases", depth=3, trail=trail),
        series=Link(series.title, "../index.html"),
        headlines=tuple(_headline(headline) for headline in found.headlines),
        revised=found.revised,
        file=Link("All periods as JSON", FILE),
    )


def _headline(headline: Headline) -> HeadlineTriangle:
    heads = ("Version 1", *(f"Version {number}" for number in range(2, headline.versions + 1)))
    newest = list(headline.rows.items())[-PERIODS:]
    unit = f" ({headline.unit})" if headline.unit.lower() not in headline.measure.lower() else ""
    return HeadlineTriangle(
        anchor=headline.table,
        title=headline.title,
        measure=f"{headline.measure}{unit}",
        heads=heads,
        rows=tuple(_row(period, row, len(heads)) for period, row in reversed(newest)),
    )


def _row(period: str, row: Sequence[Entry], versions: int) -> TriangleRow:
    by_number = {entry.version.version: entry for entry in row}
    cells = (_cell(by_number.get(number)) for number in range(1, versions + 1))
    return TriangleRow(Link(period_words(period), f"../{period}/index.html"), tuple(cells), change_words(row))


def _cell(entry: Entry | None) -> TriangleCell:
    if entry is None:
        return TriangleCell("none", "", "")
    released = entry.version.released
    when = f"{datetime.fromisoformat(released):%Y-%m-%d}" if released else ""
    if entry.total and entry.total.has_number:
        return TriangleCell("noisy" if entry.total.kind == "noisy" else "shown", entry.words, when)
    return TriangleCell("words", entry.words, when)


def change_words(row: Sequence[Entry]) -> str:
    """Last number less first number, where both are exact; of noisy ones only whether the margins tell them apart."""
    numbers = [entry.total for entry in row if entry.total and entry.total.has_number]
    if len(numbers) < 2:
        return ""
    first, last = numbers[0], numbers[-1]
    if "noisy" in (first.kind, last.kind):
        apart = last.lower > first.upper or last.upper < first.lower
        return "more than both margins" if apart else "within the margins"
    if first.measure.decimals != last.measure.decimals or first.measure.unit != last.measure.unit:
        return "counted otherwise"
    return difference_words(first.value, last.value, last.measure.decimals) if first.value != last.value else "none"
