"""What 'publisher person' prints."""

from typing import Any

from publisher.cli.console import out, show_json, show_table
from publisher.cli.identity import PERSON_VARIABLE, SIGNING_VARIABLE
from publisher.errors import ReleaseError
from publisher.release.people.people import private_key_path
from publisher.release.people.register import Person
from publisher.release.people.register_change import Change, Proposal, differences, waiting
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace

LETTERS = 16  # of a fingerprint or digest, on a terminal


def show_change(change: Change, *, as_json: bool) -> None:
    if as_json:
        show_json(_change_json(change))
        return
    out.print(f"Version {change.version.version} of the register {change.what}.", markup=False)
    if change.missing:
        out.print(f"It waits: {change.missing} more administrators must sign. To read and sign it:")
        out.print("  publisher person confirm")
        out.print(f"  publisher person confirm {change.digest[:LETTERS]} --as ADMINISTRATOR")
    for warning in change.warnings:
        out.print(f"[yellow]warning:[/yellow] {warning}")


def show_founding(workspace: Workspace, name: str, change: Change, *, as_json: bool) -> None:
    """The log's origin is all that a reader has to trust: it is printed once, to be kept."""
    origin = read_log(workspace).origin
    if as_json:
        show_json({**_change_json(change), "log": origin})
        return
    person = change.version.named(name)
    out.print(f"{name} founded the log and may {', '.join(person.roles if person else ())}.")
    out.print(f"The private key is encrypted, in {private_key_path(workspace, name)}. Its passphrase is asked for,")
    out.print(f"or read from the file that ${PERSON_VARIABLE}_FILE names.")
    out.print(f"The log is called\n\n    {origin}\n", markup=False)
    out.print(
        "Print this line and keep it away from this machine: it fixes who the log began with, and whoever has it"
    )
    out.print("can tell this log from another that somebody began in its place.")


def show_people(workspace: Workspace, *, as_json: bool) -> None:
    register, proposal = read_log(workspace).register, waiting(workspace)
    if as_json:
        show_json(
            {
                "version": register.version,
                "administrators_needed": register.administrators_needed,
                "people": [_person_json(person) for person in register.people],
                "waiting": _proposal_json(workspace, proposal) if proposal else None,
            }
        )
        return
    rows = [(p.name, ", ".join(p.roles), "revoked" if p.revoked else "", p.fingerprint) for p in register.people]
    show_table("", ("name", "roles", "state", "key"), rows)
    if register.administrators_needed > 1:
        out.print(f"{register.administrators_needed} administrators must sign for a change.")
    if proposal:
        out.print("A change waits: publisher person confirm")


def show_proposal(workspace: Workspace, *, as_json: bool) -> None:
    """What `person confirm` would sign. Raises ReleaseError where nothing waits."""
    proposal = waiting(workspace)
    if proposal is None:
        raise ReleaseError("no change waits for an administrator.", place="person", remedy="Nothing is left to do.")
    shown = _proposal_json(workspace, proposal)
    if as_json:
        show_json(shown)
        return
    out.print(f"Version {shown['version']} of the register {shown['change']}.", markup=False)
    if proposal.reason:
        out.print(f"Reason: {proposal.reason}", markup=False)
    out.print(f"Signed by {', '.join(shown['signed_by'])}. To sign it:")
    out.print(f"  publisher person confirm {proposal.digest[:LETTERS]} --as ADMINISTRATOR")
    out.print(f"A person with a key elsewhere names it with --key-file or ${SIGNING_VARIABLE}.")


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "version": change.version.version,
        "change": change.what,
        "in_force": change.missing == 0,
        "administrators_missing": change.missing,
        "digest": change.digest,
        "warnings": change.warnings,
    }


def _person_json(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "roles": person.roles,
        "revoked": person.revoked,
        "fingerprint": person.fingerprint,
        "public_key": person.public_key,
    }


def _proposal_json(workspace: Workspace, proposal: Proposal) -> dict[str, Any]:
    register = read_log(workspace).register
    signers = [register.of_key(signature.key) for signature in proposal.signatures]
    return {
        "version": proposal.version.version,
        "change": differences(register, proposal.version),
        "reason": proposal.reason,
        "digest": proposal.digest,
        "signed_by": sorted({person.name for person in signers if person}),
    }
