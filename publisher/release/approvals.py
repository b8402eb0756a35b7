"""Approval: a second person's signature over the digest of one manifest, kept beside the edition."""

from datetime import datetime
from typing import Literal

from publisher.errors import KeyRefusedError, ReleaseError
from publisher.release import gate
from publisher.release.edition import Edition
from publisher.release.folders import disk_faults, make_private, replace
from publisher.release.index import published
from publisher.release.lock import exclusive
from publisher.release.log import append, append_once
from publisher.release.manifest import EditionRef
from publisher.release.people import Person, Register, find_person, open_signer, person_of_key, read_register
from publisher.release.records import Record, decode, encode
from publisher.release.signing import Signature, verifies
from publisher.release.verify import signature_of, verify


class Statement(Record):
    """What an approver signs, in canonical form. Another manifest, person or key makes it another statement."""

    format: Literal["trade-publisher/approval/1"] = "trade-publisher/approval/1"
    edition: EditionRef
    person: str


class Approval(Record):
    """private/approvals/<person>.json"""

    statement: Statement
    signature: Signature


def approve(edition: Edition, person: str, passphrase: str, *, now: datetime) -> Approval:
    """Signs for one edition as it lies there. The same person again changes nothing.

    Raises ReleaseError where the person prepared it or may not approve, the audit did not pass, or a byte was
    changed since it was sealed; each refusal is logged. KeyRefusedError for a wrong passphrase.
    """
    with disk_faults(edition.name), exclusive(edition.workspace):
        try:
            approval = _sign(edition, person, passphrase)
        except (ReleaseError, KeyRefusedError) as refusal:
            append(
                edition.workspace, "refused", now=now, edition=None, person=person,
                detail=f"approval of {edition.name}: {refusal.message}",
            )  # fmt: skip
            raise
        make_private(edition.approvals)
        replace(edition.approvals / f"{person}.json", encode(approval), 0o600)
        append_once(edition.workspace, "approved", now=now, edition=approval.statement.edition, person=person)
    return approval


def read_approvals(edition: Edition) -> tuple[Approval, ...]:
    """The approvals that count, by person. Raises ReleaseError naming one that does not verify."""
    register = read_register(edition.workspace)
    preparer = preparer_of(edition, register)
    paths = sorted(edition.approvals.glob("*.json"))
    found = tuple(decode(Approval, path.read_bytes(), str(path)) for path in paths)
    for path, approval in zip(paths, found, strict=True):
        problem = _problem(approval, path.stem, edition, register, preparer)
        if problem:
            raise ReleaseError(
                f"this approval {problem}.", place=str(path), remedy="Remove the file; let the person approve again."
            )
    return found


def preparer_of(edition: Edition, register: Register) -> Person:
    """Who signed the manifest. Raises ReleaseError where that is nobody in the register who may prepare."""
    person = person_of_key(register, signature_of(edition.public).key)
    if person is None or "prepare" not in person.roles:
        raise ReleaseError(
            "was not signed by a person who may prepare editions.",
            place=edition.name,
            remedy="Build the edition again.",
        )
    return person


def _sign(edition: Edition, name: str, passphrase: str) -> Approval:
    register = read_register(edition.workspace)
    person, preparer = find_person(edition.workspace, name, "approve"), preparer_of(edition, register)
    gate.check_second_person(edition.name, approver=person.fingerprint, preparer=preparer.fingerprint)
    verify(edition, preparer.key).raise_if_refused()
    manifest = edition.manifest
    gate.check_unpublished(manifest.ref, published(edition.workspace))
    gate.check_verdict(manifest)
    statement = Statement(edition=manifest.ref, person=name)
    signer = open_signer(edition.workspace, name, passphrase, "approve")
    return Approval(statement=statement, signature=signer.sign(encode(statement)))


def _problem(approval: Approval, file_name: str, edition: Edition, register: Register, preparer: Person) -> str:
    """Why an approval does not count, or ''."""
    person = person_of_key(register, approval.signature.key)
    if person is None or person.name != approval.statement.person or person.name != file_name:
        return "was not signed by the person whose name it bears"
    if "approve" not in person.roles:
        return "is by a person who may not approve"
    if person.fingerprint == preparer.fingerprint:
        return "is by the person who prepared the edition"
    if approval.statement.edition != edition.manifest.ref:
        return "is for another edition or another content"
    if not verifies(person.key, approval.signature, encode(approval.statement)):
        return "has a signature that does not hold"
    return ""
