"""tombstone_files(): what stands at the addresses of a withdrawn edition, for ever."""

from collections.abc import Mapping
from datetime import datetime

from publisher.publication.contexts import Frame, Link
from publisher.publication.edition_pages import moment
from publisher.publication.lifecycle_contexts import TombstonePage
from publisher.publication.pages import render
from publisher.publication.periods import period_words
from publisher.release.index import WITHDRAWN
from publisher.release.manifest import EditionRef, Manifest
from publisher.release.transparency.facts import WithdrawnFact
from publisher.settings import Office


def tombstone_files(
    fact: WithdrawnFact,
    manifest: Manifest,
    office: Office,
    time: datetime,
    *,
    replacement: EditionRef | None = None,
) -> Mapping[str, bytes]:
    """Path in the edition -> bytes: a tombstone for each of its pages.

    `time` is when it was withdrawn, in the zone in which people read it. `replacement` is the edition to use
    instead, where there is one. Data files and shards are in no tombstone: release leaves them out, and writes
    withdrawn.json, to which the page leads.
    """
    pages = [entry.path for entry in manifest.files if entry.path.endswith(".html")]
    return {page: render(_page(fact, manifest, office, time, page, replacement)).encode("utf-8") for page in pages}


def _page(
    fact: WithdrawnFact,
    manifest: Manifest,
    office: Office,
    time: datetime,
    page: str,
    replacement: EditionRef | None,
) -> TombstonePage:
    """`page` decides how far up the links go."""
    here = "../" * page.count("/")
    root, period = f"{here}../../../../", period_words(manifest.period)
    title = f"Withdrawn: {manifest.title}, {period}, version {manifest.version}"
    trail = (Link("Home", f"{root}index.html"), Link(manifest.title, f"{here}../../index.html"))
    return TombstonePage(
        frame=Frame(title, f"{title}. Do not use its figures.", office, root, f"{root}assets/", "releases", trail),
        series=manifest.title,
        period=period,
        version=manifest.version,
        withdrawn=moment(time),
        reason=fact.reason,
        known=fact.known,
        contact=fact.contact,
        replacement=_replacement(replacement, root),
        versions=Link(f"All versions of {period}", f"{here}../index.html"),
        manifest=Link("Its manifest", f"{here}manifest.json"),
        record=Link("This notice as a file", f"{here}{WITHDRAWN}"),
    )


def _replacement(ref: EditionRef | None, root: str) -> Link | None:
    if ref is None:
        return None
    return Link(f"{period_words(ref.period)}, version {ref.version}", f"{root}{ref.path}/index.html")
