"""Who may do what: the register of people. Each version is one line of the log, signed by an administrator."""

from typing import Literal, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.release.records import Hex32, Record
from publisher.release.signing import fingerprint

Role = Literal["prepare", "approve", "publish", "administer", "operate"]
ROLES: tuple[Role, ...] = get_args(Role)
HUMAN_ROLES: tuple[Role, ...] = ROLES[:-1]
SERVICE = "service"  # the name of the key that works unattended


class Person(Record):
    """`public_key` is the 32 raw bytes in hex, `fingerprint` their SHA-256. `name` never reaches the public.

    A revoked person stays listed: what the key signed before still has to be verified.
    """

    name: str
    roles: tuple[Role, ...]
    public_key: Hex32
    fingerprint: Hex32
    revoked: bool = False

    @property
    def key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key))


class Register(Record):
    """One version, from 1; version 0 is the empty one that no log holds. Keys are unique, names among the living."""

    version: int = 0
    people: tuple[Person, ...] = ()

    def of_key(self, key_fingerprint: str) -> Person | None:
        return next((person for person in self.people if person.fingerprint == key_fingerprint), None)

    def named(self, name: str) -> Person | None:
        """The person of this name who is not revoked; else the one who was last."""
        found = [person for person in self.people if person.name == name]
        return next((person for person in found if not person.revoked), found[-1] if found else None)

    def may(self, key_fingerprint: str, *roles: Role) -> bool:
        """Whether this key has one of the roles now."""
        person = self.of_key(key_fingerprint)
        return person is not None and not person.revoked and bool(set(roles) & set(person.roles))

    @property
    def holds_together(self) -> bool:
        """Whether no key, and no name of a living person, stands twice, and each key has its fingerprint."""
        living = [person.name for person in self.people if not person.revoked]
        keys = {person.fingerprint for person in self.people if _fits(person)}
        return len(keys) == len(self.people) and len(set(living)) == len(living)


def _fits(person: Person) -> bool:
    try:
        return fingerprint(person.key) == person.fingerprint
    except ValueError:
        return False
