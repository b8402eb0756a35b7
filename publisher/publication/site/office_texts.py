"""office_texts(): every text on public pages that the office wrote itself, for its translators."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from publisher.catalogue.plan import Plan
from publisher.catalogue.query import Query
from publisher.model.band import BandRules
from publisher.model.privacy import PrivacyRules
from publisher.publication.calendar.words import plain, sentence
from publisher.release.transparency.facts import (
    AnnouncedFact,
    CancelledFact,
    Leaf,
    PublishedFact,
    WithdrawnFact,
)
from publisher.settings import Office

SETTINGS, LOG = "settings.toml: office", "the public log"


def office_texts(
    office: Office, queries: Iterable[Query], plans: Iterable[Plan], leaves: Sequence[Leaf]
) -> Mapping[str, str]:
    """Text -> the first place that it comes from, in order of settings, plans, queries and log.

    No rule parameter is in any of them.
    """
    found: dict[str, str] = {}
    for place, texts in _places(office, queries, plans, leaves):
        for text in texts:
            if text:
                found.setdefault(text, place)
    return found


def _places(
    office: Office, queries: Iterable[Query], plans: Iterable[Plan], leaves: Sequence[Leaf]
) -> Iterator[tuple[str, Iterable[str]]]:
    yield SETTINGS, (office.name,)
    for plan in plans:
        yield f"releases/{plan.id}/plan.toml", (plan.title, plan.summary)
    for query in queries:
        yield f"queries/{query.id}.toml", _of_query(query)
    for leaf in leaves:
        yield LOG, _of_leaf(leaf)


def _of_query(query: Query) -> Iterator[str]:
    yield query.structure.title
    yield query.structure.summary
    yield from (dimension.title for dimension in query.structure.dimensions)
    for measure in query.structure.measures:
        yield from (measure.title, measure.unit)
    if isinstance(query.protection, PrivacyRules | BandRules):
        yield query.protection.unit


def _of_leaf(leaf: Leaf) -> Iterator[str]:
    """As pages say them: a reason alone, and as a sentence among others."""
    match leaf.fact:
        case AnnouncedFact() as fact:
            yield plain(fact.title)
            yield sentence(fact.reason)
        case CancelledFact() as fact:
            yield sentence(fact.reason)
        case WithdrawnFact() as fact:
            yield from (fact.reason, sentence(fact.reason), fact.known, sentence(fact.known))
        case PublishedFact() as fact:
            for edition in fact.editions:
                yield from (edition.reason, sentence(edition.reason))
            for access in fact.access:
                yield from (access.organisation, access.post)
