"""feed.atom: what has happened, newest first (RFC 4287): releases, corrections, new dates, delays, withdrawals.

The first announcement of a date is no news: the calendar has it. Every id and time comes from the log, so the same
log gives the same bytes. Each language has a feed of its own, whose ids are its own, as its entries are (4.1.2).
"""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

from publisher.publication.calendar.json_file import log_name
from publisher.publication.calendar.words import fate, notes, page_of, plain, shown, status_sentence
from publisher.publication.speech import place
from publisher.publication.words import ENGLISH, Words
from publisher.release.calendar.calendar import CalendarLine
from publisher.release.calendar.lines import News, news
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office

NEWEST = 100  # entries; older ones are in the log and in calendar.json
_ATOM = "http://www.w3.org/2005/Atom"
_BEFORE_ALL = "1970-01-01T00:00:00+00:00"


def feed_atom(leaves: Sequence[Leaf], office: Office, words: Words = ENGLISH) -> bytes:
    """UTF-8 with an XML declaration."""
    root, name = office.base_url.rstrip("/"), words.own(plain(office.name))
    log = log_name(leaves) if words.language == "en" else f"{log_name(leaves)}/{words.language}"
    told = [one for one in news(leaves) if _is_news(one)][: -NEWEST - 1 : -1]
    feed = Xml.Element("feed", {"xmlns": _ATOM, "xml:lang": words.language})
    _texts(feed, id=_urn(log), title=words.gettext("%(office)s: releases", office=name), updated=_updated(leaves))
    _texts(Xml.SubElement(feed, "author"), name=name)
    Xml.SubElement(feed, "link", rel="self", href=f"{root}/{place('feed.atom', words.language)}")
    Xml.SubElement(feed, "link", rel="alternate", href=f"{root}/{place('calendar.html', words.language)}")
    for one in told:
        _entry(feed, one, log, root, words)
    Xml.indent(feed)
    return bytes(Xml.tostring(feed, encoding="utf-8", xml_declaration=True)) + b"\n"


def _is_news(one: News) -> bool:
    return one.before is not None or one.after.status != "planned"


def _updated(leaves: Sequence[Leaf]) -> str:
    """When the log last spoke of anything."""
    return leaves[-1].time if leaves else _BEFORE_ALL


def _entry(feed: Xml.Element, one: News, log: str, root: str, words: Words) -> None:
    entry, line = Xml.SubElement(feed, "entry"), one.after
    time = one.time.isoformat()
    _texts(
        entry,
        id=_urn(f"{log}/{one.number}/{line.id.name}"),
        title=fate(line, words),
        published=time,
        updated=time,
    )
    Xml.SubElement(entry, "link", rel="alternate", href=page_of(line, root, words))
    Xml.SubElement(entry, "category", term=_category(one))
    _texts(entry, summary=_summary(line, words))


def _category(one: News) -> str:
    """new date, published, superseded, delayed, cancelled or withdrawn."""
    return "new date" if one.after.status == "planned" else one.after.status


def _summary(line: CalendarLine, words: Words) -> str:
    due = words.gettext("Due %(moment)s.", moment=shown(line.due, words).words)
    return " ".join((due if line.status == "planned" else status_sentence(line, words), *notes(line, words)))


def _texts(parent: Xml.Element, **texts: str) -> None:
    for name, text in texts.items():
        Xml.SubElement(parent, name).text = text


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, f"trade-publisher/log/{name}").urn
