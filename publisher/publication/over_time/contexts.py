"""What the page of a table over time is told."""

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from publisher.publication.contexts import Download, Frame, Link
from publisher.publication.profile.contexts import FigureCell


@dataclass(frozen=True)
class OverTimeLine:
    """A code with all other dimensions total, or the total, which has no `tag`.

    `cells`: one a column, the newest period first.
    """

    name: str
    tag: str
    cells: tuple[FigureCell, ...]


@dataclass(frozen=True)
class OverTimeTable:
    """One measure."""

    anchor: str
    title: str
    lines: tuple[OverTimeLine, ...]


@dataclass(frozen=True)
class OverTimePage:
    """`columns` are the newest of `periods`, newest first; one without an edition that stands leads nowhere.

    `explain` is where gaps and noise are explained. `metadata` is the page's block for search engines.
    """

    template: ClassVar[str] = "over_time.html"
    frame: Frame
    title: str
    noisy: bool
    columns: tuple[Link, ...]
    tables: tuple[OverTimeTable, ...]
    periods: tuple[Link, ...]
    has_earlier: bool
    downloads: tuple[Download, ...]
    explain: str
    metadata: Markup


@dataclass(frozen=True)
class NoTablePage:
    """Of a table that only superseded editions have: their pages lead here."""

    template: ClassVar[str] = "no_table.html"
    frame: Frame
    title: str
    series: Link
