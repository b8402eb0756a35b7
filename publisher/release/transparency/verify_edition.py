"""One edition held against the log: is it the one that was published, prepared and approved by those who might?"""

from collections.abc import Iterator
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.errors import ReleaseError
from publisher.release.approval.approvals import Statement
from publisher.release.edition.inventory import MANIFEST, SIGNATURE, FileEntry
from publisher.release.edition.manifest import Manifest
from publisher.release.edition.records import decode, encode, encode_line, sha256
from publisher.release.edition.verify import (
    Problem,
    Status,
    VerifyReport,
    check_signature,
    manifest_at,
    plain,
    verify,
)
from publisher.release.people.signing import fingerprint, verifies
from publisher.release.publish.index import WITHDRAWN
from publisher.release.transparency.facts import ApprovalFact, EditionFact, RegisterFact, WithdrawnFact
from publisher.release.transparency.places import Place
from publisher.release.transparency.site_log import ENTRIES, Publication, PublicLog

LONGEST_TOMBSTONE = 64 * 2**10  # bytes


def verify_logged(place: Place, log: PublicLog, publication: Publication, *, copy: bool = False) -> VerifyReport:
    """Everything about one published edition. `place` is its folder on the site, or a `copy` of that.

    A withdrawn edition may be here in two ways: as its tombstone, without data, as the site has it; or whole, as an
    old copy. Either is authentic, and said to be withdrawn. Never raises for what it finds.
    """
    fact = publication.fact
    gone = log.withdrawn.get(fact.edition.name)
    if gone and (_has_tombstone(place) or not copy):
        report = _verify_tombstone(place, fact, gone)
    else:
        report = verify(place, public_key(fact.prepared_by))
    manifest = _manifest_or_none(place)
    problems = (
        *(_manifest_problems(manifest, fact) if manifest else ()),
        *report.problems,
        *_preparer_problems(log, publication),
        *_approval_problems(log, publication, manifest if manifest and manifest.ref == fact.edition else None),
    )
    return replace(
        report,
        edition=fact.edition.name,
        problems=problems,
        status=status_of(log, fact),
        remarks=tuple(_remarks(log, publication)),
    )


