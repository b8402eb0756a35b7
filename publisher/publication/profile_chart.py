"""The figures of one code over time as a line, for its profile; the table of the same periods stands below it."""

from collections.abc import Sequence

from publisher.publication.chart import Series, line
from publisher.publication.chart_figure import ChartFigure
from publisher.publication.numbers import in_words
from publisher.publication.periods import period_words
from publisher.publication.profile_figures import Figure, as_point, number_words

FEWEST = 3  # figures shown: fewer are read faster than they are seen


def profile_chart(table: str, code: str, figures: Sequence[Figure], source: str) -> ChartFigure | None:
    """`figures`: one a period, oldest first. Of those that were counted in another way than the newest, and of what
    came before them, nothing is drawn. None where fewer than FEWEST figures are left."""
    alike = counted_alike(figures)
    if sum(figure.has_number for figure in alike) < FEWEST:
        return None
    measure, periods = alike[-1].measure, [figure.period for figure in alike]
    title = f"{measure.title}, {period_words(periods[0])} to {period_words(periods[-1])}"
    series = Series(measure.title, tuple(map(as_point, alike)), tuple(map(_told, alike)))
    labels, unit = [period_words(period) for period in periods], "" if measure.unit == "1" else measure.unit
    svg = line(f"{table.replace('_', '-')}-line", title, _desc(alike), periods, [series], unit=unit, labels=labels)
    return ChartFigure(svg, any(figure.kind == "noisy" for figure in alike), f"{table}-{code}", source)


def counted_alike(figures: Sequence[Figure]) -> Sequence[Figure]:
    """The latest figures that were counted in one way: all after the last one of another method or unit."""
    way = figures[-1].method, figures[-1].measure
    other = [n for n, figure in enumerate(figures) if figure.kind != "absent" and (figure.method, figure.measure) != way]
    return figures[other[-1] + 1 :] if other else figures


def _told(figure: Figure) -> str:
    """ "March 2021: 1,234 KRW (± 13)" """
    text, margin, ends = number_words(figure)
    when, unit = period_words(figure.period), "" if figure.measure.unit == "1" else f" {figure.measure.unit}"
    if not figure.has_number:
        return f"{when}: {text}"
    if margin:
        return f"{when}: {text}{unit} (± {margin})"
    return f"{when}: {text}{unit} (95 %: {ends})" if ends else f"{when}: {text}{unit}"


def _desc(figures: Sequence[Figure]) -> str:
    """What people hear who do not see the line."""
    drawn = [figure for figure in figures if figure.has_number]
    low, high = min(drawn, key=lambda f: f.value), max(drawn, key=lambda f: f.value)
    return (
        f"A line over {len(figures)} periods. The highest figure shown is {in_words(high.value, high.unit)} in "
        f"{period_words(high.period)}, the lowest {in_words(low.value, low.unit)} in {period_words(low.period)}. "
        "The table below has all of them."
    )
