"""What profile pages are told: one commodity or one partner over all periods."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.publication.contexts import Download, Frame, Link
from publisher.publication.profile.figures import Kind
from publisher.publication.tables.chart_figure import ChartFigure


@dataclass(frozen=True)
class FigureCell:
    """`kind` says how it is marked; absent: `text` says why there is no figure. `explained`: the part of the
    methodology that says why one is hidden."""

    kind: Kind
    text: str
    margin: str = ""
    range: str = ""
    explained: str = ""


@dataclass(frozen=True)
class PeriodRow:
    """`change` and `year` are of the first measure, on the period and on the year before; empty: nothing to say."""

    period: str
    figures: tuple[FigureCell, ...]
    change: str
    year: str


@dataclass(frozen=True)
class RankLine:
    """`href` is empty where the code has no page. `change` is on the year before, `part` the share of the total where
    both are exact; empty: nothing to say."""

    name: str
    code: str
    href: str
    figure: FigureCell
    change: str
    part: str


@dataclass(frozen=True)
class RankTable:
    """`since`: the period that changes are on; empty where there is none. `whole`: the table for the code, sorted."""

    heading: str
    anchor: str
    measure: str
    since: str
    has_parts: bool
    lines: tuple[RankLine, ...]
    note: str
    whole: Link


@dataclass(frozen=True)
class ProfileTable:
    """What one table tells of the code. `has_earlier`: not all periods stand here."""

    anchor: str
    title: str
    noisy: bool
    headline: str
    details: tuple[str, ...]
    measures: tuple[str, ...]
    periods: tuple[PeriodRow, ...]
    has_year: bool
    has_earlier: bool
    chart: ChartFigure | None
    ranks: tuple[RankTable, ...]
    table: Link
    over_time: Link
    downloads: tuple[Download, ...]


@dataclass(frozen=True)
class ProfilePage:
    """`shortened`: there was no room for all that other pages have. `maps`: growth of the codes right below. `finer`:
    those that have a page. `explain` is where gaps and noise are explained."""

    template: ClassVar[str] = "profile.html"
    frame: Frame
    name: str
    tag: str
    shortened: bool
    tables: tuple[ProfileTable, ...]
    maps: tuple[ChartFigure, ...]
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
    maps: tuple[ChartFigure, ...]
    groups: tuple[ProfileGroup, ...]
    explain: str
