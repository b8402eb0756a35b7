"""Headline facts as sentences. Each sentence is whole, with named places, and claims what its fact claims."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from publisher.model.structure import Measure
from publisher.publication.cell_names import read_names
from publisher.publication.display import HEADLINE_LENGTH, range_words, short_name
from publisher.publication.headline_facts import Claim, HeadlineFact
from publisher.publication.numbers import grouped, in_words, share
from publisher.publication.public_cells import Described, PublicEdition
from publisher.publication.published import Published

LARGEST: Mapping[Claim, str] = {
    "largest": "{dimension}: {name} has the largest figure, {figure}.",
    "largest_shown": "{dimension}: {name} has the largest figure that is shown, {figure}.",
    "largest_noisy": "{dimension}: {name} has the highest of the noisy figures, {figure}.",
}
WITH_SHARE = "{figure} ({share} of the total)"
ABOUT = "about {figure}"
WITH_MARGIN = "{figure} (± {margin})"
WITH_RANGE = "{figure} (95 %: {range})"
TOTAL_LABEL = "{measure}, total"
NOISY_LABEL = "{measure}, total, noise added"
OVERALL_LABEL = "{measure}, overall, noise added"  # a quantile has no total


@dataclass(frozen=True)
class Headline:
    """`figure` is the number in large type, `label` what it counts, `detail` and `changes` go beside it.

    `changes` are known to the pages around the editions only: an edition reads no other.
    """

    table: str
    title: str
    figure: str
    label: str
    detail: tuple[str, ...]
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableWords:
    """Titles of a table's parts, and its codes' names: dimensions and measures by column, names by column, code."""

    title: str
    dimensions: Mapping[str, str]
    measures: Mapping[str, str]
    lopsided: frozenset[str]
    names: Mapping[str, Mapping[str, str]] = field(repr=False)

    def name(self, column: str, code: str) -> str:
        return short_name(self.names[column].get(code, code), HEADLINE_LENGTH)


def words_of(published: Published) -> TableWords:
    structure = published.structure
    return TableWords(
        structure.title,
        {d.column: d.title for d in structure.dimensions},
        {m.id: m.title for m in structure.measures},
        frozenset(m.id for m in structure.measures if m.quantile is not None),
        {d.column: dict(zip(d.hierarchy.codes, d.hierarchy.names, strict=True)) for d in structure.dimensions},
    )


def words_of_public(edition: PublicEdition, table: Described) -> TableWords:
    """The same from an edition's public files."""
    names = read_names([edition.folder], table)
    return TableWords(
        table.title,
        {d.column: d.title for d in table.dimensions},
        {m.id: m.title for m in table.measures},
        frozenset(m.id for m in table.measures if m.is_quantile),
        {d.column: names[d.codelist] for d in table.dimensions},
    )


def headlines(facts: Sequence[HeadlineFact], words: Mapping[str, TableWords]) -> tuple[Headline, ...]:
    """One a table that has a total, in order of the facts."""
    totals = {fact.table: fact for fact in facts if fact.kind == "total"}
    return tuple(_headline(total, facts, words[table]) for table, total in totals.items())


def _headline(total: HeadlineFact, facts: Iterable[HeadlineFact], words: TableWords) -> Headline:
    lopsided = total.measure in words.lopsided
    label = OVERALL_LABEL if lopsided else TOTAL_LABEL if total.lower is None else NOISY_LABEL
    leaders = (fact for fact in facts if fact.table == total.table and fact.kind == "largest")
    return Headline(
        total.table,
        words.title,
        figure_words(total, lopsided=lopsided),
        label.format(measure=words.measures[total.measure]),
        tuple(_largest(fact, total, words) for fact in leaders),
    )


def _largest(fact: HeadlineFact, total: HeadlineFact, words: TableWords) -> str:
    figure = figure_words(fact, lopsided=fact.measure in words.lopsided)
    if fact.lower is None and 0 < fact.value <= total.value:
        figure = WITH_SHARE.format(figure=figure, share=share(fact.value, total.value))
    name = words.name(fact.dimension, fact.codes[fact.dimension])
    return LARGEST[fact.claim or "largest_shown"].format(
        dimension=words.dimensions[fact.dimension], name=name, figure=figure
    )


def figure_words(fact: HeadlineFact, *, lopsided: bool) -> str:
    """ "KRW 189.7 billion"; "about 4,321 traders (± 13)"; of a quantile "about 12 hours (95 %: 8 to 18)" """
    measure = Measure(fact.measure, "", "sum", fact.unit, fact.decimals)
    figure = in_words(fact.value, measure)
    if fact.lower is None or fact.upper is None:
        return figure
    about = ABOUT.format(figure=figure)
    if lopsided:
        return WITH_RANGE.format(figure=about, range=range_words(fact.lower, fact.upper, fact.decimals))
    margin = max(fact.value - fact.lower, fact.upper - fact.value)
    return WITH_MARGIN.format(figure=about, margin=grouped(margin, fact.decimals))
