"""What makes a version of the register the next one, and by whom it must be signed."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.release.edition.records import encode, sha256
from publisher.release.people.register import Person, Register
from publisher.release.people.signing import Signature, verifies
from publisher.release.transparency.entry import Entry, RegisterBody
from publisher.release.transparency.facts import KeyFact, RegisterFact


def register_problem(before: Register, entry: Entry) -> str:
    """Why a 'register' line cannot follow the version `before`, or ''.

    The line's own signature is checked by reading.py, as that of every line; here, that with it enough signed.
    """
    body, fact = entry.body, entry.public.fact if entry.public else None
    if not isinstance(body, RegisterBody) or not isinstance(fact, RegisterFact):
        return "is no version of the register"
    problem = successor_problem(before, body.version)
    if problem:
        return problem
    if fact.signed_bytes != shown(body.version, fact.names).signed_bytes:
        return "tells the public another register than it holds"
    told = shown(before, fact.names) if before.version else None
    return _signers_problem(judges(before, body.version), body, entry.signature) or shown_problem(told, fact)


def judges(before: Register, version: Register) -> Register:
    """Whose administrators must sign for `version`: the one before; the first version signs for itself."""
    return before if before.version else version


def successor_problem(before: Register, after: Register) -> str:
    """Why `after` is not what `before` can become, or ''. Keys stay listed, under their names, in their order."""
    if after.version != before.version + 1:
        return "is no next version of the register"
    if after.fault:
        return f"holds a register that {after.fault}"
    kept, added = after.people[: len(before.people)], after.people[len(before.people) :]
    if len(kept) < len(before.people) or not all(map(_may_become, before.people, kept)):
        return "drops a key from the register, renames it or brings a revoked one back"
    return "adds a key that was never in force" if any(person.revoked for person in added) else ""


def signed_for(judge: Register, version: Register, signatures: Iterable[Signature]) -> frozenset[str] | None:
    """The administrators whose signatures over the version's canonical bytes these are.

    None where one does not hold or is by nobody who administers: it is not passed over.
    """
    names, data = set(), encode(version)
    for signature in signatures:
        person = judge.of_key(signature.key)
        if person is None or not person.may("administer") or not verifies(person.key, signature, data):
            return None
        names.add(person.name)
    return frozenset(names)


def public_keys(register: Register) -> tuple[KeyFact, ...]:
    """What the public is told of a version: keys, roles, and which are revoked."""
    return tuple(KeyFact(public_key=p.public_key, roles=p.roles, revoked=p.revoked) for p in register.people)


def shown(register: Register, names: str) -> RegisterFact:
    """The public part of a version, to be signed. `names` is append.names_commitment of it."""
    return RegisterFact(
        version=register.version,
        administrators_needed=register.administrators_needed,
        keys=public_keys(register),
        names=names,
    )


def shown_problem(before: RegisterFact | None, after: RegisterFact) -> str:
    """Why the public part of a version is not signed by enough administrators of the one before, or ''.

    Needs the public parts alone, so that every reader can ask it. None: `after` is the first, and signs for itself.
    """
    judge, signed = before or after, set()
    administrators = {
        sha256(bytes.fromhex(one.public_key)): Ed25519PublicKey.from_public_bytes(bytes.fromhex(one.public_key))
        for one in judge.keys
        if "administer" in one.roles and not one.revoked
    }
    for signature in after.signatures:
        key = administrators.get(signature.key)
        if key is None or not verifies(key, signature, after.signed_bytes):
            return "shows a register signed by somebody who does not administer"
        signed.add(signature.key)
    needed = max(1, judge.administrators_needed)
    return "" if len(signed) >= needed else f"shows a register signed by fewer than {needed} administrators"


def _may_become(old: Person, new: Person) -> bool:
    """A key keeps its name; it may be revoked, for ever and with the roles that it had."""
    if old.revoked or new.revoked:
        return new == old.model_copy(update={"revoked": True})
    return (old.name, old.public_key) == (new.name, new.public_key)


def _signers_problem(judge: Register, body: RegisterBody, own: Signature | None) -> str:
    """`own` is the line's signature, which covers the version as a part of the line."""
    names, last = signed_for(judge, body.version, body.also), judge.of_key(own.key) if own else None
    if names is None:
        return "has a register signed by somebody who does not administer"
    if len(names | ({last.name} if last else set())) < judge.administrators_needed:
        return f"is signed by fewer than {judge.administrators_needed} administrators"
    return ""
