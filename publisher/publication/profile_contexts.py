"""What profile pages are told: one commodity or one partner over all periods."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.publication.contexts import Download, Frame, Link
from publisher.publication.profile_figures import Kind


@dataclass(frozen=True)
class FigureCell:
    """`kind` says how it is marked; absent: `text` says why there is no figure."""

    kind: Kind
    text: str
    margin: str = ""
    range: str = ""


@dataclass(frozen=True)
class PeriodRow:
    """`change` and `year` are of the first measure, on the period and on the year before; empty: nothing to say."""

    period: str
    figures: tuple[FigureCell, ...]
    change: str
    year: str


@dataclass(frozen=True)
class RankLine:
    """`href` is empty where the code has no page. `part`: its share of the total, where both are exact."""

    name: str
    code: str
    href: str
    figure: FigureCell
    part: str


@dataclass(frozen=True)
class RankTable:
    heading: str
    anchor: str
    measure: str
    has_parts: bool
    lines: tuple[RankLine, ...]
    note: str


@dataclass(frozen=True)
class ProfileTable:
    """What one table tells of the code. `chart`: SVG, or empty. `earlier`: a sentence where not all periods stand
    here."""

    anchor: str
    title: str
    noisy: bool
    headline: str
    details: tuple[str, ...]
    measures: tuple[str, ...]
    periods: tuple[PeriodRow, ...]
    has_year: bool
    earlier: str
    chart: str
    ranks: tuple[RankTable, ...]
    table: Link
    downloads: tuple[Download, ...]


@dataclass(frozen=True)
class ProfilePage:
    """`finer` are the codes below that have a page. `explain` is where gaps and noise are explained."""

    template: ClassVar[str] = "profile.html"
    frame: Frame
    name: str
    tag: str
    tables: tuple[ProfileTable, ...]
    finer_title: str
    finer: tuple[Link, ...]
    explain: str


@dataclass(frozen=True)
class ProfileGroup:
    title: Link
    members: tuple[Link, ...]


@dataclass(frozen=True)
class ProfilesPage:
    """The list of all profiles of one kind: `groups` are the codes of the coarser level with those right below."""

    template: ClassVar[str] = "profiles.html"
    frame: Frame
    title: str
    lead: str
    groups: tuple[ProfileGroup, ...]
