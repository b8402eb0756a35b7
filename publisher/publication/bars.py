"""The ten largest shown values of a dimension as bars. Lengths are computed here, from shown cells only."""

from dataclasses import dataclass

from publisher.model.structure import Dimension
from publisher.publication.display import HEADLINE_LENGTH, node_name, short_name, spread_words
from publisher.publication.level_names import level_name
from publisher.publication.margins import Margin, margin
from publisher.publication.numbers import in_words
from publisher.publication.published import Published
from publisher.publication.words import ENGLISH, Words

BARS = 10


@dataclass(frozen=True)
class Bar:
    """Lengths in thousandths of the chart's width. `low` and `high` end the 95 % interval; equal where exact."""

    label: str
    code: str
    text: str
    length: int
    low: int
    high: int
    span: int


@dataclass(frozen=True)
class BarChart:
    title: str
    note: str
    noisy: bool
    bars: tuple[Bar, ...]


def bar_charts(published: Published, words: Words = ENGLISH) -> tuple[BarChart, ...]:
    """One chart a dimension that has at least three values to compare."""
    charts = (bar_chart(published, dimension, words) for dimension in published.structure.dimensions)
    return tuple(chart for chart in charts if chart is not None)


def bar_chart(published: Published, dimension: Dimension, words: Words = ENGLISH) -> BarChart | None:
    found = margin(published, dimension, published.structure.measures[0])
    if found is None or len(found.shown) < 3 or found.shown[0][1] <= 0:
        return None
    top = found.shown[:BARS]
    scale = max(value if upper is None else max(value, upper) for _, value, _, upper in top)
    return BarChart(
        _title(found, len(top), words),
        _note(found, words, noisy=published.noisy),
        published.noisy,
        tuple(_bar(found, cell, scale, words) for cell in top),
    )


def _title(found: Margin, count: int, words: Words) -> str:
    title, level = words.own(found.dimension.title), level_name(found.level, words)
    named = {"dimension": title, "count": words.number(count), "measure": words.own(found.measure.title).lower()}
    if level.lower() in title.lower():
        return words.gettext("%(dimension)s: %(count)s largest by %(measure)s", **named)
    return words.gettext("%(dimension)s (%(level)s): %(count)s largest by %(measure)s", level=level, **named)


def _bar(found: Margin, cell: tuple[int, int, int | None, int | None], scale: int, words: Words) -> Bar:
    node, value, lower, upper = cell
    length = _thousandths(value, scale)
    low = length if lower is None else _thousandths(lower, scale)
    high = length if upper is None else _thousandths(upper, scale)
    text = in_words(value, found.measure, words)
    if lower is not None and upper is not None:
        spread = spread_words(found.measure, value, lower, upper, words)
        text += f" {spread}" if found.measure.quantile is None else f" ({spread})"
    hierarchy = found.dimension.hierarchy
    label = short_name(node_name(hierarchy, node, words), HEADLINE_LENGTH)
    return Bar(label, hierarchy.codes[node], text, length, low, high, high - low)


def _thousandths(value: int, scale: int) -> int:
    return min(1000, max(0, round(1000 * value / scale)))


def _note(found: Margin, words: Words, *, noisy: bool) -> str:
    if not found.hidden:
        return ""
    if noisy:
        return words.ngettext(
            "%(count)s more is too noisy to show and may be larger than some of these.",
            "%(count)s more are too noisy to show and may be larger than some of these.",
            found.hidden,
        )
    return words.ngettext(
        "%(count)s more is not shown to protect companies and may be larger than some of these.",
        "%(count)s more are not shown to protect companies and may be larger than some of these.",
        found.hidden,
    )
