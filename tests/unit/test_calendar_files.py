"""The public calendar as page, ICS, Atom and JSON: each read back by somebody else's reader."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from icalendar import Calendar, Event

from publisher.publication.calendar.files import CALENDAR_FILES, write_calendar
from publisher.publication.calendar.words import notes, plain, release_words, sentence, status_words
from publisher.publication.words import ENGLISH, words_for
from publisher.release.calendar.calendar import lines
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office
from tests.lib.leaves import OPENED, PublicLog, at, edition, ref, release

OFFICE = Office(name="Office of <Trade>, Stats; & more", base_url="https://example.org/stats/")
MARCH, APRIL, MAY = (release(f"2021-0{month}") for month in (3, 4, 5))
DUE, NEXT, LAST = at("2021-04-15 09:30"), at("2021-05-15 09:30"), at("2021-06-15 09:30")
OUT = datetime(2021, 4, 15, 0, 30, 4, 250_000, tzinfo=UTC)
LATER = datetime(2021, 5, 15, 0, 31, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def a_life() -> list[Leaf]:
    """Three months announced; March out, corrected and the correction withdrawn; April late, then moved; May not to
    come."""
    log = PublicLog()
    for id, due in ((MARCH, DUE), (APRIL, NEXT), (MAY, LAST)):
        log.announce(OPENED, id, due)
    log.publish(OUT, edition(MARCH, DUE))
    log.publish(OUT, edition(release("2021-03", 2), DUE, 2, "correction", "Chapter 27 was wrong", 1))
    log.withdraw(OUT, ref("2021-03", 2))
    log.delay(LATER, APRIL).announce(LATER, APRIL, at("2021-05-20 09:30"), reason="The data are in")
    return log.cancel(LATER, MAY).leaves


def written(tmp_path: Path, leaves: list[Leaf], office: Office = OFFICE) -> dict[str, bytes]:
    tmp_path.mkdir(exist_ok=True)
    write_calendar(tmp_path, leaves, office)
    return {name: (tmp_path / name).read_bytes() for name in CALENDAR_FILES}


def events(data: bytes) -> dict[str, Event]:
    """By the part of the UID before the @."""
    found = {str(event["UID"]).split("@")[0]: event for event in Calendar.from_ical(data).walk("VEVENT")}
    assert len(found) == data.count(b"BEGIN:VEVENT")
    return found


def unfolded(data: bytes) -> list[str]:
    """A line reader that shares nothing with icalendar."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    raw = data.split(b"\r\n")[:-1]
    assert max(len(line) for line in raw) <= 75
    assert all(line.decode("utf-8") for line in raw)  # no character is cut in two
    return data.decode().replace("\r\n ", "").split("\r\n")


@pytest.fixture
def french(tmp_path: Path) -> dict[str, bytes]:
    """calendar.ics and feed.atom as a French reader gets them, with a site beside that knows no edition."""
    own = tmp_path / "fr.po"
    own.write_text('msgid "Monthly trade <statistics>"\nmsgstr "Commerce mensuel"\n', encoding="utf-8")
    write_calendar(tmp_path, a_life(), OFFICE, (ENGLISH, words_for("fr", own)))
    return {name: (tmp_path / "fr" / name).read_bytes() for name in ("calendar.ics", "feed.atom", "calendar.html")}


def test_a_french_calendar_has_the_same_events_in_french(french: dict[str, bytes], tmp_path: Path) -> None:
    english, found = events((tmp_path / "calendar.ics").read_bytes()), events(french["calendar.ics"])
    assert (tmp_path / "calendar.ics").read_bytes() == written(tmp_path / "alone", a_life())["calendar.ics"]
    assert sorted(found) == sorted(english)
    for uid, event in found.items():
        for name in ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "STATUS"):
            assert event.decoded(name) == english[uid].decoded(name)
    april, may = found["monthly_trade-2021-04-r1"], found["monthly_trade-2021-05-r1"]
    assert april["SUMMARY"] == "Commerce mensuel, avril 2021"
    assert april["DESCRIPTION"].startswith("Prévue. Était annoncée pour le 15 mai 2021, 09:30 (Asia/Seoul).")
    assert may["SUMMARY"] == "Annulation\u202f: Commerce mensuel, mai 2021"
    assert found["monthly_trade-2021-03-r1"]["URL"].endswith("/fr/releases/monthly_trade/2021-03/index.html")
    assert unfolded(french["calendar.ics"])[-2:] == ["END:VCALENDAR", ""]


