"""Messages of the package's pages, a language that shows what is none, and the texts of a page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.extract import extract
from jinja2.ext import babel_extract

import publisher.publication
from publisher.publication.words import Words

PACKAGE = Path(publisher.publication.__file__).parent
OFFICE_ONLY = ("review.html",)  # confidential pages for the approver: English
KEYWORDS = {"gettext": None, "say": None, "ngettext": (1, 2), "plural": (1, 2)}
_ACCENTED = str.maketrans("aeiouyAEIOUYnNcC", "áéíóúýÁÉÍÓÚÝñÑçÇ")
_KEPT = re.compile(r"%\(\w+\)s|%%|<[^>]*>")


@cache
def messages() -> dict[str, str]:
    """Every message of modules and templates -> its plural, or "" where it has none."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file, keywords=KEYWORDS):
                one, many = message if isinstance(message, tuple) else (message, "")
                found[one] = many
    for path in sorted((PACKAGE / "templates").glob("*.html")):
        if path.name not in OFFICE_ONLY:
            with path.open("rb") as file:
                for _, _, message, _ in babel_extract(file, ("gettext", "_"), [], {"trimmed": "true"}):
                    found[re.sub(r"(?<!%)%(?![%(])", "%%", message)] = ""  # as jinja asks for it
    return found


class PseudoWords(Words):
    """Accents on all that is a message, the office's, or a name of a code: what has none is bare English."""

    def translate(self, message: str) -> str:
        return accented(message)

    def translate_plural(self, one: str, many: str, count: int) -> str:
        return accented(one if count == 1 else many)

    def own(self, text: str) -> str:
        return accented(text)

    def code_name(self, codelist: str, code: str, english: str) -> str:
        return accented(english)


PSEUDO = PseudoWords("eo", "Psëúdö")


def accented(text: str) -> str:
    """Places and tags stay as they are."""
    kept, out, end = _KEPT.finditer(text), "", 0
    for part in kept:
        out += text[end : part.start()].translate(_ACCENTED) + part[0]
        end = part.end()
    return out + text[end:].translate(_ACCENTED)


@dataclass(frozen=True)
class Said:
    """One text of a page, and the language it is marked with."""

    text: str
    language: str


class PageTexts(HTMLParser):
    """What a reader sees or hears: text outside of code, and the attributes that are read out."""

    _SPOKEN = ("aria-label", "title", "alt", "placeholder")
    _SILENT = ("code", "pre", "script", "style")
    _VOID = ("meta", "link", "br", "input", "img", "path", "rect", "line", "circle")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Said] = []
        self._open: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        language = given.get("lang") or (self._open[-1][1] if self._open else "")
        spoken = [given.get(name) for name in self._SPOKEN]
        if given.get("name") == "description":
            spoken.append(given.get("content"))
        self.found += [Said(text, language) for text in spoken if text]
        if tag not in self._VOID:
            self._open.append((tag, language))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in self._VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self._open and not any(tag in self._SILENT for tag, _ in self._open):
            self.found.append(Said(text, self._open[-1][1]))


def said(page: Path) -> Iterator[Said]:
    yield from PageTexts(page.read_text("utf-8")).found
