"""The ten largest shown values of a dimension as bars. Lengths are computed here, from shown cells only."""

from dataclasses import dataclass

from publisher.model.structure import Dimension
from publisher.publication.display import HEADLINE_LENGTH, level_words, short_name, spread_words
from publisher.publication.margins import Margin, margin
from publisher.publication.numbers import grouped, in_words
from publisher.publication.published import Published

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


def bar_charts(published: Published) -> tuple[BarChart, ...]:
    """One chart a dimension that has at least three values to compare."""
    charts = (bar_chart(published, dimension) for dimension in published.structure.dimensions)
    return tuple(chart for chart in charts if chart is not None)


def bar_chart(published: Published, dimension: Dimension) -> BarChart | None:
    found = margin(published, dimension, published.structure.measures[0])
    if found is None or len(found.shown) < 3 or found.shown[0][1] <= 0:
        return None
    top = found.shown[:BARS]
    scale = max(value if upper is None else max(value, upper) for _, value, _, upper in top)
    level = level_words(found.level).lower()
    named = dimension.title if level in dimension.title.lower() else f"{dimension.title} ({level})"
    return BarChart(
        f"{named}: {len(top)} largest by {found.measure.title.lower()}",
        _note(found, noisy=published.noisy),
        published.noisy,
        tuple(_bar(found, cell, scale) for cell in top),
    )


def _bar(found: Margin, cell: tuple[int, int, int | None, int | None], scale: int) -> Bar:
    node, value, lower, upper = cell
    length = _thousandths(value, scale)
    low = length if lower is None else _thousandths(lower, scale)
    high = length if upper is None else _thousandths(upper, scale)
    text = in_words(value, found.measure)
    if lower is not None and upper is not None:
        spread = spread_words(found.measure, value, lower, upper)
        text += f" {spread}" if found.measure.quantile is None else f" ({spread})"
    hierarchy = found.dimension.hierarchy
    label = short_name(hierarchy.names[node], HEADLINE_LENGTH)
    return Bar(label, hierarchy.codes[node], text, length, low, high, high - low)


def _thousandths(value: int, scale: int) -> int:
    return min(1000, max(0, round(1000 * value / scale)))


def _note(found: Margin, *, noisy: bool) -> str:
    if not found.hidden:
        return ""
    why = "too noisy to show" if noisy else "not shown to protect companies"
    count = f"{grouped(found.hidden)} more {'is' if found.hidden == 1 else 'are'} {why}"
    return f"{count} and may be larger than some of these."
