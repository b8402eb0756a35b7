"""The calendar in words: names of releases, and what has happened to them, one sentence each."""

import unicodedata
from datetime import datetime

from publisher.model.release_event import Kind, Moment
from publisher.publication.contexts import Moment as Shown
from publisher.publication.edition_pages import moment
from publisher.publication.periods import period_words
from publisher.release.calendar import CalendarLine

KINDS: dict[Kind, str] = {"first": "", "revision": "scheduled revision", "correction": "correction"}
_DELAYS = {
    "data late": "the data came late",
    "not ready": "it was not ready in time",
    "not approved": "it was not approved in time",
    "technical": "technical reasons",
}
_UNPRINTABLE = ("Cc", "Cs", "Cn", "Zl", "Zp")  # no XML document and no calendar may hold them


def plain(text: str) -> str:
    """On one line, without control characters."""
    return " ".join("".join(" " if unicodedata.category(c) in _UNPRINTABLE else c for c in text).split())


def sentence(text: str) -> str:
    """With a full stop, where it has no end of its own."""
    cleaned = plain(text)
    return cleaned if not cleaned or cleaned[-1] in ".!?。" else f"{cleaned}."


def release_words(line: CalendarLine) -> str:
    """ "Monthly trade statistics, March 2021 (correction)" """
    kind = f" ({KINDS[line.kind]})" if KINDS[line.kind] else ""
    return f"{plain(line.title)}, {period_words(line.id.period)}{kind}"


def shown(due: Moment) -> Shown:
    return moment(due.local)


def shown_time(time: datetime, line: CalendarLine) -> Shown:
    """A time of the log in the zone that the release is announced in, to the minute."""
    return shown(Moment(time.replace(second=0, microsecond=0), line.due.zone))


def status_words(line: CalendarLine) -> str:
    """What has become of it: "delayed: the data came late"."""
    match line.status:
        case "delayed":
            return f"delayed: {_DELAYS.get(line.reason, plain(line.reason))}; a new date will be announced"
        case "superseded":
            return f"replaced by version {line.superseded_by}"
        case _:
            return line.status


def status_sentence(line: CalendarLine) -> str:
    words = status_words(line)
    return f"{words[0].upper()}{words[1:]}."


def notes(line: CalendarLine) -> tuple[str, ...]:
    """Sentences: the dates that were given up, and the reason for what the status says."""
    moved = (f"Was announced for {shown(old.due).words}. {sentence(old.reason)}".strip() for old in line.old_dates)
    told_above = bool(line.old_dates) and line.old_dates[-1].reason == line.reason
    given = sentence(line.reason) if line.status != "delayed" and not told_above else ""
    contact = f"Questions: {plain(line.contact)}." if line.contact else ""
    return tuple(note for note in (*moved, given, sentence(line.known), contact) if note)
