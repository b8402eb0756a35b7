"""The contexts of the web root's pages, from the plans and the public files of the editions on it."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from publisher.publication.calendar.words import shown
from publisher.publication.contexts import Download, Frame, Link
from publisher.publication.edition_pages import moment
from publisher.publication.headline.told import HeadlineSources, told_headlines
from publisher.publication.lifecycle.lifecycle import kind_words
from publisher.publication.lifecycle.notices import period_notices, recent_notices, what_changed
from publisher.publication.over_time.path import over_time_path
from publisher.publication.periods import period_words
from publisher.publication.privacy.noise_picture import noise_picture
from publisher.publication.public_files import PublicTable
from publisher.publication.site.contexts import (
    CataloguePage,
    CatalogueTable,
    EditionLine,
    HomePage,
    Latest,
    NotFoundPage,
    NotFoundPart,
    PeriodPage,
    ReleasesPage,
    SeriesLine,
    SeriesPage,
    SiteMethodologyPage,
    Upcoming,
)
from publisher.publication.site.series import Series, Site
from publisher.publication.speech import place
from publisher.publication.words import Words
from publisher.release.calendar.calendar import CalendarLine
from publisher.release.publish.index import PublishedEdition

HOME_FACTS = 4


def home_page(site: Site, newest: Mapping[str, HeadlineSources]) -> HomePage:
    """`newest`: what is told of the newest edition of each series."""
    say, own = site.words.gettext, site.words.own
    published = [series for series in site.series if series.latest]
    tables = (
        Link(table.title, f"{series.latest.path}/tables/{table.id}.html")
        for series in published
        if series.latest
        for table in site.tables(series.latest)
    )
    return HomePage(
        frame=site.frame(
            say("Trade statistics"), say("Statistics published by %(office)s.", office=own(site.office.name)), "home"
        ),
        latest=tuple(
            _latest(site, series, series.latest, newest[series.id]) for series in published if series.latest
        ),
        unpublished=tuple(
            upcoming for series in site.series if not series.latest and (upcoming := _upcoming(site, series, ""))
        ),
        notices=recent_notices(site),
        tables=tuple(tables),
    )


def _latest(site: Site, series: Series, edition: PublishedEdition, told: HeadlineSources) -> Latest:
    period = period_words(edition.ref.period, site.words)
    return Latest(
        series=_series_link(series, ""),
        title=series.title,
        edition=Link(period, f"{edition.path}/index.html"),
        base=f"{edition.path}/",
        period=period,
        version=edition.ref.version,
        due=shown(edition.manifest.moment, site.words),
        facts=told_headlines(told, site.words)[:HOME_FACTS],
        upcoming=_upcoming(site, series, ""),
    )


def _series_link(series: Series, root: str) -> Link:
    return Link(series.title, f"{root}releases/{series.id}/index.html")


def _upcoming(site: Site, series: Series, root: str) -> Upcoming | None:
    return _told(site, series, series.upcoming, root)


def _told(site: Site, series: Series, line: CalendarLine | None, root: str) -> Upcoming | None:
    """As the calendar has it: what no reader was told of is nowhere."""
    if line is None:
        return None
    period = period_words(line.id.period, site.words)
    return Upcoming(_series_link(series, root), period, shown(line.due, site.words), line.status == "delayed")


def releases_page(site: Site) -> ReleasesPage:
    lines = (
        SeriesLine(
            Link(series.title, f"{series.id}/index.html"),
            series.summary,
            Link(period_words(latest.ref.period, site.words), f"../{latest.path}/index.html")
            if (latest := series.latest)
            else None,
            _upcoming(site, series, "../"),
        )
        for series in site.series
    )
    say = site.words.gettext
    frame = site.frame(
        say("Releases"), say("All release series."), "releases", depth=1, trail=[Link(site.home, "../index.html")]
    )
    return ReleasesPage(frame, tuple(lines))


def series_page(site: Site, series: Series) -> SeriesPage:
    trail = (Link(site.home, "../../index.html"), Link(site.words.gettext("Releases"), "../index.html"))
    newest = (series.of(period)[0] for period in reversed(series.periods))
    return SeriesPage(
        frame=site.frame(series.title, series.summary, "releases", depth=2, trail=trail),
        title=series.title,
        summary=series.summary,
        notices=recent_notices(site, "../../", series.id),
        editions=tuple(_edition_line(site, series, edition, f"{edition.ref.period}/") for edition in newest),
        upcoming=_upcoming(site, series, "../../"),
    )


def _edition_line(site: Site, series: Series, edition: PublishedEdition, below: str) -> EditionLine:
    """`below` leads from the page to the folder of the edition's period."""
    ref, issued = edition.ref, site.lifecycle.by_name.get(edition.ref.name)
    standing = _standing(site, edition)
    changes, words = what_changed(site, ref, ""), site.words
    return EditionLine(
        edition=Link(words.gettext("Version %(number)s", number=ref.version), f"{below}v{ref.version}/index.html"),
        period=period_words(ref.period, words),
        due=shown(edition.manifest.moment, site.words),
        came_out=moment(issued.at, words) if issued else None,
        kind=kind_words(issued.fact.kind, words) if issued else "",
        status=_status(edition, standing, words),
        standing=standing,
        changes=Link(changes.text, below + changes.href.removeprefix(f"releases/{ref.series}/{ref.period}/"))
        if changes
        else None,
    )


