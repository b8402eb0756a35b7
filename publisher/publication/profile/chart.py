"""The figures of one code over time as a line, for its profile; the table of the same periods stands below it."""

from collections.abc import Sequence

from publisher.model.codelist import Code
from publisher.publication.chart import Series, line
from publisher.publication.numbers import in_words
from publisher.publication.profile.figures import Figure
from publisher.publication.tables.chart_figure import ChartFigure
from publisher.publication.tables.display import HEADLINE_LENGTH, short_name
from publisher.publication.words import Words

FEWEST = 3  # figures shown: fewer are read faster than they are seen


def profile_chart(table: str, code: Code, figures: Sequence[Figure], source: str, words: Words) -> ChartFigure | None:
    """`figures`: one a period, oldest first. `code` with its name in the language of the page.

    Of figures that were counted in another way than the newest, and of what came before them, nothing is drawn. None
    where fewer than FEWEST figures are left.
    """
    alike = counted_alike(figures)
    if sum(figure.has_number for figure in alike) < FEWEST:
        return None
    measure, periods = words.own(alike[-1].measure.title), [figure.period for figure in alike]
    labels, unit = [words.period(period) for period in periods], alike[-1].measure.unit
    named = {"measure": measure.lower(), "first": labels[0], "last": labels[-1]}
    name = short_name(code.name, HEADLINE_LENGTH)
    title = words.gettext("%(name)s: %(measure)s, %(first)s to %(last)s", name=name, **named)
    caption = words.gettext("%(measure)s, %(first)s to %(last)s", **named | {"measure": measure})
    series = Series(measure, tuple(figure.point for figure in alike))
    unit = "" if unit == "1" else words.own(unit)
    svg = line(f"{table}-line", title, _desc(alike, words), periods, [series], unit=unit, labels=labels, words=words)
    noisy = any(figure.kind == "noisy" for figure in alike)
    return ChartFigure(svg, noisy, f"{table}-{code.code}", source, caption=caption)


def counted_alike(figures: Sequence[Figure]) -> Sequence[Figure]:
    """The latest figures that were counted in one way: all after the last one of another method or unit."""
    way = figures[-1].method, figures[-1].measure
    others = (n for n, each in enumerate(figures) if each.kind != "absent" and (each.method, each.measure) != way)
    return figures[max(others, default=-1) + 1 :]


def _desc(figures: Sequence[Figure], words: Words) -> str:
    """What people hear who do not see the line."""
    drawn = [figure for figure in figures if figure.has_number]
    low, high = min(drawn, key=lambda each: each.value), max(drawn, key=lambda each: each.value)
    return words.gettext(
        "A line over time. The highest figure shown is %(high)s (%(when_high)s), the lowest %(low)s (%(when_low)s). "
        "The table below has all of them.",
        high=in_words(high.value, high.unit, words),
        when_high=words.period(high.period),
        low=in_words(low.value, low.unit, words),
        when_low=words.period(low.period),
    )
