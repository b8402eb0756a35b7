"""The context of calendar.html: every release that the log ever told of, under what has become of it."""

from collections.abc import Sequence

from publisher.publication.calendar_words import KINDS, notes, plain, shown, shown_time, status_words
from publisher.publication.contexts import Frame, Link
from publisher.publication.periods import period_words
from publisher.publication.site_contexts import CalendarGroup, CalendarLine, CalendarPage
from publisher.release.calendar import CalendarLine as Line
from publisher.release.calendar import Status, lines
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office

_GROUPS: tuple[tuple[str, str, tuple[Status, ...]], ...] = (
    ("delayed", "Delayed", ("delayed",)),
    ("ahead", "Ahead", ("planned",)),
    ("published", "Published", ("published", "superseded")),
    ("withdrawn", "Withdrawn", ("withdrawn",)),
    ("cancelled", "Cancelled", ("cancelled",)),
)


def calendar_page(leaves: Sequence[Leaf], office: Office) -> CalendarPage:
    """What is to come in order of its dates, what was the newest first. Empty groups are left out."""
    told = lines(leaves)
    groups = (
        CalendarGroup(anchor, heading, tuple(_line(line) for line in _ordered(told, statuses)))
        for anchor, heading, statuses in _GROUPS
    )
    words = "What came out and what comes out when, a year ahead."
    return CalendarPage(
        frame=Frame("Release calendar", words, office, "", "assets/", "calendar", (Link("Home", "index.html"),)),
        groups=tuple(group for group in groups if group.lines),
        files=(
            Link("For your calendar program (ICS)", "calendar.ics"),
            Link("News feed (Atom)", "feed.atom"),
            Link("For programs (JSON)", "calendar.json"),
        ),
    )


def _ordered(told: Sequence[Line], statuses: Sequence[Status]) -> list[Line]:
    """`told` is in order of its dates."""
    chosen = [line for line in told if line.status in statuses]
    return chosen if all(line.open for line in chosen) else chosen[::-1]


def _line(line: Line) -> CalendarLine:
    href = f"{line.edition.path}/index.html" if line.edition else ""
    out_since = f"Out since {shown_time(line.published, line).words}." if line.published else ""
    return CalendarLine(
        due=shown(line.due),
        release=plain(line.title),
        period=Link(period_words(line.id.period), href),
        kind=KINDS[line.kind],
        status=status_words(line),
        notes=tuple(note for note in (out_since, *notes(line)) if note),
    )
