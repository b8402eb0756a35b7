"""People and their keys: entering them in the register, opening a key to sign with."""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from publisher.errors import ReleaseError, UsageError
from publisher.release.folders import disk_faults, make_private, replace
from publisher.release.lock import exclusive
from publisher.release.register import HUMAN_ROLES, ROLES, SERVICE, Person, Register, Role
from publisher.release.service import make_service
from publisher.release.signing import Signer, fingerprint, lock_key, public_pem, unlock_key
from publisher.release.transparency.append import append, names_commitment
from publisher.release.transparency.entry import Draft, RegisterBody
from publisher.release.transparency.facts import KeyFact, RegisterFact
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def add_person(
    workspace: Workspace,
    name: str,
    roles: Iterable[Role],
    passphrase: str,
    *,
    now: datetime,
    by: Signer | None = None,
) -> Person:
    """Makes a key pair and enters the person in the register; a killed run leaves no entry and can be run again.

    The first person founds the log, administers the register whatever the roles say, and needs no `by`; everyone
    after is entered `by` an administrator. Raises UsageError for a bad name, role or passphrase, ReleaseError for a
    name that is taken and for a signer who is no administrator.
    """
    kept = _check_words(name, roles, passphrase)
    with disk_faults(str(workspace.keys)), exclusive(workspace):
        register = read_log(workspace).register
        _check_may_enter(register, name, by)
        key = Ed25519PrivateKey.generate()
        make_private(workspace.keys)
        replace(private_key_path(workspace, name), lock_key(key, passphrase), 0o600)
        replace(public_key_path(workspace, name), public_pem(key.public_key()), 0o644)
        founding = by is None
        person = new_person(name, _with_administer(kept) if founding else kept, key.public_key())
        people = (_service(workspace), person) if founding else (person,)
        signer = by or Signer(name, key)
        enter(workspace, Register(version=register.version + 1, people=(*register.people, *people)), signer, now)
    return person


def _with_administer(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(role for role in ROLES if role in {*roles, "administer"})


def enter(workspace: Workspace, register: Register, signer: Signer, now: datetime) -> None:
    """Logs a version of the register: with names in the private part, with keys alone in the public one."""
    keys = tuple(KeyFact(public_key=p.public_key, roles=p.roles, revoked=p.revoked) for p in register.people)
    fact = RegisterFact(version=register.version, keys=keys, names=names_commitment(workspace, register))
    append(
        workspace,
        Draft("register", who=signer.person, body=RegisterBody(version=register), fact=fact),
        signer,
        now=now,
    )


def new_person(name: str, roles: tuple[Role, ...], key: Ed25519PublicKey) -> Person:
    return Person(name=name, roles=roles, public_key=key.public_bytes_raw().hex(), fingerprint=fingerprint(key))


def read_register(workspace: Workspace) -> Register:
    """The version in force; empty where there is none. Raises ReleaseError where the log is damaged."""
    return read_log(workspace).register


def find_person(register: Register, name: str, role: Role) -> Person:
    """Raises ReleaseError where there is no such person, the person was revoked, or the role is lacking."""
    person = register.named(name)
    if person is None:
        raise ReleaseError("there is no such person.", place=name, remedy="Run 'publisher person add NAME'.")
    if person.revoked:
        raise ReleaseError("this person was revoked.", place=name, remedy="Ask someone else.")
    if role not in person.roles:
        raise ReleaseError(
            f"this person may not {role}.", place=name, remedy=f"Ask someone who has the role '{role}'."
        )
    return person


def open_signer(workspace: Workspace, name: str, passphrase: str, role: Role) -> Signer:
    """Unlocks a person's key. Raises ReleaseError for a lacking role, KeyRefusedError for a wrong passphrase."""
    person = find_person(read_register(workspace), name, role)
    path = private_key_path(workspace, name)
    signer = Signer(name, unlock_key(path, passphrase))
    if signer.fingerprint != person.fingerprint:
        raise ReleaseError(
            "this is not the key that the register names.", place=str(path), remedy="Restore the key from a backup."
        )
    return signer


def private_key_path(workspace: Workspace, name: str) -> Path:
    return workspace.keys / f"{name}.pem"


def public_key_path(workspace: Workspace, name: str) -> Path:
    return workspace.keys / f"{name}.pub"


def _service(workspace: Workspace) -> Person:
    return new_person(SERVICE, ("operate",), make_service(workspace).key.public_key())


def _check_may_enter(register: Register, name: str, by: Signer | None) -> None:
    """Raises ReleaseError where the name is taken or `by` may not enter anyone."""
    if any(person.name == name for person in register.people):
        raise ReleaseError("this person is already there.", place=name, remedy="Choose another name.")
    if by is None and register.version:
        raise ReleaseError(
            "people are entered by an administrator.", place=name, remedy="Name one with '--as ADMINISTRATOR'."
        )
    if by is not None and not register.may(by.fingerprint, "administer"):
        raise ReleaseError(
            "this person may not administer.", place=by.person, remedy="Ask someone who has the role 'administer'."
        )


def _check_words(name: str, roles: Iterable[Role], passphrase: str) -> tuple[Role, ...]:
    """The roles in fixed order, each once."""
    wanted = set(roles)
    if not _NAME.fullmatch(name) or name == SERVICE:
        raise UsageError(
            f"a name is at most 32 small letters, digits, '-' and '_', a letter first, and not '{SERVICE}'.",
            place=name,
            remedy="Try 'ann'.",
        )
    if not wanted or not wanted <= set(HUMAN_ROLES):
        raise UsageError(
            "roles are one or more of prepare, approve, publish, administer.", place=name, remedy="Try 'approve'."
        )
    if not passphrase:
        raise UsageError("a passphrase is needed.", place=name, remedy="Choose a sentence of several words.")
    return tuple(role for role in ROLES if role in wanted)
