"""Who may prepare, approve and publish: .publisher/people.json, and one key pair each in .publisher/keys/."""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from publisher.errors import ReleaseError, UsageError
from publisher.release.folders import disk_faults, make_private, replace
from publisher.release.lock import exclusive
from publisher.release.log import append
from publisher.release.records import Hex32, Record, decode, encode
from publisher.release.signing import Signer, fingerprint, lock_key, public_pem, unlock_key
from publisher.settings import Workspace

Role = Literal["prepare", "approve", "publish"]
ROLES: tuple[Role, ...] = get_args(Role)
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class Person(Record):
    """`public_key` is the 32 raw bytes in hex, `fingerprint` their SHA-256. `name` never reaches the public."""

    name: str
    roles: tuple[Role, ...]
    public_key: Hex32
    fingerprint: Hex32

    @property
    def key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key))


class Register(Record):
    """The whole of people.json. Names and keys are unique."""

    format: Literal["trade-publisher/people/1"] = "trade-publisher/people/1"
    people: tuple[Person, ...] = ()


def add_person(workspace: Workspace, name: str, roles: Iterable[Role], passphrase: str, *, now: datetime) -> Person:
    """Makes a key pair and enters the person; a killed run leaves no entry and can be run again.

    Raises UsageError for a bad name, role or passphrase, ReleaseError for a name that is taken.
    """
    kept = _check_words(name, roles, passphrase)
    with disk_faults(str(workspace.keys)), exclusive(workspace):
        register = read_register(workspace)
        if any(person.name == name for person in register.people):
            raise ReleaseError("this person is already there.", place=name, remedy="Choose another name.")
        key = Ed25519PrivateKey.generate()
        raw = key.public_key().public_bytes_raw()
        person = Person(name=name, roles=kept, public_key=raw.hex(), fingerprint=fingerprint(key.public_key()))
        make_private(workspace.keys)
        replace(private_key_path(workspace, name), lock_key(key, passphrase), 0o600)
        replace(public_key_path(workspace, name), public_pem(key.public_key()), 0o644)
        append(workspace, "person_added", now=now, edition=None, person=name, detail=" ".join(kept))
        replace(register_path(workspace), encode(Register(people=(*register.people, person))), 0o600)
    return person


def read_register(workspace: Workspace) -> Register:
    """Empty where there is none. Raises ReleaseError where it is damaged or a name or key stands twice."""
    path = register_path(workspace)
    if not path.exists():
        return Register()
    register = decode(Register, path.read_bytes(), str(path))
    names = {person.name for person in register.people}
    keys = {person.fingerprint for person in register.people if _holds_together(person)}
    if not len(names) == len(keys) == len(register.people):
        raise ReleaseError(
            "is damaged: a name or a key stands twice, or a key does not have its fingerprint.",
            place=str(path),
            remedy="Restore it from a backup.",
        )
    return register


def person_of_key(register: Register, key_fingerprint: str) -> Person | None:
    return next((person for person in register.people if person.fingerprint == key_fingerprint), None)


def find_person(workspace: Workspace, name: str, role: Role) -> Person:
    """Raises ReleaseError where there is no such person or the role is lacking."""
    person = next((person for person in read_register(workspace).people if person.name == name), None)
    if person is None:
        raise ReleaseError("there is no such person.", place=name, remedy="Run 'publisher person add NAME'.")
    if role not in person.roles:
        raise ReleaseError(
            f"this person may not {role}.", place=name, remedy=f"Ask someone who has the role '{role}'."
        )
    return person


def open_signer(workspace: Workspace, name: str, passphrase: str, role: Role) -> Signer:
    """Unlocks a person's key. Raises ReleaseError for a lacking role, KeyRefusedError for a wrong passphrase."""
    person = find_person(workspace, name, role)
    path = private_key_path(workspace, name)
    signer = Signer(name, unlock_key(path, passphrase))
    if signer.fingerprint != person.fingerprint:
        raise ReleaseError(
            "this is not the key that the register names.", place=str(path), remedy="Restore the key from a backup."
        )
    return signer


def register_path(workspace: Workspace) -> Path:
    return workspace.private / "people.json"


def private_key_path(workspace: Workspace, name: str) -> Path:
    return workspace.keys / f"{name}.pem"


def public_key_path(workspace: Workspace, name: str) -> Path:
    return workspace.keys / f"{name}.pub"


def _holds_together(person: Person) -> bool:
    try:
        return fingerprint(person.key) == person.fingerprint
    except ValueError:
        return False


def _check_words(name: str, roles: Iterable[Role], passphrase: str) -> tuple[Role, ...]:
    """The roles in fixed order, each once."""
    wanted = set(roles)
    if not _NAME.fullmatch(name):
        raise UsageError(
            "a name is at most 32 small letters, digits, '-' and '_', a letter first.",
            place=name,
            remedy="Try 'ann'.",
        )
    if not wanted or not wanted <= set(ROLES):
        raise UsageError("roles are one or more of prepare, approve, publish.", place=name, remedy="Try 'approve'.")
    if not passphrase:
        raise UsageError("a passphrase is needed.", place=name, remedy="Choose a sentence of several words.")
    return tuple(role for role in ROLES if role in wanted)