def test_a_french_feed_has_entries_of_its_own(french: dict[str, bytes], tmp_path: Path) -> None:
    english, feed = (Xml.fromstring(data) for data in ((tmp_path / "feed.atom").read_bytes(), french["feed.atom"]))
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    ids, others = ([element.text for element in one.iter(f"{ATOM}id")] for one in (feed, english))
    assert len(set(ids) | set(others)) == len(ids) + len(others) == 16
    assert [one.text for one in feed.iter(f"{ATOM}updated")] == [one.text for one in english.iter(f"{ATOM}updated")]
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == [
        f"{fate}\u202f: Commerce mensuel, {period}"
        for fate, period in (
            ("Annulation", "mai 2021"),
            ("Nouvelle date", "avril 2021"),
            ("Retard", "avril 2021"),
            ("Retrait", "mars 2021 (correction)"),
            ("Correction", "mars 2021 (correction)"),
            ("Version remplacée", "mars 2021"),
            ("Publication", "mars 2021"),
        )
    ]
    links = [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
    assert links[0] == "https://example.org/stats/fr/feed.atom"
    assert all(link.startswith("https://example.org/stats/fr/") for link in links)


def test_a_french_page_leads_to_the_french_files(french: dict[str, bytes]) -> None:
    page = french["calendar.html"].decode()
    assert all(f'href="{name}"' in page for name in ("calendar.ics", "feed.atom", "../calendar.json"))


def test_the_same_log_gives_the_same_bytes_and_nothing_else(tmp_path: Path) -> None:
    first = written(tmp_path, a_life())
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(CALENDAR_FILES)
    assert written(tmp_path, a_life()) == first


def test_an_event_keeps_its_uid_through_all_that_becomes_of_it(tmp_path: Path) -> None:
    """UID and SEQUENCE after each leaf: the UID never changes, the sequence never falls."""
    leaves, seen = a_life(), {}
    for count in range(1, len(leaves) + 1):
        for event in Calendar.from_ical(written(tmp_path, leaves[:count])["calendar.ics"]).walk("VEVENT"):
            before = seen.get(str(event["UID"]), (0, b""))
            now = int(event["SEQUENCE"]), event["DTSTAMP"].to_ical()
            assert now >= before
            seen[str(event["UID"])] = now
    assert len(seen) == 4
    assert sorted(sequence for sequence, _ in seen.values()) == [0, 0, 1, 2]
    other = written(tmp_path, leaves, Office(base_url="https://elsewhere.example/"))["calendar.ics"]
    assert {str(event["UID"]) for event in events(other).values()} == set(seen)


def test_two_logs_have_different_uids(tmp_path: Path) -> None:
    mine = a_life()
    other = [mine[0].model_copy(update={"history": "f" * 64}), *mine[1:]]
    uids = [
        {str(event["UID"]) for event in events(written(tmp_path, leaves)["calendar.ics"]).values()}
        for leaves in (mine, other)
    ]
    assert not uids[0] & uids[1]


def test_what_calendar_programs_read(tmp_path: Path) -> None:
    found = events(written(tmp_path, a_life())["calendar.ics"])
    march, april, may = (found[f"monthly_trade-2021-0{month}-r1"] for month in (3, 4, 5))
    assert (march["STATUS"], april["STATUS"], may["STATUS"]) == ("CONFIRMED", "CONFIRMED", "CANCELLED")
    assert april["DTSTART"].dt == datetime(2021, 5, 20, 0, 30, tzinfo=UTC)
    assert april["DESCRIPTION"] == "Planned. Was announced for 15 May 2021, 09:30 (Asia/Seoul). The data are in."
    assert march["SUMMARY"] == "Monthly trade <statistics>, March 2021"
    assert march["URL"] == "https://example.org/stats/releases/monthly_trade/2021-03/v1/index.html"
    assert may["URL"] == "https://example.org/stats/calendar.html"
    assert found["monthly_trade-2021-03-r2"]["SUMMARY"] == (
        "Withdrawn: Monthly trade <statistics>, March 2021 (correction)"
    )
    late = written(tmp_path, PublicLog().announce(OPENED, MARCH, DUE).delay(OUT, MARCH).leaves)["calendar.ics"]
    assert events(late)["monthly_trade-2021-03-r1"]["STATUS"] == "TENTATIVE"


HOSTILE = (
    "A, b; c\\d\nEND:VEVENT\r\nX: <script>alert(1)</script> & \x00\x0b\ud800\ufffe\u2028 \u00e9\u0302\U0001f6a2" * 3
)


@pytest.mark.parametrize("name", ["calendar.ics", "feed.atom", "calendar.html"])
def test_hostile_reasons_stay_text(tmp_path: Path, name: str) -> None:
    """Line breaks, commas, control characters, half a surrogate pair, markup."""
    log = PublicLog().announce(OPENED, MARCH, DUE).announce(OUT, MARCH, NEXT, reason="x")
    fact = log.leaves[-1].fact.model_copy(update={"reason": HOSTILE, "title": HOSTILE})
    log.leaves[-1] = log.leaves[-1].model_copy(update={"fact": fact})
    office = Office(name=HOSTILE.replace("\ud800", ""))
    write_calendar_but_json(tmp_path, log.leaves, office)
    data = (tmp_path / name).read_bytes()
    assert b"<script>" not in data or name == "calendar.ics"
    if name == "calendar.ics":
        assert sum(line == "END:VEVENT" for line in unfolded(data)) == 1
        assert str(next(iter(events(data).values()))["SUMMARY"]).startswith("A, b; c\\d END:VEVENT X: <script>")
    elif name == "feed.atom":
        entry = Xml.fromstring(data).find(f"{ATOM}entry")
        assert entry is not None
        assert "<script>alert(1)</script> &" in str(entry.findtext(f"{ATOM}title"))


def write_calendar_but_json(folder: Path, leaves: list[Leaf], office: Office) -> None:
    """A lone surrogate cannot come into a log line, which is UTF-8 that was read back; JSON need not stand it."""
    from publisher.publication.calendar.atom import feed_atom
    from publisher.publication.calendar.ics import calendar_ics
    from publisher.publication.calendar.page import calendar_page
    from publisher.publication.pages import render

    (folder / "calendar.html").write_text(render(calendar_page(leaves, office)), "utf-8")
    (folder / "calendar.ics").write_bytes(calendar_ics(leaves, office))
    (folder / "feed.atom").write_bytes(feed_atom(leaves, office))


def test_lines_are_folded_at_75_octets_between_characters(tmp_path: Path) -> None:
    log = PublicLog().announce(OPENED, MARCH, DUE).announce(OUT, MARCH, NEXT, reason="é\U0001f6a2" * 60)
    text = unfolded(written(tmp_path, log.leaves)["calendar.ics"])
    assert text[0] == "BEGIN:VCALENDAR"
    assert any("é\U0001f6a2" * 60 in line for line in text)
    assert "DTSTART:20210515T003000Z" in text


def test_the_feed_tells_what_happened_newest_first(tmp_path: Path) -> None:
    feed = Xml.fromstring(written(tmp_path, a_life())["feed.atom"])
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    name = "Monthly trade <statistics>"
    assert titles == [
        f"Cancelled: {name}, May 2021",
        f"New date: {name}, April 2021",
        f"Delayed: {name}, April 2021",
        f"Withdrawn: {name}, March 2021 (correction)",
        f"Corrected: {name}, March 2021 (correction)",
        f"Superseded: {name}, March 2021",
        f"Published: {name}, March 2021",
    ]
    summaries = [entry.findtext(f"{ATOM}summary") for entry in feed.iter(f"{ATOM}entry")]
    assert summaries[1] == (
        "Due 20 May 2021, 09:30 (Asia/Seoul). Was announced for 15 May 2021, 09:30 (Asia/Seoul). The data are in."
    )
    assert summaries[2] == "Delayed: the data came late; a new date will be announced."
    assert summaries[3] == ("Withdrawn. A wrong file. Copies show chapter 27. Questions: desk@example.org.")
    assert summaries[4] == "Published. Chapter 27 was wrong."


def test_the_feed_is_what_rfc_4287_asks_for(tmp_path: Path) -> None:
    feed = Xml.fromstring(written(tmp_path, a_life())["feed.atom"])
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids) == 8
    assert all(str(id).startswith("urn:uuid:") for id in ids)
    assert feed.findtext(f"{ATOM}updated") == LATER.isoformat()
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == OFFICE.name
    for entry in feed.iter(f"{ATOM}entry"):
        assert all(entry.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated", "link", "summary"))
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.get("href", "").startswith("https://example.org/stats/")
    grown = Xml.fromstring(written(tmp_path, a_life()[:-1])["feed.atom"])
    assert {element.text for element in grown.iter(f"{ATOM}id")} < set(ids)  # ids never change


def test_the_feed_has_an_end_and_the_calendar_has_not(tmp_path: Path) -> None:
    log = PublicLog().announce(OPENED, MARCH, DUE)
    for _ in range(120):
        log.announce(OUT, MARCH, NEXT, reason="Once more.")
    files = written(tmp_path, log.leaves)
    assert files["feed.atom"].count(b"<entry>") == 100
    assert json.loads(files["calendar.json"])["releases"][0]["sequence"] == 120


def test_json_has_every_field_of_every_release(tmp_path: Path) -> None:
    found = json.loads(written(tmp_path, a_life())["calendar.json"])
    assert (found["format"], found["leaves"], len(found["releases"])) == ("trade-publisher/calendar/1", 10, 4)
    april = next(one for one in found["releases"] if one["period"] == "2021-04")
    assert april | {"uid": ""} == {
        "uid": "",
        "series": "monthly_trade",
        "period": "2021-04",
        "number": 1,
        "kind": "first",
        "title": "Monthly trade <statistics>",
        "status": "planned",
        "due": "2021-05-20T00:30:00+00:00",
        "local": "2021-05-20T09:30:00+09:00",
        "zone": "Asia/Seoul",
        "reason": "The data are in",
        "sequence": 2,
        "earlier_dates": [
            {
                "due": "2021-05-15T00:30:00+00:00",
                "local": "2021-05-15T09:30:00+09:00",
                "zone": "Asia/Seoul",
                "reason": "The data are in",
            }
        ],
        "changed": "2021-05-15T00:31:00+00:00",
        "published": None,
        "version": None,
        "superseded_by": None,
        "path": None,
        "contact": "",
        "known": "",
    }
    withdrawn = next(one for one in found["releases"] if one["number"] == 2)
    assert (withdrawn["status"], withdrawn["path"]) == ("withdrawn", "releases/monthly_trade/2021-03/v2")
    assert re.fullmatch(r"monthly_trade-2021-03-r2@[0-9a-f]{32}", withdrawn["uid"])


def test_the_page_shows_every_release_under_its_fate(tmp_path: Path) -> None:
    page = written(tmp_path, a_life())["calendar.html"].decode()
    assert re.findall(r'<h2 id="(\w+)">', page) == ["ahead", "published", "withdrawn", "cancelled", "trust"]
    assert "Was announced for 15 May 2021, 09:30 (Asia/Seoul).</span>" in page and ">The data are in.</span>" in page
    assert 'href="releases/monthly_trade/2021-03/v1/index.html"' in page
    assert "replaced by version 2" in page
    assert "Published on 15 April 2021, 09:30 (Asia/Seoul)." in page
    assert "Monthly trade &lt;statistics&gt;" in page
    assert all(f'href="{name}"' in page for name in CALENDAR_FILES[1:])
    late = written(tmp_path, PublicLog().announce(OPENED, MARCH, DUE).delay(OUT, MARCH).leaves)["calendar.html"]
    assert b"delayed: the data came late; a new date will be announced" in late


def test_the_page_lists_what_is_to_come_by_date_and_what_was_newest_first(tmp_path: Path) -> None:
    log = PublicLog()
    for month in range(1, 7):
        log.announce(OPENED, release(f"2021-0{month}"), at(f"2021-0{month + 1}-15 09:30"))
    for month in (1, 2):
        log.publish(OUT, edition(release(f"2021-0{month}"), at(f"2021-0{month + 1}-15 09:30")))
    page = written(tmp_path, log.leaves)["calendar.html"].decode()
    dates = re.findall(r'<time datetime="2021-(\d\d)', page)
    assert dates == ["04", "05", "06", "07", "03", "02"]


def test_a_log_that_announced_nothing_has_an_empty_calendar(tmp_path: Path) -> None:
    for leaves in ([], PublicLog().leaves):
        files = written(tmp_path, leaves)
        assert b"No release is announced yet." in files["calendar.html"]
        assert json.loads(files["calendar.json"])["releases"] == []
        assert Calendar.from_ical(files["calendar.ics"]).walk("VEVENT") == []
        assert not list(Xml.fromstring(files["feed.atom"]).iter(f"{ATOM}entry"))


def test_an_edition_that_is_not_out_is_nowhere(tmp_path: Path) -> None:
    """No path, no version and no link of a release that is planned, delayed or cancelled."""
    log = PublicLog().announce(OPENED, MARCH, DUE).announce(OPENED, APRIL, NEXT).delay(OUT, MARCH)
    for data in written(tmp_path, log.leaves).values():
        assert b"releases/monthly_trade" not in data


def test_words() -> None:
    (line,) = lines(PublicLog().announce(OPENED, MARCH, DUE, "revision", "Once a year").leaves)
    assert release_words(line) == "Monthly trade <statistics>, March 2021 (scheduled revision)"
    assert (status_words(line), notes(line)) == ("planned", ("Once a year.",))
    assert [plain("a\r\n b\t\x00c"), sentence("Why?"), sentence(" "), sentence("Because")] == [
        "a b c",
        "Why?",
        "",
        "Because.",
    ]
    assert status_words(replace(line, status="superseded", superseded_by=3)) == "replaced by version 3"
