"""Notices of revisions, corrections and withdrawals, from the public log, newest first."""

from collections.abc import Iterator
from typing import Literal

from publisher.publication.contexts import Link
from publisher.publication.edition_pages import moment
from publisher.publication.lifecycle.change_pairs import changes_path, compared_pairs
from publisher.publication.lifecycle.contexts import Notice
from publisher.publication.lifecycle.lifecycle import Issued, Withdrawn
from publisher.publication.site.series import Site
from publisher.publication.words import Words
from publisher.release.edition.manifest import EditionRef


def badge_words(kind: Literal["correction", "revision", "withdrawal"], words: Words) -> str:
    return {
        "correction": words.gettext("Correction"),
        "revision": words.gettext("Revised as planned"),
        "withdrawal": words.gettext("Withdrawn"),
    }[kind]


def all_notices(site: Site, root: str = "") -> tuple[Notice, ...]:
    """Every one. `root` leads from the page to the web root."""
    return tuple(_notice(site, each, root) for each in _newest_first(site, ""))


def recent_notices(site: Site, root: str = "", series: str = "") -> tuple[Notice, ...]:
    """Corrections and withdrawals of the last weeks before the newest line of the log, of one series if it is named.

    Scheduled revisions are not among them: with a policy of twelve periods they would drown what went wrong.
    """
    recent = (each for each in _newest_first(site, series) if site.lifecycle.recent(each.at))
    return tuple(notice for each in recent if (notice := _notice(site, each, root)).kind != "revision")


def period_notices(site: Site, series: str, period: str, root: str) -> tuple[Notice, ...]:
    """All of one period, whenever they were."""
    return tuple(
        _notice(site, each, root) for each in _newest_first(site, series) if each.fact.edition.period == period
    )


def _newest_first(site: Site, series: str) -> Iterator[Issued | Withdrawn]:
    revised = (each for each in site.lifecycle.issued if each.fact.kind != "first")
    found: list[Issued | Withdrawn] = [*site.lifecycle.withdrawn, *revised]
    for each in sorted(found, key=lambda each: each.at, reverse=True):
        if series in ("", each.fact.edition.series):
            yield each


def _notice(site: Site, event: Issued | Withdrawn, root: str) -> Notice:
    ref, words = event.fact.edition, site.words
    reason = words.own(event.fact.reason)
    at = moment(event.at, words)
    release = Link(_release_words(site, ref), f"{root}{ref.path}/index.html")
    if isinstance(event, Withdrawn):
        lead = words.gettext("Do not use version %(number)s.", number=ref.version)
        return Notice("withdrawal", badge_words("withdrawal", words), release, lead, reason, at, None)
    kind: Literal["correction", "revision"] = "correction" if event.fact.kind == "correction" else "revision"
    replaced = event.fact.supersedes
    lead = words.gettext("Replaces version %(number)s.", number=replaced) if replaced else ""
    return Notice(kind, badge_words(kind, words), release, lead, reason, at, what_changed(site, ref, root))


def _release_words(site: Site, ref: EditionRef) -> str:
    title = next((series.title for series in site.series if series.id == ref.series), ref.series)
    return release_name(title, ref, site.words)


def release_name(title: str, ref: EditionRef, words: Words) -> str:
    return words.gettext(
        "%(series)s, %(period)s, version %(number)s",
        series=title,
        period=words.period(ref.period),
        number=ref.version,
    )


def what_changed(site: Site, ref: EditionRef, root: str) -> Link | None:
    """The comparison of an edition with the one before it that stands."""
    for pair in compared_pairs(site):
        if pair.new.ref == ref:
            return Link(site.words.gettext("What changed"), f"{root}{changes_path(pair)}index.html")
    return None
