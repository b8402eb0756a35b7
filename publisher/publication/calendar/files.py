"""write_calendar(): the public calendar as a page and as three files for programs."""

from collections.abc import Sequence
from pathlib import Path

from publisher.publication.calendar.atom import feed_atom
from publisher.publication.calendar.ics import calendar_ics
from publisher.publication.calendar.json_file import calendar_json
from publisher.publication.calendar.page import calendar_page
from publisher.publication.speech import place, speech_of_site
from publisher.publication.words import ENGLISH, Words
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office

CALENDAR_FILES = ("calendar.html", "calendar.ics", "feed.atom", "calendar.json")


def write_calendar(
    folder: Path, leaves: Sequence[Leaf], office: Office, languages: Sequence[Words] = (ENGLISH,)
) -> None:
    """Writes CALENDAR_FILES into the web root, and below the folder of each other language all but the JSON. They
    follow from the public leaves of the log alone."""
    speech = speech_of_site(folder, languages)
    for words in languages:
        speech.write(folder, "", "calendar.html", calendar_page(leaves, office, words), words)
        (folder / place("calendar.ics", words.language)).write_bytes(calendar_ics(leaves, office, words))
        (folder / place("feed.atom", words.language)).write_bytes(feed_atom(leaves, office, words))
    (folder / "calendar.json").write_bytes(calendar_json(leaves))
