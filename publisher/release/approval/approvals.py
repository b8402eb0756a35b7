"""Approval: a second person's signature over one manifest, its time and the register. It counts once it is logged."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Literal

from publisher.errors import KeyRefusedError, ReleaseError
from publisher.release.approval import gate
from publisher.release.edition.commitment import commit_bytes
from publisher.release.edition.edition import Edition
from publisher.release.edition.manifest import EditionRef, Manifest
from publisher.release.edition.records import Hex32, Record, decode, encode, encode_line, sha256
from publisher.release.edition.verify import signature_of, verify
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people.people import find_person, open_signer
from publisher.release.people.register import Person, Register
from publisher.release.people.signing import Signer, verifies
from publisher.release.people.staffing import allowed
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import ApprovalBody, Draft, Entry
from publisher.release.transparency.facts import ApprovalFact, RegisterFact
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


class Statement(Record):
    """What an approver signs, in canonical form; it names nobody, so that it can be published.

    `register` is SHA-256 of the public part of the register then in force, `history` binds the private log so far
    (HMAC under the workspace's secret).
    """

    format: Literal["trade-publisher/approval/2"] = "trade-publisher/approval/2"
    edition: EditionRef
    due: str
    approvals_needed: int
    register_version: Hex32
    history: Hex32


def approve(
    edition: Edition,
    person: str,
    passphrase: str,
    *,
    reviewed: str,
    now: datetime,
    by_plan: Collection[str] = (),
    key_file: Path | None = None,
) -> ApprovalFact:
    """Signs for one edition as it lies there. The same person again changes nothing.

    `reviewed` is the SHA-256 of the manifest that the person reviewed, or its first 12 letters at least; `by_plan`
    are the people whom the plan lets approve (none: everyone who has the role). Raises ReleaseError where another
    edition lies there now, the person prepared it or may not approve, the audit did not pass, or a byte was changed
    since it was sealed; each refusal is logged. KeyRefusedError for a wrong passphrase.
    """
    workspace = edition.workspace
    with disk_faults(edition.name), exclusive(workspace):
        log = read_log(workspace)
        try:
            _may_approve(log, edition, person, reviewed, by_plan)
            signer = open_signer(workspace, person, passphrase, "approve", key_file=key_file)
        except (ReleaseError, KeyRefusedError) as refusal:
            append(workspace, _refused(edition, person, refusal), None, now=now)
            raise
        approval = _given(log, edition.manifest.ref, signer)
        if approval is None:
            approval = _sign(workspace, log, edition.manifest, signer)
            body = ApprovalBody(approval=approval)
            append(workspace, Draft("approved", who=person, edition=edition.manifest.ref, body=body), signer, now=now)
        _note_embargo(edition, by_plan, signer, now)
    return approval


def _note_embargo(edition: Edition, by_plan: Collection[str], signer: Signer, now: datetime) -> None:
    """Logs, once, whose signature completed the approvals that the manifest asks for: from now on only time lacks."""
    log, manifest = read_log(edition.workspace), edition.manifest
    turns = (entry.event for entry in reversed(log.entries) if entry.edition == manifest.ref)
    last = next((event for event in turns if event in ("held", "embargoed")), "")
    enough = len(approvals_in_force(log, edition, by_plan)) >= manifest.approvals_needed
    if enough and last != "embargoed":
        append(edition.workspace, Draft("embargoed", who=signer.person, edition=manifest.ref), signer, now=now)


def approvals_in_force(
    log: Log, edition: Edition, by_plan: Collection[str] = ()
) -> tuple[tuple[Person, ApprovalFact], ...]:
    """The approvals that count, one a human, in the order given; of those in `by_plan` alone where it names any.

    Each is judged by the register of its line: who was revoked later had signed rightly. Raises ReleaseError naming
    the line of one that does not hold: it is not passed over.
    """
    manifest = edition.manifest
    found: dict[str, tuple[Person, ApprovalFact]] = {}
    preparer = preparer_of(edition, log.register)
    _check_built(log, edition, preparer)
    for entry, approval in log.approvals(manifest.ref):
        register = log.register_at(entry.number)
        problem = _problem(entry, approval, manifest, register, preparer) or _place_problem(log, edition, entry)
        if problem:
            raise ReleaseError(
                f"the approval in line {entry.number} of the log {problem}.",
                place=manifest.ref.name,
                remedy="Put the edition on hold with 'publisher hold' and let it be approved anew.",
            )
        person = register.of_key(approval.signature.key)
        if person is not None and allowed([person.name], by_plan):
            found.setdefault(person.name, (person, approval))
    return tuple(found.values())


def approval_times(log: Log, edition: Edition, by_plan: Collection[str]) -> tuple[tuple[str, datetime], ...]:
    """Who gave the approvals that count, and when the log took each, in the order given. Raises ReleaseError."""
    times: dict[str, datetime] = {}
    for entry, approval in log.approvals(edition.manifest.ref):
        times.setdefault(approval.signature.key, datetime.fromisoformat(entry.time))
    return tuple(
        (person.name, times[approval.signature.key]) for person, approval in approvals_in_force(log, edition, by_plan)
    )


def complete_at(times: Collection[tuple[str, datetime]], needed: int) -> datetime | None:
    """When the last approval that was needed was logged; None where one is missing."""
    given = sorted(time for _, time in times)
    return given[needed - 1] if len(given) >= needed else None


def preparer_of(edition: Edition, register: Register) -> Person:
    """Who signed the manifest, revoked since or not. That the key might prepare then, its 'built' line shows."""
    person = register.of_key(signature_of(edition.public).key)
    if person is None:
        raise ReleaseError(
            "was not signed by a person of the register.",
            place=edition.name,
            remedy="Build the edition again.",
        )
    return person


def _may_approve(log: Log, edition: Edition, name: str, reviewed: str, by_plan: Collection[str]) -> None:
    person, preparer = find_person(log.register, name, "approve"), preparer_of(edition, log.register)
    _check_built(log, edition, preparer)
    gate.check_second_person(edition.name, approver=person, preparer=preparer)
    if not allowed([name], by_plan):
        raise ReleaseError(
            "the plan does not let this person approve.", place=name, remedy=f"Ask one of {', '.join(by_plan)}."
        )
    verify(edition, preparer.key).raise_if_refused()
    manifest = edition.manifest
    gate.check_reviewed(manifest, reviewed)
    gate.check_unpublished(manifest.ref, log)
    gate.check_verdict(manifest)


def _check_built(log: Log, edition: Edition, preparer: Person) -> None:
    """The log must hold that this key built exactly this: so it was in force, and might prepare, at that line."""
    lines = log.of("built", edition.manifest.ref)
    if not any(entry.signature and entry.signature.key == preparer.fingerprint for entry in lines):
        raise ReleaseError(
            "the log does not hold that it was built by who signed it.",
            place=edition.name,
            remedy="Build the edition again.",
        )


def _sign(workspace: Workspace, log: Log, manifest: Manifest, signer: Signer) -> ApprovalFact:
    register, history = _standing(workspace, log, len(log.entries), sha256(log.lines[-1]))
    statement = encode(
        Statement(
            edition=manifest.ref,
            due=manifest.due,
            approvals_needed=manifest.approvals_needed,
            register_version=register,
            history=history,
        )
    )
    key = signer.key.public_key().public_bytes_raw().hex()
    return ApprovalFact(statement=statement.decode(), public_key=key, signature=signer.sign(statement))


def _standing(workspace: Workspace, log: Log, size: int, head: str) -> tuple[str, str]:
    """`register_version` and `history` of a statement that is signed when the log has `size` lines."""
    publics = (entry.public for entry in reversed(log.entries[:size]) if entry.public is not None)
    register = next(leaf.fact for leaf in publics if isinstance(leaf.fact, RegisterFact))
    return sha256(encode_line(register)), commit_bytes(workspace, "log", head.encode())


def _given(log: Log, ref: EditionRef, signer: Signer) -> ApprovalFact | None:
    """What the same human gave before, with this key or an earlier one."""
    given = ((log.register.of_key(approval.signature.key), approval) for _, approval in log.approvals(ref))
    return next((approval for person, approval in given if person and person.name == signer.person), None)


def _refused(edition: Edition, person: str, refusal: ReleaseError | KeyRefusedError) -> Draft:
    return Draft("refused", who=person, detail=f"approval of {edition.name}: {refusal.message}")


def _problem(entry: Entry, approval: ApprovalFact, manifest: Manifest, register: Register, preparer: Person) -> str:
    """Why an approval does not count, or ''. `register` is the version in force when it was logged."""
    person = register.of_key(approval.signature.key)
    if person is None or entry.signature is None or entry.signature.key != approval.signature.key:
        return "was not signed by the person who logged it"
    if not register.may(person.fingerprint, "approve"):
        return "is by a person who may not approve"
    if person.name == preparer.name or person.fingerprint == preparer.fingerprint:
        return "is by the person who prepared the edition"
    return _statement_problem(approval, manifest, person)


def _statement_problem(approval: ApprovalFact, manifest: Manifest, person: Person) -> str:
    statement = approval.statement.encode()
    if not verifies(person.key, approval.signature, statement):
        return "has a signature that does not hold"
    try:
        said = decode(Statement, statement, "approval")
    except ReleaseError:
        return "is no approval"
    wanted = manifest.ref, manifest.due, manifest.approvals_needed
    if (said.edition, said.due, said.approvals_needed) != wanted:
        return "is for another edition, another content or another time"
    return ""


def _place_problem(log: Log, edition: Edition, entry: Entry) -> str:
    """A statement belongs in one place of one log: copied from another, or from an earlier one, it does not count."""
    if not isinstance(entry.body, ApprovalBody):
        return "is no approval"
    said = decode(Statement, entry.body.approval.statement.encode(), "approval")
    standing = _standing(edition.workspace, log, entry.number - 1, entry.previous)
    return "" if (said.register_version, said.history) == standing else "was given in another log, or elsewhere in it"
