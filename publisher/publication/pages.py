"""Typed context -> HTML file, in one language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import ClassVar, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from publisher.model.colour import parts
from publisher.publication.contexts import Frame
from publisher.publication.script import chart_script, periods_script, picture_script, standing_script, table_script
from publisher.publication.words.catalogue import ENGLISH
from publisher.publication.words.words import Untranslated, Words
from publisher.settings import Office

STYLES = "publisher.css"
_NUMBER_AND_SIGN = re.compile(r"(?<=\d) (?=%)|(?<=\b[A-Z]{3}) (?=\d)|(?<=±) (?=\d)")


class Page(Protocol):
    """Any of the page dataclasses."""

    template: ClassVar[str]

    @property
    def frame(self) -> Frame: ...


@dataclass(frozen=True)
class Alternate:
    """The same page in a language; `here` is the page itself."""

    language: str
    endonym: str
    href: str
    here: bool


@cache
def environment(words: Words = ENGLISH) -> Environment:
    """Escapes everything; a name that a context lacks is an error. `{% trans %}` asks `words`."""
    made = Environment(
        loader=PackageLoader("publisher.publication"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(words.translate, words.translate_plural, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"language": words.language, "separators": (words.thousands, words.decimal)}
    made.filters |= {"lang": lang, "spoken": spoken, "own": words.own, "unbroken": unbroken}
    return made


def lang(text: str) -> str:
    """The attribute of an element that holds nothing but `text`: empty where it is in the page's language."""
    return Markup(' lang="en"') if isinstance(text, Untranslated) else ""


def spoken(text: str) -> Markup:
    """`text` within a sentence: marked where it is not in the page's language."""
    return Markup('<span lang="en">{}</span>').format(text) if isinstance(text, Untranslated) else escape(text)


def unbroken(text: str) -> str:
    """`text` that no line parts between a number and its sign: "KRW 189.7", "22.8 %", "± 13"."""
    return _NUMBER_AND_SIGN.sub("\u00a0", text)


def render(page: Page, words: Words = ENGLISH, alternates: Sequence[Alternate] = ()) -> str:
    """HTML. Its main element says of which kind it is: the name of the template."""
    template = environment(words).get_template(page.template)
    return template.render(page=page, kind=page.template.removesuffix(".html"), alternates=alternates)


def write_assets(folder: Path, office: Office) -> None:
    """Stylesheet in the office's colours, scripts, icon, and logo.svg where the office has one."""
    folder.mkdir(parents=True, exist_ok=True)
    for asset in resources.files("publisher.publication").joinpath("assets").iterdir():
        content = asset.read_bytes()
        (folder / asset.name).write_bytes(_coloured(content, office) if asset.name == STYLES else content)
    (folder / "table.js").write_bytes(table_script())
    (folder / "charts.js").write_bytes(chart_script())
    (folder / "picture.js").write_bytes(picture_script())
    (folder / "standing.js").write_bytes(standing_script())
    (folder / "periods.js").write_bytes(periods_script())
    if office.logo:
        (folder / "logo.svg").write_text(office.logo, encoding="utf-8", newline="\n")


def _coloured(styles: bytes, office: Office) -> bytes:
    """The office's colours in place of the packaged ones, as rgb(): six digits look like a figure to the audit."""
    packaged = Office()
    for default, chosen in ((packaged.brand, office.brand), (packaged.brand_dark, office.brand_dark)):
        before, found, after = styles.partition(f"--brand: {default};".encode())
        if not found:
            raise ValueError(f"the packaged stylesheet has no colour {default} to replace")
        red, green, blue = parts(chosen)
        styles = before + f"--brand: rgb({red} {green} {blue});".encode() + after
    return styles
