"""The contexts of an edition's pages, from its published tables."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from publisher.catalogue.frequency import shift
from publisher.model.codelist import Codelist
from publisher.model.status import ObsStatus
from publisher.model.structure import Measure
from publisher.publication.checksums import SHA256SUMS
from publisher.publication.citation import bibtex, citation
from publisher.publication.contexts import (
    CodelistLine,
    Counts,
    DatasetPage,
    DatasetTable,
    DimensionHead,
    Download,
    Frame,
    Link,
    MeasureHead,
    MethodologyPage,
    Moment,
    ReleasePage,
    TableLine,
    TablePage,
)
from publisher.publication.dictionary import data_dictionary
from publisher.publication.display import first_rows, level_words
from publisher.publication.formats import data_paths
from publisher.publication.headline_facts import headline_facts
from publisher.publication.headline_words import headlines, words_of
from publisher.publication.imprint import Imprint
from publisher.publication.noise_picture import noise_picture
from publisher.publication.numbers import grouped, size_words
from publisher.publication.periods import period_words
from publisher.publication.published import Published
from publisher.publication.range_notes import range_notes
from publisher.publication.ranked import rankings
from publisher.publication.shards import shard_count, shard_rows
from publisher.publication.snippets import snippets
from publisher.publication.statement import privacy_statement

ROOT = "../../../../"  # from releases/<series>/<period>/vN/ to the web root
DESCRIPTORS = (
    *("datapackage.json", "croissant.json", "CITATION.cff"),
    *("metadata/tables.json", "metadata/dcat.jsonld", "metadata/sdmx.xml"),
)
WIDE = 5  # columns; a table with more scrolls sideways on any screen


def moment(when: datetime) -> Moment:
    """ "15 April 2021, 09:30 (Asia/Seoul)" """
    month = period_words(f"{when:%Y-%m}")
    return Moment(f"{when.day} {month}, {when:%H:%M} ({when.tzinfo})", when.isoformat())


def counts(published: Published) -> Counts:
    noisy = published.statuses().count(ObsStatus.ESTIMATED)
    shown = published.rows - published.hidden_count - noisy
    hidden = published.wholly_hidden_count
    numbers = (published.rows, shown, published.hidden_count - hidden, hidden, noisy)
    return Counts(*(grouped(number) if number else "" for number in numbers))


def frame(imprint: Imprint, title: str, description: str, *, below: str = "", trail: Sequence[Link] = ()) -> Frame:
    """`below` is "../" for pages in tables/."""
    series = Link(imprint.plan.title, f"{below}../../index.html")
    return Frame(
        title=f"{title} - {imprint.plan.title}, {period_words(imprint.period)}",
        description=description,
        office=imprint.office,
        root=below + ROOT,
        assets=f"{below}assets/",
        section="releases",
        trail=(Link("Home", f"{below}{ROOT}index.html"), series, *trail),
    )


def release_page(public: Path, tables: Sequence[Published], imprint: Imprint) -> ReleasePage:
    period, plan = imprint.period, imprint.plan
    facts = [fact for table in tables for fact in headline_facts(table)]
    return ReleasePage(
        frame=frame(imprint, "Release", plan.summary),
        series=plan.title,
        period=period_words(period),
        version=imprint.version,
        due=moment(imprint.due),
        summary=plan.summary,
        facts=headlines(facts, {table.structure.id: words_of(table) for table in tables}),
        tables=tuple(_table_line(public, table) for table in tables),
        earlier=_period_link(shift(period, -1)) if period > plan.first_period else None,
        later=_period_link(shift(period, 1)),
        versions=Link(f"All versions of {period_words(period)}", "../index.html"),
        all_releases=Link(f"All releases of {plan.title}", "../../index.html"),
        verify=f"publisher verify {imprint.url} --key FINGERPRINT",
        citation=citation(imprint, imprint.plan.title, imprint.url),
    )


def _period_link(period: str) -> Link:
    return Link(period_words(period), f"../../{period}/index.html")


def _table_line(public: Path, table: Published) -> TableLine:
    structure = table.structure
    href = f"tables/{structure.id}.html"
    return TableLine(structure.title, href, structure.summary, counts(table), _downloads(public, table, ""))


def _downloads(public: Path, table: Published, below: str) -> tuple[Download, ...]:
    """The files of a table that are there: the workbook is made of tables that fit one."""
    return tuple(
        Download(form.label, below + path, size_words((public / path).stat().st_size))
        for form, path in data_paths(public, table.structure.id)
    )


def table_page(public: Path, published: Published, imprint: Imprint) -> TablePage:
    structure, period = published.structure, period_words(imprint.period)
    url = f"{imprint.url}tables/{structure.id}.html"
    release = Link(f"{period}, version {imprint.version}", "../index.html")
    return TablePage(
        frame=frame(imprint, structure.title, structure.summary, below="../", trail=(release,)),
        query=structure.id,
        title=structure.title,
        summary=structure.summary,
        period=period,
        time_period=imprint.period,
        universe=structure.universe,
        explain="../methodology.html#too-noisy" if published.noisy else "../methodology.html#not-shown",
        release=release,
        counts=counts(published),
        dimensions=tuple(
            DimensionHead(
                d.column,
                d.title,
                d.hierarchy.codelist,
                tuple((level, level_words(level)) for level in d.hierarchy.levels),
            )
            for d in structure.dimensions
        ),
        measures=tuple(
            MeasureHead(
                m.id, m.title, _unit(m), m.decimals, m.quantile is not None, m.id in published.table.own_status
            )
            for m in structure.measures
        ),
        rows=first_rows(published),
        row_count=published.rows,
        rows_words=grouped(published.rows),
        shards=shard_count(published.rows),
        shard_rows=shard_rows(published.rows),
        shards_at="",
        wide=len(structure.dimensions) + len(structure.measures) > WIDE,
        absent_are_zero=not published.noisy,
        range_notes=range_notes(published),
        hidden_alone=tuple(m.title for m in structure.measures if m.id in published.table.own_status),
        charts=rankings(published),
        privacy=privacy_statement(published, "../methodology.html"),
        downloads=_downloads(public, published, "../"),
        url=url,
        citation=citation(imprint, structure.title, url),
        bibtex=bibtex(imprint, structure.id, structure.title, url),
    )


def _unit(measure: Measure) -> str:
    return "" if measure.unit.lower() in measure.title.lower() else measure.unit


def methodology_page(tables: Sequence[Published], imprint: Imprint) -> MethodologyPage:
    links = {table.structure.id: Link(table.structure.title, f"tables/{table.structure.id}.html") for table in tables}
    statements = (privacy_statement(table, links[table.structure.id].href) for table in tables)
    return MethodologyPage(
        frame=frame(
            imprint,
            "Methodology",
            "Why a cell is blank, what noise means, and what protects companies.",
            trail=_home(imprint),
        ),
        hidden_tables=tuple(links[table.structure.id] for table in tables if not table.noisy),
        mixed_tables=tuple(links[table.structure.id] for table in tables if table.table.own_status),
        noisy_tables=tuple(links[table.structure.id] for table in tables if table.table.method == "dp"),
        band_tables=tuple(links[table.structure.id] for table in tables if table.table.method == "band"),
        privacy=tuple(statement for statement in statements if statement is not None),
        picture=noise_picture(),
    )


def _home(imprint: Imprint) -> tuple[Link, ...]:
    return (Link(f"{period_words(imprint.period)}, version {imprint.version}", "index.html"),)


def dataset_page(
    public: Path, tables: Sequence[Published], codelists: Mapping[str, Codelist], imprint: Imprint
) -> DatasetPage:
    sizes = {name: size_words((public / name).stat().st_size) for name in DESCRIPTORS}
    sizes[SHA256SUMS] = ""  # it names this page too, so it is written after it
    return DatasetPage(
        frame=frame(imprint, "Data", "Files, columns and codelists of this edition.", trail=_home(imprint)),
        url=imprint.url,
        tables=tuple(_dataset_table(public, table) for table in tables),
        codelists=tuple(_codelist_line(codelist) for codelist in codelists.values()),
        snippets=snippets(tables[0], imprint) if tables else (),
        metadata=tuple(Download(name.rpartition("/")[2], name, size) for name, size in sizes.items()),
    )


def _dataset_table(public: Path, table: Published) -> DatasetTable:
    structure = table.structure
    return DatasetTable(
        structure.title,
        f"tables/{structure.id}.html",
        structure.id,
        grouped(table.rows),
        data_dictionary(table.table),
        _downloads(public, table, ""),
    )


def _codelist_line(codelist: Codelist) -> CodelistLine:
    href = f"metadata/codelists/{codelist.id}.csv"
    codes = grouped(len(codelist.codes))
    return CodelistLine(codelist.id, codelist.title, codelist.version, codelist.source, codes, href)
