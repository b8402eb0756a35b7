"""How each kind of mark looks in a file that is downloaded; on pages publisher.css says so (its part "graphs").

Every look has a rule there for light, dark, forced colours and print (tested: no look without a rule).
"""

from collections.abc import Mapping

_INK, _SOFT, _LINE, _BAR, _HIDDEN, _NOISE = "#18242f", "#4c5b69", "#d3dae1", "#2f6d96", "#7a4a12", "#55418c"
_FONT = {"font-family": "Arial, Helvetica, sans-serif"}


def _text(fill: str, size: int, weight: str = "400") -> dict[str, str]:
    return {**_FONT, "fill": fill, "font-size": str(size), "font-weight": weight}


def _stroke(colour: str, width: str, dashes: str = "") -> dict[str, str]:
    plain = {"fill": "none", "stroke": colour, "stroke-width": width, "stroke-linejoin": "round"}
    return {**plain, "stroke-dasharray": dashes} if dashes else plain


def _dots(colour: str) -> dict[str, str]:
    """Lines without length have round ends."""
    return {**_stroke(colour, "6"), "stroke-linecap": "round"}


LOOKS: Mapping[str, Mapping[str, str]] = {
    # text
    "heading": _text(_INK, 16, "700"),
    "note": _text(_SOFT, 12),
    "name": _text(_INK, 14),
    "name-roomy": _text(_INK, 14),
    "name-narrow": {"display": "none"},
    "code": _text(_SOFT, 12),
    "amount": _text(_INK, 14),
    "tick": _text(_SOFT, 12),
    "tick-roomy": _text(_SOFT, 12),
    "gone": _text(_HIDDEN, 13, "700"),
    "gone-words": {**_text(_HIDDEN, 13), "font-style": "italic"},
    "label": _text(_INK, 12),
    "label-roomy": _text(_INK, 12),
    "label-narrow": {"display": "none"},
    "tile-code": {**_text(_INK, 10), "text-anchor": "middle"},
    # frame
    "ground": {"fill": "#ffffff"},
    "grid": _stroke(_LINE, "1"),
    "zero": _stroke(_INK, "1"),
    "frame": {"fill-opacity": "0"},  # around what is read out: it shows nothing itself
    # lines, in order of series
    "line-0": _stroke(_BAR, "2.5"),
    "line-1": _stroke("#9a3d00", "2.5", "7 4"),
    "line-2": _stroke(_NOISE, "2.5", "2 4"),
    "dot-0": {"fill": _BAR},
    "dot-1": {"fill": "#9a3d00"},
    "dot-2": {"fill": _NOISE},
    "dots-0": _dots(_BAR),
    "dots-1": _dots("#9a3d00"),
    "dots-2": _dots(_NOISE),
    "band-0": {"fill": _BAR, "fill-opacity": "0.2", "stroke": "none"},
    "band-1": {"fill": "#9a3d00", "fill-opacity": "0.2", "stroke": "none"},
    "band-2": {"fill": _NOISE, "fill-opacity": "0.2", "stroke": "none"},
    # bars
    "track": {"fill": "#e6ebf0"},
    "bar": {"fill": _BAR},
    "bar-noisy": {"fill": _BAR, "fill-opacity": "0.55"},
    "whisker": _stroke(_INK, "2"),
    # areas
    "area": {"fill": "#cfe1ee", "stroke": "#ffffff", "stroke-width": "2"},
    "area-noisy": {"fill": "#e0d9f3", "stroke": "#ffffff", "stroke-width": "2"},
    "area-rest": {"fill": "#e6ebf0", "stroke": "#ffffff", "stroke-width": "2"},
    # heat
    "up-2": _stroke("#8fc0e0", "20"),
    "up-1": _stroke("#d3e6f2", "20"),
    "flat": _stroke("#eef1f4", "20"),
    "down-1": _stroke("#f6ddc8", "20"),
    "down-2": _stroke("#e5a877", "20"),
    "blank": {"fill": "none", "stroke": _LINE, "stroke-width": "1"},
    "sign": _stroke(_INK, "8"),
    # tiles
    "tile": {"fill": "#ffffff", "stroke": "#b5c0cb", "stroke-width": "1"},
    "level": {"fill": "#9cc6e2"},
    "tile-cross": {**_text(_HIDDEN, 12, "700"), "text-anchor": "middle"},
    "tile-key": _text(_SOFT, 11),
    "tile-empty": {"fill": "none", "stroke": _LINE, "stroke-width": "1"},
    "tile-gone": {"fill": "#f1e3cb", "stroke": _HIDDEN, "stroke-width": "1", "stroke-dasharray": "2 2"},
}