def public_key(raw: str) -> Ed25519PublicKey:
    """The key of 32 bytes in hex."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(raw))


def _manifest_or_none(place: Place) -> Manifest | None:
    try:
        return manifest_at(place)
    except ReleaseError:
        return None  # verify() names it


def _manifest_problems(manifest: Manifest, fact: EditionFact) -> Iterator[Problem]:
    """Whether it is the manifest that was logged, and the log tells of the release what the manifest tells."""
    if manifest.ref != fact.edition:
        yield Problem(MANIFEST, f"is not the one that the log names for {fact.edition.name}")
        return
    try:
        due = manifest.moment.instant.isoformat()
    except ValueError:
        due = manifest.due
    told = (manifest.release_id, manifest.kind, manifest.reason, due, manifest.zone)
    if told != (fact.release.id, fact.kind, fact.reason, fact.due, fact.zone):
        yield Problem(MANIFEST, "tells of another release, kind, reason or time than the log")


def _has_tombstone(place: Place) -> bool:
    try:
        place.read(WITHDRAWN, LONGEST_TOMBSTONE)
    except ReleaseError:
        return False
    return True


def _verify_tombstone(place: Place, fact: EditionFact, gone: WithdrawnFact) -> VerifyReport:
    """Manifest and signature stay, so that a copy can be proved; withdrawn.json says why; the data are gone."""
    signed_by, problems = check_signature(place, (public_key(fact.prepared_by),))
    try:
        if place.read(WITHDRAWN, LONGEST_TOMBSTONE) != encode(gone):
            problems.append(Problem(WITHDRAWN, "does not say what the log says of the withdrawal"))
    except ReleaseError as unread:
        problems.append(Problem(WITHDRAWN, f"{plain(unread)}, although the log says that the edition was withdrawn"))
    try:
        problems += _left_behind(place, manifest_at(place))
    except ReleaseError as damaged:
        problems.append(Problem(MANIFEST, plain(damaged)))
    return VerifyReport(place.name, fact.edition.name, signed_by, 0, tuple(problems))


def _left_behind(place: Place, manifest: Manifest) -> Iterator[Problem]:
    """What a withdrawn edition still shows. Its pages are replaced, not removed, so addresses keep leading there."""
    pages = {entry.path for entry in manifest.files if entry.path.endswith(".html")}
    kept = pages | {MANIFEST, SIGNATURE, WITHDRAWN}
    there = {entry.path for entry in manifest.files if _holds(place, entry)}
    for path in sorted(there | (set(place.names() or ()) - kept)):
        yield Problem(path, "is still there, although the edition was withdrawn")


def _holds(place: Place, entry: FileEntry) -> bool:
    """Whether the file lies here as it was published."""
    try:
        return place.entry(entry.path, entry.size) == entry
    except ReleaseError:
        return False


def _preparer_problems(log: PublicLog, publication: Publication) -> Iterator[Problem]:
    """A manifest does not say when it was signed, so any version of the register until then will do."""
    key = publication.fact.prepared_by
    if not any(_may(register, key, "prepare", "operate") for register in log.registers(publication.number)):
        yield Problem(SIGNATURE, "is by a key that the register did not allow to prepare editions")


def _approval_problems(log: PublicLog, publication: Publication, manifest: Manifest | None) -> Iterator[Problem]:
    """Each approval that does not count, and too few of those that do."""
    fact, counted = publication.fact, set()
    for number, approval in enumerate(fact.approvals, start=1):
        problem = _approval_problem(log, publication, approval, manifest)
        if problem:
            yield Problem(ENTRIES, f"entry {publication.number}, approval {number} of {fact.edition.name} {problem}")
        else:
            counted.add(approval.public_key)
    needed = max(1, manifest.approvals_needed if manifest else 1)
    if len(counted) < needed:
        given = f"{len(counted)} of {needed} approvals that count"
        yield Problem(ENTRIES, f"entry {publication.number} has {given} of {fact.edition.name}")


def _approval_problem(
    log: PublicLog, publication: Publication, approval: ApprovalFact, manifest: Manifest | None
) -> str:
    """Why an approval does not count, or ''."""
    fact, statement = publication.fact, approval.statement.encode()
    if not verifies(public_key(approval.public_key), approval.signature, statement):
        return "has a signature that does not hold"
    if approval.public_key == fact.prepared_by:
        return "is by the key that prepared the edition"
    try:
        said = decode(Statement, statement, "approval")
    except ReleaseError:
        return "is no approval"
    named = [known for known in log.registers(publication.number) if _digest(known) == said.register_version]
    if not any(_may(known, approval.public_key, "approve") for known in named):
        return "is by a key that the register did not allow to approve"
    return _statement_problem(said, fact, manifest)


def _statement_problem(said: Statement, fact: EditionFact, manifest: Manifest | None) -> str:
    if said.edition != fact.edition:
        return "is for another edition or another content"
    if manifest and (said.due, said.approvals_needed) != (manifest.due, manifest.approvals_needed):
        return "is for another time or another number of approvals"
    return ""


def _digest(register: RegisterFact) -> str:
    """What an approval calls the version of the register under which it was given."""
    return sha256(encode_line(register))


def _may(register: RegisterFact, key: str, *roles: str) -> bool:
    known = (one for one in register.keys if one.public_key == key and not one.revoked)
    return any(set(roles) & set(one.roles) for one in known)


def _revoked(log: PublicLog, number: int, key: str) -> bool:
    """Whether the version in force at leaf `number` lists the key as revoked."""
    newest = next(log.registers(number), None)
    return newest is not None and any(known.public_key == key and known.revoked for known in newest.keys)


def status_of(log: PublicLog, fact: EditionFact) -> Status:
    """What has become of an edition that came out."""
    if fact.edition.name in log.withdrawn:
        return "withdrawn"
    return "current" if log.superseded_by(fact) is None else "superseded"


def _remarks(log: PublicLog, publication: Publication) -> Iterator[str]:
    """What a reader should know and is no fault."""
    fact, number = publication.fact, publication.number
    gone, later = log.withdrawn.get(fact.edition.name), log.superseded_by(fact)
    if gone:
        yield f"withdrawn: {gone.reason} What stays known: {gone.known} Contact: {gone.contact}"
    if later is not None:
        yield f"replaced by version {later}"
    for key in (fact.prepared_by, *(approval.public_key for approval in fact.approvals)):
        if _revoked(log, number, key):
            yield (
                f"the key {fingerprint(public_key(key))} was revoked when this came out; only the office's own log "
                "can show that it signed before that"
            )
