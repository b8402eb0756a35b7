"""The charts of a release's page: what was traded as areas, with whom on a grid of tiles. From shown cells only."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from publisher.publication.chart import Part, Svg, tiles, treemap
from publisher.publication.contexts import Link, ReleasePage
from publisher.publication.imprint import Imprint
from publisher.publication.tables.chart_figure import ChartFigure
from publisher.publication.tables.margin_parts import hidden_parts, lines_of, shown_parts
from publisher.publication.tables.margins import Margin, margin
from publisher.publication.tables.published import Published
from publisher.publication.tables.ranked import source_of, titled
from publisher.publication.words import Words

MOST = {"HS": 2, "COUNTRY": 1}  # by codelist: a grid of tiles is a third of what a page may weigh
LINES = 40  # of the table beside a picture: as many as there are areas of their own
FEWEST = 3  # figures above zero: fewer are no picture


def release_charts(
    tables: Sequence[Published], imprint: Imprint, *, charts_at: str = "charts/"
) -> tuple[ChartFigure, ...]:
    """Of the first tables that bear them, those without noise first; areas before tiles."""
    ordered = sorted(tables, key=lambda table: table.noisy)
    found = (
        islice((one for table in ordered for one in _charts(table, codelist, imprint, charts_at)), most)
        for codelist, most in MOST.items()
    )
    return tuple(chain.from_iterable(found))


def shorter_release(page: ReleasePage) -> Iterator[ReleasePage]:
    """The page itself, then each time with its last chart as a link to the chart's file."""
    yield page
    while page.charts:
        last = Link(page.charts[-1].svg.title, page.charts[-1].file)
        page = replace(page, charts=page.charts[:-1], further=(last, *page.further))
        yield page


def _charts(table: Published, codelist: str, imprint: Imprint, charts_at: str) -> Iterator[ChartFigure]:
    """One, or none: where no figures along a dimension of this codelist can be drawn."""
    measure = table.structure.measures[0]
    dimensions = [each for each in table.structure.dimensions if each.hierarchy.codelist == codelist]
    found = margin(table, dimensions[0], measure) if dimensions else None
    if found is None or not _borne(found) or sum(value > 0 for _, value, _, _ in found.shown) < FEWEST:
        return
    words = imprint.words
    parts = (*shown_parts(found, words), *hidden_parts(found, words, noisy=table.noisy))
    kind = "areas" if codelist == "HS" else "tiles"
    name = f"{table.structure.id}-{found.dimension.column}-{kind}"
    yield ChartFigure(
        _drawn(f"{table.structure.id}-{kind}", table, found, parts, words),
        table.noisy,
        name,
        source_of(table, imprint),
        file=f"{charts_at}{name}.svg",
        head=(words.own(found.dimension.title), words.own(measure.title)),
        lines=lines_of(parts[:LINES]),
        more=_more(len(parts) - LINES, words),
        full=(words.own(table.structure.title), f"tables/{table.structure.id}.html"),
    )


def _more(count: int, words: Words) -> str:
    if count <= 0:
        return ""
    return words.ngettext("One more stands in the table.", "%(count)s more stand in the table.", count)


def _borne(found: Margin) -> bool:
    """Areas: parts that make a whole. Tiles: countries, for others have no place on the grid."""
    if found.dimension.hierarchy.codelist == "HS":
        return found.measure.adds_up
    return found.level == "country"


def _drawn(identifier: str, table: Published, found: Margin, parts: Sequence[Part], words: Words) -> Svg:
    title = words.gettext(
        "%(table)s: %(measure)s by %(dimension)s",
        table=words.own(table.structure.title),
        measure=words.own(found.measure.title).lower(),
        dimension=titled(found.dimension, found.level, words).lower(),
    )
    if identifier.endswith("areas"):
        return treemap(identifier, title, _description(parts, words), parts, words)
    unit = "" if found.measure.unit == "1" else words.own(found.measure.unit)
    return tiles(identifier, title, _description(parts, words), parts, unit=unit, words=words)


def _description(parts: Sequence[Part], words: Words) -> str:
    return words.gettext(
        "%(count)s codes. The largest figure shown is that of %(name)s, %(amount)s. The table below has them.",
        count=words.number(len(parts)),
        name=parts[0].name,
        amount=parts[0].amount,
    )
