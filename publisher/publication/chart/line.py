"""Figures over time. A period that is not shown is a gap, with a cross below the axis: always there, always so."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import groupby

from publisher.publication.chart.point import Number, Point, Series
from publisher.publication.chart.scale import Scale, percent, scale
from publisher.publication.chart.signs import GONE
from publisher.publication.chart.svg import Element, Svg, frame, mark
from publisher.publication.chart.wording import axis
from publisher.publication.words import ENGLISH, Words

MOST_SERIES = 3  # as many as have a look of their own without colour
_LEFT, _RIGHT = Fraction(11, 100), Fraction(98, 100)
_TALL, _STRIP, _LEGEND = 180, 18, 20  # pixels: the plot, a strip of crosses, a line of the legend
_ACROSS = 1000  # units of the plot's own width
_FEW = 24  # periods: up to here every figure has its dot
_NEAR_END = Fraction(85, 100)
_ROOMY, _ROOMY_YEARS, _NARROW = 4, 6, 3  # labels of the axis of time on a wide page and on a phone


def line(
    identifier: str,
    title: str,
    desc: str,
    periods: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str,
    labels: Sequence[str] | None = None,
    words: Words = ENGLISH,
    from_zero: bool = True,
) -> Svg:
    """One to three series over `periods` ("2021-03", in order, none left out); `labels` are what people read.

    Raises ValueError for another number of series, no period, or a series that is not as long as `periods`.
    """
    labels = periods if labels is None else labels
    if not 1 <= len(series) <= MOST_SERIES or not periods:
        raise ValueError(f"a line chart takes 1 to {MOST_SERIES} series and at least one period")
    if any(len(one.points) != len(periods) for one in series) or len(labels) != len(periods):
        raise ValueError("every series needs one point a period, and every period its label")
    found = scale((p for one in series for p in one.points), from_zero=from_zero)
    top = (_LEGEND * len(series) if len(series) > 1 else 0) + 28
    marks = [*_legend(series), *_frame(found, unit, top, words)]
    for place, one in enumerate(series):
        marks += [_plot(one, place, found, top, len(series)), *_dots(one, place, found, top)]
        marks += _crosses(one, place if len(series) > 1 else None, top + _TALL + _STRIP * (place + 1))
    below = top + _TALL + _STRIP * len(series)
    marks += _axis(periods, labels, below + 18)
    return Svg(identifier, title, desc, below + 26, tuple(marks), _notes(series, words))


def _legend(series: Sequence[Series]) -> Iterator[Element]:
    for place, one in enumerate(series if len(series) > 1 else ()):
        y = _LEGEND * place + 10
        yield mark("line", f"line-{place}", x1=0, x2=32, y1=y, y2=y)
        yield mark("text", "label", one.name, x=40, y=y + 4)


def _frame(found: Scale, unit: str, top: int, words: Words) -> Iterator[Element]:
    counted_in, ticks = axis(found, unit, words)
    if not ticks:
        yield mark(
            "text", "gone-words", words.gettext("There is no figure to draw."), x=percent(_LEFT), y=top + _TALL // 2
        )
    else:
        yield mark("text", "tick", counted_in, x=0, y=top - 14)
    for value, text in zip(found.ticks, ticks, strict=True):
        y = _down(value, found, top)
        yield mark("text", "tick", text, x=percent(_LEFT - Fraction(15, 1000)), y=y + 4, text_anchor="end")


def _plot(one: Series, place: int, found: Scale, top: int, count: int) -> Element:
    """Lines, dots and bands stretch with the page, strokes keep their width; single figures and words stand outside.
    The first of `count` series brings the level lines, the last the frame of the period that is read out."""
    step = Fraction(_ACROSS, max(len(one.points) - 1, 1))
    marks = [*_levels(found)] if place == 0 else []
    for run in _runs(one.points, lambda point: point.kind == "noisy"):
        upper = [(round(n * step), _down(one.points[n].upper or 0, found, 0)) for n in run]
        lower = [(round(n * step), _down(one.points[n].lower or 0, found, 0)) for n in reversed(run)]
        marks.append(mark("path", f"band-{place}", d=f"{_path([*upper, *lower])} Z"))
    for run in _runs(one.points, lambda point: point.drawn):
        places = [(round(n * step), _down(one.points[n].value or 0, found, 0)) for n in run]
        marks.append(mark("path", f"line-{place}", d=_path(places), vector_effect="non-scaling-stroke"))
    if dots := "".join(f"M{round(n * step)}+{_down(one.points[n].value or 0, found, 0)}h.1" for n in _dotted(one)):
        marks.append(mark("path", f"dots-{place}", d=dots, vector_effect="non-scaling-stroke"))
    if place == count - 1:
        marks.append(frame(-step / 2, 0, step, _TALL + _STRIP * count))
    return mark(
        "svg",
        "",
        *marks,
        x=percent(_LEFT),
        y=top,
        width=percent(_RIGHT - _LEFT),
        height=_TALL,
        viewBox=f"0, 0, {_ACROSS}, {_TALL}",
        preserveAspectRatio="none",
        overflow="visible",
    )


def _levels(found: Scale) -> Iterator[Element]:
    """At the ticks, up to the right end of the picture."""
    across = round(_ACROSS * (1 - _LEFT) / (_RIGHT - _LEFT))
    for look, wanted in (("grid", False), ("zero", True)):
        d = "".join(f"M0+{_down(tick, found, 0)}h{across}" for tick in found.ticks if (tick == 0) == wanted)
        if d:
            yield mark("path", look, d=d, vector_effect="non-scaling-stroke")


def _runs(points: Sequence[Point], wanted: Callable[[Point], bool]) -> list[list[int]]:
    """Places of neighbours that are wanted, at least two in a row."""
    groups = groupby(range(len(points)), key=lambda n: wanted(points[n]))
    runs = [list(places) for found, places in groups if found]
    return [run for run in runs if len(run) > 1]


def _path(places: Sequence[tuple[int, int]]) -> str:
    """ "M0+90 L17+88": a sign between numbers, so that no two of them read as one grouped number."""
    return " ".join(f"{'L' if n else 'M'}{x}+{y}" for n, (x, y) in enumerate(places))


def _dotted(one: Series) -> list[int]:
    """Places of a short series' figures, but for the last and those that stand alone."""
    points, last = one.points, _last(one)
    return [
        n for n, p in enumerate(points) if len(points) <= _FEW and p.drawn and n != last and not _alone(points, n)
    ]


