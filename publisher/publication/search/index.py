"""search-index.js: every name and code that the site's search finds in one language, with where it leads.

    publisherSearch({format, common, kinds, places, entries, codes, synonyms})

    common    words that are passed over, one text
    kinds     [label, level]                                  in order of rank; level is empty for what is no code
    places    [title of the table, page, column, language]
    entries   [name, kind, href, language]                    releases, tables, queries, pages
    codes     [code, name, kind, places, profile, language]   places: indexes; profile: a page, or ""
    synonyms  [term, code it means, entry, language]          entry counts entries first, then codes

Links lead from the folder of the index. `language` is "" where a text is in the language of the index, else its own.
A name in another language than English is found by its English name too: that is a synonym of it.

A function of names, codes and which rows are there; no number of a table is read. Written as a script, because a page
that is opened from disk may load a script and may not fetch a file. Loaded when the search box is first used.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from publisher.publication.search.codes import FoundCode, FoundCodelist, Place
from publisher.publication.search.entries import Entry, EntryKind, kind_words
from publisher.publication.search.synonyms import synonyms
from publisher.publication.tables.display import level_words
from publisher.publication.words import Untranslated, Words

FORMAT = "trade-publisher/search/2"
INDEX = "search-index.js"
_BEHIND: tuple[EntryKind, ...] = ("release", "definition", "page")
Led = Callable[[str], str]


def write_search_index(
    path: Path, named: Sequence[Entry], codelists: Sequence[FoundCodelist], words: Words, led: Led
) -> None:
    """One call of publisherSearch; the same site gives the same bytes. `named` and `codelists` are in the language
    already; `led` turns a link to an English page into one from the index."""
    codes = tuple(chain.from_iterable(codelist.codes for codelist in codelists))
    kinds = _kinds(codes, words)
    places = list(dict.fromkeys(chain.from_iterable(code.places for code in codes)))
    ranks = {label: rank for rank, (label, _) in enumerate(kinds)}
    index = {
        "format": FORMAT,
        "common": words.gettext("a and for from in of or other the to with"),
        "kinds": kinds,
        "places": [[place.title, led(place.page), place.column, _language(place.title)] for place in places],
        "entries": [[e.name, ranks[kind_words(e.kind, words)], led(e.href), _language(e.name)] for e in named],
        "codes": [
            (code.code, code.name, ranks[_label(code, words)], numbers, _page(code, led), _language(code.name))
            for code, numbers in zip(codes, _numbers(codes, places), strict=True)
        ],
        "synonyms": list(_synonyms(codelists, words, len(named))),
    }
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"publisherSearch({text});\n", encoding="utf-8", newline="\n")


def _language(text: str) -> str:
    return "en" if isinstance(text, Untranslated) else ""


def _kinds(codes: Sequence[FoundCode], words: Words) -> list[tuple[str, str]]:
    """Coarse before fine: what stands higher in the list comes first where names fit equally well."""
    with_figures = {_label(code, words): code.level for code in sorted(codes, key=lambda code: not code.places)}
    return [
        (kind_words("table", words), ""),
        *with_figures.items(),
        *((kind_words(kind, words), "") for kind in _BEHIND),
    ]


def _label(code: FoundCode, words: Words) -> str:
    level = level_words(code.level, words)
    return level if code.places else words.gettext("%(level)s, no figures in the newest tables", level=level)


def _numbers(codes: Sequence[FoundCode], places: Sequence[Place]) -> Iterator[list[int]]:
    """Of each code, the positions of its places."""
    position = {place: number for number, place in enumerate(places)}
    return ([position[place] for place in code.places] for code in codes)


def _page(code: FoundCode, led: Led) -> str:
    """A page of its own; without that, a code that no table has leads to the search, which says so."""
    page = code.profile if code.places else code.href
    return led(page) if page else ""


def _synonyms(codelists: Sequence[FoundCodelist], words: Words, before: int) -> Iterator[tuple[str, str, int, str]]:
    """A term whose code no table has leads to the closest code above it."""
    numbered = chain.from_iterable(codelist.codes for codelist in codelists)
    position = {(code.codelist, code.code): number for number, code in enumerate(numbered, before)}
    for codelist in codelists:
        for synonym in synonyms(codelist.id, words.language):
            found = codelist.nearest(synonym.code)
            if found is not None:
                yield synonym.term, synonym.code, position[codelist.id, found.code], ""
        for code in codelist.codes:
            if code.english:
                yield code.english, code.code, position[codelist.id, code.code], "en"
