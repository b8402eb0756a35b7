"""The context of calendar.html: every release that the log ever told of, under what has become of it."""

from collections.abc import Sequence

from publisher.publication.calendar.words import later_kind, notes, plain, shown, shown_time, status_words
from publisher.publication.contexts import Frame, Link
from publisher.publication.site.contexts import CalendarGroup, CalendarLine, CalendarPage
from publisher.publication.words import ENGLISH, Words
from publisher.release.calendar.calendar import CalendarLine as Line
from publisher.release.calendar.calendar import Status, lines
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office


def _groups(words: Words) -> tuple[tuple[str, str, tuple[Status, ...]], ...]:
    """Anchor, heading and what is under it."""
    return (
        ("delayed", words.gettext("Delayed"), ("delayed",)),
        ("ahead", words.gettext("Coming up"), ("planned",)),
        ("published", words.gettext("Published so far"), ("published", "superseded")),
        ("withdrawn", words.gettext("Withdrawn after publication"), ("withdrawn",)),
        ("cancelled", words.gettext("Cancelled"), ("cancelled",)),
    )


def calendar_page(leaves: Sequence[Leaf], office: Office, words: Words = ENGLISH) -> CalendarPage:
    """What is to come in order of its dates, what was the newest first. Empty groups are left out."""
    told = lines(leaves)
    groups = (
        CalendarGroup(anchor, heading, tuple(_line(line, words) for line in _ordered(told, statuses)))
        for anchor, heading, statuses in _groups(words)
    )
    say = words.gettext
    told_of = say("What has been published, and what comes when, a year ahead.")
    trail = (Link(say("Home"), "index.html"),)
    return CalendarPage(
        frame=Frame(say("Release calendar"), told_of, office, "", "assets/", "calendar", trail),
        groups=tuple(group for group in groups if group.lines),
        files=(
            Link(say("For your calendar program (ICS)"), "calendar.ics"),
            Link(say("News feed (Atom)"), "feed.atom"),
            Link(say("For programs (JSON)"), "calendar.json"),
        ),
    )


def _ordered(told: Sequence[Line], statuses: Sequence[Status]) -> list[Line]:
    """`told` is in order of its dates."""
    chosen = [line for line in told if line.status in statuses]
    return chosen if all(line.open for line in chosen) else chosen[::-1]


def _line(line: Line, words: Words) -> CalendarLine:
    href = f"{line.edition.path}/index.html" if line.edition else ""
    out_since = ""
    if line.published:
        out_since = words.gettext("Published on %(moment)s.", moment=shown_time(line.published, line, words).words)
    return CalendarLine(
        due=shown(line.due, words),
        release=words.own(plain(line.title)),
        period=Link(words.period(line.id.period), href),
        kind=later_kind(line.kind, words),
        status=status_words(line, words),
        notes=tuple(note for note in (out_since, *notes(line, words)) if note),
    )
