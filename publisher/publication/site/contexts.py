"""What each page of the web root is told: one frozen dataclass a page."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from publisher.publication.contexts import Download, Frame, Link, Moment
from publisher.publication.headline.words import Headline
from publisher.publication.lifecycle.contexts import Notice
from publisher.publication.privacy.noise_picture import NoisePicture


@dataclass(frozen=True)
class Upcoming:
    """A release that is announced. `delayed`: the date has passed, and no other is announced."""

    series: Link
    period: str
    due: Moment
    delayed: bool


@dataclass(frozen=True)
class Latest:
    """The newest release of one series."""

    series: Link
    title: str
    edition: Link
    base: str
    period: str
    version: int
    due: Moment
    facts: tuple[Headline, ...]
    upcoming: Upcoming | None


@dataclass(frozen=True)
class HomePage:
    template: ClassVar[str] = "home.html"
    frame: Frame
    latest: tuple[Latest, ...]
    unpublished: tuple[Upcoming, ...]
    notices: tuple[Notice, ...]
    tables: tuple[Link, ...]


@dataclass(frozen=True)
class SeriesLine:
    series: Link
    summary: str
    latest: Link | None
    upcoming: Upcoming | None


@dataclass(frozen=True)
class ReleasesPage:
    template: ClassVar[str] = "releases.html"
    frame: Frame
    series: tuple[SeriesLine, ...]


@dataclass(frozen=True)
class EditionLine:
    """One edition in a list; `kind` and `status` in words. `came_out` is empty where the log does not say.

    `standing` is current, replaced or withdrawn.
    """

    edition: Link
    period: str
    due: Moment
    came_out: Moment | None
    kind: str
    status: str
    standing: Literal["current", "replaced", "withdrawn"]
    changes: Link | None


@dataclass(frozen=True)
class SeriesPage:
    template: ClassVar[str] = "series.html"
    frame: Frame
    title: str
    summary: str
    notices: tuple[Notice, ...]
    editions: tuple[EditionLine, ...]
    upcoming: Upcoming | None


@dataclass(frozen=True)
class PeriodPage:
    """All versions of one period, or the announcement of it.

    `provisional` says until when its figures may be revised, empty where they are final. `facts` are those of the
    series' newest edition, in the folder `base`; () on the pages of older periods.
    """

    template: ClassVar[str] = "period.html"
    frame: Frame
    series: Link
    period: str
    provisional: str
    facts: tuple[Headline, ...]
    base: str
    notices: tuple[Notice, ...]
    editions: tuple[EditionLine, ...]
    upcoming: Upcoming | None


@dataclass(frozen=True)
class CatalogueTable:
    """`periods` is the table over time; `latest` are files whose address always leads to the newest edition."""

    anchor: str
    title: str
    summary: str
    page: Link
    periods: str
    breakdowns: tuple[str, ...]
    measures: tuple[str, ...]
    protection: str
    latest: tuple[Download, ...]


@dataclass(frozen=True)
class CataloguePage:
    template: ClassVar[str] = "catalogue.html"
    frame: Frame
    tables: tuple[CatalogueTable, ...]


@dataclass(frozen=True)
class CalendarLine:
    """One release: `kind` is "" for a first one, `status` and `notes` say what became of it. No href: not out."""

    due: Moment
    release: str
    period: Link
    kind: str
    status: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class CalendarGroup:
    """Releases with one fate."""

    anchor: str
    heading: str
    lines: tuple[CalendarLine, ...]


@dataclass(frozen=True)
class CalendarPage:
    """`files` is the same calendar for programs."""

    template: ClassVar[str] = "calendar.html"
    frame: Frame
    groups: tuple[CalendarGroup, ...]
    files: tuple[Link, ...]


@dataclass(frozen=True)
class SiteMethodologyPage:
    template: ClassVar[str] = "site_methodology.html"
    frame: Frame
    editions: tuple[Link, ...]
    has_bands: bool
    picture: NoisePicture


@dataclass(frozen=True)
class NotFoundPart:
    """The page that is not there, in one language."""

    language: str
    heading: str
    lead: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class NotFoundPage:
    template: ClassVar[str] = "not_found.html"
    frame: Frame
    parts: tuple[NotFoundPart, ...]
