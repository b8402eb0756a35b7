"""What the public log tells of editions, as pages need it: what came out when and why, and what was withdrawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from publisher.model.release_event import Kind
from publisher.publication.words import ENGLISH, Words
from publisher.release.transparency.facts import AccessFact, EditionFact, Leaf, PublishedFact, WithdrawnFact

RECENT = timedelta(days=45)  # before the newest line of the log: a monthly reader meets each notice once at least


def kind_words(kind: Kind, words: Words = ENGLISH) -> str:
    return {
        "first": words.gettext("first publication"),
        "revision": words.gettext("scheduled revision"),
        "correction": words.gettext("correction"),
    }[kind]


@dataclass(frozen=True)
class Issued:
    """An edition that came out. `at` is in the zone of its series."""

    fact: EditionFact
    at: datetime


@dataclass(frozen=True)
class Withdrawn:
    """An edition that was withdrawn."""

    fact: WithdrawnFact
    at: datetime


@dataclass(frozen=True)
class Lifecycle:
    """In the order of the log. `newest` is the time of its last line."""

    issued: tuple[Issued, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    access: tuple[AccessFact, ...] = ()
    newest: datetime | None = None

    @cached_property
    def by_name(self) -> Mapping[str, Issued]:
        """series/period/vN -> when and why it came out."""
        return {each.fact.edition.name: each for each in self.issued}

    @cached_property
    def tombstones(self) -> Mapping[str, Withdrawn]:
        """series/period/vN -> its withdrawal."""
        return {each.fact.edition.name: each for each in self.withdrawn}

    def recent(self, at: datetime) -> bool:
        return self.newest is not None and self.newest - at <= RECENT


NOTHING_YET = Lifecycle()


def lifecycle(leaves: Iterable[Leaf]) -> Lifecycle:
    """The public facts about editions. Reads no clock: 'recent' is held against the last line."""
    issued: list[Issued] = []
    withdrawn: list[Withdrawn] = []
    access: list[AccessFact] = []
    newest, zones = None, dict[str, ZoneInfo]()
    for leaf in leaves:
        newest = datetime.fromisoformat(leaf.time).astimezone(UTC)
        if isinstance(leaf.fact, PublishedFact):
            for fact in leaf.fact.editions:
                zones[fact.edition.name] = ZoneInfo(fact.zone)
                issued.append(Issued(fact, newest.astimezone(ZoneInfo(fact.zone))))
            access += leaf.fact.access
        elif isinstance(leaf.fact, WithdrawnFact):
            withdrawn.append(Withdrawn(leaf.fact, newest.astimezone(zones.get(leaf.fact.edition.name, UTC))))
    return Lifecycle(tuple(issued), tuple(withdrawn), tuple(access), newest)
