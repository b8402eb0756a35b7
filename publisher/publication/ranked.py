"""The ten largest shown values along a dimension, as bars, as a small table and as a file. From shown cells only."""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from publisher.model.structure import Dimension
from publisher.publication.chart import Part, Svg, bars, noisy, shown
from publisher.publication.chart.wording import Counted
from publisher.publication.citation import citation
from publisher.publication.display import level_words, short_name, spread_words
from publisher.publication.imprint import Imprint
from publisher.publication.margins import Margin, margin
from publisher.publication.numbers import grouped, in_words
from publisher.publication.published import Published

BARS = 10
_HIDDEN = Counted(
    "One more is not shown to protect companies and may be larger than some of these.",
    "{count} more are not shown to protect companies and may be larger than some of these.",
)
_TOO_NOISY = Counted(
    "One more is too noisy to show and may be larger than some of these.",
    "{count} more are too noisy to show and may be larger than some of these.",
)


@dataclass(frozen=True)
class Ranking:
    """A chart, the same as a table, and the name of its file in the edition's folder `charts`."""

    svg: Svg
    parts: tuple[Part, ...]
    dimension: str
    measure: str
    noisy: bool
    file: str


def rankings(published: Published) -> tuple[Ranking, ...]:
    """One a dimension that has at least three values to compare."""
    found = (ranking(published, dimension) for dimension in published.structure.dimensions)
    return tuple(one for one in found if one is not None)


def ranking(published: Published, dimension: Dimension) -> Ranking | None:
    found = margin(published, dimension, published.structure.measures[0])
    if found is None or len(found.shown) < 3 or found.shown[0][1] <= 0:
        return None
    parts = tuple(_part(found, cell) for cell in found.shown[:BARS])
    svg = bars(f"{dimension.column}-bars", _title(found, len(parts)), _description(parts), parts)
    return Ranking(
        replace(svg, notes=(*svg.notes, *_notes(found, noisy=published.noisy))),
        parts,
        dimension.title,
        found.measure.title,
        published.noisy,
        f"{published.structure.id}-{dimension.column}.svg",
    )


def write_charts(folder: Path, published: Published, imprint: Imprint) -> None:
    """Each chart of the table's page as a file of its own, cited below; no folder where there is none."""
    structure = published.structure
    source = citation(imprint, structure.title, f"{imprint.url}tables/{structure.id}.html")
    for one in rankings(published):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / one.file).write_bytes(one.svg.file(source))


def _title(found: Margin, count: int) -> str:
    level, measure = level_words(found.level).lower(), found.measure.title.lower()
    if level in found.dimension.title.lower():
        return f"{found.dimension.title}: {count} largest by {measure}"
    return f"{found.dimension.title} ({level}): {count} largest by {measure}"


def _description(parts: tuple[Part, ...]) -> str:
    first, last = parts[0], parts[-1]
    return (
        f"Bars of {len(parts)} figures that are shown, from the largest, {first.name} with {first.amount}, "
        f"to {last.name} with {last.amount}. The table after the chart has them all."
    )


def _part(found: Margin, cell: tuple[int, int, int | None, int | None]) -> Part:
    node, value, lower, upper = cell
    unit, text, point = 10**found.measure.decimals, in_words(value, found.measure), None
    if lower is not None and upper is not None:
        spread = spread_words(found.measure, value, lower, upper)
        text += f" {spread}" if found.measure.quantile is None else f" ({spread})"
        point = noisy(Fraction(value, unit), Fraction(lower, unit), Fraction(upper, unit))
    hierarchy = found.dimension.hierarchy
    name = short_name(hierarchy.names[node])
    return Part(name, hierarchy.codes[node], point or shown(Fraction(value, unit)), text)


def _notes(found: Margin, *, noisy: bool) -> tuple[str, ...]:
    if not found.hidden:
        return ()
    sentence = _TOO_NOISY if noisy else _HIDDEN
    return ((sentence.one if found.hidden == 1 else sentence.many).format(count=grouped(found.hidden)),)
