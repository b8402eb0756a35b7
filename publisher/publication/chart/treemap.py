"""Parts as areas. What is not shown has no area, so every area is a share of the figures shown, and says so."""

from collections.abc import Sequence
from fractions import Fraction

from publisher.publication.chart.point import Part
from publisher.publication.chart.signs import ABOUT
from publisher.publication.chart.squares import Box, squares
from publisher.publication.chart.svg import Element, Svg, mark
from publisher.publication.chart.wording import named, names
from publisher.publication.tables.display import short_name
from publisher.publication.words import ENGLISH, Words

MOST = 40  # parts with an area of their own; the smaller ones share one
_WIDE, _NARROW, _TALL = 540, 288, 360  # pixels: a wide page's chart, a phone's, and the height of both
_LETTER, _LINE = 7, 16  # pixels: room for a letter, for a line
_LEAST = 6  # letters of a name that say something


def treemap(identifier: str, title: str, desc: str, parts: Sequence[Part], words: Words = ENGLISH) -> Svg:
    """Areas in order of size; parts that are not shown are named in the notes, in the order given."""
    positive = [(part, Fraction(part.point.value)) for part in parts if part.point.value is not None]
    drawn = sorted((p for p in positive if p[1] > 0), key=lambda p: (-p[1], p[0].code))
    total = sum((size for _, size in drawn), Fraction(0))
    own, rest = drawn[:MOST], drawn[MOST:]
    boxes = squares(_sizes(own, rest), _WIDE, _TALL)
    marks = [one for n, (part, size) in enumerate(own) for one in _part(part, size / total, boxes[n], words)]
    if rest:
        smaller = words.ngettext("one smaller", "%(count)s smaller", len(rest))
        marks += _box(boxes[-1], "area-rest", smaller, ("", smaller, ""))
    if not drawn:
        marks.append(mark("text", "gone-words", words.gettext("There is no figure to draw."), x=0, y=20))
    return Svg(identifier, title, desc, _TALL if drawn else 32, tuple(marks), _notes(parts, words))


def _sizes(own: Sequence[tuple[Part, Fraction]], rest: Sequence[tuple[Part, Fraction]]) -> list[Fraction]:
    together = sum((size for _, size in rest), Fraction(0))
    return [*(size for _, size in own), *([together] if rest else [])]


def _part(part: Part, share: Fraction, box: Box, words: Words) -> list[Element]:
    exact, told = part.point.kind == "shown", words.percent(round(share * 1000))
    hover = f"{named(part.name, part.code, words)}: {part.amount}"
    return _box(box, "area" if exact else "area-noisy", hover, _lines(part, told if exact else f"{ABOUT} {told}"))


def _lines(part: Part, share: str) -> tuple[str, str, str]:
    return part.code, part.name, share


def _box(box: Box, look: str, hover: str, lines: tuple[str, str, str]) -> list[Element]:
    """The area, and as much of its name as it holds: on a wide page, and on a phone."""
    (left, right), (top, bottom) = (_tenths(box.x, box.width), _pixels(box.y, box.height))
    title = mark("title", "", hover)
    marks = [mark("rect", look, title, x=_words(left), y=top, width=_words(right - left), height=bottom - top)]
    for look_of_text, pixels in (("label-roomy", _WIDE), ("label-narrow", _NARROW)):
        letters = ((right - left) * pixels // 1000 - 10) // _LETTER
        texts = _fitting(lines, letters, (bottom - top - 6) // _LINE)
        marks += [
            mark("text", look_of_text, text, x=_words(left), dx=6, y=top + 17 + _LINE * n)
            for n, text in enumerate(texts)
        ]
    return marks


def _fitting(lines: tuple[str, str, str], letters: int, room: int) -> list[str]:
    """The lines that a box has room for: code and name, or the code alone, and the share."""
    code, name, share = lines
    short = short_name(f"{code} {name}".strip(), letters) if letters > 0 else ""
    if len(short) < len(code) + _LEAST or len(short) > letters:
        short = code
    if not 0 < len(short) <= letters:
        return []
    return [text for text in (short, share) if 0 < len(text) <= letters][: max(room, 0)]


def _tenths(start: Fraction, length: Fraction) -> tuple[int, int]:
    """Both ends, rounded each: neighbours share their border."""
    return round(start * 1000 / _WIDE), round((start + length) * 1000 / _WIDE)


def _pixels(start: Fraction, length: Fraction) -> tuple[int, int]:
    return round(start), round(start + length)


def _words(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"


def _notes(parts: Sequence[Part], words: Words) -> tuple[str, ...]:
    hidden = [(p.name, p.code) for p in parts if p.point.kind == "hidden"]
    below = [(p.name, p.code) for p in parts if p.point.value is not None and p.point.value <= 0]
    notes, plural = [words.gettext("Areas and shares are of the figures shown.")], words.ngettext
    if hidden:
        sentence = plural(
            "One part is not shown and has no area: %(names)s.",
            "%(count)s parts are not shown and have no area: %(names)s.",
            len(hidden),
            names=names(hidden, words),
        )
        notes.append(sentence)
    if below:
        sentence = plural(
            "One part is zero or less and has no area: %(names)s.",
            "%(count)s parts are zero or less and have no area: %(names)s.",
            len(below),
            names=names(below, words),
        )
        notes.append(sentence)
    if any(p.point.kind == "noisy" for p in parts):
        notes.append(words.gettext("Noise was added to the figures, so the areas are not exact."))
    return tuple(notes)
