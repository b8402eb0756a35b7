"""tombstone_files(): what stands at the addresses of a withdrawn edition, for ever."""

import json
from collections.abc import Mapping
from datetime import datetime

from publisher.publication.contexts import Frame, Link
from publisher.publication.edition_pages import moment
from publisher.publication.lifecycle_contexts import TombstonePage
from publisher.publication.pages import render
from publisher.publication.periods import period_words
from publisher.publication.public_cells import WITHDRAWN
from publisher.release.manifest import EditionRef, Manifest
from publisher.release.transparency.facts import WithdrawnFact
from publisher.settings import Office

FORMAT = "trade-publisher/withdrawn/1"


def tombstone_files(
    fact: WithdrawnFact,
    manifest: Manifest,
    office: Office,
    time: datetime,
    *,
    replacement: EditionRef | None = None,
) -> Mapping[str, bytes]:
    """Path in the edition -> bytes: a tombstone for each of its pages, and withdrawn.json.

    `time` is when it was withdrawn, in the zone in which people read it. `replacement` is the edition to use
    instead, where there is one. Data files and shards are in no tombstone: who publishes leaves them out.
    """
    pages = [entry.path for entry in manifest.files if entry.path.endswith(".html")]
    files = {page: render(_page(fact, manifest, office, time, page, replacement)).encode("utf-8") for page in pages}
    return {**files, WITHDRAWN: _record(fact, time, replacement)}


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


def _record(fact: WithdrawnFact, time: datetime, replacement: EditionRef | None) -> bytes:
    """withdrawn.json: the notice for machines, and for whoever would prove that a copy is of the withdrawn one."""
    record = {
        "format": FORMAT,
        "edition": fact.edition.name,
        "manifest_sha256": fact.edition.manifest_sha256,
        "withdrawn": time.isoformat(),
        "reason": fact.reason,
        "contact": fact.contact,
        "known": fact.known,
        "use_instead": replacement.name if replacement else None,
    }
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
