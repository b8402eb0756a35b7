"""What a site folder holds, made from the public log and the editions. Editions' files are hard links, not copies."""

import html
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.errors import ReleaseError
from publisher.release.edition.edition import Edition
from publisher.release.edition.inventory import MANIFEST, SIGNATURE
from publisher.release.edition.manifest import Manifest
from publisher.release.edition.records import encode
from publisher.release.folders import sync, write_new
from publisher.release.people.signing import fingerprint, public_pem
from publisher.release.publish.index import INDEX, WITHDRAWN, PublishedEdition, came_out, index_of, place_in_series
from publisher.release.transparency.facts import EditionFact, Leaf
from publisher.settings import Workspace

_LATEST_KEPT = ("data/", "metadata/", "datapackage.json", "croissant.json", "CITATION.cff", MANIFEST, SIGNATURE)

_HEAD = re.compile(rb'<html lang="(?P<language>[A-Za-z0-9-]+)">.*?<title>(?P<title>[^<]+)</title>', re.DOTALL)
_HEAD_BYTES = 4000


@dataclass(frozen=True)
class SiteContent:
    """All that a site is made from: the public log, and the editions that it names, by series, period, version."""

    editions: tuple[PublishedEdition, ...]
    leaves: tuple[Leaf, ...]

    @property
    def time(self) -> datetime:
        """That of the last line of the log: the time of every file that is no edition's."""
        return datetime.fromisoformat(self.leaves[-1].time)


RenderSite = Callable[[Path, SiteContent], None]
"""Writes the pages around the editions into a folder, and a tombstone for each page of a withdrawn edition.

The same content must give the same bytes: the site is made again from the log after a crash. One that makes part of
the pages before the time comes is an InTwoSteps (prepared.py).
"""


def content_of(workspace: Workspace, leaves: Sequence[Leaf]) -> SiteContent:
    """Raises ReleaseError where an edition that came out does not lie in the workspace as it came out."""
    manifests = [_manifest_of(workspace, fact) for fact, _ in came_out(leaves).values()]
    return SiteContent(place_in_series(manifests, leaves), tuple(leaves))


def preparer_key(fact: EditionFact) -> Ed25519PublicKey:
    """The key that the log names for an edition's manifest."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(fact.prepared_by))


def link_edition(site: Path, edition: PublishedEdition, public: Path) -> None:
    """Puts an edition under its immutable path; of a withdrawn one what proves that a copy is of it, and why."""
    for name in _names(edition):
        link_file(public / name, site / edition.path / name)
    if edition.withdrawn is not None:
        write_new(site / edition.path / WITHDRAWN, encode(edition.withdrawn), 0o644)


def write_release_files(site: Path, content: SiteContent) -> None:
    """editions.json, keys/<fingerprint>.pub and /latest/: what release owns beside the editions themselves.

    Raises ReleaseError where render_site already wrote one of them.
    """
    keys = {fact.prepared_by: preparer_key(fact) for fact, _ in came_out(content.leaves).values()}
    try:
        write_new(site / INDEX, encode(index_of(content.editions)), 0o644)
        (site / "keys").mkdir(mode=0o755)
        for key in keys.values():
            write_new(site / "keys" / f"{fingerprint(key)}.pub", public_pem(key), 0o644)
        for edition in content.editions:
            if edition.latest:
                _write_latest(site, edition)
    except FileExistsError as taken:
        raise ReleaseError(
            "render_site wrote what release writes itself.",
            place=str(taken.filename),
            remedy="editions.json, keys/, log/ and releases/<series>/latest/ belong to release.",
        ) from None


def settle_edition(site: Path, edition: PublishedEdition) -> None:
    """Modes and times of an edition's folders, which nothing writes into any more, and their entries to the disk.

    Its files are left alone: their modes, times and bytes were settled and synced when they were sealed.
    """
    for folder in _below(site / edition.path, frozenset()):
        if folder.is_dir():
            _settle(folder, edition.manifest.moment.instant)


def settle(site: Path, content: SiteContent, prepared: Iterable[str] = ()) -> None:
    """Modes and times, that tell nothing of who made the folder when, and bytes of all that is no edition's.

    `prepared` are files that were settled before, and may lie on another site, too.
    """
    editions = (site / edition.path for edition in content.editions if edition.withdrawn is None)
    for path in _below(site, frozenset((*editions, *(site / name for name in prepared)))):
        _settle(path, content.time)


def settle_file(path: Path, time: datetime) -> None:
    """Mode and time of a file that several sites will show and nobody writes to. The caller syncs it."""
    path.chmod(0o444)
    os.utime(path, (time.timestamp(), time.timestamp()))


def settle_log(site: Path, content: SiteContent) -> None:
    """The same for log/, which is written last, and for the site's own folder."""
    for path in (*_below(site / "log", frozenset()), site):
        _settle(path, content.time)


