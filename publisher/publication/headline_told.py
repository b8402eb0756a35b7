"""The headlines of one edition for the pages around it: its own facts, and how they differ from an earlier period."""

from dataclasses import replace

from publisher.publication.headline_compare import change_sentences
from publisher.publication.headline_words import Headline, headlines, words_of_public
from publisher.publication.headlines import read_headlines
from publisher.publication.public_cells import read_edition
from publisher.publication.series import Series, Site
from publisher.release.index import PublishedEdition


def told_headlines(site: Site, series: Series, edition: PublishedEdition) -> tuple[Headline, ...]:
    """In order of the edition's tables; from public files alone."""
    public = read_edition(site.folder / edition.path)
    facts = read_headlines(public.folder / "metadata" / "headlines.json")
    wanted = {fact.table for fact in facts}
    words = {table.id: words_of_public(public, table, site.words) for table in public.tables if table.id in wanted}
    changes = change_sentences(site, series, edition)
    return tuple(replace(one, changes=changes.get(one.table, ())) for one in headlines(facts, words))
