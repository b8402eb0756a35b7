"""The contexts of an edition's pages, from its published tables."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from publisher.catalogue.frequency import shift
from publisher.model.codelist import Codelist
from publisher.model.status import ObsStatus
from publisher.model.structure import Measure
from publisher.publication.contexts import (
    CodelistLine,
    Counts,
    DatasetPage,
    DatasetTable,
    DimensionHead,
    Download,
    Frame,
    LevelChoice,
    Link,
    MeasureHead,
    MethodologyPage,
    Moment,
    ReleasePage,
    TableLine,
    TablePage,
)
from publisher.publication.files.checksums import SHA256SUMS
from publisher.publication.files.citation import bibtex, citation
from publisher.publication.files.dictionary import data_dictionary
from publisher.publication.files.formats import data_paths
from publisher.publication.files.inline_metadata import edition_metadata, table_metadata
from publisher.publication.files.snippets import snippets
from publisher.publication.headline.facts import headline_facts
from publisher.publication.headline.words import headlines, words_of
from publisher.publication.imprint import Imprint
from publisher.publication.level_names import level_name
from publisher.publication.numbers import size_words
from publisher.publication.over_time.path import over_time_path
from publisher.publication.privacy.noise_picture import noise_picture
from publisher.publication.privacy.statement import privacy_statement
from publisher.publication.tables.display import first_rows, level_words
from publisher.publication.tables.published import Published
from publisher.publication.tables.range_notes import range_notes
from publisher.publication.tables.ranked import rankings
from publisher.publication.tables.release_charts import release_charts
from publisher.publication.tables.shards import shard_count, shard_rows
from publisher.publication.words import ENGLISH, Words

ROOT = "../../../../"  # from releases/<series>/<period>/vN/ to the web root
DESCRIPTORS = (
    *("datapackage.json", "croissant.json", "CITATION.cff"),
    *("metadata/tables.json", "metadata/dcat.jsonld", "metadata/sdmx.xml"),
)
WIDE = 5  # columns; a table with more scrolls sideways on any screen


def moment(when: datetime, words: Words = ENGLISH) -> Moment:
    """ "15 April 2021, 09:30 (Asia/Seoul)" """
    return Moment(words.moment(when), when.isoformat())


def counts(published: Published, words: Words = ENGLISH) -> Counts:
    noisy = published.statuses().count(ObsStatus.ESTIMATED)
    shown = published.rows - published.hidden_count - noisy
    hidden = published.wholly_hidden_count
    numbers = (published.rows, shown, published.hidden_count - hidden, hidden, noisy)
    return Counts(*(words.number(number) if number else "" for number in numbers))


def frame(imprint: Imprint, title: str, description: str, *, below: str = "", trail: Sequence[Link] = ()) -> Frame:
    """`below` is "../" for pages in tables/."""
    words = imprint.words
    plan_title = words.own(imprint.plan.title)
    series = Link(plan_title, f"{below}../../index.html")
    return Frame(
        title=words.gettext(
            "%(title)s - %(series)s, %(period)s", title=title, series=plan_title, period=words.period(imprint.period)
        ),
        description=description,
        office=imprint.office,
        root=below + ROOT,
        assets=f"{below}assets/",
        section="releases",
        trail=(Link(words.gettext("Home"), f"{below}{ROOT}index.html"), series, *trail),
    )


def release_page(public: Path, tables: Sequence[Published], imprint: Imprint) -> ReleasePage:
    period, plan, words, say = imprint.period, imprint.plan, imprint.words, imprint.words.gettext
    facts = [fact for table in tables for fact in headline_facts(table)]
    title = words.own(plan.title)
    return ReleasePage(
        frame=frame(imprint, say("Release"), words.own(plan.summary)),
        series=title,
        period=words.period(period),
        version=imprint.version,
        due=moment(imprint.due, words),
        summary=words.own(plan.summary),
        facts=headlines(facts, {table.structure.id: words_of(table, words) for table in tables}),
        charts=release_charts(tables, imprint),
        further=(),
        tables=tuple(_table_line(public, table, words) for table in tables),
        earlier=_period_link(shift(period, -1), words) if period > plan.first_period else None,
        later=_period_link(shift(period, 1), words),
        versions=Link(say("All versions of %(period)s", period=words.period(period)), "../index.html"),
        all_releases=Link(say("All releases of %(series)s", series=title), "../../index.html"),
        verify=f"publisher verify {imprint.url} --key FINGERPRINT",
        citation=citation(imprint, title, imprint.url, words),
    )


def _period_link(period: str, words: Words) -> Link:
    return Link(words.period(period), f"../../{period}/index.html")


def _table_line(public: Path, table: Published, words: Words) -> TableLine:
    structure = table.structure
    href = f"tables/{structure.id}.html"
    return TableLine(
        words.own(structure.title),
        href,
        words.own(structure.summary),
        counts(table, words),
        _downloads(public, table, "", words),
    )


def _downloads(public: Path, table: Published, below: str, words: Words) -> tuple[Download, ...]:
    """The files of a table that are there: the workbook is made of tables that fit one."""
    return tuple(
        Download(form.label, below + path, size_words((public / path).stat().st_size, words))
        for form, path in data_paths(public, table.structure.id)
    )


def table_page(public: Path, published: Published, imprint: Imprint) -> TablePage:
    structure, words = published.structure, imprint.words
    title, summary, period = words.own(structure.title), words.own(structure.summary), words.period(imprint.period)
    url = f"{imprint.url}tables/{structure.id}.html"
    release = Link(_edition_words(imprint), "../index.html")
    return TablePage(
        frame=frame(imprint, title, summary, below="../", trail=(release,)),
        query=structure.id,
        title=title,
        summary=summary,
        period=period,
        version=imprint.version,
        time_period=imprint.period,
        universe=structure.universe,
        explain="../methodology.html#too-noisy" if published.noisy else "../methodology.html#not-shown",
        release=release,
        periods=f"../{ROOT}{over_time_path(imprint.plan.id, structure.id)}",
        counts=counts(published, words),
        dimensions=tuple(
            DimensionHead(
                d.column,
                words.own(d.title),
                d.hierarchy.codelist,
                tuple(
                    LevelChoice(level, level_name(level, words), level_words(level, words))
                    for level in d.hierarchy.levels
                ),
            )
            for d in structure.dimensions
        ),
        measures=tuple(
            MeasureHead(
                m.id,
                words.own(m.title),
                words.own(_unit(m)),
                m.decimals,
                m.quantile is not None,
                m.id in published.table.own_status,
            )
            for m in structure.measures
        ),
        rows=first_rows(published, words=words),
        row_count=published.rows,
        rows_words=words.number(published.rows),
        shards=shard_count(published.rows),
        shard_rows=shard_rows(published.rows),
        shards_at=structure.id,
        wide=len(structure.dimensions) + len(structure.measures) > WIDE,
        absent_are_zero=not published.noisy,
        range_notes=range_notes(published, words),
        hidden_alone=tuple(words.own(m.title) for m in structure.measures if m.id in published.table.own_status),
        charts=rankings(published, imprint, charts_at="../charts/"),
        privacy=privacy_statement(published, "../methodology.html", words),
        downloads=_downloads(public, published, "../", words),
        url=url,
        citation=citation(imprint, title, url, words),
        bibtex=bibtex(imprint, structure.id, structure.title, url),
        metadata=table_metadata(public, published, imprint),
    )


def _unit(measure: Measure) -> str:
    return "" if measure.unit.lower() in measure.title.lower() else measure.unit


def methodology_page(tables: Sequence[Published], imprint: Imprint) -> MethodologyPage:
    words, say = imprint.words, imprint.words.gettext
    links = {
        table.structure.id: Link(words.own(table.structure.title), f"tables/{table.structure.id}.html")
        for table in tables
    }
    statements = (privacy_statement(table, links[table.structure.id].href, words) for table in tables)
    return MethodologyPage(
        frame=frame(
            imprint,
            say("Methodology"),
            say("Why a cell is blank, what noise means, and what protects companies."),
            trail=_home(imprint),
        ),
        hidden_tables=tuple(links[table.structure.id] for table in tables if not table.noisy),
        mixed_tables=tuple(links[table.structure.id] for table in tables if table.table.own_status),
        noisy_tables=tuple(links[table.structure.id] for table in tables if table.table.method == "dp"),
        band_tables=tuple(links[table.structure.id] for table in tables if table.table.method == "band"),
        privacy=tuple(statement for statement in statements if statement is not None),
        picture=noise_picture(words),
    )


def _home(imprint: Imprint) -> tuple[Link, ...]:
    return (Link(_edition_words(imprint), "index.html"),)


def _edition_words(imprint: Imprint) -> str:
    period = imprint.words.period(imprint.period)
    return imprint.words.gettext("%(period)s, version %(number)s", period=period, number=imprint.version)


def dataset_page(
    public: Path, tables: Sequence[Published], codelists: Mapping[str, Codelist], imprint: Imprint
) -> DatasetPage:
    words, say = imprint.words, imprint.words.gettext
    sizes = {name: size_words((public / name).stat().st_size, words) for name in DESCRIPTORS}
    sizes[SHA256SUMS] = ""  # it names this page too, so it is written after it
    return DatasetPage(
        frame=frame(imprint, say("Data"), say("Files, columns and codelists of this edition."), trail=_home(imprint)),
        url=imprint.url,
        tables=tuple(_dataset_table(public, table, words) for table in tables),
        codelists=tuple(_codelist_line(codelist, words) for codelist in codelists.values()),
        snippets=snippets(tables[0], imprint) if tables else (),
        metadata=edition_metadata(tables, imprint),
        descriptors=tuple(Download(name.rpartition("/")[2], name, size) for name, size in sizes.items()),
    )


def _dataset_table(public: Path, table: Published, words: Words) -> DatasetTable:
    structure = table.structure
    return DatasetTable(
        words.own(structure.title),
        f"tables/{structure.id}.html",
        structure.id,
        words.number(table.rows),
        data_dictionary(table.table, words),
        _downloads(public, table, "", words),
    )


def _codelist_line(codelist: Codelist, words: Words) -> CodelistLine:
    href = f"metadata/codelists/{codelist.id}.csv"
    codes = words.number(len(codelist.codes))
    title, version, source = map(words.own, (codelist.title, codelist.version, codelist.source))
    return CodelistLine(codelist.id, title, version, source, codes, href)
