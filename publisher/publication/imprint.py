"""Who publishes which edition, when it was due, and where it lies."""

from dataclasses import dataclass
from datetime import datetime

from publisher.catalogue.plan import Plan
from publisher.model.release_event import Moment
from publisher.publication.periods import period_words
from publisher.publication.words import ENGLISH, Words
from publisher.settings import Office


def edition_path(series: str, period: str, version: int) -> str:
    """Where an edition lies below the web root; immutable."""
    return f"releases/{series}/{period}/v{version}/"


@dataclass(frozen=True)
class Imprint:
    """What every file of an edition says about itself. Nothing in it depends on the clock.

    `release_due` is when its release is due, as announced or asked for; None: as the plan proposes for a first one.
    `words` is the language of the page that is made; data and metadata are English.
    """

    plan: Plan
    period: str
    version: int
    office: Office
    release_due: Moment | None = None
    words: Words = ENGLISH

    @property
    def edition(self) -> str:
        return f"{self.plan.id}/{self.period}/v{self.version}"

    @property
    def url(self) -> str:
        return self.office.base_url.rstrip("/") + "/" + edition_path(self.plan.id, self.period, self.version)

    @property
    def name(self) -> str:
        return f"{self.plan.title}, {period_words(self.period)}, version {self.version}"

    @property
    def due(self) -> datetime:
        return (self.release_due or self.plan.moment(self.period)).local
