"""A small SVG writer: places across in percent of the width, down in pixels, so that text keeps its size.

What it lets through is safe to stand in a sealed page: no script, no style attribute, no link, and no run of six
digits (which the audit's byte scan would take for a figure). Colours come from the stylesheet, by class; in a file
that is downloaded, from the attributes of `looks.py`.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from html import escape
from textwrap import wrap

from publisher.publication.chart.looks import LOOKS

WIDTH = 640  # pixels of a downloaded file; on a page a chart is as wide as its place
_EDGE, _LINE = 16, 18  # pixels of a downloaded file: around the chart, and a line of text
_TAGS = frozenset({"circle", "g", "line", "path", "rect", "svg", "text", "title", "tspan"})
_NAMES = re.compile(
    r"[xyrd]|[xy][12]|c[xy]|d[xy]|width|height|viewBox|preserveAspectRatio|overflow|text-anchor|vector-effect|data-down"
)
_SIX_DIGITS = re.compile(r"[0-9](?:[., '\u00a0\u2009\u202f_]?[0-9]){5}")
_IDS = re.compile(r"[a-z][a-z0-9_-]*")


@cache
def _is_name(name: str) -> bool:
    return _NAMES.fullmatch(name) is not None


@dataclass(frozen=True)
class Element:
    """One mark. `look` names its class; empty for none. Raises ValueError for what may not stand in a page."""

    tag: str
    look: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple["Element | str", ...] = ()

    def __post_init__(self) -> None:
        if self.tag not in _TAGS or (self.look and self.look not in LOOKS):
            raise ValueError(f"a chart has no <{self.tag}> of look '{self.look}'")
        for name, value in self.attributes:
            if not _is_name(name):
                raise ValueError(f"a chart's mark has no attribute '{name}'")
            if len(value) > 5 and _SIX_DIGITS.search(value):  # most are shorter: asked of 60 marks a chart
                raise ValueError(f"'{name}' of a <{self.tag}> runs to six digits, as only a published figure may")

    def write(self, *, alone: bool) -> str:
        """`alone`: with its colours as attributes, for a file that has no stylesheet."""
        given = [("class", self.look)] if self.look and not alone else []
        given += [*(LOOKS[self.look].items() if self.look and alone else ()), *self.attributes]
        head = "".join(f' {name}="{escape(value)}"' for name, value in given)
        inner = "".join(escape(c, quote=False) if isinstance(c, str) else c.write(alone=alone) for c in self.children)
        return f"<{self.tag}{head}>{inner}</{self.tag}>" if inner else f"<{self.tag}{head}/>"


def mark(tag: str, look: str = "", /, *children: Element | str, **attributes: str | int) -> Element:
    """mark("text", "tick", "2021", x="50%", text_anchor="middle")"""
    return Element(tag, look, tuple((_hyphens(name), str(value)) for name, value in attributes.items()), children)


def frame(x: Fraction | int, y: int, width: Fraction, height: int, *, down: int = 0) -> Element:
    """What the script puts around the mark that it reads out, where the first one is; the others follow at distances
    of its width, and of `down` pixels."""
    rows = {"data_down": down} if down else {}
    return mark("rect", "frame", x=tenth(x), y=y, width=tenth(width), height=height, **rows)


def tenth(number: Fraction | int) -> str:
    """In at most one decimal."""
    return f"{float(round(Fraction(number), 1)):g}"


@cache
def _hyphens(name: str) -> str:
    return name.replace("_", "-")


@dataclass(frozen=True)
class Svg:
    """A chart: `title` and `desc` say in words what it shows, `notes` what it cannot. `height` in pixels.
    A chart with a `scaled_width` grows and shrinks on a page as a whole, text too; others only stretch across.

    `desc` must not rest on the picture: it is what people hear who do not see it. Raises ValueError for an id that
    may not stand in a page or a file name, and for a chart without words.
    """

    id: str
    title: str
    desc: str
    height: int
    marks: tuple[Element, ...]
    notes: tuple[str, ...] = ()
    scaled_width: int = 0

    def __post_init__(self) -> None:
        if not _IDS.fullmatch(self.id):
            raise ValueError(f"'{self.id}' is no id for a chart: small letters, digits, hyphens")
        if not self.title or not self.desc:
            raise ValueError(f"chart {self.id} needs a title and a description")

    def __html__(self) -> str:
        """The chart for a page: templates print it as it is."""
        scaled = f'"graph graph-scaled" viewBox="0, 0, {self.scaled_width}, {self.height}"'
        look = scaled if self.scaled_width else '"graph"'
        return (
            f'<svg class={look} width="{WIDTH}" height="{self.height}"'
            f' role="img" aria-labelledby="{self.id}-title" aria-describedby="{self.id}-desc" focusable="false">'
            f'<title id="{self.id}-title">{escape(self.title, quote=False)}</title>'
            f'<desc id="{self.id}-desc">{escape(self.desc, quote=False)}</desc>'
            f"{_written(self.marks, alone=False)}</svg>"
        )

    def file(self, source: str) -> bytes:
        """The chart as a file of its own, on white: heading, picture, notes, and where it comes from."""
        head, notes = wrap(self.title, 68), [line for note in (*self.notes, source) for line in wrap(note, 92)]
        top = _EDGE + _LINE * len(head) + 8
        foot = top + self.height + 12
        whole = foot + _LINE * len(notes) + 4
        inner = mark("svg", "", *self.marks, x=_EDGE, y=top, width=WIDTH - 2 * _EDGE, height=self.height)
        marks = (
            mark("rect", "ground", width=WIDTH, height=whole),
            *(mark("text", "heading", line, x=_EDGE, y=_EDGE + _LINE * n + 12) for n, line in enumerate(head)),
            inner,
            *(mark("text", "note", line, x=_EDGE, y=foot + _LINE * n + 4) for n, line in enumerate(notes)),
        )
        words = f"<title>{escape(self.title, quote=False)}</title><desc>{escape(self.desc, quote=False)}</desc>"
        head_tag = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{whole}" role="img">'
        return f"{head_tag}{words}{_written(marks, alone=True)}</svg>\n".encode()


def _written(marks: tuple[Element, ...], *, alone: bool) -> str:
    return "".join(one.write(alone=alone) for one in marks)
