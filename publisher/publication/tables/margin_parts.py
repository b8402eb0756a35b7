"""The cells along one dimension as parts of a chart, in words."""

from collections.abc import Sequence
from fractions import Fraction

from publisher.publication.chart import HIDDEN, Part, noisy, shown
from publisher.publication.numbers import in_words
from publisher.publication.tables.chart_figure import ChartLine
from publisher.publication.tables.display import node_name, short_name, spread_words
from publisher.publication.tables.margins import Margin
from publisher.publication.words import Words


def shown_parts(found: Margin, words: Words) -> tuple[Part, ...]:
    """Largest first."""
    return tuple(_shown(found, cell, words) for cell in found.shown)


def hidden_parts(found: Margin, words: Words, *, noisy: bool) -> tuple[Part, ...]:
    """In order of code. Nothing but that they are there."""
    why = words.gettext("too noisy to show") if noisy else words.gettext("not shown")
    return tuple(Part(_name(found, node, words), _code(found, node), HIDDEN, why) for node in found.unshown)


def lines_of(parts: Sequence[Part]) -> tuple[ChartLine, ...]:
    return tuple(ChartLine(part.name, part.code, (part.amount,)) for part in parts)


def _shown(found: Margin, cell: tuple[int, int, int | None, int | None], words: Words) -> Part:
    node, value, lower, upper = cell
    unit, text, point = 10**found.measure.decimals, in_words(value, found.measure, words), None
    if lower is not None and upper is not None:
        spread = spread_words(found.measure, value, lower, upper, words)
        text += f" {spread}" if found.measure.quantile is None else f" ({spread})"
        point = noisy(Fraction(value, unit), Fraction(lower, unit), Fraction(upper, unit))
    return Part(_name(found, node, words), _code(found, node), point or shown(Fraction(value, unit)), text)


def _name(found: Margin, node: int, words: Words) -> str:
    return short_name(node_name(found.dimension.hierarchy, node, words))


def _code(found: Margin, node: int) -> str:
    return found.dimension.hierarchy.codes[node]
