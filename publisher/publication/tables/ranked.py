"""The ten largest shown values along a dimension, as bars and as a small table. From shown cells only."""

from collections.abc import Sequence
from dataclasses import replace

from publisher.model.structure import Dimension
from publisher.publication.chart import Part, bars
from publisher.publication.files.citation import citation
from publisher.publication.imprint import Imprint
from publisher.publication.level_names import level_name
from publisher.publication.tables.chart_figure import ChartFigure
from publisher.publication.tables.margin_parts import lines_of, shown_parts
from publisher.publication.tables.margins import Margin, margin
from publisher.publication.tables.published import Published
from publisher.publication.words import Words

BARS, FEWEST = 10, 3


def rankings(published: Published, imprint: Imprint, *, charts_at: str = "") -> tuple[ChartFigure, ...]:
    """One a dimension that has at least three values to compare. `charts_at`: the folder of their files."""
    found = (margin(published, each, published.structure.measures[0]) for each in published.structure.dimensions)
    wanted = (one for one in found if one is not None and len(one.shown) >= FEWEST and one.shown[0][1] > 0)
    return tuple(_ranking(published, one, imprint, charts_at) for one in wanted)


def source_of(published: Published, imprint: Imprint) -> str:
    """What stands below a saved picture: how to cite the table."""
    structure, words = published.structure, imprint.words
    return citation(imprint, words.own(structure.title), f"{imprint.url}tables/{structure.id}.html", words)


def _ranking(published: Published, found: Margin, imprint: Imprint, charts_at: str) -> ChartFigure:
    words, dimension = imprint.words, found.dimension
    parts = shown_parts(found, words)[:BARS]
    svg = bars(f"{dimension.column}-bars", _title(found, len(parts), words), _description(parts, words), parts, words)
    name = f"{published.structure.id}-{dimension.column}"
    return ChartFigure(
        replace(svg, notes=(*svg.notes, *_notes(found, words, noisy=published.noisy))),
        published.noisy,
        name,
        source_of(published, imprint),
        file=f"{charts_at}{name}.svg",
        head=(words.own(dimension.title), words.own(found.measure.title)),
        lines=lines_of(parts),
        tells=False,
    )


def titled(dimension: Dimension, level: str, words: Words) -> str:
    """ "Country of origin", "Commodity (chapter)": the level where the title does not say it."""
    title, told = words.own(dimension.title), level_name(level, words)
    if told.lower() in title.lower():
        return title
    return words.gettext("%(dimension)s (%(level)s)", dimension=title, level=told)


def _title(found: Margin, count: int, words: Words) -> str:
    return words.gettext(
        "%(dimension)s: %(count)s largest by %(measure)s",
        dimension=titled(found.dimension, found.level, words),
        count=words.number(count),
        measure=words.own(found.measure.title).lower(),
    )


def _description(parts: Sequence[Part], words: Words) -> str:
    return words.gettext(
        "Bars of %(count)s figures that are shown, from the largest, %(first)s with %(most)s, to %(last)s with "
        "%(least)s. The table after the chart has them all.",
        count=words.number(len(parts)),
        first=parts[0].name,
        most=parts[0].amount,
        last=parts[-1].name,
        least=parts[-1].amount,
    )


def _notes(found: Margin, words: Words, *, noisy: bool) -> tuple[str, ...]:
    plural = words.ngettext
    if not found.hidden:
        return ()
    if noisy:
        return (
            plural(
                "One more is too noisy to show and may be larger than some of these.",
                "%(count)s more are too noisy to show and may be larger than some of these.",
                found.hidden,
            ),
        )
    return (
        plural(
            "One more is not shown to protect companies and may be larger than some of these.",
            "%(count)s more are not shown to protect companies and may be larger than some of these.",
            found.hidden,
        ),
    )
