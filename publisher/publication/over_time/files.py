"""write_over_time(): tables/<series>/<query>.html, a table over all its periods, in every language."""

import json
from collections.abc import Sequence
from pathlib import Path

from publisher.publication.cells import SiteCells
from publisher.publication.cells.cumulative import CUMULATIVE
from publisher.publication.contexts import Link
from publisher.publication.over_time.contexts import NoTablePage
from publisher.publication.over_time.page import FEWER_PERIODS, ROOT, OverTime, over_time_frame, over_time_page
from publisher.publication.over_time.path import over_time_path
from publisher.publication.site.series import Series, Site
from publisher.publication.speech import speech_of_site
from publisher.publication.words import ENGLISH, Words
from publisher.settings import Office


def write_over_time(
    site: Path, target: Path, cells: SiteCells, office: Office, languages: Sequence[Words] = (ENGLISH,)
) -> None:
    """One page for each table of the editions that stand, below `target`, which holds the cumulative files."""
    listed = json.loads((target / CUMULATIVE).read_text("utf-8"))["files"]
    files = {(file["series"], file["table"]): (str(file["path"]), int(file["size"])) for file in listed}
    speech = speech_of_site(site, languages)
    for words in languages:
        told = OverTime(cells, office, files, words)
        for table in cells.tables:
            path = over_time_path(table.series, table.id)
            pages = (over_time_page(told, table, most) for most in FEWER_PERIODS)
            speech.write_fitting(target, "", path, pages, words)


def write_missing_tables(site: Site) -> None:
    """Pages of superseded editions lead to their table over time: where no edition that stands has the table, a page
    that says so. Withdrawn editions have no tables to lead anywhere."""
    path = site.folder / CUMULATIVE
    files = json.loads(path.read_text("utf-8"))["files"] if path.is_file() else []
    standing = {(file["series"], file["table"]) for file in files}
    for series in site.series:
        for edition in series.editions:
            if edition.superseded_by is not None and not site.withdrawn(edition):
                for table in site.tables(edition):
                    if (series.id, table.id) not in standing:
                        site.write(over_time_path(series.id, table.id), _missing(site, series, table.title))


def _missing(site: Site, series: Series, title: str) -> NoTablePage:
    return NoTablePage(
        frame=over_time_frame(site.office, title, site.words),
        title=title,
        series=Link(series.title, f"{ROOT}releases/{series.id}/index.html"),
    )
