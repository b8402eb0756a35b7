"""What the search finds by name alone: tables, what they count, releases, and pages that people look for."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from publisher.publication.site.series import Site
from publisher.publication.words import Words

EntryKind = Literal["table", "definition", "release", "page"]


@dataclass(frozen=True)
class Entry:
    """`href` leads from the web root to the English page."""

    name: str
    kind: EntryKind
    href: str


def kind_words(kind: EntryKind, words: Words) -> str:
    match kind:
        case "table":
            return words.gettext("Table")
        case "definition":
            return words.gettext("Definition")
        case "release":
            return words.gettext("Release")
        case "page":
            return words.gettext("Page")


def entries(site: Site) -> tuple[Entry, ...]:
    """Tables of the newest editions, what they count, releases that stand, and pages, in the site's language."""
    return tuple(chain(_tables(site), _releases(site), _pages(site.words)))


def _tables(site: Site) -> Iterator[Entry]:
    for series in site.series:
        if series.latest is not None:
            for table in site.tables(series.latest):
                yield Entry(table.title, "table", f"{series.latest.path}/tables/{table.id}.html")
                yield Entry(table.title, "definition", f"queries.html#{table.id}")


def _releases(site: Site) -> Iterator[Entry]:
    say = site.words.gettext
    for series in site.series:
        for period in reversed(series.periods):
            edition = site.standing(series, period)
            if edition is not None:
                name = say("%(series)s, %(period)s", series=series.title, period=site.words.period(period))
                yield Entry(name, "release", f"{edition.path}/index.html")


def _pages(words: Words) -> Iterator[Entry]:
    """Each name has words that people type."""
    say = words.gettext
    blank = say("Why is this cell blank? Not shown, confidential, suppressed")
    yield Entry(blank, "page", "methodology.html#not-shown")
    yield Entry(say("What does noise mean? Margin, uncertainty, privacy"), "page", "methodology.html#noise")
    yield Entry(say("Release calendar: dates of the next releases"), "page", "calendar.html")
    yield Entry(say("Corrections, revisions and withdrawals"), "page", "corrections.html")
    yield Entry(say("Verify this release: signatures and checksums"), "page", "verify.html")
    yield Entry(say("Accessibility statement"), "page", "accessibility.html")
    yield Entry(say("All tables, with files to download"), "page", "catalogue.html")
