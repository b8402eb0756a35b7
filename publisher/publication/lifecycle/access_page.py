"""access.html: who had which release before everyone. From the log's public facts, which come with publication."""

from datetime import datetime

from publisher.publication.contexts import Link
from publisher.publication.edition_pages import moment
from publisher.publication.lifecycle.contexts import AccessLine, AccessPage, AccessRelease
from publisher.publication.lifecycle.lifecycle import Issued
from publisher.publication.lifecycle.notices import release_name
from publisher.publication.site.series import Site


def access_page(site: Site) -> AccessPage:
    """Releases with early access, newest first. Organisations and posts; the log's public part has no names."""
    given = {entry.edition for entry in site.lifecycle.access}
    issued = sorted((each for each in site.lifecycle.issued if each.fact.edition.name in given), key=_newest_first)
    frame = site.frame(
        site.words.gettext("Pre-release access"),
        site.words.gettext("Who sees figures before they are published, and when."),
        "access",
        trail=[Link(site.home, "index.html")],
    )
    return AccessPage(frame, tuple(_release(site, each) for each in issued))


def _newest_first(each: Issued) -> tuple[float, str]:
    return -each.at.timestamp(), each.fact.edition.name


def _release(site: Site, issued: Issued) -> AccessRelease:
    ref = issued.fact.edition
    title = next((series.title for series in site.series if series.id == ref.series), ref.series)
    entries = sorted(
        (entry for entry in site.lifecycle.access if entry.edition == ref.name),
        key=lambda entry: (entry.given, entry.organisation, entry.post),
    )
    zone, words = issued.at.tzinfo, site.words
    return AccessRelease(
        Link(release_name(title, ref, words), f"{ref.path}/index.html"),
        moment(issued.at, words),
        tuple(
            AccessLine(
                words.own(each.organisation),
                words.own(each.post),
                moment(datetime.fromisoformat(each.given).astimezone(zone), words),
            )
            for each in entries
        ),
    )
