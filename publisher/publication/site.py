"""write_site(): the pages around the editions. They change with every release; editions never do.

prepare_pages() makes those that tell no time of the log, render_site() all others.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.publication.accessibility import write_accessibility
from publisher.publication.calendar_files import write_calendar
from publisher.publication.lifecycle_pages import write_lifecycle_pages
from publisher.publication.pages import Page, write_assets, write_page
from publisher.publication.prepared_pages import prepare_pages
from publisher.publication.query_catalogue import write_query_catalogue
from publisher.publication.search_page import write_search
from publisher.publication.series import site_of
from publisher.publication.site_index import write_index
from publisher.publication.site_pages import (
    catalogue_page,
    home_page,
    methodology_page,
    not_found_page,
    period_page,
    releases_page,
    series_page,
)
from publisher.publication.verify_page import write_verify
from publisher.release.index import PublishedEdition
from publisher.release.prepared import told_of
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office


def write_site(
    folder: Path,
    editions: Sequence[PublishedEdition],
    office: Office,
    plans: Mapping[str, Plan],
    leaves: Sequence[Leaf] = (),
) -> None:
    """Both steps, one after the other."""
    if editions:
        prepare_pages(folder, folder, told_of(editions), office)
    render_site(folder, editions, office, plans, leaves)


def render_site(
    folder: Path,
    editions: Sequence[PublishedEdition],
    office: Office,
    plans: Mapping[str, Plan],
    leaves: Sequence[Leaf] = (),
) -> None:
    """Writes home, releases, series, period, catalogue, calendar and methodology pages into `folder`.

    Every edition's files lie under its `path` already, and what prepare_pages() made.

    `leaves` are those of the public log; the calendar follows from them alone. The same arguments give the same
    bytes: no clock is asked. editions.json, keys/, log/ and releases/<series>/latest/ belong to release.
    """
    site = site_of(folder, office, editions, plans, leaves)
    write_assets(folder / "assets", office)
    _write(folder, "index.html", home_page(site))
    _write(folder, "catalogue.html", catalogue_page(site))
    write_calendar(folder, leaves, office)
    _write(folder, "methodology.html", methodology_page(site))
    _write(folder, "404.html", not_found_page(site))
    _write(folder, "releases/index.html", releases_page(site))
    for series in site.series:
        _write(folder, f"releases/{series.id}/index.html", series_page(site, series))
        for period in series.pages:
            _write(folder, f"releases/{series.id}/{period}/index.html", period_page(site, series, period))
    write_lifecycle_pages(site)
    write_verify(site, leaves)
    write_search(site)
    write_query_catalogue(site)
    write_accessibility(site)
    write_index(site)


def _write(folder: Path, name: str, page: Page) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_page(path, page)
