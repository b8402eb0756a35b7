"""People and their keys: entering them in the register, changing it, opening a key to sign with.

Every change is a version of the register, signed by administrators (register_change.py). A killed run leaves no
version, or the whole of it; a key file that no version names is overwritten by the next run.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from publisher.errors import KeyRefusedError, ReleaseError, UsageError
from publisher.release.folders import disk_faults, make_private, replace
from publisher.release.lock import exclusive
from publisher.release.people.register import HUMAN_ROLES, NAME, SERVICE, Person, Register, Role, in_order
from publisher.release.people.register_change import Change, change, check_administers, check_none_waits
from publisher.release.people.service import make_service
from publisher.release.people.signing import Signer, fingerprint, lock_key, public_pem
from publisher.release.people.ssh_keys import load_signer
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


def add_person(
    workspace: Workspace,
    name: str,
    roles: Iterable[Role],
    passphrase: str,
    *,
    now: datetime,
    by: Signer | None = None,
    service_passphrase: str = "",
) -> Change:
    """Makes a key pair and enters the person in the register.

    The first person founds the log, administers the register whatever the roles say, and needs no `by`; everyone
    after is entered `by` an administrator. Raises UsageError for a bad name, role or passphrase, ReleaseError for a
    name that is taken and for a signer who is no administrator.
    """
    kept = check_words(name, roles)
    check_passphrase(name, passphrase)
    with disk_faults(str(workspace.keys)), exclusive(workspace):
        register = read_log(workspace).register
        _check_may_enter(workspace, register, name, by)
        key = Ed25519PrivateKey.generate()
        person = new_person(name, kept, key.public_key())
        keep_key(workspace, register, person, key, passphrase)
        if by is not None:
            return _add(workspace, register, person, by, now)
        founder = person.model_copy(update={"roles": in_order({*kept, "administer"})})
        service = make_service(workspace, service_passphrase).key.public_key()
        people = (new_person(SERVICE, ("operate",), service), founder)
        return change(workspace, Register(version=1, people=people), "", by=Signer(name, key), now=now)


def add_key(
    workspace: Workspace, name: str, roles: Iterable[Role], key: Ed25519PublicKey, *, by: Signer, now: datetime
) -> Change:
    """Enters a person by a public key whose private part never comes here. Raises as add_person."""
    kept = check_words(name, roles)
    with disk_faults(str(workspace.keys)), exclusive(workspace):
        register = read_log(workspace).register
        _check_may_enter(workspace, register, name, by)
        return _add(workspace, register, new_person(name, kept, key), by, now)


def new_person(name: str, roles: tuple[Role, ...], key: Ed25519PublicKey) -> Person:
    return Person(name=name, roles=roles, public_key=key.public_bytes_raw().hex(), fingerprint=fingerprint(key))


def read_register(workspace: Workspace) -> Register:
    """The version in force; empty where there is none. Raises ReleaseError where the log is damaged."""
    return read_log(workspace).register


def preparing_keys(log: Log) -> tuple[Ed25519PublicKey, ...]:
    """The keys that might prepare editions at any time, revoked since or not: one of them signed each manifest."""
    versions = [log.register_at(entry.number + 1) for entry in log.of("register")]
    found = {
        p.public_key: p.key for version in versions for p in version.people if {"prepare", "operate"} & {*p.roles}
    }
    return tuple(found.values())


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


def open_signer(
    workspace: Workspace, name: str, passphrase: str, role: Role, *, key_file: Path | None = None
) -> Signer:
    """Unlocks a person's key, from `key_file` where it is kept elsewhere.

    Raises ReleaseError for a lacking role or another person's key, KeyRefusedError for a wrong passphrase.
    """
    person = find_person(read_register(workspace), name, role)
    path = key_file or private_key_of(workspace, person)
    if not path.exists():
        raise KeyRefusedError(
            "there is no private key here.",
            place=str(path),
            remedy="Name the file with --key-file where the person keeps it elsewhere, or restore it from a backup.",
        )
    signer = load_signer(path, passphrase, person=name)
    if signer.fingerprint != person.fingerprint:
        raise ReleaseError(
            "this is not the key that the register names.", place=str(path), remedy="Restore the key from a backup."
        )
    return signer


def private_key_of(workspace: Workspace, person: Person) -> Path:
    """The private key file of exactly this key: a later key of the same human has its fingerprint in the name."""
    later = _later_key_path(workspace, person)
    return later if later.exists() else private_key_path(workspace, person.name)


def private_key_path(workspace: Workspace, name: str) -> Path:
    """Of the first key that was made here for the person."""
    return workspace.keys / f"{name}.pem"


def public_key_path(workspace: Workspace, name: str) -> Path:
    return workspace.keys / f"{name}.pub"


def _later_key_path(workspace: Workspace, person: Person) -> Path:
    return workspace.keys / f"{person.name}.{person.fingerprint[:16]}.pem"


def keep_key(
    workspace: Workspace, register: Register, person: Person, key: Ed25519PrivateKey, passphrase: str
) -> None:
    """Writes both parts, and never over those of a key that the register names."""
    first = register.named(person.name) is None
    path = private_key_path(workspace, person.name) if first else _later_key_path(workspace, person)
    make_private(workspace.keys)
    replace(path, lock_key(key, passphrase), 0o600)
    replace(path.with_suffix(".pub"), public_pem(key.public_key()), 0o644)


def _add(workspace: Workspace, register: Register, person: Person, by: Signer, now: datetime) -> Change:
    check_new_key(register, person)
    version = register.model_copy(update={"version": register.version + 1, "people": (*register.people, person)})
    return change(workspace, version, "", by=by, now=now)


def _check_may_enter(workspace: Workspace, register: Register, name: str, by: Signer | None) -> None:
    """Raises ReleaseError where the name is taken or `by` may not enter anyone. Who was revoked may come back."""
    known = register.named(name)
    if known is not None and not known.revoked:
        raise ReleaseError("this person is already there.", place=name, remedy="Choose another name.")
    if by is None and register.version:
        raise ReleaseError(
            "people are entered by an administrator.", place=name, remedy="Name one with '--as ADMINISTRATOR'."
        )
    if by is not None:
        check_administers(register, by)
        check_none_waits(workspace)


def check_new_key(register: Register, person: Person) -> None:
    known = register.of_key(person.fingerprint)
    if known is not None:
        raise ReleaseError(
            f"this key is in the register already, as {known.name}'s.", place=person.name, remedy="Take another key."
        )


def check_words(name: str, roles: Iterable[Role]) -> tuple[Role, ...]:
    """The roles in fixed order, each once."""
    wanted = set(roles)
    if not NAME.fullmatch(name) or name == SERVICE:
        raise UsageError(
            f"a name is at most 32 small letters, digits, '-' and '_', a letter first, and not '{SERVICE}'.",
            place=name,
            remedy="Try 'ann'.",
        )
    if not wanted or not wanted <= set(HUMAN_ROLES):
        raise UsageError(
            "roles are one or more of prepare, approve, publish, administer.", place=name, remedy="Try 'approve'."
        )
    return in_order(wanted)


def check_passphrase(name: str, passphrase: str) -> None:
    if not passphrase:
        raise UsageError("a passphrase is needed.", place=name, remedy="Choose a sentence of several words.")
