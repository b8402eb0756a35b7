"""Speech: the languages of a site. Where a page lies in each of them, and what its links become there.

A page in another language lies below the folder of that language, at the root of its unit: `fr/calendar.html`,
`releases/<series>/<period>/vN/fr/index.html`. English has no folder. Contexts are made as if every page lay where the
English one does; one function moves their links. A link leads to the page in the same language where there is one,
else to the English one and says so (hreflang). Data, metadata and assets exist once.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from publisher.publication.fitting import P, fitting
from publisher.publication.pages import Alternate, Page, render
from publisher.publication.words import ENGLISH, Words, words_for
from publisher.settings import Office, Workspace

_UNIT = re.compile(r"releases/[^/]+/[^/]+/v\d+/|")
_LINK = re.compile(
    r'(?P<kept>hreflang="[^"]*" )?\b'
    r'(?P<name>href|src|data-explain|data-names|data-shards-at|data-index)="(?P<to>[^"]*)"'
)
SPOKEN_SITE = re.compile(
    r"(index|catalogue|calendar|methodology|verify|corrections|access|search|queries|accessibility)\.html"
    r"|calendar\.ics|feed\.atom|search-index\.js|search/[^/]+\.html"
    r"|(commodities|partners|tables/[^/]+)/[^/]+\.html"
    r"|releases/(index|[^/]+/index|[^/]+/revisions/index|[^/]+/[^/]+/index|[^/]+/[^/]+/changes/[^/]+/index)\.html"
)
SPOKEN_EDITION = re.compile(r"(index|methodology|dataset|tables/[^/]+)\.html")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/|#|$")


def languages_of(office: Office, workspace: Workspace | None = None) -> tuple[Words, ...]:
    """What the office publishes in. Its own texts are translated in words/<language>.po of the workspace.

    Raises CatalogueError for a language that has no catalogue.
    """
    own = (workspace.root / "words") if workspace else None
    return tuple(words_for(name, own / f"{name}.po" if own else None) for name in office.languages)


def place(path: str, language: str) -> str:
    """Where the page lies in a language whose English one lies at `path`, both from the web root."""
    unit = _unit(path)
    return path if language == "en" else f"{unit}{language}/{path[len(unit) :]}"


def is_spoken(path: str) -> bool:
    """Whether the English page at `path` is made in every language. All of such a page is in the catalogues (see
    tests/unit/test_words.py): a new one is added to SPOKEN_* when it is."""
    unit = _unit(path)
    return (SPOKEN_EDITION if unit else SPOKEN_SITE).fullmatch(path.removeprefix(unit)) is not None


def english_of(path: str) -> str:
    """The English page of one that lies in the folder of a language."""
    unit = _unit(path)
    return unit + path[len(unit) :].partition("/")[2]


def _unit(path: str) -> str:
    """The folder of the edition that the path lies in; "" for the site's own."""
    found = _UNIT.match(path)
    return found[0] if found else ""


def speech_of_site(folder: Path, languages: Sequence[Words]) -> "Speech":
    """Of editions there is what was sealed in `folder`; pages around them are made in every language."""

    def exists(path: str) -> bool:
        return (folder / path).is_file() if _unit(path) else is_spoken(english_of(path))

    return Speech(tuple(languages), exists)


@dataclass(frozen=True)
class Speech:
    """`exists` says of a path from the web root whether a page in another language lies there."""

    languages: tuple[Words, ...] = (ENGLISH,)
    exists: Callable[[str], bool] = lambda path: False

    def of(self, path: str) -> tuple[Words, str]:
        """The language of a path, and the path of its English page. A language that is spoken no more: English."""
        unit = _unit(path)
        first, _, rest = path[len(unit) :].partition("/")
        for words in self.languages:
            if words.language == first and rest:
                return words, unit + rest
        return ENGLISH, path

    def write(self, folder: Path, below: str, path: str, page: Page, words: Words) -> None:
        """Writes a page; `folder` lies at `below` from the web root. One that is not spoken: in English alone."""
        file = self.file(folder, below, path, words)
        if file is not None:
            file.write_text(self.page(path, page, words), encoding="utf-8", newline="\n")

    def write_fitting(self, folder: Path, below: str, path: str, pages: Iterable[P], words: Words) -> None:
        """The first of ever smaller pages that weighs no more than a page may (fitting.py)."""
        file = self.file(folder, below, path, words)
        if file is not None:
            file.write_bytes(fitting(pages, lambda page: self.page(path, page, words)))

    def file(self, folder: Path, below: str, path: str, words: Words) -> Path | None:
        """Where write() puts a page, in a folder made if absent; None where the page is not spoken."""
        if words.language != "en" and not is_spoken(path):
            return None
        file = folder / place(path, words.language).removeprefix(below)
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def page(self, path: str, page: Page, words: Words) -> str:
        """The page as it lies at its place; `path` is the English one."""
        text = render(page, words, self._alternates(path, words))
        return text if words.language == "en" else _LINK.sub(lambda link: self._moved(link, path, words), text)

    def _alternates(self, path: str, words: Words) -> tuple[Alternate, ...]:
        here = posixpath.dirname(place(path, words.language)) or "."
        there = (each for each in self.languages if each.language == "en" or self.exists(place(path, each.language)))
        return tuple(
            Alternate(each.language, each.endonym, posixpath.relpath(place(path, each.language), here), each is words)
            for each in there
        )

    def _moved(self, link: re.Match[str], path: str, words: Words) -> str:
        if link["kept"] or _ELSEWHERE.match(link["to"]):
            return link[0]
        target, is_foreign = self.led(link["to"], path, words)
        told = ' hreflang="en"' if is_foreign and link["name"] == "href" else ""
        return f'{link["name"]}="{target}"{told}'

    def led(self, to: str, path: str, words: Words) -> tuple[str, bool]:
        """Where the link `to` of the English page at `path` leads from its page in this language, and whether that
        is an English page for want of another."""
        to, mark, anchor = to.partition("#")
        asked = to, posixpath.dirname(path), words.language
        if asked not in self._led:
            self._led[asked] = self._find(to, path, words)
        target, is_foreign = self._led[asked]
        return f"{target}{mark}{anchor}", is_foreign

    def _find(self, to: str, path: str, words: Words) -> tuple[str, bool]:
        """led(), of a link without anchor."""
        english = posixpath.normpath(posixpath.join(posixpath.dirname(path), to))
        spoken = place(english, words.language)
        target = spoken if self.exists(spoken) else english
        here = posixpath.dirname(place(path, words.language)) or "."
        is_foreign = words.language != "en" and target == english and english.endswith(".html")
        return posixpath.relpath(target, here), is_foreign

    @cached_property
    def _led(self) -> dict[tuple[str, str, str], tuple[str, bool]]:
        """Where links were found to lead: pages of one folder have most of theirs in common."""
        return {}
