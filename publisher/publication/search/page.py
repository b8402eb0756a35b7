"""write_search(): the index for the script, and the same names as plain pages for readers without one."""

from collections.abc import Mapping, Sequence

from publisher.publication.contexts import Link
from publisher.publication.search.codes import FoundCode, FoundCodelist, found_codelists, in_words
from publisher.publication.search.contexts import IndexGroup, IndexLine, SearchPage, SearchPartPage
from publisher.publication.search.entries import Entry, entries
from publisher.publication.search.index import INDEX, write_search_index
from publisher.publication.site.series import Site
from publisher.publication.speech import place, speech_of_site
from publisher.publication.words import Words

ON_ONE_PAGE = 400  # codes of a list; the finest level of a longer one goes to pages of its own


def write_search(sites: Sequence[Site]) -> None:
    """search-index.js, search.html, and search/<codelist>-<code>.html for lists that are too long for one page, in
    the language of each of `sites`: one site, whose tables are read once."""
    found = found_codelists(sites[0])
    for site in sites:
        codelists = tuple(in_words(codelist, site.words) for codelist in found)
        named = entries(site)
        _write_index(site, named, codelists)
        site.write("search.html", search_page(site, named, codelists))
        for codelist in codelists:
            for top, lines in _parts(codelist).items():
                site.write(_part_name(codelist.codes[top]), part_page(site, codelist.codes[top], lines))


def _write_index(site: Site, named: tuple[Entry, ...], codelists: tuple[FoundCodelist, ...]) -> None:
    """Links in it lead to pages of its language where there are some."""
    speech = speech_of_site(site.folder, site.languages)
    path = site.folder / place(INDEX, site.words.language)
    path.parent.mkdir(exist_ok=True)
    write_search_index(path, named, codelists, site.words, lambda to: speech.led(to, INDEX, site.words)[0])


def search_page(site: Site, named: tuple[Entry, ...], codelists: tuple[FoundCodelist, ...]) -> SearchPage:
    say, trail = site.words.gettext, [Link(site.home, "index.html")]
    return SearchPage(
        frame=site.frame(say("Search"), say("Find a product, a country or a table."), "search", trail=trail),
        tables=tuple(Link(entry.name, entry.href) for entry in named if entry.kind == "table"),
        releases=tuple(Link(entry.name, entry.href) for entry in named if entry.kind == "release"),
        groups=tuple(_group(codelist, site.words) for codelist in codelists if codelist.shown),
    )


def part_page(site: Site, top: FoundCode, codes: tuple[FoundCode, ...]) -> SearchPartPage:
    say = site.words.gettext
    trail = (Link(site.home, "../index.html"), Link(say("Search"), "../search.html"))
    told = say("Everything below %(name)s.", name=top.name)
    return SearchPartPage(
        frame=site.frame(top.name, told, "search", depth=1, trail=trail),
        heading=top.name,
        lines=tuple(_line(code, int(code.level != codes[0].level), "../") for code in codes),
    )


def _group(codelist: FoundCodelist, words: Words) -> IndexGroup:
    parts, finest = _parts(codelist), codelist.codes[-1].level
    coarse = codelist.codes[0].level
    kept = [code for code in codelist.shown if not parts or code.level != finest]
    all_below = words.gettext("all below")
    below = {codelist.codes[top].code: Link(all_below, _part_name(codelist.codes[top])) for top in parts}
    lines = (_line(code, int(code.level != coarse), "", below.get(code.code)) for code in kept)
    return IndexGroup(codelist.id, codelist.titles, tuple(lines))


def _line(code: FoundCode, depth: int, root: str, below: Link | None = None) -> IndexLine:
    return IndexLine(code.code, code.name, root + code.href, depth, below)


def _part_name(code: FoundCode) -> str:
    return f"search/{code.codelist}-{code.code}.html"


def _parts(codelist: FoundCodelist) -> Mapping[int, tuple[FoundCode, ...]]:
    """Position of a coarsest code -> what lies below it, in the order of the tree. {} where all fits on one page."""
    if len(codelist.codes) <= ON_ONE_PAGE:
        return {}
    coarse = codelist.codes[0].level
    tops = {code.code: number for number, code in enumerate(codelist.codes) if code.level == coarse}
    parts: dict[int, list[FoundCode]] = {}
    for code in codelist.shown:
        top = next((one for one in codelist.above(code.code) if one in tops), None)
        if top is not None and code.level != coarse:
            parts.setdefault(tops[top], []).append(code)
    return {top: tuple(codes) for top, codes in sorted(parts.items())}
