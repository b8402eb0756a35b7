"""feed.atom: what has happened, newest first (RFC 4287): releases, corrections, new dates, delays, withdrawals.

The first announcement of a date is no news: the calendar has it. Every id and time comes from the log, so the same
log gives the same bytes.
"""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

from publisher.publication.calendar.json_file import log_name
from publisher.publication.calendar.words import notes, plain, release_words, shown, status_sentence
from publisher.release.calendar.calendar import CalendarLine
from publisher.release.calendar.lines import News, news
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office

NEWEST = 100  # entries; older ones are in the log and in calendar.json
_ATOM = "http://www.w3.org/2005/Atom"
_BEFORE_ALL = "1970-01-01T00:00:00+00:00"


def feed_atom(leaves: Sequence[Leaf], office: Office) -> bytes:
    """UTF-8 with an XML declaration."""
    log, root = log_name(leaves), office.base_url.rstrip("/")
    told = [one for one in news(leaves) if _is_news(one)][: -NEWEST - 1 : -1]
    feed = Xml.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _texts(feed, id=_urn(log), title=f"{plain(office.name)}: releases", updated=_updated(leaves))
    _texts(Xml.SubElement(feed, "author"), name=plain(office.name))
    Xml.SubElement(feed, "link", rel="self", href=f"{root}/feed.atom")
    Xml.SubElement(feed, "link", rel="alternate", href=f"{root}/calendar.html")
    for one in told:
        _entry(feed, one, log, root)
    Xml.indent(feed)
    return bytes(Xml.tostring(feed, encoding="utf-8", xml_declaration=True)) + b"\n"


def _is_news(one: News) -> bool:
    return one.before is not None or one.after.status != "planned"


def _updated(leaves: Sequence[Leaf]) -> str:
    """When the log last spoke of anything."""
    return leaves[-1].time if leaves else _BEFORE_ALL


def _entry(feed: Xml.Element, one: News, log: str, root: str) -> None:
    entry, line = Xml.SubElement(feed, "entry"), one.after
    path = f"{line.edition.path}/index.html" if line.edition else "calendar.html"
    time = one.time.isoformat()
    _texts(
        entry,
        id=_urn(f"{log}/{one.number}/{line.id.name}"),
        title=f"{_headline(one)}: {release_words(line)}",
        published=time,
        updated=time,
    )
    Xml.SubElement(entry, "link", rel="alternate", href=f"{root}/{path}")
    Xml.SubElement(entry, "category", term=_category(one))
    _texts(entry, summary=_summary(line))


def _headline(one: News) -> str:
    if _category(one) == "new date":
        return "New date"
    if one.after.status == "published":
        return {"first": "Published", "revision": "Revised", "correction": "Corrected"}[one.after.kind]
    return one.after.status.capitalize()


def _category(one: News) -> str:
    """new date, published, superseded, delayed, cancelled or withdrawn."""
    return "new date" if one.after.status == "planned" else one.after.status


def _summary(line: CalendarLine) -> str:
    status = f"Due {shown(line.due).words}." if line.status == "planned" else status_sentence(line)
    return " ".join((status, *notes(line)))


def _texts(parent: Xml.Element, **texts: str) -> None:
    for name, text in texts.items():
        Xml.SubElement(parent, name).text = text


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, f"trade-publisher/log/{name}").urn
