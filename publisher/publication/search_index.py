"""search-index.js: every name and code that the site's search finds, with where it leads.

    publisherSearch({format, kinds, places, entries, codes, synonyms})

    kinds     [label, level]                           in order of rank; level is empty for what is no code
    places    [title of the table, page, column]
    entries   [name, kind, href]                       releases, tables, queries, pages
    codes     [code, name, kind, places, profile]      places: indexes; profile: a page, or ""
    synonyms  [term, code it means, entry]             entry counts entries first, then codes

A function of names, codes and which rows are there; no number of a table is read. Written as a script, because a page
that is opened from disk may load a script and may not fetch a file. Loaded when the search box is first used.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from publisher.publication.display import level_words
from publisher.publication.periods import period_words
from publisher.publication.search_codes import FoundCode, FoundCodelist, Place
from publisher.publication.search_synonyms import synonyms
from publisher.publication.series import Site

FORMAT = "trade-publisher/search/1"
INDEX = "search-index.js"
NO_FIGURES = "{level}, no figures in the newest tables"
_TABLE, _DEFINITION, _RELEASE, _PAGE = "Table", "Definition", "Release", "Page"


@dataclass(frozen=True)
class Entry:
    """Something that is found by its name alone."""

    name: str
    kind: str
    href: str


def entries(site: Site) -> tuple[Entry, ...]:
    """Tables of the newest editions, what they count, releases that stand, and pages that people look for."""
    return tuple(chain(_tables(site), _releases(site), _pages()))


def _tables(site: Site) -> Iterator[Entry]:
    for series in site.series:
        if series.latest is not None:
            for table in site.tables(series.latest):
                yield Entry(table.title, _TABLE, f"{series.latest.path}/tables/{table.id}.html")
                yield Entry(table.title, _DEFINITION, f"queries.html#{table.id}")


def _releases(site: Site) -> Iterator[Entry]:
    for series in site.series:
        for period in reversed(series.periods):
            edition = site.standing(series, period)
            if edition is not None:
                yield Entry(f"{series.title}, {period_words(period)}", _RELEASE, f"{edition.path}/index.html")


def _pages() -> Iterator[Entry]:
    yield Entry("Why is this cell blank? Not shown, confidential, suppressed", _PAGE, "methodology.html#not-shown")
    yield Entry("What does noise mean? Margin, uncertainty, privacy", _PAGE, "methodology.html#noise")
    yield Entry("Release calendar: dates of the next releases", _PAGE, "calendar.html")
    yield Entry("Corrections, revisions and withdrawals", _PAGE, "corrections.html")
    yield Entry("Verify this release: signatures and checksums", _PAGE, "verify.html")
    yield Entry("Accessibility statement", _PAGE, "accessibility.html")
    yield Entry("All tables, with files to download", _PAGE, "catalogue.html")


def write_search_index(path: Path, named: tuple[Entry, ...], codelists: tuple[FoundCodelist, ...]) -> None:
    """One call of publisherSearch; the same site gives the same bytes."""
    codes = tuple(chain.from_iterable(codelist.codes for codelist in codelists))
    kinds = _kinds(codes)
    places = list(dict.fromkeys(chain.from_iterable(code.places for code in codes)))
    labels = [label for label, _ in kinds]
    index = {
        "format": FORMAT,
        "kinds": kinds,
        "places": [[place.title, place.page, place.column] for place in places],
        "entries": [[entry.name, labels.index(entry.kind), entry.href] for entry in named],
        "codes": _codes(codes, kinds, {place: number for number, place in enumerate(places)}),
        "synonyms": list(_synonyms(codelists, {(c.codelist, c.code): n for n, c in enumerate(codes, len(named))})),
    }
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"publisherSearch({text});\n", encoding="utf-8", newline="\n")


def _kinds(codes: tuple[FoundCode, ...]) -> list[tuple[str, str]]:
    """Coarse before fine: what stands higher in the list comes first where names fit equally well."""
    levels = dict.fromkeys(code.level for code in codes)
    bare = dict.fromkeys(code.level for code in codes if not code.places)
    return [
        (_TABLE, ""),
        *((level_words(level), level) for level in levels),
        *((NO_FIGURES.format(level=level_words(level)), level) for level in bare),
        (_RELEASE, ""),
        (_DEFINITION, ""),
        (_PAGE, ""),
    ]


def _codes(
    codes: tuple[FoundCode, ...], kinds: list[tuple[str, str]], numbers: dict[Place, int]
) -> list[tuple[str, str, int, list[int], str]]:
    labels = [label for label, _ in kinds]

    def kind(code: FoundCode) -> int:
        words = level_words(code.level)
        return labels.index(words if code.places else NO_FIGURES.format(level=words))

    return [
        (code.code, code.name, kind(code), [numbers[place] for place in code.places], _page(code)) for code in codes
    ]


def _page(code: FoundCode) -> str:
    """A page of its own; without that, a code that no table has leads to the search, which says so."""
    return code.profile if code.places else code.href


def _synonyms(
    codelists: tuple[FoundCodelist, ...], position: dict[tuple[str, str], int]
) -> Iterator[tuple[str, str, int]]:
    """A term whose code no table has leads to the closest code above it."""
    for codelist in codelists:
        for synonym in synonyms(codelist.id):
            found = codelist.nearest(synonym.code)
            if found is not None:
                yield synonym.term, synonym.code, position[codelist.id, found.code]
