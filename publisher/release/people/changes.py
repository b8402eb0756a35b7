"""Changes to people who are in the register: revoked, another key, other roles; how many administrators must sign.

A key stays listed for ever, revoked or not: the past is verified with it. What it signed before stands, because the
order of the log's lines decides, and no claimed time.
"""

from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from publisher.errors import ReleaseError, UsageError
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people.people import check_new_key, check_passphrase, check_words, keep_key, new_person
from publisher.release.people.register import SERVICE, Person, Register, Role
from publisher.release.people.register_change import Change, change, check_administers, check_none_waits
from publisher.release.people.signing import Signer
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace


def revoke(workspace: Workspace, name: str, reason: str, *, by: Signer, now: datetime) -> Change:
    """Takes every role from a person: no later line of the log may be signed with the key. Earlier ones stand.

    Raises ReleaseError for the last administrator who is needed, and where there is no such person.
    """
    if not reason.strip():
        raise UsageError("a reason is needed.", place=name, remedy="Say why, for those who read the log later.")
    with disk_faults(str(workspace.log)), exclusive(workspace):
        register = read_log(workspace).register
        person = _changeable(workspace, register, name, by)
        people = _replaced(register, person.model_copy(update={"revoked": True}))
        return _change(workspace, register, people, reason, by, now)


def rotate(
    workspace: Workspace, name: str, key: Ed25519PublicKey | str, *, by: Signer, now: datetime, reason: str = ""
) -> Change:
    """Gives the same human a new key with the same roles; the old one is revoked and stays listed.

    `key` is a public key whose private part stays elsewhere, or the passphrase of a key that is made here.
    """
    with disk_faults(str(workspace.keys)), exclusive(workspace):
        register = read_log(workspace).register
        old = _changeable(workspace, register, name, by)
        if isinstance(key, str):
            check_passphrase(name, key)
            private = Ed25519PrivateKey.generate()
            new = new_person(name, old.roles, private.public_key())
            keep_key(workspace, register, new, private, key)
        else:
            new = new_person(name, old.roles, key)
        check_new_key(register, new)
        people = (*_replaced(register, old.model_copy(update={"revoked": True})), new)
        return _change(workspace, register, people, reason or "New key.", by, now)


def change_roles(workspace: Workspace, name: str, roles: Iterable[Role], *, by: Signer, now: datetime) -> Change:
    """Gives a person these roles instead of those held now. What was signed with the old ones stands."""
    kept = check_words(name, roles)
    with disk_faults(str(workspace.log)), exclusive(workspace):
        register = read_log(workspace).register
        person = _changeable(workspace, register, name, by)
        people = _replaced(register, person.model_copy(update={"roles": kept}))
        return _change(workspace, register, people, "", by, now)


def require_administrators(workspace: Workspace, number: int, *, by: Signer, now: datetime) -> Change:
    """From the next version on so many administrators must sign. Raises ReleaseError above the number there is."""
    with disk_faults(str(workspace.log)), exclusive(workspace):
        register = read_log(workspace).register
        check_administers(register, by)
        check_none_waits(workspace)
        return _change(workspace, register, register.people, "", by, now, administrators_needed=number)


def _replaced(register: Register, changed: Person) -> tuple[Person, ...]:
    """The people with one key's entry exchanged."""
    return tuple(changed if person.public_key == changed.public_key else person for person in register.people)


def _change(
    workspace: Workspace,
    register: Register,
    people: tuple[Person, ...],
    reason: str,
    by: Signer,
    now: datetime,
    *,
    administrators_needed: int | None = None,
) -> Change:
    needed = register.administrators_needed if administrators_needed is None else administrators_needed
    version = Register(version=register.version + 1, administrators_needed=needed, people=people)
    left = len(version.with_role("administer"))
    if not 1 <= needed <= left:
        raise ReleaseError(
            f"{left} administrators would be there, and {needed} should have to sign for a change.",
            place="register",
            remedy="Give another person the role 'administer' first.",
        )
    return change(workspace, version, reason, by=by, now=now)


def _changeable(workspace: Workspace, register: Register, name: str, by: Signer) -> Person:
    """The living person of this name. Raises ReleaseError where `by` may not change it, or it is the service key."""
    check_administers(register, by)
    check_none_waits(workspace)
    person = register.named(name)
    if person is None or person.revoked:
        raise ReleaseError(
            "there is no such person, or no longer.", place=name, remedy="See 'publisher person list'."
        )
    if name == SERVICE:
        raise ReleaseError(
            "the service key signs every checkpoint and stays the log's key.",
            place=name,
            remedy="If it was stolen, begin a new log: see release/transparency/README.md.",
        )
    return person
