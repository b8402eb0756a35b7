"""The log of a workspace: .publisher/log/log.jsonl, append-only, hash-chained, each line signed.

A line is the commit of what it tells: publication, approval, a new date have happened when their line is synced. A
last line without its newline was never acknowledged: readers leave it out, the next append cuts it off.
Order in the log is the order of events; the times in it are claims of the machine's clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.errors import ReleaseError
from publisher.model.release_event import ReleaseId
from publisher.release.edition.manifest import EditionRef
from publisher.release.people.register import SERVICE, Register
from publisher.release.transparency.checkpoint import read_checkpoint, require_extends
from publisher.release.transparency.entry import ApprovalBody, Entry, Event, OpenedBody, RegisterBody
from publisher.release.transparency.facts import (
    AnnouncedFact,
    ApprovalFact,
    CancelledFact,
    EditionFact,
    Leaf,
    PublishedFact,
    WithdrawnFact,
)
from publisher.release.transparency.reading import Reading, origin_of
from publisher.settings import Workspace

CHECKPOINT = "checkpoint"
NOBODY = Register()


@dataclass(frozen=True)
class Log:
    """A checked log. `lines` are its bytes, line by line with the newline; `entries` the same, parsed."""

    lines: tuple[bytes, ...] = ()
    entries: tuple[Entry, ...] = ()

    @cached_property
    def register(self) -> Register:
        """The version that is in force now; version 0 where there is none."""
        return self.register_at(len(self.entries) + 1)

    def register_at(self, number: int) -> Register:
        """The version that was in force when line `number` was written (that line itself not counted)."""
        bodies = (entry.body for entry in reversed(self.entries[: number - 1]))
        return next((body.version for body in bodies if isinstance(body, RegisterBody)), NOBODY)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(entry.public for entry in self.entries if entry.public is not None)

    @cached_property
    def published(self) -> dict[str, EditionFact]:
        """By the edition's name, in the order of publication. Withdrawn ones are among them: they stay known."""
        facts = (leaf.fact for leaf in self.leaves)
        return {e.edition.name: e for fact in facts if isinstance(fact, PublishedFact) for e in fact.editions}

    @cached_property
    def withdrawn(self) -> dict[str, WithdrawnFact]:
        """By the edition's name."""
        facts = (leaf.fact for leaf in self.leaves)
        return {fact.edition.name: fact for fact in facts if isinstance(fact, WithdrawnFact)}

    @cached_property
    def announced(self) -> dict[ReleaseId, AnnouncedFact]:
        """The last announcement of each release that was not cancelled after it."""
        dates: dict[ReleaseId, AnnouncedFact] = {}
        for leaf in self.leaves:
            if isinstance(leaf.fact, AnnouncedFact):
                dates[leaf.fact.release.id] = leaf.fact
            elif isinstance(leaf.fact, CancelledFact):
                dates.pop(leaf.fact.release.id, None)
        return dates

    @cached_property
    def opened(self) -> dict[ReleaseId, OpenedBody]:
        """Further releases that were asked for, the last request of each."""
        return {e.release.id: e.body for e in self.entries if e.release and isinstance(e.body, OpenedBody)}

    def releases_of(self, series: str, period: str) -> int:
        """How many releases of the period came out."""
        return sum((e.release.series, e.release.period) == (series, period) for e in self.published.values())

    def of(self, event: Event, edition: EditionRef | None = None) -> Iterator[Entry]:
        """The entries of an event, oldest first; of one edition where one is given."""
        for entry in self.entries:
            if entry.event == event and (edition is None or entry.edition == edition):
                yield entry

    def approvals(self, edition: EditionRef) -> tuple[tuple[Entry, ApprovalFact], ...]:
        """The approvals logged for exactly this content since it was last put on hold."""
        found: list[tuple[Entry, ApprovalFact]] = []
        for entry in self.entries:
            if entry.edition == edition and entry.event == "held":
                found.clear()
            elif entry.edition == edition and isinstance(entry.body, ApprovalBody):
                found.append((entry, entry.body.approval))
        return tuple(found)

    @property
    def key(self) -> Ed25519PublicKey:
        """The service's, which signs checkpoints: one for ever. Raises ReleaseError before the log began."""
        service = self.register.named(SERVICE)
        if service is None:
            raise ReleaseError("there is no log yet.", place="log", remedy="It begins with 'publisher person add'.")
        return service.key

    @property
    def last_time(self) -> datetime | None:
        return datetime.fromisoformat(self.entries[-1].time) if self.entries else None

    @cached_property
    def origin(self) -> str:
        """What this log is called in checkpoints: fixed by the public part of the first register version."""
        return origin_of(self.leaves[0]) if self.leaves else ""

    def public_checkpoint(self) -> bytes:
        """The signed note over all leaves; b"" where there is none."""
        notes = (entry.checkpoint for entry in reversed(self.entries) if entry.checkpoint)
        return next(notes, "").encode()


_known: dict[Path, Reading] = {}  # what this process checked before: only what was added since is checked again


def log_path(workspace: Workspace) -> Path:
    return workspace.log / "log.jsonl"


def checkpoint_path(workspace: Workspace) -> Path:
    """The private checkpoint beside the log: a log that was cut off at a line's end does not reach it."""
    return workspace.log / CHECKPOINT


def read_log(workspace: Workspace) -> Log:
    """The whole log, checked: numbers, chain, spelling, signatures, roles, public tree, private checkpoint.

    Raises ReleaseError naming the first line that does not fit, or what was cut off.
    """
    reading = read_lines(workspace)
    return Log(tuple(reading.lines), tuple(reading.entries))


def read_lines(workspace: Workspace) -> Reading:
    """read_log(), ready to grow."""
    path = log_path(workspace)
    _refuse_old_format(workspace)
    note = _private_note(workspace)  # first: a line that somebody appends now must not look like one that was cut off
    data = path.read_bytes() if path.exists() else b""
    reading = _known.get(path)
    if reading is None or data[: len(reading.data)] != reading.data:
        reading = Reading(str(path))
    whole = data[: data.rfind(b"\n") + 1]
    try:
        for line in whole[len(reading.data) :].split(b"\n")[:-1]:
            reading.add(line + b"\n")
    finally:
        _known[path] = reading
    _check_not_cut(workspace, reading, note)
    return reading


def _private_note(workspace: Workspace) -> bytes:
    path = checkpoint_path(workspace)
    return path.read_bytes() if path.is_file() else b""


def _check_not_cut(workspace: Workspace, reading: Reading, note: bytes) -> None:
    """Against the private checkpoint, which a killed append may have left one line behind."""
    path, service = checkpoint_path(workspace), reading.register.named(SERVICE)
    if not note:
        if len(reading.lines) > 1:
            raise ReleaseError(
                "the log's own checkpoint is gone.", place=str(path), remedy="Restore it from a backup."
            )
        return
    if service is None:
        raise ReleaseError(
            "the log is gone, its checkpoint is not.", place=str(log_path(workspace)), remedy="Restore the log."
        )
    old = read_checkpoint(note, service.key)
    if (old.size, old.root) != (reading.whole.size, reading.whole.root):
        require_extends([line[:-1] for line in reading.lines], old)


def _refuse_old_format(workspace: Workspace) -> None:
    if (workspace.log / "events.jsonl").exists() and not log_path(workspace).exists():
        raise ReleaseError(
            "this workspace was made by an earlier version, whose log was not signed.",
            place=str(workspace.log),
            remedy="Make a new workspace with 'publisher init' and take the declarations in again.",
        )
