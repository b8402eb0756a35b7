"""Growth of many codes over time. A column above the middle means up, below it down: colour only says it again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from publisher.publication.chart.growth import LITTLE, MUCH, Growth
from publisher.publication.chart.scale import percent
from publisher.publication.chart.signs import ABOUT, GONE, NONE
from publisher.publication.chart.svg import Element, Svg, frame, mark
from publisher.publication.tables.display import short_name
from publisher.publication.words import ENGLISH, Words

_NAME = 38  # characters of a row's name
_ROW, _CELL, _HEAD, _KEY = (
    42,
    20,
    20,
    24,
)  # pixels: a row with its name, a cell, the periods' names, a line of the key
_CELLS = _HEAD + 18  # pixels from the top to the first row's cells
_ACROSS = 1000  # units of the grid's own width
_LOOKS = {-2: "down-2", -1: "down-1", 0: "flat", 1: "up-1", 2: "up-2"}
_SIGNS = {"hidden": GONE, "noise": ABOUT, "undefined": NONE}


@dataclass(frozen=True)
class HeatRow:
    """One code and its growth in each column."""

    name: str
    code: str
    growths: tuple[Growth, ...]


def heat(
    identifier: str,
    title: str,
    desc: str,
    rows: Sequence[HeatRow],
    columns: Sequence[str],
    words: Words = ENGLISH,
) -> Svg:
    """One row a code, one column a period. Raises ValueError for a row of another length, or no column.

    No mark says what it shows: the script reads that from the table beside the chart, and moves one frame.
    """
    if not columns or any(len(row.growths) != len(columns) for row in rows):
        raise ValueError("every row of a heat map has one growth a column, and there is a column")
    keys, bottom = _keys(rows, words), _HEAD + _ROW * len(rows) + 14
    marks = [*_head(columns), *_names(rows), _grid(rows, len(columns), bottom)]
    for n, (growth, said) in enumerate(keys):
        marks += _key(growth, said, Fraction(n % 2, 2), bottom + _KEY * (n // 2))
    return Svg(identifier, title, desc, bottom + _KEY * -(-len(keys) // 2), tuple(marks))


def _head(columns: Sequence[str]) -> Iterator[Element]:
    yield mark("text", "tick", columns[0], x=0, y=13)
    if len(columns) > 1:
        yield mark("text", "tick", columns[-1], x="100%", y=13, text_anchor="end")


def _names(rows: Sequence[HeatRow]) -> Iterator[Element]:
    """The row's code and name, and the signs of its cells without a number."""
    for n, row in enumerate(rows):
        code = mark("tspan", "code", row.code, dx=6)
        yield mark("text", "name", short_name(row.name, _NAME), code, x=0, y=_HEAD + _ROW * n + 14)
        yield from _signs(row, _CELLS + _ROW * n + 15)


def _signs(row: HeatRow, y: int) -> Iterator[Element]:
    """Those of a row as one text, each letter in a place of its own."""
    for look, kinds in (("gone", ("hidden",)), ("tick", ("noise", "undefined"))):
        found = [(n, growth.kind) for n, growth in enumerate(row.growths) if growth.kind in kinds]
        if found:
            places = " ".join(percent(Fraction(_middle(*_ends(n, len(row.growths))), _ACROSS)) for n, _ in found)
            signs = "".join(_SIGNS[kind] for _, kind in found)
            yield mark("text", look, signs, x=places, y=y, text_anchor="middle")


def _grid(rows: Sequence[HeatRow], columns: int, height: int) -> Element:
    """All cells of a look as one path, in a drawing that stretches with the page; over them the frame of the cell
    that is read out."""
    paths: dict[str, list[str]] = {}
    for n, row in enumerate(rows):
        for place, growth in enumerate(row.growths):
            for look, path in _cell(growth, *_ends(place, columns), _CELLS + _ROW * n):
                paths.setdefault(look, []).append(path)
    drawn = (_path(look, "".join(paths[look])) for look in (*_LOOKS.values(), "blank", "sign") if look in paths)
    return mark(
        "svg", "", *drawn, frame(0, _CELLS, Fraction(_ACROSS, columns), _CELL, down=_ROW), **_stretched(height)
    )


def _path(look: str, d: str) -> Element:
    """Boxes and signs keep the width of their strokes; cells are strokes across, which have no width to keep."""
    kept = {"vector_effect": "non-scaling-stroke"} if look in ("blank", "sign") else {}
    return mark("path", look, d=d, **kept)


def _stretched(height: int, x: str = "0", width: str = "100%", y: int = 0) -> dict[str, str | int]:
    view = f"0, 0, {_ACROSS}, {height}"
    return {"x": x, "y": y, "width": width, "height": height, "viewBox": view, "preserveAspectRatio": "none"}


def _ends(place: int, columns: int) -> tuple[int, int]:
    """Left and right end of a cell; on the right a gap to the next one."""
    left, right = (round(Fraction(_ACROSS * p, columns)) for p in (place, place + 1))
    return left, right - max((right - left) // 12, 1)


def _middle(left: int, right: int) -> int:
    return left + (right - left) // 2


def _cell(growth: Growth, left: int, right: int, top: int) -> Iterator[tuple[str, str]]:
    """(look, path) of the cell, a stroke as wide as it is tall, and in it of a column from the middle: up or down,
    half or full. Without a number: of an empty box."""
    inner, middle = right - left, top + _CELL // 2
    if growth.kind == "shown":
        tall = 4 * growth.steps
        yield _LOOKS[growth.steps], f"M{left}+{middle}h{inner}"
        yield "sign", f"M{_middle(left, right)}+{middle}v{-tall or 1}"
    elif growth.kind != "absent":
        yield "blank", f"M{left}+{top}h{inner}v{_CELL}h-{inner}z"


def _keys(rows: Sequence[HeatRow], words: Words) -> list[tuple[Growth, str]]:
    """What the cells mean; of those without a number, the kinds that occur."""
    met, say = {growth.kind for row in rows for growth in row.growths}, words.gettext
    little, much = words.number(LITTLE), words.number(MUCH)
    numbers = (
        (MUCH + 1, say("more than %(many)s %% up", many=much)),
        (-MUCH - 1, say("more than %(many)s %% down", many=much)),
        (LITTLE + 1, say("%(percent)s to %(many)s %% up", percent=little, many=much)),
        (-LITTLE - 1, say("%(percent)s to %(many)s %% down", percent=little, many=much)),
        (0, say("within %(percent)s %%", percent=little)),
    )
    others = (
        (Growth("noise"), say("within the noise")),
        (Growth("hidden"), say("not shown")),
        (Growth("undefined"), say("from about zero")),
    )
    shown = [(Growth("shown", Fraction(size)), said) for size, said in numbers]
    return [*shown, *((growth, said) for growth, said in others if growth.kind in met)]


def _key(growth: Growth, said: str, left: Fraction, top: int) -> Iterator[Element]:
    drawn = (_path(look, path) for look, path in _cell(growth, *_ends(0, 1), 0))
    yield mark("svg", "", *drawn, **_stretched(_CELL, percent(left), "5%", top))
    if growth.kind in _SIGNS:
        look, x = ("gone" if growth.kind == "hidden" else "tick"), percent(left + Fraction(23, 1000))
        yield mark("text", look, _SIGNS[growth.kind], x=x, y=top + 15, text_anchor="middle")
    yield mark("text", "label", said, x=percent(left + Fraction(6, 100)), y=top + 15)
