"""The public part of the log on a site: log/entries.jsonl, log/checkpoint, log/key.pub. Anyone can check it alone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from publisher.errors import ReleaseError
from publisher.model.release_event import ReleaseId
from publisher.release.edition.manifest import EditionRef
from publisher.release.edition.records import encode_line, sha256
from publisher.release.folders import write_new
from publisher.release.people.signing import public_pem
from publisher.release.transparency.checkpoint import Checkpoint, read_checkpoint, require_extends, require_same_log
from publisher.release.transparency.facts import (
    AnnouncedFact,
    CancelledFact,
    DelayedFact,
    EditionFact,
    KeyFact,
    Leaf,
    PublishedFact,
    RegisterFact,
    WithdrawnFact,
)
from publisher.release.transparency.merkle import leaf_hash, root
from publisher.release.transparency.places import Place
from publisher.release.transparency.succession import shown_problem

ENTRIES, CHECKPOINT, KEY = "log/entries.jsonl", "log/checkpoint", "log/key.pub"
LONGEST_LOG, LONGEST_NOTE = 256 * 2**20, 64 * 2**10  # bytes

_REMEDY = "Do not rely on this site. Fetch its log again; if it stays so, ask the office, by another way."


@dataclass(frozen=True)
class Publication:
    """An edition's entry in the log: the leaf it stands in, and what that says of it."""

    number: int
    time: str
    fact: EditionFact


@dataclass(frozen=True)
class PublicLog:
    """A log whose root is the signed one. `lines` are the leaves' bytes, without newlines."""

    checkpoint: Checkpoint
    key: Ed25519PublicKey
    lines: tuple[bytes, ...]
    leaves: tuple[Leaf, ...]

    def registers(self, before: int) -> Iterator[RegisterFact]:
        """The versions of the register that stand before leaf `before`, the newest first."""
        for leaf in reversed(self.leaves[:before]):
            if isinstance(leaf.fact, RegisterFact):
                yield leaf.fact

    @cached_property
    def publications(self) -> tuple[Publication, ...]:
        """Every edition that ever came out, in order; withdrawn ones too."""
        return tuple(
            Publication(leaf.number, leaf.time, edition)
            for leaf in self.leaves
            if isinstance(leaf.fact, PublishedFact)
            for edition in leaf.fact.editions
        )

    @cached_property
    def published(self) -> dict[str, Publication]:
        """By the edition's name."""
        return {one.fact.edition.name: one for one in self.publications}

    @cached_property
    def withdrawn(self) -> dict[str, WithdrawnFact]:
        """By the edition's name."""
        facts = (leaf.fact for leaf in self.leaves)
        return {fact.edition.name: fact for fact in facts if isinstance(fact, WithdrawnFact)}

    def superseded_by(self, edition: EditionFact) -> int | None:
        """The newest version of the same period, where that is another one."""
        ref = edition.edition
        same = [one.fact.edition for one in self.publications]
        newest = max(r.version for r in same if (r.series, r.period) == (ref.series, ref.period))
        return newest if newest > ref.version else None


def write_log(site: Path, leaves: Sequence[bytes], checkpoint: bytes, key: Ed25519PublicKey) -> None:
    """Writes log/ into a new site folder. `leaves` are the canonical lines without their newlines.

    Raises ReleaseError where the checkpoint, read with `key`, is not that of exactly these leaves.
    """
    _check_leaves(leaves, read_checkpoint(checkpoint, key))
    (site / "log").mkdir(mode=0o755, exist_ok=True)
    write_new(site / ENTRIES, b"".join(leaf + b"\n" for leaf in leaves), 0o644)
    write_new(site / CHECKPOINT, checkpoint, 0o644)
    write_new(site / KEY, public_pem(key), 0o644)


def read_site_log(site: Place, key: Ed25519PublicKey) -> PublicLog:
    """The log of a site, checked: signature, root, and that the entries make a history.

    Raises ReleaseError whose place is the file, and which names the entry where it is one.
    """
    with _at(site, CHECKPOINT):
        checkpoint = read_checkpoint(site.read(CHECKPOINT, LONGEST_NOTE), key)
    with _at(site, ENTRIES):
        lines = _lines(site.read(ENTRIES, LONGEST_LOG))
        _check_leaves(lines, checkpoint)
        leaves = tuple(_leaf(number, line) for number, line in enumerate(lines))
        log = PublicLog(checkpoint, key, lines, leaves)
        problem = _register_problem(log) or _signers_problem(log) or _edition_problem(log)
        if problem:
            raise ReleaseError(f"{problem}.", remedy=_REMEDY)
    return log


def require_continues(log: PublicLog, old: bytes) -> Checkpoint:
    """The log goes on from an old checkpoint, as kept. Returns that checkpoint.

    Raises ReleaseError where the log was cut or rewritten since, or the file is no note that the log key signed.
    """
    checkpoint = read_checkpoint(old, log.key)
    require_same_log(log.checkpoint, checkpoint)
    require_extends(log.lines, checkpoint)
    return checkpoint


