"""write_search(): the index for the script, and the same names as plain pages for readers without one."""

from collections.abc import Mapping

from publisher.publication.contexts import Link
from publisher.publication.pages import write_page
from publisher.publication.search_codes import FoundCode, FoundCodelist, found_codelists
from publisher.publication.search_contexts import IndexGroup, IndexLine, SearchPage, SearchPartPage
from publisher.publication.search_index import INDEX, Entry, entries, write_search_index
from publisher.publication.series import Site

ON_ONE_PAGE = 400  # codes of a list; the finest level of a longer one goes to pages of its own


def write_search(site: Site) -> None:
    """search-index.js, search.html, and search/<codelist>-<code>.html for lists that are too long for one page."""
    codelists, named = found_codelists(site), entries(site)
    write_search_index(site.folder / INDEX, named, codelists)
    write_page(site.folder / "search.html", search_page(site, named, codelists))
    for codelist in codelists:
        for top, lines in _parts(codelist).items():
            path = site.folder / _part_name(codelist.codes[top])
            path.parent.mkdir(exist_ok=True)
            write_page(path, part_page(site, codelist.codes[top], lines))


def search_page(site: Site, named: tuple[Entry, ...], codelists: tuple[FoundCodelist, ...]) -> SearchPage:
    return SearchPage(
        frame=site.frame(
            "Search", "Find a product, a country or a table.", "search", trail=[Link("Home", "index.html")]
        ),
        tables=tuple(Link(entry.name, entry.href) for entry in named if entry.kind == "Table"),
        releases=tuple(Link(entry.name, entry.href) for entry in named if entry.kind == "Release"),
        groups=tuple(_group(codelist) for codelist in codelists if codelist.shown),
    )


def part_page(site: Site, top: FoundCode, codes: tuple[FoundCode, ...]) -> SearchPartPage:
    trail = (Link("Home", "../index.html"), Link("Search", "../search.html"))
    return SearchPartPage(
        frame=site.frame(top.name, f"Everything below {top.name}.", "search", depth=1, trail=trail),
        heading=top.name,
        lines=tuple(_line(code, int(code.level != codes[0].level), "../") for code in codes),
    )


def _group(codelist: FoundCodelist) -> IndexGroup:
    parts, finest = _parts(codelist), codelist.codes[-1].level
    coarse = codelist.codes[0].level
    kept = [code for code in codelist.shown if not parts or code.level != finest]
    below = {codelist.codes[top].code: Link("all below", _part_name(codelist.codes[top])) for top in parts}
    lines = (_line(code, int(code.level != coarse), "", below.get(code.code)) for code in kept)
    return IndexGroup(codelist.id, codelist.title, tuple(lines))


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
