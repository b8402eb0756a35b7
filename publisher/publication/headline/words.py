"""Headline facts as sentences. Each claims what its fact claims, and no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from publisher.publication.cell_names import Names
from publisher.publication.headline.facts import HeadlineFact
from publisher.publication.headline.figures import figure_words
from publisher.publication.headline.leaders import leader_sentences
from publisher.publication.headline.leads import lead_sentence
from publisher.publication.headline.subject import subject_of
from publisher.publication.headline.table_words import TableWords
from publisher.publication.public_cells import Described
from publisher.publication.tables.published import Published
from publisher.publication.words import ENGLISH, Words


@dataclass(frozen=True)
class Headline:
    """`figure` is the number in large type, `label` what it counts. `lead` is the sentence to print, "" where another
    headline of the page has said it; `detail` and `changes` go below it.

    `changes` are known to the pages around the editions only: an edition reads no other.
    """

    table: str
    title: str
    figure: str
    label: str
    lead: str
    detail: tuple[str, ...]
    changes: tuple[str, ...] = ()


def words_of(published: Published, say: Words = ENGLISH) -> TableWords:
    shape = published.structure
    return TableWords(
        say,
        say.own(shape.title),
        {d.column: say.own(d.title) for d in shape.dimensions},
        {m.id: say.own(m.title) for m in shape.measures},
        {m.id: subject_of(m.aggregate, m.column, shape.flow, shape.universe) for m in shape.measures},
        {d.column: d.hierarchy.codelist for d in shape.dimensions},
        {d.column: dict(zip(d.hierarchy.codes, d.hierarchy.names, strict=True)) for d in shape.dimensions},
    )


def words_of_public(table: Described, names: Names, say: Words = ENGLISH) -> TableWords:
    """The same from what an edition's public files say."""
    return TableWords(
        say,
        say.own(table.title),
        {d.column: say.own(d.title) for d in table.dimensions},
        {m.id: say.own(m.title) for m in table.measures},
        {m.id: subject_of(m.aggregate, m.column, table.flow, table.universe) for m in table.measures},
        {d.column: d.codelist for d in table.dimensions},
        {d.column: names[d.codelist] for d in table.dimensions},
    )


def headlines(facts: Sequence[HeadlineFact], words: Mapping[str, TableWords]) -> tuple[Headline, ...]:
    """One a table that has a total, in order of the facts."""
    totals = (fact for fact in facts if fact.kind == "total")
    return said_once(_headline(total, facts, words[total.table]) for total in totals)


def said_once(found: Iterable[Headline]) -> tuple[Headline, ...]:
    """Two tables of the same trade have the same lead: the second goes without."""
    leads: set[str] = set()
    kept: list[Headline] = []
    for headline in found:
        kept.append(replace(headline, lead="") if headline.lead in leads else headline)
        leads.add(headline.lead)
    return tuple(kept)


def _headline(total: HeadlineFact, facts: Sequence[HeadlineFact], words: TableWords) -> Headline:
    leaders = [fact for fact in facts if fact.table == total.table and fact.kind == "largest"]
    return Headline(
        total.table,
        words.title,
        figure_words(total, words),
        _label(total, words),
        lead_sentence(total, words),
        leader_sentences(leaders, total, words),
    )


def _label(total: HeadlineFact, words: TableWords) -> str:
    """What the figure in large type counts. A quantile has no total."""
    say, measure = words.say.gettext, words.measures[total.measure]
    if words.subjects[total.measure] == "quantile":
        return say("%(measure)s, overall, noise added", measure=measure)
    if total.lower is not None:
        return say("%(measure)s, total, noise added", measure=measure)
    return say("%(measure)s, total", measure=measure)