def _below(folder: Path, skipped: Collection[Path]) -> Iterator[Path]:
    """The folder and all in it, last what is above, without hard links to editions' files and what is skipped."""
    for path in sorted(folder.iterdir()):
        if path in skipped:
            continue
        if path.is_dir():
            yield from _below(path, skipped)
        elif path.stat().st_nlink == 1:
            yield path
    yield folder


def _settle(path: Path, time: datetime) -> None:
    path.chmod(0o755 if path.is_dir() else 0o644)
    os.utime(path, (time.timestamp(), time.timestamp()))
    sync(path)


def _write_latest(site: Path, edition: PublishedEdition) -> None:
    """releases/<series>/latest/: data and metadata under names that do not change, pages that lead on.

    A page itself cannot lie here too: its relative links are made for the depth of the immutable path.
    """
    latest = site / "releases" / edition.ref.series / "latest"
    latest.mkdir()
    for name in _names(edition):
        if name.endswith(".html"):
            (latest / name).parent.mkdir(parents=True, exist_ok=True)
            write_new(latest / name, _stub(site, edition, name), 0o644)
        elif name.startswith(_LATEST_KEPT):
            link_file(site / edition.path / name, latest / name)


def _stub(site: Path, edition: PublishedEdition, name: str) -> bytes:
    """A page that leads on without script or server, from file:// too. Its language and words are those of the page
    that it leads to; release has none of its own."""
    up = "../" * len(PurePosixPath(name).parts)
    target = html.escape(f"{up}{edition.ref.period}/v{edition.ref.version}/{name}")
    named = f"{edition.manifest.title}, {edition.ref.period}"
    language, title = _spoken(site / edition.path / name, html.escape(named))
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta http-equiv="refresh" content="0; url={target}">\n<link rel="canonical" href="{target}">\n'
        f'<p><a href="{target}">{title}</a></p>\n</html>\n'
    ).encode()


def _spoken(page: Path, english: str) -> tuple[str, str]:
    """Language and title (HTML) of a sealed page; of one that has none, the English words."""
    with page.open("rb") as file:
        found = _HEAD.search(file.read(_HEAD_BYTES))
    return (found["language"].decode(), found["title"].decode()) if found else ("en", english)


def pages_of(edition: PublishedEdition) -> Collection[str]:
    """The addresses at which readers of a withdrawn edition must find why."""
    return tuple(entry.path for entry in edition.manifest.files if entry.path.endswith(".html"))


def _names(edition: PublishedEdition) -> tuple[str, ...]:
    files = () if edition.withdrawn else tuple(entry.path for entry in edition.manifest.files)
    return (*files, MANIFEST, SIGNATURE)


def _manifest_of(workspace: Workspace, fact: EditionFact) -> Manifest:
    ref = fact.edition
    manifest = Edition(workspace, ref.series, ref.period, ref.version).manifest
    if manifest.ref != ref:
        raise ReleaseError(
            "is published with another content than lies here.", place=ref.name, remedy="Restore it from a backup."
        )
    return manifest


def link_file(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(source, target, follow_symlinks=False)
