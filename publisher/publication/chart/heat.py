"""Growth of many codes over time. A column above the middle means up, below it down: colour only says it again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from publisher.publication.chart.growth import LITTLE, MUCH, Growth
from publisher.publication.chart.scale import percent
from publisher.publication.chart.signs import ABOUT, GONE, NONE
from publisher.publication.chart.svg import Element, Svg, mark
from publisher.publication.tables.display import short_name
from publisher.publication.words import ENGLISH, Words

_NAME = 38  # characters of a row's name
_ROW, _CELL, _HEAD, _KEY = (
    42,
    20,
    20,
    24,
)  # pixels: a row with its name, a cell, the periods' names, a line of the key
_ACROSS = 1000  # units of the grid's own width
_LOOKS = {-2: "down-2", -1: "down-1", 0: "flat", 1: "up-1", 2: "up-2"}
_SIGNS = {"hidden": GONE, "noise": ABOUT, "undefined": NONE}


@dataclass(frozen=True)
class HeatRow:
    """One code and its growth in each column. `told`: what each says in words, or nothing at all."""

    name: str
    code: str
    growths: tuple[Growth, ...]
    told: tuple[str, ...] = ()


def heat(
    identifier: str,
    title: str,
    desc: str,
    rows: Sequence[HeatRow],
    columns: Sequence[str],
    words: Words = ENGLISH,
) -> Svg:
    """One row a code, one column a period. Raises ValueError for a row of another length, or no column."""
    if not columns or any(len(row.growths) != len(columns) or len(row.told) not in (0, len(columns)) for row in rows):
        raise ValueError("every row of a heat map has one growth a column, and there is a column")
    keys, bottom = _keys(rows, words), _HEAD + _ROW * len(rows) + 14
    marks = [*_head(columns), _grid(rows, bottom), *_names(rows), mark("g", "hit", *_hits(rows))]
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
        top = _HEAD + _ROW * n
        code = mark("tspan", "code", row.code, dx=6)
        yield mark("text", "name", short_name(row.name, _NAME), code, x=0, y=top + 14)
        for place, growth in enumerate(row.growths):
            if growth.kind in _SIGNS:
                yield _sign(growth, Fraction(2 * place + 1, 2 * len(row.growths)), top + 18)


def _hits(rows: Sequence[HeatRow]) -> Iterator[Element]:
    """A box a cell that says what it shows."""
    for n, row in enumerate(rows):
        wide = percent(Fraction(1, len(row.growths)))
        for place, told in enumerate(row.told):
            x = percent(Fraction(place, len(row.growths)))
            yield mark("rect", "", mark("title", "", told), x=x, y=_HEAD + _ROW * n + 18, width=wide, height=_CELL)


def _sign(growth: Growth, middle: Fraction, top: int) -> Element:
    look = "gone" if growth.kind == "hidden" else "tick"
    return mark("text", look, _SIGNS[growth.kind], x=percent(middle), y=top + 15, text_anchor="middle")


def _grid(rows: Sequence[HeatRow], height: int) -> Element:
    """All cells of a look as one path, in a drawing that stretches with the page."""
    paths: dict[str, list[str]] = {}
    for n, row in enumerate(rows):
        for place, growth in enumerate(row.growths):
            left, right = (round(Fraction(_ACROSS * p, len(row.growths))) for p in (place, place + 1))
            for look, path in _cell(growth, left, right - left, _HEAD + _ROW * n + 18):
                paths.setdefault(look, []).append(path)
    drawn = (
        mark("path", look, d=" ".join(paths[look]), vector_effect="non-scaling-stroke")
        for look in (*_LOOKS.values(), "blank", "sign")
        if look in paths
    )
    return mark("svg", "", *drawn, **_stretched("0", "100%", height))


def _stretched(x: str, width: str, height: int) -> dict[str, str | int]:
    view = f"0, 0, {_ACROSS}, {height}"
    return {"x": x, "width": width, "height": height, "viewBox": view, "preserveAspectRatio": "none"}


def _cell(growth: Growth, left: int, width: int, top: int) -> Iterator[tuple[str, str]]:
    """(look, path) of the box, and in it of a column from the middle: up or down, half or full."""
    inner = max(width - max(width // 12, 1), 1)
    if growth.kind == "shown":
        yield _LOOKS[growth.steps], _box(left, top, inner, _CELL)
        tall = 4 * abs(growth.steps) or 1
        y = top + _CELL // 2 - (tall if growth.steps > 0 else 0)
        yield "sign", _box(left + inner * 3 // 10, y, max(inner * 4 // 10, 1), tall)
    elif growth.kind != "absent":
        yield "blank", _box(left, top, inner, _CELL)


def _box(x: int, y: int, width: int, height: int) -> str:
    return f"M{x}+{y}h{width}v{height}h-{width}z"


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
    drawn = (mark("path", look, d=path) for look, path in _cell(growth, 0, _ACROSS, 0))
    yield mark("svg", "", *drawn, **{**_stretched(percent(left), "5%", _CELL), "y": top})
    if growth.kind in _SIGNS:
        yield _sign(growth, left + Fraction(23, 1000), top)
    yield mark("text", "label", said, x=percent(left + Fraction(6, 100)), y=top + 15)