def operating(register: RegisterFact) -> Iterator[KeyFact]:
    """The keys that sign checkpoints, revoked ones too."""
    return (key for key in register.keys if "operate" in key.roles)


def _check_leaves(leaves: Sequence[bytes], checkpoint: Checkpoint) -> None:
    if len(leaves) != checkpoint.size:
        raise ReleaseError(
            f"has {len(leaves)} entries, and {checkpoint.size} were signed for: entries were cut off or added.",
            remedy=_REMEDY,
        )
    if root([leaf_hash(leaf) for leaf in leaves]) != checkpoint.root:
        raise ReleaseError("does not hold the entries that were signed for: one was changed.", remedy=_REMEDY)


def _lines(data: bytes) -> tuple[bytes, ...]:
    if data and not data.endswith(b"\n"):
        raise ReleaseError("its last line is torn off.", remedy=_REMEDY)
    return tuple(data.split(b"\n")[:-1])


@contextmanager
def _at(site: Place, path: str) -> Iterator[None]:
    """Names the file in what is raised about it."""
    try:
        yield
    except ReleaseError as refusal:
        raise ReleaseError(refusal.message, place=f"{site.name}/{path}", remedy=refusal.remedy or _REMEDY) from None


def _leaf(number: int, line: bytes) -> Leaf:
    try:
        leaf = Leaf.model_validate_json(line)
    except (ValidationError, ValueError):
        leaf = None
    if leaf is None or encode_line(leaf) != line + b"\n" or leaf.number != number:
        raise ReleaseError(
            f"entry {number} was signed for and is none that this program knows.",
            remedy="Is the program older than the site? Install the newest version.",
        )
    return leaf


def _register_problem(log: PublicLog) -> str:
    """What is wrong with the log's name, its key and the versions of its register; or ''."""
    versions = [register.version for register in log.registers(len(log.leaves))][::-1]
    if not log.leaves or not isinstance(log.leaves[0].fact, RegisterFact):
        return "the first entry is no register"
    if versions != list(range(1, len(versions) + 1)):
        return "the register's versions are not 1, 2, 3 and so on"
    if not all(_may_follow(before, after) for after, before in pairwise(log.registers(len(log.leaves)))):
        return "a version of the register drops a key or brings a revoked one back"
    if log.checkpoint.origin.rpartition("/")[2] != sha256(log.lines[0]):
        return "the log's name in the checkpoint is not that of its first entry"
    newest = next(log.registers(len(log.leaves)))
    if not any(key.public_key == log.key.public_bytes_raw().hex() and not key.revoked for key in operating(newest)):
        return "the key that signed the checkpoint is not the one that the register names for it"
    return ""


def _signers_problem(log: PublicLog) -> str:
    """Which version of the register is not signed by the administrators of the one before, or ''."""
    versions = tuple(log.registers(len(log.leaves)))[::-1]
    for before, after in zip((None, *versions), versions, strict=False):
        if problem := shown_problem(before, after):
            return f"entry with version {after.version} {problem}"
    return ""


def _may_follow(before: RegisterFact, after: RegisterFact) -> bool:
    """Keys stay listed in their order, and revoked for ever."""
    kept = after.keys[: len(before.keys)]
    return [key.public_key for key in kept] == [key.public_key for key in before.keys] and not any(
        old.revoked and not new.revoked for old, new in zip(before.keys, kept, strict=True)
    )


def _edition_problem(log: PublicLog) -> str:
    """What is wrong with announcements, editions and withdrawals as a history, or ''."""
    out: dict[str, EditionRef] = {}
    dates: dict[ReleaseId, str] = {}  # what readers were last told; "" where they wait for another date
    for leaf in log.leaves:
        match leaf.fact:
            case AnnouncedFact(release=release, due=due):
                dates[release.id] = due
            case DelayedFact(release=release):
                dates[release.id] = ""
            case CancelledFact(release=release):
                dates.pop(release.id, None)
            case PublishedFact(editions=editions):
                for edition in editions:
                    problem = _publication_problem(leaf, edition, out, dates)
                    if problem:
                        return f"entry {leaf.number} publishes {edition.edition.name} {problem}"
                    out[edition.edition.name] = edition.edition
            case WithdrawnFact(edition=withdrawn) if out.get(withdrawn.name) != withdrawn:
                return f"entry {leaf.number} withdraws what was not published"
    return ""


def _publication_problem(
    leaf: Leaf, edition: EditionFact, out: Mapping[str, EditionRef], dates: Mapping[ReleaseId, str]
) -> str:
    if edition.edition.name in out:
        return "a second time"
    if _instant(leaf.time) < _instant(edition.due):
        return "before its time"
    return "" if dates.get(edition.release.id, edition.due) == edition.due else "at a time that was not announced"


def _instant(text: str) -> datetime:
    """Raises ReleaseError for what is no time with an offset."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = datetime.min
    if instant.tzinfo is None:
        raise ReleaseError("holds a time that is none.", remedy=_REMEDY)
    return instant
