"""calendar.ics: the public calendar for calendar programs (RFC 5545). The only place that uses icalendar.

A release keeps its UID for ever. SEQUENCE counts the changes of its date, delays and cancellations too, as RFC 5546
(2.1.4) asks; DTSTAMP is when the log last spoke of it: no clock is asked, so the same log gives the same bytes.
"""

from collections.abc import Sequence

from icalendar import Calendar, Event, vText

from publisher.publication.calendar.json_file import log_name, uid_of
from publisher.publication.calendar.words import notes, plain, release_words, status_sentence
from publisher.release.calendar.calendar import CalendarLine, lines
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office

_STATUS = {"delayed": "TENTATIVE", "cancelled": "CANCELLED"}


def calendar_ics(leaves: Sequence[Leaf], office: Office) -> bytes:
    """UTF-8, CRLF, lines of at most 75 octets."""
    calendar, log = Calendar(), log_name(leaves)
    for name, value in {
        "prodid": "-//trade-publisher//release calendar//EN",
        "version": "2.0",
        "method": "PUBLISH",
        "x-wr-calname": vText(f"{plain(office.name)}: releases"),
    }.items():
        calendar.add(name, value)
    for line in lines(leaves):
        calendar.add_component(_event(line, log, office))
    return bytes(calendar.to_ical())


def _event(line: CalendarLine, log: str, office: Office) -> Event:
    event = Event()
    path = f"{line.edition.path}/index.html" if line.edition else "calendar.html"
    for name, value in {
        "uid": uid_of(line, log),
        "sequence": line.sequence,
        "dtstamp": line.changed,
        "dtstart": line.due.instant,
        "summary": _summary(line),
        "description": " ".join((status_sentence(line), *notes(line))),
        "status": _STATUS.get(line.status, "CONFIRMED"),
        "transp": "TRANSPARENT",
        "url": f"{office.base_url.rstrip('/')}/{path}",
    }.items():
        event.add(name, value)
    return event


def _summary(line: CalendarLine) -> str:
    marked = line.status in ("delayed", "cancelled", "withdrawn")
    return f"{line.status.capitalize()}: {release_words(line)}" if marked else release_words(line)
