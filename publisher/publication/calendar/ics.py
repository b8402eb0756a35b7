"""calendar.ics: the public calendar for calendar programs (RFC 5545), one a language, the same events with the same
UIDs in each. The only place that uses icalendar.

A release keeps its UID for ever. SEQUENCE counts the changes of its date, delays and cancellations too, as RFC 5546
(2.1.4) asks; DTSTAMP is when the log last spoke of it: no clock is asked, so the same log gives the same bytes.
"""

from collections.abc import Sequence

from icalendar import Calendar, Event, vText

from publisher.publication.calendar.json_file import log_name, uid_of
from publisher.publication.calendar.words import fate, notes, page_of, plain, release_words, status_sentence
from publisher.publication.words import ENGLISH, Words
from publisher.release.calendar.calendar import CalendarLine, lines
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office

_STATUS = {"delayed": "TENTATIVE", "cancelled": "CANCELLED"}


def calendar_ics(leaves: Sequence[Leaf], office: Office, words: Words = ENGLISH) -> bytes:
    """UTF-8, CRLF, lines of at most 75 octets."""
    calendar, log = Calendar(), log_name(leaves)
    for name, value in {
        "prodid": f"-//trade-publisher//release calendar//{words.language.upper()}",
        "version": "2.0",
        "method": "PUBLISH",
        "x-wr-calname": vText(words.gettext("%(office)s: releases", office=words.own(plain(office.name)))),
    }.items():
        calendar.add(name, value)
    for line in lines(leaves):
        calendar.add_component(_event(line, log, office, words))
    return bytes(calendar.to_ical())


def _event(line: CalendarLine, log: str, office: Office, words: Words) -> Event:
    event = Event()
    for name, value in {
        "uid": uid_of(line, log),
        "sequence": line.sequence,
        "dtstamp": line.changed,
        "dtstart": line.due.instant,
        "summary": _summary(line, words),
        "description": " ".join((status_sentence(line, words), *notes(line, words))),
        "status": _STATUS.get(line.status, "CONFIRMED"),
        "transp": "TRANSPARENT",
        "url": page_of(line, office.base_url.rstrip("/"), words),
    }.items():
        event.add(name, value)
    return event


def _summary(line: CalendarLine, words: Words) -> str:
    marked = line.status in ("delayed", "cancelled", "withdrawn")
    return fate(line, words) if marked else release_words(line, words)
