"""A change of the register: a version that enough administrators signed becomes a line of the log.

Where one signature is not enough the version waits as a proposal in .publisher/people/ until others confirm it.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.release.edition.records import Record, decode, encode, sha256
from publisher.release.folders import disk_faults, make_private, replace
from publisher.release.lock import exclusive
from publisher.release.people.register import Register
from publisher.release.people.signing import Signature, Signer
from publisher.release.people.staffing import newly_short
from publisher.release.transparency.append import append, names_commitment
from publisher.release.transparency.entry import Draft, RegisterBody
from publisher.release.transparency.facts import RegisterFact
from publisher.release.transparency.log import read_log
from publisher.release.transparency.succession import judges, shown, signed_for, successor_problem
from publisher.settings import Workspace

SHORTEST_DIGEST = 12  # letters of a SHA-256 that a person must give: 48 bits


class Proposal(Record):
    """A version that waits. `signatures` are administrators' over the version's canonical bytes, `shown` theirs over
    its public part."""

    version: Register
    reason: str
    signatures: tuple[Signature, ...] = ()
    shown: tuple[Signature, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the version: what a confirming administrator says to have read."""
        return sha256(encode(self.version))


@dataclass(frozen=True)
class Change:
    """What came of it. `missing` is how many more administrators must confirm; 0: it is in force.

    `warnings` are sentences: series whose plans the change leaves without enough people.
    """

    version: Register
    what: str
    missing: int
    digest: str
    warnings: tuple[str, ...]


def proposal_path(workspace: Workspace) -> Path:
    return workspace.private / "people" / "proposal.json"


def waiting(workspace: Workspace) -> Proposal | None:
    """The proposal that waits for further administrators; None where there is none, or the register went on."""
    path = proposal_path(workspace)
    if not path.is_file():
        return None
    proposal = decode(Proposal, path.read_bytes(), str(path))
    return proposal if not successor_problem(read_log(workspace).register, proposal.version) else None


def change(workspace: Workspace, version: Register, reason: str, *, by: Signer, now: datetime) -> Change:
    """Logs the version, or writes it down as a proposal where `by` alone is not enough. The lock is held."""
    before = read_log(workspace).register
    needed = judges(before, version).administrators_needed
    proposal = _signed_by(workspace, Proposal(version=version, reason=reason), by)
    return _settle(workspace, before, proposal, needed - 1, by, now)


def confirm(workspace: Workspace, reviewed: str, *, by: Signer, now: datetime) -> Change:
    """Signs the proposal that waits; the last signature that it needs puts it in force.

    `reviewed` is its digest, or the first 12 letters at least. Raises ReleaseError where none waits, it is another
    one, it was changed since it was signed, or `by` does not administer or has signed it already.
    """
    with disk_faults(str(proposal_path(workspace))), exclusive(workspace):
        proposal, before = _found(workspace), read_log(workspace).register
        check_administers(before, by)
        if len(reviewed) < SHORTEST_DIGEST or not proposal.digest.startswith(reviewed):
            raise ReleaseError(
                "this is not the change that waits.",
                place="person confirm",
                remedy="Run 'publisher person confirm' without a digest to read it.",
            )
        signed = _signed(before, proposal)
        if _name(before, by) in signed:
            raise ReleaseError(
                "has signed this change already.", place=by.person, remedy="Ask another administrator."
            )
        missing = before.administrators_needed - len(signed) - 1
        return _settle(workspace, before, _signed_by(workspace, proposal, by), missing, by, now)


def discard(workspace: Workspace, *, by: Signer) -> Proposal:
    """Takes the waiting proposal away. Raises ReleaseError where there is none or `by` does not administer."""
    with disk_faults(str(proposal_path(workspace))), exclusive(workspace):
        check_administers(read_log(workspace).register, by)
        proposal = _found(workspace)
        proposal_path(workspace).unlink()
    return proposal


def differences(before: Register, after: Register) -> str:
    """What a version changes, in words: 'adds bob (approve); revokes eve'."""
    old = {person.public_key: person for person in before.people}
    words = []
    for person in after.people:
        known, roles = old.get(person.public_key), ", ".join(person.roles)
        if known is None:
            words.append(f"adds {person.name} ({roles}), key {person.fingerprint[:16]}")
        elif person.revoked and not known.revoked:
            words.append(f"revokes {person.name}, key {person.fingerprint[:16]}")
        elif person.roles != known.roles:
            words.append(f"gives {person.name} the roles {roles}")
    if before.version and after.administrators_needed != before.administrators_needed:
        words.append(f"asks for {after.administrators_needed} administrators from now on")
    return "; ".join(words)


def check_administers(register: Register, by: Signer) -> None:
    if not register.may(by.fingerprint, "administer"):
        raise ReleaseError(
            "this person may not administer.", place=by.person, remedy="Ask someone who has the role 'administer'."
        )


def check_none_waits(workspace: Workspace) -> None:
    if waiting(workspace) is not None:
        raise ReleaseError(
            "another change of the register waits for administrators.",
            place="person",
            remedy="Confirm it with 'publisher person confirm', or take it away with 'publisher person discard'.",
        )


def _settle(
    workspace: Workspace, before: Register, proposal: Proposal, missing: int, by: Signer, now: datetime
) -> Change:
    what = differences(before, proposal.version)
    if missing > 0:
        make_private(proposal_path(workspace).parent)
        replace(proposal_path(workspace), encode(proposal), 0o600)
    else:
        _enter(workspace, proposal, f"{what}. {proposal.reason}".strip(), by, now)
        proposal_path(workspace).unlink(missing_ok=True)
    warnings = newly_short(workspace, before, proposal.version)
    return Change(proposal.version, what, max(0, missing), proposal.digest, warnings)


def _enter(workspace: Workspace, proposal: Proposal, detail: str, by: Signer, now: datetime) -> None:
    """The line of the log: with names in the private part, with keys alone in the public one."""
    body = RegisterBody(version=proposal.version, also=proposal.signatures[:-1])
    fact = _public_part(workspace, proposal.version).model_copy(update={"signatures": proposal.shown})
    append(workspace, Draft("register", who=by.person, detail=detail, body=body, fact=fact), by, now=now)


def _public_part(workspace: Workspace, version: Register) -> RegisterFact:
    return shown(version, names_commitment(workspace, version))


def _signed_by(workspace: Workspace, proposal: Proposal, by: Signer) -> Proposal:
    own, public = by.sign(encode(proposal.version)), by.sign(_public_part(workspace, proposal.version).signed_bytes)
    return proposal.model_copy(update={"signatures": (*proposal.signatures, own), "shown": (*proposal.shown, public)})


def _found(workspace: Workspace) -> Proposal:
    proposal = waiting(workspace)
    if proposal is None:
        raise ReleaseError("no change waits for an administrator.", place="person", remedy="Nothing is left to do.")
    return proposal


def _signed(before: Register, proposal: Proposal) -> frozenset[str]:
    names = signed_for(before, proposal.version, proposal.signatures)
    if not names:
        raise ReleaseError(
            "the proposal was changed after it was signed.",
            place="person",
            remedy="Take it away with 'publisher person discard' and propose the change anew.",
        )
    return names


def _name(register: Register, by: Signer) -> str:
    person = register.of_key(by.fingerprint)
    return person.name if person else ""
