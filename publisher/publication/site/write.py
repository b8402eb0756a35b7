"""write_site(): the pages around the editions. They change with every release; editions never do.

prepare_pages() makes those that tell no time of the log, render_site() all others.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.publication.calendar.files import write_calendar
from publisher.publication.headline.told import HeadlineSources, newest_sources
from publisher.publication.lifecycle.verify_page import log_key_of, verify_page, write_script
from publisher.publication.lifecycle.write import write_lifecycle
from publisher.publication.over_time.files import write_missing_tables
from publisher.publication.pages import write_assets
from publisher.publication.profile.files import write_empty_lists
from publisher.publication.search.page import write_search
from publisher.publication.site.accessibility import accessibility_page
from publisher.publication.site.index import write_index
from publisher.publication.site.pages import (
    catalogue_page,
    home_page,
    methodology_page,
    not_found_page,
    period_page,
    releases_page,
    series_page,
)
from publisher.publication.site.prepared_pages import prepare_pages
from publisher.publication.site.query_catalogue import query_catalogue_page
from publisher.publication.site.series import Site, site_of
from publisher.publication.site.standing import write_standing
from publisher.publication.words import ENGLISH, Words
from publisher.release.publish.index import PublishedEdition
from publisher.release.publish.prepared import told_of
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office


def write_site(
    folder: Path,
    editions: Sequence[PublishedEdition],
    office: Office,
    plans: Mapping[str, Plan],
    leaves: Sequence[Leaf] = (),
    *,
    languages: Sequence[Words] = (ENGLISH,),
) -> None:
    """Both steps, one after the other."""
    if editions:
        prepare_pages(folder, folder, told_of(editions), office, languages=languages)
    render_site(folder, editions, office, plans, leaves, languages=languages)


def render_site(
    folder: Path,
    editions: Sequence[PublishedEdition],
    office: Office,
    plans: Mapping[str, Plan],
    leaves: Sequence[Leaf] = (),
    *,
    languages: Sequence[Words] = (ENGLISH,),
) -> None:
    """Writes home, releases, series, period, catalogue, calendar and methodology pages into `folder`.

    Every edition's files lie under its `path` already, and what prepare_pages() made.

    `leaves` are those of the public log; the calendar follows from them alone. Every page is made in each of
    `languages`, English first (speech.py says where); files for programs exist once. The same arguments give the same
    bytes: no clock is asked. editions.json, keys/, log/ and releases/<series>/latest/ belong to release.
    """
    if not editions:
        write_empty_lists(folder, office, languages)
    sites = [site_of(folder, office, editions, plans, leaves, words, languages) for words in languages]
    write_assets(folder / "assets", office)
    if not editions:  # nobody has prepared what every masthead leads to
        prepare_pages(folder, folder, (), office, languages=languages)
    write_calendar(folder, leaves, office, languages)
    write_script(folder)
    told = newest_sources(sites[0])
    for site in sites:
        _write_pages(site, leaves, told)
    sites[0].write("404.html", not_found_page(sites[0]))
    write_lifecycle(sites)
    write_search(sites)
    write_standing(sites[0])
    write_index(sites[0])


def _write_pages(site: Site, leaves: Sequence[Leaf], told: Mapping[str, HeadlineSources]) -> None:
    """All that one language has, but what the lifecycle makes."""
    site.write("index.html", home_page(site, told))
    site.write("catalogue.html", catalogue_page(site))
    site.write("methodology.html", methodology_page(site))
    site.write("queries.html", query_catalogue_page(site))
    site.write("accessibility.html", accessibility_page(site))
    site.write("verify.html", verify_page(site, log_key_of(leaves)))
    site.write("releases/index.html", releases_page(site))
    for series in site.series:
        site.write(f"releases/{series.id}/index.html", series_page(site, series))
        for period in series.pages:
            site.write(f"releases/{series.id}/{period}/index.html", period_page(site, series, period, told))
    write_missing_tables(site)
