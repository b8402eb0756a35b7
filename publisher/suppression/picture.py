"""A heat map as PNG or SVG. Confidential: it is marked so, and never lies beside anything public.

Colours: the shares run along one hue from light to dark, so that they differ in lightness alone; the marks differ
in shape as well as in colour (orange and blue of Okabe and Ito's palette), both with a white rim.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from publisher.suppression.heatmap import PRIMARY, SECONDARY, Axis, HeatMap
from publisher.suppression.marked import below_total, cut

Format = Literal["png", "svg"]
Spec = dict[str, Any]

NARROWEST, WIDEST, SPREAD = 12, 26, 720  # pixels of a row or column, and of as many as there are
SCALE = 2.0  # pixels of a PNG for one of these
LONGEST = 52  # letters of a row's name
LONGEST_COLUMN = 24
LIGHT, DARK, EMPTY = "#fde8b5", "#3b0f54", "#ffffff"
MARKS: Mapping[int, tuple[str, str, str]] = {
    PRIMARY: ("unsafe itself (primary)", "diamond", "#e69f00"),
    SECONDARY: ("hidden for others (secondary)", "circle", "#56b4e9"),
}


def draw(drawn: HeatMap, period: str, format: Format) -> bytes:
    """The finished file. The library is loaded here, so that nothing else waits for it."""
    import vl_convert  # noqa: PLC0415

    spec = picture(drawn, period)
    if format == "svg":
        return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])).encode("utf-8")
    return bytes(vl_convert.vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[]))


def picture(drawn: HeatMap, period: str) -> Spec:
    """The heat map as a Vega-Lite specification, all data inside."""
    rows, columns = _names(drawn.rows, LONGEST), _names(drawn.columns, LONGEST_COLUMN)
    return {
        "description": f"CONFIDENTIAL. Share of {drawn.measure} hidden, {drawn.structure.title}, {period}",
        "background": EMPTY,
        "padding": 18,
        "title": _title(drawn, period),
        "data": {"values": _blocks(drawn, rows, columns)},
        "width": {"step": _step(drawn)},
        "height": {"step": _step(drawn)},
        "encoding": {
            "x": _side(drawn.columns, columns, ", largest first", "top", -90),
            "y": _side(drawn.rows, rows, "", "left", 0),
        },
        "layer": [_shares(), _marks(0.25 * _step(drawn) ** 2), *_lines(drawn.rows, rows)],
        "resolve": {"scale": {"color": "independent", "shape": "independent"}},
        "config": _look(),
    }


def _step(drawn: HeatMap) -> int:
    """Squares as large as there is room for."""
    return max(NARROWEST, min(WIDEST, SPREAD // max(1, len(drawn.rows.nodes), len(drawn.columns.nodes))))


def _title(drawn: HeatMap, period: str) -> Spec:
    left_out = [_left_out(axis) for axis in (drawn.rows, drawn.columns) if axis.left_out]
    return {
        "text": f"CONFIDENTIAL - What protection hides: {drawn.structure.title}, {period}",
        "subtitle": [
            f"Each square is one {drawn.rows.level} and one {drawn.columns.level}. Its colour tells how much "
            f"{_word(drawn.measure)} is hidden in its own sum and in all cells below it, each level counted once.",
            "Its mark tells that its own sum is hidden, and why; a square without a mark shows its sum. "
            "Where there is no square there is no trade.",
            *left_out,
            "For the statistician alone: it tells primary from secondary cells. Do not publish, send or copy.",
        ],
    }


def _left_out(axis: Axis) -> str:
    share = f"{axis.left_out_share:.1%}" if axis.left_out_share >= 0.001 else "less than 0.1%"
    title = axis.dimension.title.lower()
    return f"Not drawn: the {axis.left_out} smallest by {title} ({axis.level}), together {share} of the value."


def _blocks(drawn: HeatMap, rows: Sequence[str], columns: Sequence[str]) -> list[Spec]:
    return [
        {"row": rows[row], "column": columns[column], "hidden": round(hidden, 4), "mark": _mark_name(mark)}
        for row, column, hidden, mark in zip(
            drawn.row.tolist(), drawn.column.tolist(), drawn.hidden.tolist(), drawn.mark.tolist(), strict=True
        )
    ]


def _mark_name(mark: int) -> str | None:
    return MARKS[mark][0] if mark in MARKS else None


def _shares() -> Spec:
    return {
        "mark": {"type": "rect", "stroke": EMPTY, "strokeWidth": 0.6},
        "encoding": {
            "color": {
                "field": "hidden",
                "type": "quantitative",
                "scale": {"domain": [0, 1], "range": [LIGHT, "#f2a86b", "#b5446e", DARK], "interpolate": "lab"},
                "legend": {
                    "title": "share of value hidden",
                    "format": ".0%",
                    "values": [0, 0.25, 0.5, 0.75, 1],
                    "gradientLength": 200,
                },
            }
        },
    }


def _marks(size: float) -> Spec:
    names, shapes, colours = zip(*MARKS.values(), strict=True)
    legend = {"title": "the square's own sum", "symbolSize": 110}
    return {
        "transform": [{"filter": "datum.mark !== null"}],
        "mark": {"type": "point", "filled": True, "size": size, "opacity": 1, "stroke": EMPTY, "strokeWidth": 0.8},
        "encoding": {
            "shape": {"field": "mark", "scale": {"domain": names, "range": shapes}, "legend": legend},
            "color": {"field": "mark", "scale": {"domain": names, "range": colours}, "legend": legend},
        },
    }


def _lines(axis: Axis, rows: Sequence[str]) -> list[Spec]:
    """A line above the first row of each group one level or more up (a section, for chapters)."""
    hierarchy = axis.dimension.hierarchy
    top = cut(hierarchy, below_total(hierarchy)[0])[list(axis.nodes)]
    starts = np.flatnonzero(np.diff(top) != 0) + 1
    if len(starts) + 1 >= len(axis.nodes):
        return []
    return [
        {
            "data": {"values": [{"row": rows[place]} for place in starts.tolist()]},
            "mark": {"type": "rule", "stroke": "#666666", "strokeWidth": 0.8},
            "encoding": {"x": None, "y": {"field": "row", "type": "nominal", "bandPosition": 0}},
        }
    ]


def _side(axis: Axis, names: Sequence[str], order: str, where: str, angle: int) -> Spec:
    return {
        "field": "column" if where == "top" else "row",
        "type": "nominal",
        "scale": {"domain": list(names)},
        "axis": {
            "title": f"{axis.dimension.title} ({axis.level}{order})",
            "orient": where,
            "labelAngle": angle,
            "labelOverlap": False,
            "labelLimit": 400,
            "ticks": False,
            "domain": False,
            "grid": True,
            "gridColor": "#e8e8e8",
            "zindex": 0,
            "maxExtent": 1000,
        },
    }


def _names(axis: Axis, longest: int) -> list[str]:
    """Code and name, cut to a readable length; each different, for the code stands in front."""
    hierarchy = axis.dimension.hierarchy
    return [shortened(f"{hierarchy.codes[node]} {hierarchy.names[node]}", longest) for node in axis.nodes]


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _word(measure: str) -> str:
    return measure.replace("_", " ")


def _look() -> Spec:
    return {
        "font": "Liberation Sans, Arial, Helvetica, sans-serif",
        "view": {"stroke": "#bbbbbb"},
        "title": {
            "anchor": "start",
            "frame": "group",
            "fontSize": 18,
            "subtitleFontSize": 12,
            "subtitleColor": "#333333",
            "color": "#8a1020",
            "offset": 14,
            "subtitlePadding": 6,
            "subtitleLineHeight": 16,
        },
        "axis": {"labelFontSize": 10, "titleFontSize": 12, "labelColor": "#222222", "titlePadding": 10},
        "legend": {"labelFontSize": 11, "titleFontSize": 12, "titleLimit": 300, "labelLimit": 300, "offset": 24},
    }
