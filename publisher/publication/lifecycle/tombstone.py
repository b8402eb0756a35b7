"""tombstone_files(): what stands at the addresses of a withdrawn edition, for ever."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from publisher.publication.contexts import Frame, Link
from publisher.publication.edition_pages import moment
from publisher.publication.imprint import edition_path
from publisher.publication.lifecycle.contexts import TombstonePage
from publisher.publication.speech import Speech
from publisher.publication.words import ENGLISH, Words
from publisher.release.edition.manifest import EditionRef, Manifest
from publisher.release.publish.index import WITHDRAWN
from publisher.release.transparency.facts import WithdrawnFact
from publisher.settings import Office


def tombstone_files(
    fact: WithdrawnFact,
    manifest: Manifest,
    office: Office,
    time: datetime,
    *,
    replacement: EditionRef | None = None,
    speak: Sequence[Words] = (ENGLISH,),
) -> Mapping[str, bytes]:
    """Path in the edition -> bytes: a tombstone for each of its pages.

    `time` is when it was withdrawn, in the zone in which people read it. `replacement` is the edition to use
    instead, where there is one. Data files and shards are in no tombstone: release leaves them out, and writes
    withdrawn.json, to which the page leads.
    """
    names = [entry.path for entry in manifest.files if entry.path.endswith(".html")]
    folder = edition_path(manifest.series, manifest.period, manifest.version)
    spoken = Speech(tuple(speak), lambda path: path.removeprefix(folder) in names)
    files: dict[str, bytes] = {}
    for name in names:
        words, english = spoken.of(folder + name)
        page = _page(fact, manifest, office, time, english.removeprefix(folder), replacement, words)
        files[name] = spoken.page(english, page, words).encode("utf-8")
    return files


def _page(
    fact: WithdrawnFact,
    manifest: Manifest,
    office: Office,
    time: datetime,
    page: str,
    replacement: EditionRef | None,
    words: Words,
) -> TombstonePage:
    """`page` decides how far up the links go."""
    here = "../" * page.count("/")
    root, period, say = f"{here}../../../../", words.period(manifest.period), words.gettext
    series = words.own(manifest.title)
    title = say(
        "Withdrawn: %(series)s, %(period)s, version %(number)s", series=series, period=period, number=manifest.version
    )
    told = say("%(title)s. Do not use its figures.", title=title)
    trail = (Link(say("Home"), f"{root}index.html"), Link(series, f"{here}../../index.html"))
    return TombstonePage(
        frame=Frame(title, told, office, root, f"{root}assets/", "releases", trail),
        series=series,
        period=period,
        version=manifest.version,
        withdrawn=moment(time, words),
        reason=words.own(fact.reason),
        known=words.own(fact.known),
        contact=fact.contact,
        replacement=_replacement(replacement, root, words),
        versions=Link(say("All versions of %(period)s", period=period), f"{here}../index.html"),
        manifest=Link(say("Its manifest"), f"{here}manifest.json"),
        record=Link(say("This notice as a file"), f"{here}{WITHDRAWN}"),
    )


def _replacement(ref: EditionRef | None, root: str, words: Words) -> Link | None:
    if ref is None:
        return None
    name = words.gettext("%(period)s, version %(number)s", period=words.period(ref.period), number=ref.version)
    return Link(name, f"{root}{ref.path}/index.html")
