"""What each page of an edition is told: one frozen dataclass a page. Templates print, they do not reckon.

`template` names the template; every other field is used in it (tested). `metadata` is the page's block
for search engines.
"""

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from publisher.publication.files.dictionary import ColumnEntry
from publisher.publication.headline.words import Headline
from publisher.publication.privacy.loss_curve import LossCurve
from publisher.publication.privacy.noise_picture import NoisePicture
from publisher.publication.tables.chart_figure import ChartFigure
from publisher.publication.tables.display import Row
from publisher.settings import Office


@dataclass(frozen=True)
class Link:
    text: str
    href: str


@dataclass(frozen=True)
class Moment:
    """A date and time: `words` for people, `iso` for machines."""

    words: str
    iso: str


@dataclass(frozen=True)
class Frame:
    """What every page has around it. `root` and `assets` are relative: pages work from any folder."""

    title: str
    description: str
    office: Office
    root: str
    assets: str
    section: str
    trail: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Counts:
    """Cells of one table, as text with thousands separators; empty text means none.

    A cell, all measures of it, is `hidden` where none of its numbers is shown, and `partly` where some are.
    """

    cells: str
    shown: str
    partly: str
    hidden: str
    noisy: str


@dataclass(frozen=True)
class Download:
    label: str
    href: str
    size: str


@dataclass(frozen=True)
class TableLine:
    """One table in a list of tables."""

    title: str
    href: str
    summary: str
    counts: Counts
    downloads: tuple[Download, ...]


@dataclass(frozen=True)
class Term:
    """One line of a statement: what, and its value, or a list of them."""

    name: str
    value: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrivacyStatement:
    """What one noisy table tells its reader."""

    title: str
    href: str
    anchor: str
    terms: tuple[Term, ...]
    notes: tuple[str, ...]
    presence: LossCurve | None = None


@dataclass(frozen=True)
class ReleasePage:
    """`further`: files of charts that the page has no room for."""

    template: ClassVar[str] = "release.html"
    frame: Frame
    series: str
    period: str
    version: int
    due: Moment
    summary: str
    facts: tuple[Headline, ...]
    charts: tuple[ChartFigure, ...]
    further: tuple[Link, ...]
    tables: tuple[TableLine, ...]
    earlier: Link | None
    later: Link
    versions: Link
    all_releases: Link
    verify: str
    citation: str


@dataclass(frozen=True)
class LevelChoice:
    """A level: `id` in the files, `name` beside a code ("heading"), `words` by themselves ("Heading")."""

    id: str
    name: str
    words: str


@dataclass(frozen=True)
class DimensionHead:
    column: str
    title: str
    codelist: str
    levels: tuple[LevelChoice, ...]


@dataclass(frozen=True)
class MeasureHead:
    """`unit` is empty where the title already says it. `lopsided`: its intervals are told by their ends, not by ±.

    `own_status`: whether it is shown is said apart from the row's other measures.
    """

    id: str
    title: str
    unit: str
    decimals: int
    lopsided: bool
    own_status: bool


@dataclass(frozen=True)
class TablePage:
    """`explain` is where a cell without a number is explained, `periods` the table over time.

    `rows` are the first of `row_count`; `shards` pieces of `shard_rows` rows hold all of them for the script, in
    files whose path from the page begins with `shards_at`.
    """

    template: ClassVar[str] = "table.html"
    frame: Frame
    query: str
    title: str
    summary: str
    period: str
    version: int
    time_period: str
    universe: str
    explain: str
    release: Link
    periods: str
    counts: Counts
    dimensions: tuple[DimensionHead, ...]
    measures: tuple[MeasureHead, ...]
    rows: tuple[Row, ...]
    row_count: int
    rows_words: str
    shards: int
    shard_rows: int
    shards_at: str
    wide: bool
    absent_are_zero: bool
    range_notes: tuple[str, ...]
    hidden_alone: tuple[str, ...]
    charts: tuple[ChartFigure, ...]
    privacy: PrivacyStatement | None
    downloads: tuple[Download, ...]
    url: str
    citation: str
    bibtex: str
    metadata: Markup


@dataclass(frozen=True)
class MethodologyPage:
    template: ClassVar[str] = "methodology.html"
    frame: Frame
    hidden_tables: tuple[Link, ...]
    mixed_tables: tuple[Link, ...]
    noisy_tables: tuple[Link, ...]
    band_tables: tuple[Link, ...]
    privacy: tuple[PrivacyStatement, ...]
    picture: NoisePicture


@dataclass(frozen=True)
class DatasetTable:
    title: str
    href: str
    anchor: str
    rows: str
    columns: tuple[ColumnEntry, ...]
    downloads: tuple[Download, ...]


@dataclass(frozen=True)
class CodelistLine:
    id: str
    title: str
    version: str
    source: str
    codes: str
    href: str


@dataclass(frozen=True)
class Snippet:
    language: str
    code: str


@dataclass(frozen=True)
class DatasetPage:
    template: ClassVar[str] = "dataset.html"
    frame: Frame
    url: str
    tables: tuple[DatasetTable, ...]
    codelists: tuple[CodelistLine, ...]
    snippets: tuple[Snippet, ...]
    descriptors: tuple[Download, ...]
    metadata: Markup
