"""write_edition(): everything an edition shows, except the manifest, which release writes last."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.catalogue.pools import published_codelist
from publisher.model.codelist import Codelist
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.protected import ProtectedTable
from publisher.model.release_event import Moment
from publisher.publication.edition_pages import dataset_page, methodology_page, release_page, table_page
from publisher.publication.files.checksums import write_checksums
from publisher.publication.files.citation_cff import write_citation_cff
from publisher.publication.files.croissant import write_croissant
from publisher.publication.files.csvw import write_csvw
from publisher.publication.files.data_files import write_csv, write_data_files
from publisher.publication.files.datapackage import write_datapackage
from publisher.publication.files.dcat import write_dcat
from publisher.publication.files.metadata import write_codelists, write_tables_json
from publisher.publication.files.sdmx import write_sdmx
from publisher.publication.files.sdmx_csv import write_sdmx_csv
from publisher.publication.files.xlsx import write_xlsx
from publisher.publication.fitting import P
from publisher.publication.headline.file import write_headlines
from publisher.publication.imprint import Imprint, edition_path
from publisher.publication.pages import Page, write_assets
from publisher.publication.speech import Speech, english_of, is_spoken
from publisher.publication.tables.chart_files import write_charts
from publisher.publication.tables.codes import write_names
from publisher.publication.tables.published import Published, publishable
from publisher.publication.tables.release_charts import shorter_release
from publisher.publication.tables.shards import write_shards
from publisher.publication.tables.table_page import shorter
from publisher.publication.words import ENGLISH, Words
from publisher.settings import Office

STAGE = "Write the publication"
FIGURES = ("data", "metadata/codelists")  # folders


def write_figures(
    public: Path,
    plan: Plan,
    period: str,
    tables: Sequence[ProtectedTable],
    *,
    codelists: Callable[[str], Codelist] = published_codelist,
) -> None:
    """Writes what an edition says about the world, and no more: data/<query>.csv, metadata/tables.json, codelists.

    Nothing here names a version. write_edition() writes the same files. Raises LeakError as it does.
    """
    published = [publishable(table) for table in tables]
    _make_folders(public, FIGURES)
    for table in published:
        write_csv(public / "data", table)
    _write_described(public, plan.id, period, published, _used_codelists(published, codelists))


def write_edition(  # the stage's inputs; one call, in pipeline.py
    public: Path,
    plan: Plan,
    period: str,
    version: int,
    tables: Sequence[ProtectedTable],
    office: Office,
    *,
    due: Moment | None = None,
    progress: Progress = NO_PROGRESS,
    codelists: Callable[[str], Codelist] = published_codelist,
    languages: Sequence[Words] = (ENGLISH,),
) -> None:
    """Writes data, metadata, pages, shards and assets of one edition below `public` (made if absent).

    `due` is the moment that pages and metadata give as its release date; the plan's where it is missing.

    `languages`, English first, are those of its pages; data and metadata exist once.

    The same arguments give the same bytes; nothing read but the arguments and the packaged templates.

    Raises LeakError, before anything is written, where a table holds a number in a hidden cell.
    """
    imprint = Imprint(plan, period, version, office, due)
    published = [publishable(table) for table in tables]
    _make_folders(public, (*FIGURES, "tables"))
    write_assets(public / "assets", office)
    used = _used_codelists(published, codelists)
    dataflows = write_sdmx(public, published, used, imprint)
    for done, table in enumerate(published):
        progress(STAGE, done, len(published) + 1)
        write_data_files(public / "data", table, imprint)
        write_csvw(public / "data", table, imprint)
        write_xlsx(public / "data", table, imprint)
        write_sdmx_csv(public / "data", table, dataflows[table.structure.id])
        write_shards(public / "tables", table)
    progress(STAGE, len(published), len(published) + 1)
    _write_metadata(public, published, used, imprint)
    write_charts(public, published, imprint)
    for words in languages:
        write_names(public / "assets" / "names", published, words)
        _write_pages(public, published, used, replace(imprint, words=words), languages)
    write_checksums(public)  # names all that was written before it
    progress(STAGE, len(published) + 1, len(published) + 1)


def _make_folders(public: Path, folders: Sequence[str]) -> None:
    for folder in folders:
        (public / folder).mkdir(parents=True, exist_ok=True)


def _used_codelists(tables: Sequence[Published], codelists: Callable[[str], Codelist]) -> Mapping[str, Codelist]:
    used = {dimension.hierarchy.codelist for table in tables for dimension in table.structure.dimensions}
    return {identifier: codelists(identifier) for identifier in sorted(used)}


def _write_described(
    public: Path, series: str, period: str, tables: Sequence[Published], used: Mapping[str, Codelist]
) -> None:
    write_tables_json(public / "metadata" / "tables.json", tables, series, period)
    write_codelists(public / "metadata" / "codelists", used)


def _write_metadata(
    public: Path, tables: Sequence[Published], used: Mapping[str, Codelist], imprint: Imprint
) -> None:
    _write_described(public, imprint.plan.id, imprint.period, tables, used)
    write_headlines(public / "metadata" / "headlines.json", tables, imprint)
    write_datapackage(public, tables, used, imprint)
    write_dcat(public, tables, imprint)
    write_croissant(public, tables, imprint)
    write_citation_cff(public, imprint)


def _write_pages(
    public: Path,
    tables: Sequence[Published],
    used: Mapping[str, Codelist],
    imprint: Imprint,
    languages: Sequence[Words],
) -> None:
    """The pages of the edition in one language."""
    folder = edition_path(imprint.plan.id, imprint.period, imprint.version)
    speech = Speech(tuple(languages), lambda path: is_spoken(english_of(path)))

    def write(name: str, page: Page) -> None:
        speech.write(public, folder, folder + name, page, imprint.words)

    def write_fitting(name: str, pages: Iterable[P]) -> None:
        speech.write_fitting(public, folder, folder + name, pages, imprint.words)

    for table in tables:
        write_fitting(f"tables/{table.structure.id}.html", shorter(table_page(public, table, imprint)))
    write_fitting("index.html", shorter_release(release_page(public, tables, imprint)))
    write("methodology.html", methodology_page(tables, imprint))
    write("dataset.html", dataset_page(public, tables, used, imprint))
