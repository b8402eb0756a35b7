"""Ranked bars: a name on its line, its bar below it from zero, and the figure beside the bar."""

from collections.abc import Sequence
from fractions import Fraction

from publisher.publication.chart.point import Part, extent
from publisher.publication.chart.scale import Scale, percent
from publisher.publication.chart.signs import GONE
from publisher.publication.chart.svg import Element, Svg, mark
from publisher.publication.tables.display import short_name
from publisher.publication.words import ENGLISH, Words

ROOMY_LENGTH = 54  # characters of a name on a wide page
NAME_LENGTH = 38  # characters: what 288 pixels hold, the width that a phone of 320 leaves
_BESIDE = Fraction(55, 100)  # a bar's part of the width where the figure stands beside it
_SHORT = 19  # characters of a figure that stands beside its bar
_ROW, _ROW_LONG, _BAR = 44, 62, 10  # pixels: a row, a row whose figure has its own line, a bar


def bars(identifier: str, title: str, desc: str, parts: Sequence[Part], words: Words = ENGLISH) -> Svg:
    """One row a part, in the order given. A part that is not shown has its words, and a cross where bars begin."""
    beside = all(len(part.amount) <= _SHORT for part in parts)
    row, span = (_ROW, _BESIDE) if beside else (_ROW_LONG, Fraction(98, 100))
    scale = _scale(parts)
    marks = [one for n, part in enumerate(parts) for one in _row(part, scale, span, n * row, beside=beside)]
    interval = words.gettext("The thin line on a bar is the 95 %% interval of a figure with noise.")
    notes = (interval,) if any(part.point.kind == "noisy" for part in parts) else ()
    return Svg(identifier, title, desc, max(row * len(parts), 1), tuple(marks), notes)


def _scale(parts: Sequence[Part]) -> Scale:
    """From zero to the longest: bars need no ticks, so their ends are the figures' own."""
    least, greatest = extent(part.point for part in parts) or (0, 0)
    low, high = Fraction(min(least, 0)), Fraction(max(greatest, 0))
    return Scale(low, high if high > low else low + 1, ())


def _row(part: Part, scale: Scale, span: Fraction, top: int, *, beside: bool) -> list[Element]:
    y = top + (_ROW if beside else _ROW_LONG) - 24
    look = "amount" if part.point.drawn else "gone-words"
    amount = (
        mark("text", look, part.amount, x="100%", y=y + 10, text_anchor="end")
        if beside
        else mark("text", look, part.amount, x=0, y=top + 31)
    )
    track = mark("rect", "track", x=0, y=y, width=percent(span), height=_BAR)
    return [*_name(part, top + 13), track, *_bar(part, scale, span, y), amount]


def _name(part: Part, y: int) -> list[Element]:
    """Once where a phone holds it all, else once for a wide page and once, shorter, for a phone."""
    lengths = {"name": NAME_LENGTH}
    if len(part.name) > NAME_LENGTH:
        lengths = {"name-roomy": ROOMY_LENGTH, "name-narrow": NAME_LENGTH}
    code = mark("tspan", "code", part.code, dx=6)
    return [mark("text", look, short_name(part.name, most), code, x=0, y=y) for look, most in lengths.items()]


def _bar(part: Part, scale: Scale, span: Fraction, y: int) -> list[Element]:
    zero, value = scale.part(0) * span, part.point.value
    if value is None:
        # At zero, whatever is hidden: a constant place says nothing.
        return [mark("text", "gone", GONE, x=percent(zero), y=y + 9, dx=3)]
    end = scale.part(value) * span
    drawn = [mark("line", "zero", x1=percent(zero), x2=percent(zero), y1=y - 3, y2=y + 13)] if scale.low < 0 else []
    look = "bar" if part.point.kind == "shown" else "bar-noisy"
    drawn += [mark("rect", look, x=percent(min(zero, end)), y=y, width=percent(abs(end - zero)), height=_BAR)]
    if part.point.lower is not None and part.point.upper is not None:
        low, high = (percent(scale.part(number) * span) for number in (part.point.lower, part.point.upper))
        drawn += [mark("line", "whisker", x1=low, x2=high, y1=y + 5, y2=y + 5)]
        drawn += [mark("line", "whisker", x1=x, x2=x, y1=y + 1, y2=y + 9) for x in (low, high)]
    return drawn
