"""Partners on a grid of tiles, each near its place on a map (tiles.csv, our own layout). The higher a tile is filled,
the more: by powers of ten below the largest figure shown, so that no colour has to be told from another."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib import resources

from publisher.publication.chart.point import Number, Part
from publisher.publication.chart.signs import GONE
from publisher.publication.chart.svg import Element, Svg, mark
from publisher.publication.chart.wording import amount, names
from publisher.publication.words import ENGLISH, Words

STEPS = 5
_LOOKS = {"tile": False, "tile-gone": True}
_SIZE, _INNER, _STEP, _KEY = (
    22,
    20,
    4,
    118,
)  # units: from tile to tile, a tile, a step of its filling, an entry of the key


@cache
def places() -> Mapping[str, tuple[int, int]]:
    """Country code -> column and row of its tile."""
    text = resources.files("publisher.publication.chart").joinpath("tiles.csv").read_text("utf-8")
    return {line["code"]: (int(line["column"]), int(line["row"])) for line in csv.DictReader(text.splitlines())}


def tiles(identifier: str, title: str, desc: str, parts: Sequence[Part], *, unit: str, words: Words = ENGLISH) -> Svg:
    """A tile for every place of the grid; places without a part, or absent, stay empty."""
    by_code = {part.code: part for part in parts if part.point.kind != "absent"}
    full = _full(parts)
    corners = {code: (column * _SIZE, row * _SIZE) for code, (column, row) in places().items()}
    empty = " ".join(_box(*corner, _INNER) for code, corner in corners.items() if code not in by_code)
    met = [(by_code[code], corner) for code, corner in corners.items() if code in by_code]
    width, bottom = (max(corner[way] for corner in corners.values()) + _SIZE for way in (0, 1))
    marks = (
        *((mark("path", "tile-empty", d=empty),) if empty else ()),
        *(_tiles(look, [one for one in met if _is_gone(one[0]) == gone]) for look, gone in _LOOKS.items()),
        *_levels(met, full),
        mark("g", "tile-code", *(_letters(one, corner) for one, corner in met if not _is_gone(one))),
        mark("g", "tile-cross", *(_letters(one, corner) for one, corner in met if _is_gone(one))),
        *(_key(full, unit, words, bottom + 6) if full is not None else ()),
    )
    notes = _notes(parts, full, unit, words)
    return Svg(identifier, title, desc, bottom + 6 + _SIZE, marks, notes, scaled_width=width)


def _full(parts: Sequence[Part]) -> Fraction | None:
    """The largest power of ten that a figure reaches; None where none is above zero."""
    greatest = max((part.point.value for part in parts if part.point.value is not None), default=0)
    return power_of_ten(greatest) if greatest > 0 else None


def power_of_ten(value: Number) -> Fraction:
    """The largest at or below a value above zero."""
    power = Fraction(1)
    while power * 10 <= value:
        power *= 10
    while power > value:
        power /= 10
    return power


def steps(value: Number, full: Fraction) -> int:
    """5 for `full` or more, 4 for a tenth of it or more, ... 0 for less than a ten-thousandth."""
    return next((STEPS - n for n in range(STEPS) if value * 10**n >= full), 0)


def _box(x: int, y: int, height: int) -> str:
    return f"M{x}+{y}h{_INNER}v{height}h-{_INNER}z"


def _is_gone(part: Part) -> bool:
    return part.point.kind == "hidden"


def _tiles(look: str, met: Sequence[tuple[Part, tuple[int, int]]]) -> Element:
    """All of one look: what they share is said once."""
    boxes = (
        mark("path", "", mark("title", "", f"{part.name}: {part.amount}"), d=_box(*corner, _INNER))
        for part, corner in met
    )
    return mark("g", look, *boxes)


def _levels(met: Sequence[tuple[Part, tuple[int, int]]], full: Fraction | None) -> Iterator[Element]:
    if full is None:
        return
    found = [(steps(part.point.value, full), x, y) for part, (x, y) in met if part.point.value is not None]
    filled = [_box(x, y + _INNER - _STEP * count, _STEP * count) for count, x, y in found if count]
    if filled:
        yield mark("path", "level", d=" ".join(filled))


def _letters(part: Part, corner: tuple[int, int]) -> Element:
    text = GONE if _is_gone(part) else part.code
    return mark("text", "", text, x=corner[0] + _INNER // 2, y=corner[1] + 14)


def _key(full: Fraction, unit: str, words: Words, top: int) -> Iterator[Element]:
    for n in range(STEPS):
        x, tall = _KEY * n, _STEP * (STEPS - n)
        yield mark("path", "tile", d=_box(x, top, _INNER))
        yield mark("path", "level", d=_box(x, top + _INNER - tall, tall))
        yield mark("text", "tile-key", amount(full / 10**n, unit, words), x=x + _INNER + 4, y=top + 14)


def _notes(parts: Sequence[Part], full: Fraction | None, unit: str, words: Words) -> tuple[str, ...]:
    say, plural = words.gettext, words.ngettext
    notes = [say("There is no figure to draw.")]
    if full is not None:
        value = amount(full, unit, words)
        notes = [
            say("A full tile stands for %(value)s or more; each step below it, for a tenth of that.", value=value)
        ]
    hidden = sum(part.point.kind == "hidden" for part in parts)
    if hidden:
        notes.append(
            plural("%(gone)s One place is not shown.", "%(gone)s %(count)s places are not shown.", hidden, gone=GONE)
        )
    off = [(part.name, part.code) for part in parts if part.code not in places()]
    if off:
        notes.append(say("Not on the grid: %(names)s.", names=names(off, words)))
    if any(part.point.kind == "noisy" for part in parts):
        notes.append(say("Noise was added to the figures, so a tile may stand a step too high or too low."))
    return tuple(notes)
