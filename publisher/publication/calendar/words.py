"""The calendar in words: names of releases, and what has happened to them, one sentence each."""

import unicodedata
from datetime import datetime

from publisher.model.release_event import Kind, Moment
from publisher.publication.contexts import Moment as Shown
from publisher.publication.edition_pages import moment
from publisher.publication.lifecycle.lifecycle import kind_words
from publisher.publication.speech import place
from publisher.publication.words import ENGLISH, Words
from publisher.release.calendar.calendar import CalendarLine

_UNPRINTABLE = ("Cc", "Cs", "Cn", "Zl", "Zp")  # no XML document and no calendar may hold them


def later_kind(kind: Kind, words: Words = ENGLISH) -> str:
    """Empty for a first release."""
    return "" if kind == "first" else kind_words(kind, words)


def _delay(reason: str, words: Words) -> str:
    known = {
        "data late": words.gettext("the data came late"),
        "not ready": words.gettext("it was not ready in time"),
        "not approved": words.gettext("it was not approved in time"),
        "technical": words.gettext("technical reasons"),
    }
    return known.get(reason) or words.own(plain(reason))


def plain(text: str) -> str:
    """On one line, without control characters."""
    return " ".join("".join(" " if unicodedata.category(c) in _UNPRINTABLE else c for c in text).split())


def sentence(text: str) -> str:
    """With a full stop, where it has no end of its own."""
    cleaned = plain(text)
    return cleaned if not cleaned or cleaned[-1] in ".!?。" else f"{cleaned}."


def release_words(line: CalendarLine, words: Words = ENGLISH) -> str:
    """ "Monthly trade statistics, March 2021 (correction)" """
    kind = later_kind(line.kind, words)
    named = {"series": words.own(plain(line.title)), "period": words.period(line.id.period)}
    if kind:
        return words.gettext("%(series)s, %(period)s (%(kind)s)", **named, kind=kind)
    return words.gettext("%(series)s, %(period)s", **named)


def shown(due: Moment, words: Words = ENGLISH) -> Shown:
    return moment(due.local, words)


def shown_time(time: datetime, line: CalendarLine, words: Words = ENGLISH) -> Shown:
    """A time of the log in the zone that the release is announced in, to the minute."""
    return shown(Moment(time.replace(second=0, microsecond=0), line.due.zone), words)


def status_words(line: CalendarLine, words: Words = ENGLISH) -> str:
    """What has become of it: "delayed: the data came late"."""
    match line.status:
        case "delayed":
            return words.gettext(
                "delayed: %(reason)s; a new date will be announced", reason=_delay(line.reason, words)
            )
        case "superseded":
            return words.gettext("replaced by version %(number)s", number=line.superseded_by)
        case "planned":
            return words.gettext("planned")
        case "published":
            return words.gettext("published")
        case "withdrawn":
            return words.gettext("withdrawn")
        case "cancelled":
            return words.gettext("cancelled")


def status_sentence(line: CalendarLine, words: Words = ENGLISH) -> str:
    told = status_words(line, words)
    return f"{told[0].upper()}{told[1:]}."


def fate(line: CalendarLine, words: Words = ENGLISH) -> str:
    """ "Withdrawn: Monthly trade statistics, March 2021": a title that tells what has become of it."""
    say, release = words.gettext, release_words(line, words)
    match line.status:
        case "delayed":
            return say("Delayed: %(release)s", release=release)
        case "superseded":
            return say("Superseded: %(release)s", release=release)
        case "withdrawn":
            return say("Withdrawn: %(release)s", release=release)
        case "cancelled":
            return say("Cancelled: %(release)s", release=release)
        case "planned":
            return say("New date: %(release)s", release=release)
    return _out(line, release, words)


def _out(line: CalendarLine, release: str, words: Words) -> str:
    match line.kind:
        case "first":
            return words.gettext("Published: %(release)s", release=release)
        case "revision":
            return words.gettext("Revised: %(release)s", release=release)
        case "correction":
            return words.gettext("Corrected: %(release)s", release=release)


def page_of(line: CalendarLine, root: str, words: Words = ENGLISH) -> str:
    """Where a reader of the language reads on, as a function of the log alone: an edition may have been sealed before
    the office published in the language, so other languages than English are led to the page of its period."""
    if not line.edition:
        path = "calendar.html"
    elif words.language == "en":
        path = f"{line.edition.path}/index.html"
    else:
        path = f"releases/{line.id.series}/{line.id.period}/index.html"
    return f"{root}/{place(path, words.language)}"


def notes(line: CalendarLine, words: Words = ENGLISH) -> tuple[str, ...]:
    """Sentences: the dates that were given up, and the reason for what the status says."""
    moved = tuple(
        note
        for old in line.old_dates
        for note in (
            words.gettext("Was announced for %(moment)s.", moment=shown(old.due, words).words),
            words.own(sentence(old.reason)),
        )
    )
    told_above = bool(line.old_dates) and line.old_dates[-1].reason == line.reason
    given = words.own(sentence(line.reason)) if line.status != "delayed" and not told_above else ""
    contact = words.gettext("Questions: %(contact)s.", contact=plain(line.contact)) if line.contact else ""
    return tuple(note for note in (*moved, given, words.own(sentence(line.known)), contact) if note)