def _status(edition: PublishedEdition, standing: str, words: Words) -> str:
    if standing == "replaced":
        return words.gettext("replaced by version %(number)s", number=edition.superseded_by)
    return words.gettext("withdrawn") if standing == "withdrawn" else words.gettext("current")


def _standing(site: Site, edition: PublishedEdition) -> Literal["current", "replaced", "withdrawn"]:
    if site.withdrawn(edition):
        return "withdrawn"
    return "replaced" if edition.superseded_by else "current"


def period_page(site: Site, series: Series, period: str, told: Mapping[str, HeadlineSources]) -> PeriodPage:
    """`told`: of the newest edition of each series; a page of another period has no headlines."""
    trail = (Link(site.home, "../../../index.html"), Link(series.title, "../index.html"))
    say, words = site.words.gettext, site.words
    title = say("%(series)s, %(period)s", series=series.title, period=words.period(period))
    final = series.provisional_until.get(period)
    newest = series.latest if series.latest and series.latest.ref.period == period else None
    return PeriodPage(
        frame=site.frame(title, say("All versions of %(release)s.", release=title), "releases", depth=3, trail=trail),
        series=Link(series.title, "../index.html"),
        period=words.period(period),
        provisional=say("Figures may be revised until the release of %(period)s.", period=words.period(final))
        if final
        else "",
        facts=told_headlines(told[series.id], words) if newest else (),
        base=f"v{newest.ref.version}/" if newest else "",
        notices=period_notices(site, series.id, period, "../../../"),
        editions=tuple(_edition_line(site, series, edition, "") for edition in series.of(period)),
        upcoming=None if series.of(period) else _told(site, series, series.announced(period), "../../../"),
    )


def catalogue_page(site: Site) -> CataloguePage:
    tables = (
        _catalogue_table(site, series, series.latest, table)
        for series in site.series
        if series.latest
        for table in site.tables(series.latest)
    )
    say, trail = site.words.gettext, [Link(site.home, "index.html")]
    frame = site.frame(say("Tables"), say("Every table that is published."), "tables", trail=trail)
    return CataloguePage(frame, tuple(tables))


def _catalogue_table(site: Site, series: Series, edition: PublishedEdition, table: PublicTable) -> CatalogueTable:
    files = f"releases/{series.id}/latest/data/{table.id}"
    return CatalogueTable(
        anchor=table.id,
        title=table.title,
        summary=table.summary,
        page=Link(period_words(edition.ref.period, site.words), f"{edition.path}/tables/{table.id}.html"),
        periods=over_time_path(series.id, table.id),
        breakdowns=table.breakdowns,
        measures=table.measures,
        protection=site.words.gettext("Noise added to every figure")
        if table.noisy
        else site.words.gettext("Exact figures; cells that would reveal a company are not shown"),
        latest=tuple(
            Download(label, f"{files}.{end}", "") for label, end in (("CSV", "csv"), ("Parquet", "parquet"))
        ),
    )


def methodology_page(site: Site) -> SiteMethodologyPage:
    say = site.words.gettext
    editions = (
        Link(
            say("%(series)s, %(period)s", series=series.title, period=site.words.period(latest.ref.period)),
            f"{latest.path}/methodology.html",
        )
        for series in site.series
        if (latest := series.latest)
    )
    frame = site.frame(
        say("Methodology"),
        say("How companies' data are protected."),
        "methodology",
        trail=[Link(site.home, "index.html")],
    )
    tables = (table for series in site.series if series.latest for table in site.tables(series.latest))
    return SiteMethodologyPage(frame, tuple(editions), any(table.band for table in tables), noise_picture(site.words))


def not_found_page(site: Site) -> NotFoundPage:
    """One page in all languages, since a server has one for all addresses. It is served at any depth, so its links
    start from the root of the server."""
    root = urlsplit(site.office.base_url).path.rstrip("/") + "/"
    say = site.words.gettext
    frame = Frame(say("Not found"), say("This page is not here."), site.office, root, f"{root}assets/", "none")
    return NotFoundPage(frame, tuple(_not_found(words, root) for words in site.languages))


def _not_found(words: Words, root: str) -> NotFoundPart:
    say = words.gettext
    links = (
        Link(say("Home"), "index.html"),
        Link(say("All releases"), "releases/index.html"),
        Link(say("All tables"), "catalogue.html"),
    )
    return NotFoundPart(
        words.language,
        say("This page is not here"),
        say("Published releases never move, so the address may be mistyped."),
        tuple(Link(link.text, root + place(link.href, words.language)) for link in links),
    )