def _last(one: Series) -> int:
    return max((n for n, point in enumerate(one.points) if point.drawn), default=-1)


def _alone(points: Sequence[Point], place: int) -> bool:
    return not any(0 <= n < len(points) and points[n].drawn for n in (place - 1, place + 1))


def _dots(one: Series, place: int, found: Scale, top: int) -> Iterator[Element]:
    """The figures that stand alone, and the last."""
    points, last = one.points, _last(one)
    for n, point in enumerate(points):
        alone = _alone(points, n)
        if point.value is None or not (alone or n == last):
            continue
        x = _across(n, len(points))
        if alone and point.lower is not None and point.upper is not None:
            ends = {"y1": _down(point.lower, found, top), "y2": _down(point.upper, found, top)}
            yield mark("line", "whisker", x1=x, x2=x, **ends)
        yield mark("circle", f"dot-{place}", cx=x, cy=_down(point.value, found, top), r=3 if n != last else 4)


def _crosses(one: Series, place: int | None, y: int) -> Iterator[Element]:
    if place is not None and any(point.kind == "hidden" for point in one.points):
        yield mark("line", f"line-{place}", x1="2%", x2="8%", y1=y - 8, y2=y - 8)
    for n, point in enumerate(one.points):
        if point.kind == "hidden":
            yield mark("text", "gone", GONE, x=_across(n, len(one.points)), y=y - 3, text_anchor="middle")


def _axis(periods: Sequence[str], labels: Sequence[str], y: int) -> Iterator[Element]:
    """Years where there are some; else periods, from the last one backwards."""
    words, roomy = dict(_years(periods)), _ROOMY_YEARS
    if len(words) < _NARROW:
        words, roomy = dict(enumerate(labels)), _ROOMY
    places = _spread(list(words), roomy)
    always = _spread(places, _NARROW)
    for n in places:
        look = "tick" if n in always else "tick-roomy"
        anchor = _anchor(Fraction(n, max(len(periods) - 1, 1)), len(periods))
        yield mark("text", look, words[n], x=_across(n, len(periods)), y=y, text_anchor=anchor)


def _spread(places: Sequence[int], most: int) -> list[int]:
    """At most so many of them, the last one among them, at even distances."""
    return list(places)[::-1][:: -(-len(places) // most)][::-1]


def _anchor(part: Fraction, count: int) -> str:
    """Of a label at this part of the axis: one near the end would not fit on a phone if it stood in the middle."""
    if count == 1:
        return "middle"
    return "start" if part == 0 else "end" if part > _NEAR_END else "middle"


def _years(periods: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(place, year) of the first period of each year that is there."""
    for year, places in groupby(range(len(periods)), key=lambda n: periods[n][:4]):
        yield next(places), year


@cache
def _across(place: int, count: int) -> str:
    return percent(_along(place, count))


def _along(place: int, count: int) -> Fraction:
    part = Fraction(place, count - 1) if count > 1 else Fraction(1, 2)
    return _LEFT + (_RIGHT - _LEFT) * part


def _down(value: Number, found: Scale, top: int) -> int:
    return top + round(found.from_top(value, _TALL))


def _notes(series: Sequence[Series], words: Words) -> tuple[str, ...]:
    notes, alone = [], len(series) == 1
    for one in series:
        hidden, absent = (sum(point.kind == kind for point in one.points) for kind in ("hidden", "absent"))
        notes += [_hidden(hidden, "" if alone else one.name, words)] if hidden else []
        if absent and alone:
            plural = words.ngettext
            notes.append(
                plural("There is no figure for one period.", "There is no figure for %(count)s periods.", absent)
            )
    if any(point.kind == "noisy" for one in series for point in one.points):
        notes.append(words.gettext("The band, or the upright line, is the 95 %% interval of a figure with noise."))
    return tuple(notes)


def _hidden(count: int, name: str, words: Words) -> str:
    plural = words.ngettext
    if not name:
        return plural(
            "%(gone)s One period is not shown.", "%(gone)s %(count)s periods are not shown.", count, gone=GONE
        )
    return plural(
        "%(gone)s %(series)s: one period is not shown.",
        "%(gone)s %(series)s: %(count)s periods are not shown.",
        count,
        gone=GONE,
        series=name,
    )
