"""Changes to the people of a test workspace, and lines as somebody writes them who does not keep the rules."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from publisher.release.edition.records import encode
from publisher.release.people.changes import change_roles, require_administrators
from publisher.release.people.people import read_register
from publisher.release.people.register import Person, Register
from publisher.release.people.register_change import confirm, waiting
from publisher.release.people.signing import Signer
from publisher.release.transparency.append import append, names_commitment
from publisher.release.transparency.entry import Draft, RegisterBody
from publisher.release.transparency.succession import shown as public_part
from publisher.settings import Workspace
from tests.lib.release import NOW, signer


@cache
def fresh(name: str, number: int = 0) -> Signer:
    """A key that no register knows, always the same for one name and number."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(f"{name}{number}".encode().ljust(32, b"\0")))


def person(workspace: Workspace, name: str) -> Person:
    found = read_register(workspace).named(name)
    if found is None:
        raise LookupError(name)
    return found


def two_administrators(workspace: Workspace, *, needed: int = 2) -> None:
    """ann and dua administer, and both must sign from now on."""
    change_roles(workspace, "dua", ["prepare", "approve", "publish", "administer"], by=signer("ann"), now=NOW)
    require_administrators(workspace, needed, by=signer("ann"), now=NOW)


def confirmed(workspace: Workspace, by: str = "dua") -> None:
    """The change that waits, signed by another administrator who read it."""
    proposal = waiting(workspace)
    if proposal is None:
        raise LookupError("nothing waits")
    confirm(workspace, proposal.digest, by=signer(by), now=NOW)


def next_version(workspace: Workspace, **changed: object) -> Register:
    register = read_register(workspace)
    return register.model_copy(update={"version": register.version + 1, **changed})


def log_version(
    workspace: Workspace, version: Register, by: Signer, *also: Signer, shown: Register | None = None
) -> None:
    """The line as somebody could write it who holds these keys and not this program's good will."""
    names = names_commitment(workspace, version)
    fact = public_part(shown or version, names)
    fact = fact.model_copy(update={"signatures": tuple(one.sign(fact.signed_bytes) for one in (by, *also))})
    body = RegisterBody(version=version, also=tuple(one.sign(encode(version)) for one in also))
    append(workspace, Draft("register", who=by.person, body=body, fact=fact), by, now=NOW)
