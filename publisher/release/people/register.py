"""Who may do what: the register of people. Each version is one line of the log, signed by administrators.

A name is one human for ever: a human may have had several keys (rotation), and counts once. A key has one name.
"""

import re
from typing import Literal, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.release.edition.records import Hex32, Record
from publisher.release.people.signing import fingerprint

Role = Literal["prepare", "approve", "publish", "administer", "operate"]
ROLES: tuple[Role, ...] = get_args(Role)
HUMAN_ROLES: tuple[Role, ...] = ROLES[:-1]
SERVICE = "service"  # the name of the key that works unattended
NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class Person(Record):
    """One key of one human. `public_key` is the 32 raw bytes in hex, `fingerprint` their SHA-256.

    `name` never reaches the public. A revoked key stays listed: what it signed before still has to be verified.
    """

    name: str
    roles: tuple[Role, ...]
    public_key: Hex32
    fingerprint: Hex32
    revoked: bool = False

    @property
    def key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key))

    def may(self, *roles: Role) -> bool:
        """Whether the key has one of these roles now."""
        return not self.revoked and bool(set(roles) & set(self.roles))


class Register(Record):
    """One version, from 1; version 0 is the empty one that no log holds. Keys are unique, names among the living.

    The next version needs the signatures of `administrators_needed` distinct administrators of this one.
    """

    format: Literal["trade-publisher/register/1"] = "trade-publisher/register/1"
    version: int = 0
    administrators_needed: int = 1
    people: tuple[Person, ...] = ()

    def of_key(self, key_fingerprint: str) -> Person | None:
        return next((person for person in self.people if person.fingerprint == key_fingerprint), None)

    def named(self, name: str) -> Person | None:
        """The key of this name that is not revoked; else the one that was last."""
        found = [person for person in self.people if person.name == name]
        return next((person for person in found if not person.revoked), found[-1] if found else None)

    def may(self, key_fingerprint: str, *roles: Role) -> bool:
        """Whether this key has one of the roles now."""
        person = self.of_key(key_fingerprint)
        return person is not None and person.may(*roles)

    def with_role(self, role: Role) -> frozenset[str]:
        """The names of those who have the role now."""
        return frozenset(person.name for person in self.people if person.may(role))

    @property
    def fault(self) -> str:
        """What in this version cannot be, as the end of a sentence about it; or ''."""
        living = [person.name for person in self.people if not person.revoked]
        services = [(person.roles, person.revoked) for person in self.people if person.name == SERVICE]
        if not all(map(_is_spelled, self.people)):
            return "holds a name, roles or a key that cannot be"
        if len({person.public_key for person in self.people}) < len(self.people):
            return "lists a key twice"
        if len(set(living)) < len(living):
            return "gives a person two keys at once"
        if services != [(("operate",), False)]:
            return "has not exactly one service key"
        if not 1 <= self.administrators_needed <= len(self.with_role("administer")):
            return "has fewer administrators than must sign for a change"
        return ""


def in_order(roles: frozenset[Role] | set[Role]) -> tuple[Role, ...]:
    """Each once, in the one order that a register has."""
    return tuple(role for role in ROLES if role in roles)


def _is_spelled(person: Person) -> bool:
    try:
        fits = fingerprint(person.key) == person.fingerprint
    except ValueError:
        return False
    roles = ("operate",) if person.name == SERVICE else HUMAN_ROLES
    return (
        fits
        and NAME.fullmatch(person.name) is not None
        and len(person.roles) > 0
        and set(person.roles) <= set(roles)
        and in_order(set(person.roles)) == person.roles
    )
