"""A whole site, or one edition, held against the site's signed log."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.errors import ReleaseError
from publisher.release.edition.inventory import MANIFEST
from publisher.release.edition.manifest import Manifest
from publisher.release.edition.records import decode
from publisher.release.edition.verify import LONGEST_MANIFEST, Problem, VerifyReport, check_files, manifest_at, plain
from publisher.release.people.signing import fingerprint, public_pem
from publisher.release.publish.index import INDEX, SiteIndex
from publisher.release.transparency.places import Place
from publisher.release.transparency.site_log import KEY, LONGEST_NOTE, PublicLog, read_site_log, require_continues
from publisher.release.transparency.verify_edition import status_of, verify_logged

UNKNOWN = "is not in the log: it was never published"
_EDITION_FOLDER = re.compile(r"releases/([^/]+/[^/]+/v[0-9]+)/.*")


@dataclass(frozen=True)
class SiteReport:
    """`key` is the fingerprint of the log key, `entries` and `root` (hex) what it signed, `since` the number of
    entries of the old checkpoint that the log goes on from (None: none was given). `problems` are those of the log
    and of the site around the editions; each edition has its own.
    """

    site: str
    key: str
    origin: str
    entries: int
    root: str
    since: int | None
    problems: tuple[Problem, ...]
    editions: tuple[VerifyReport, ...]

    @property
    def ok(self) -> bool:
        return not self.problems and all(edition.ok for edition in self.editions)

    def as_json(self) -> dict[str, Any]:
        editions = [edition.as_json() for edition in self.editions]
        return {**asdict(self), "editions": editions, "verdict": "verified" if self.ok else "refused"}


def verify_site(site: Place, key: Ed25519PublicKey, old: bytes | None = None) -> SiteReport:
    """The log, every edition in it, and on a folder that no other edition lies there.

    `old` is a checkpoint that was kept. Never raises for what it finds: a log that does not verify is a problem, and
    then no edition is looked at, since nothing says which there should be.
    """
    return _verified(site, key, old, None, None)


def verify_edition(
    site: Place, key: Ed25519PublicKey, old: bytes | None, name: str, copy: Place | None = None
) -> SiteReport:
    """The log and one edition of it, as the site has it or in a copy that lies elsewhere."""
    return _verified(site, key, old, name, copy)


def _verified(
    site: Place, key: Ed25519PublicKey, old: bytes | None, name: str | None, copy: Place | None
) -> SiteReport:
    try:
        log = read_site_log(site, key)
        since = require_continues(log, old).size if old is not None else None
    except ReleaseError as refusal:
        problem = Problem(refusal.place.removeprefix(f"{site.name}/"), plain(refusal))
        return SiteReport(site.name, fingerprint(key), "", 0, "", None, (problem,), ())
    editions = tuple(
        verify_logged(copy or site.below(one.fact.edition.path), log, one, copy=copy is not None)
        for one in log.publications
        if name in (None, one.fact.edition.name)
    )
    if name is None:
        problems = tuple(_around(site, log))
    else:
        problems = () if editions else (Problem(f"releases/{name}", UNKNOWN),)
    head = log.checkpoint
    return SiteReport(site.name, fingerprint(key), head.origin, head.size, head.root.hex(), since, problems, editions)


def _around(site: Place, log: PublicLog) -> Iterator[Problem]:
    """The key and the index that it shows; /latest/ where there is one; where the place tells, unlogged editions."""
    if _read_or_empty(site, KEY, LONGEST_NOTE) != public_pem(log.key):
        yield Problem(KEY, "is not the key that signed the log")
    yield from _index_problems(site, log)
    names = site.names() or ()
    for name in sorted({match[1] for path in names if (match := _EDITION_FOLDER.fullmatch(path))}):
        if name not in log.published:
            yield Problem(f"releases/{name}", UNKNOWN)
    for series in sorted({one.fact.edition.series for one in log.publications}):
        path = f"releases/{series}/latest"
        if _read_or_empty(site, f"{path}/{MANIFEST}", LONGEST_MANIFEST):
            yield from _latest_problems(site.below(path), log, path)


def _index_problems(site: Place, log: PublicLog) -> Iterator[Problem]:
    """editions.json is not signed, and what programs read first."""
    data = _read_or_empty(site, INDEX, LONGEST_MANIFEST)
    facts = [one.fact for one in log.publications]
    logged = {(fact.edition, fact.edition.path, status_of(log, fact), log.superseded_by(fact)) for fact in facts}
    try:
        entries = decode(SiteIndex, data, INDEX).editions if data else None
    except ReleaseError as damaged:
        yield Problem(INDEX, plain(damaged))
        return
    if entries is not None and {(e.edition, e.path, e.status, e.superseded_by) for e in entries} != logged:
        yield Problem(INDEX, "tells of other editions than the log, or of another state of one")


def _read_or_empty(site: Place, path: str, most: int) -> bytes:
    try:
        return site.read(path, most)
    except ReleaseError:
        return b""


def _latest_problems(place: Place, log: PublicLog, path: str) -> Iterator[Problem]:
    """latest/ holds data and metadata of one edition that is current, under names that do not change."""
    try:
        manifest = manifest_at(place)
    except ReleaseError as damaged:
        yield Problem(f"{path}/{MANIFEST}", plain(damaged))
        return
    known = log.published.get(manifest.ref.name)
    if known is None or known.fact.edition != manifest.ref:
        yield Problem(f"{path}/{MANIFEST}", "is not in the log")
    elif manifest.ref.name in log.withdrawn or log.superseded_by(known.fact) is not None:
        yield Problem(f"{path}/{MANIFEST}", "is of an edition that was replaced or withdrawn")
    for problem in check_files(place, _kept_in_latest(manifest)):
        yield Problem(f"{path}/{problem.place}", problem.problem)


def _kept_in_latest(manifest: Manifest) -> Manifest:
    files = tuple(entry for entry in manifest.files if entry.path.startswith(("data/", "metadata/")))
    return manifest.model_copy(update={"files": files})
