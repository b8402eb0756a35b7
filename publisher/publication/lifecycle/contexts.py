"""What each page about corrections, withdrawals, changes and access is told: one frozen dataclass a page."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from publisher.publication.contexts import Download, Frame, Link, Moment
from publisher.publication.lifecycle.change_lines import ChangeLine


@dataclass(frozen=True)
class Notice:
    """One event that a reader of older figures must hear of. `badge` is what it is; `reason` is the office's."""

    kind: Literal["correction", "revision", "withdrawal"]
    badge: str
    release: Link
    lead: str
    reason: str
    at: Moment
    more: Link | None


@dataclass(frozen=True)
class CorrectionsPage:
    """Every notice there ever was, newest first."""

    template: ClassVar[str] = "corrections.html"
    frame: Frame
    withdrawals: tuple[Notice, ...]
    corrections: tuple[Notice, ...]
    revisions: tuple[Notice, ...]


@dataclass(frozen=True)
class AccessLine:
    """Who had an edition early: organisation and post, never a name."""

    organisation: str
    post: str
    given: Moment


@dataclass(frozen=True)
class AccessRelease:
    release: Link
    published: Moment
    entries: tuple[AccessLine, ...]


@dataclass(frozen=True)
class AccessPage:
    template: ClassVar[str] = "access.html"
    frame: Frame
    releases: tuple[AccessRelease, ...]


@dataclass(frozen=True)
class CountLine:
    """How many numbers of one measure changed in each way, in the order of the table's heads."""

    measure: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class ChangedTable:
    """One table with changes. `heads` are the kinds of change that occur; `lines` the first of them; `explain` is the
    part of the methodology that says why a figure of it is not shown."""

    id: str
    title: str
    page: Link
    noisy: bool
    explain: str
    heads: tuple[str, ...]
    counts: tuple[CountLine, ...]
    lines: tuple[ChangeLine, ...]
    left_out: str
    file: Download


@dataclass(frozen=True)
class ChangesPage:
    """`kind` and `reason` are those of the newer edition. `others`: tables that cannot be compared, and why."""

    template: ClassVar[str] = "changes.html"
    frame: Frame
    series: Link
    period: str
    old: Link
    new: Link
    kind: str
    published: Moment | None
    reason: str
    summary: tuple[str, ...]
    tables: tuple[ChangedTable, ...]
    same: tuple[Link, ...]
    others: tuple[tuple[str, str], ...]
    file: Download


@dataclass(frozen=True)
class ChangesGonePage:
    """Stands where a comparison with an edition stood that was withdrawn since."""

    template: ClassVar[str] = "changes_gone.html"
    frame: Frame
    period: str
    versions: Link


@dataclass(frozen=True)
class TriangleCell:
    """One headline in one version. `kind` is what `text` is: a number, a noisy one, "not shown", or other words."""

    kind: Literal["shown", "noisy", "hidden", "words", "none"]
    text: str
    released: str


@dataclass(frozen=True)
class TriangleRow:
    period: Link
    cells: tuple[TriangleCell, ...]
    change: str


@dataclass(frozen=True)
class HeadlineTriangle:
    """One headline: a row a period, a column a version."""

    anchor: str
    title: str
    measure: str
    heads: tuple[str, ...]
    rows: tuple[TriangleRow, ...]


@dataclass(frozen=True)
class TrianglePage:
    template: ClassVar[str] = "triangle.html"
    frame: Frame
    series: Link
    headlines: tuple[HeadlineTriangle, ...]
    revised: bool
    file: Link


@dataclass(frozen=True)
class TombstonePage:
    """Stands at every address of a withdrawn edition."""

    template: ClassVar[str] = "tombstone.html"
    frame: Frame
    series: str
    period: str
    version: int
    withdrawn: Moment
    reason: str
    known: str
    contact: str
    replacement: Link | None
    versions: Link
    manifest: Link
    record: Link
