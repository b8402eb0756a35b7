"""Headline facts as sentences. Each sentence is whole, with named places, and claims what its fact claims."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from publisher.publication.cell_names import Names
from publisher.publication.headline.facts import HeadlineFact
from publisher.publication.numbers import in_words
from publisher.publication.public_cells import Described
from publisher.publication.tables.display import HEADLINE_LENGTH, range_words, short_name
from publisher.publication.tables.published import Published
from publisher.publication.words import ENGLISH, Words


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
    """A table in one language: titles of its parts by column, its codes' names by column and code."""

    say: Words
    title: str
    dimensions: Mapping[str, str]
    measures: Mapping[str, str]
    lopsided: frozenset[str]
    codelists: Mapping[str, str]
    names: Mapping[str, Mapping[str, str]] = field(repr=False)

    def name(self, column: str, code: str) -> str:
        name = self.say.code_name(self.codelists[column], code, self.names[column].get(code, code))
        return short_name(name, HEADLINE_LENGTH)


def words_of(published: Published, say: Words = ENGLISH) -> TableWords:
    structure = published.structure
    return TableWords(
        say,
        say.own(structure.title),
        {d.column: say.own(d.title) for d in structure.dimensions},
        {m.id: say.own(m.title) for m in structure.measures},
        frozenset(m.id for m in structure.measures if m.quantile is not None),
        {d.column: d.hierarchy.codelist for d in structure.dimensions},
        {d.column: dict(zip(d.hierarchy.codes, d.hierarchy.names, strict=True)) for d in structure.dimensions},
    )


def words_of_public(table: Described, names: Names, say: Words = ENGLISH) -> TableWords:
    """The same from what an edition's public files say."""
    return TableWords(
        say,
        say.own(table.title),
        {d.column: say.own(d.title) for d in table.dimensions},
        {m.id: say.own(m.title) for m in table.measures},
        frozenset(m.id for m in table.measures if m.is_quantile),
        {d.column: d.codelist for d in table.dimensions},
        {d.column: names[d.codelist] for d in table.dimensions},
    )


def headlines(facts: Sequence[HeadlineFact], words: Mapping[str, TableWords]) -> tuple[Headline, ...]:
    """One a table that has a total, in order of the facts."""
    totals = {fact.table: fact for fact in facts if fact.kind == "total"}
    return tuple(_headline(total, facts, words[table]) for table, total in totals.items())


def _headline(total: HeadlineFact, facts: Iterable[HeadlineFact], words: TableWords) -> Headline:
    leaders = (fact for fact in facts if fact.table == total.table and fact.kind == "largest")
    return Headline(
        total.table,
        words.title,
        figure_words(total, words),
        _label(total, words),
        tuple(_largest(fact, total, words) for fact in leaders),
    )


def _label(total: HeadlineFact, words: TableWords) -> str:
    """What the figure in large type counts. A quantile has no total."""
    say, measure = words.say.gettext, words.measures[total.measure]
    if total.measure in words.lopsided:
        return say("%(measure)s, overall, noise added", measure=measure)
    if total.lower is not None:
        return say("%(measure)s, total, noise added", measure=measure)
    return say("%(measure)s, total", measure=measure)


def _largest(fact: HeadlineFact, total: HeadlineFact, words: TableWords) -> str:
    say, figure = words.say.gettext, figure_words(fact, words)
    if fact.lower is None and 0 < fact.value <= total.value:
        share = words.say.share(fact.value, total.value)
        figure = say("%(figure)s (%(share)s of the total)", figure=figure, share=share)
    name = words.name(fact.dimension, fact.codes[fact.dimension])
    named = {"dimension": words.dimensions[fact.dimension], "name": name, "figure": figure}
    if fact.claim == "largest":
        return say("%(dimension)s: the largest is “%(name)s”, %(figure)s.", **named)
    if fact.claim == "largest_noisy":
        return say("%(dimension)s: the highest of the noisy figures is that of “%(name)s”, %(figure)s.", **named)
    return say("%(dimension)s: the largest of the figures shown is that of “%(name)s”, %(figure)s.", **named)


def figure_words(fact: HeadlineFact, words: TableWords) -> str:
    """ "KRW 189.7 billion"; "about 4,321 traders (± 13)"; of a quantile "about 12 hours (95 %: 8 to 18)" """
    say = words.say.gettext
    figure = in_words(fact.value, fact, words.say)
    if fact.lower is None or fact.upper is None:
        return figure
    about = say("about %(number)s", number=figure)
    if fact.measure in words.lopsided:
        within = range_words(fact.lower, fact.upper, fact.decimals, words.say)
        return say("%(figure)s (95 %%: %(range)s)", figure=about, range=within)
    margin = max(fact.value - fact.lower, fact.upper - fact.value)
    return say("%(figure)s (± %(margin)s)", figure=about, margin=words.say.number(margin, fact.decimals))
