"""The headlines of one edition for the pages around it: its own facts, and how they differ from an earlier period.

What they are said from is read once; each language says it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from publisher.publication.cell_names import Names, names_of
from publisher.publication.headline.change_words import mover_sentence
from publisher.publication.headline.changes import Change, ChangeFact, Mover
from publisher.publication.headline.compare import change_facts
from publisher.publication.headline.facts import HeadlineFact
from publisher.publication.headline.file import read_headlines
from publisher.publication.headline.leads import compared_sentence
from publisher.publication.headline.table_words import TableWords
from publisher.publication.headline.words import Headline, headlines, said_once, words_of_public
from publisher.publication.public_cells import Described, read_edition
from publisher.publication.site.series import Series, Site
from publisher.publication.words import Words
from publisher.release.publish.index import PublishedEdition


@dataclass(frozen=True)
class HeadlineSources:
    """What the headlines of one edition are made of. `tables` are those that have some; `changes` by table."""

    facts: tuple[HeadlineFact, ...]
    tables: tuple[Described, ...]
    names: Names = field(repr=False)
    changes: Mapping[str, tuple[ChangeFact, ...]]


def newest_sources(site: Site) -> Mapping[str, HeadlineSources]:
    """Of the newest edition of each series that has one, by the name of the series."""
    return {
        series.id: headline_sources(site, series, series.latest)
        for series in site.series
        if series.latest is not None
    }


def headline_sources(site: Site, series: Series, edition: PublishedEdition) -> HeadlineSources:
    """From public files alone."""
    public = read_edition(site.folder / edition.path)
    facts = read_headlines(public.folder / "metadata" / "headlines.json")
    wanted = {fact.table for fact in facts}
    tables = tuple(table for table in public.tables if table.id in wanted)
    names = names_of([public.folder], {dimension.codelist for table in tables for dimension in table.dimensions})
    return HeadlineSources(facts, tables, names, change_facts(site, series, edition))


def told_headlines(sources: HeadlineSources, words: Words) -> tuple[Headline, ...]:
    """In order of the edition's tables."""
    said = {table.id: words_of_public(table, sources.names, words) for table in sources.tables}
    found = headlines(sources.facts, said)
    return said_once(_compared(one, sources.changes.get(one.table, ()), said[one.table]) for one in found)


def _compared(headline: Headline, changes: Sequence[ChangeFact], words: TableWords) -> Headline:
    """With the change of the total in its lead, where it is known, and who moved most below."""
    totals = [compared_sentence(one, words) for one in changes if isinstance(one.change, Change)]
    moved = tuple(mover_sentence(one, words) for one in changes if isinstance(one.change, Mover))
    return replace(headline, lead=totals[0] if totals else headline.lead, changes=moved)
