"""Writing to the log: one line, signed, synced."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.release.edition.commitment import commit_bytes
from publisher.release.edition.records import encode, encode_line
from publisher.release.folders import make_private, replace, sync
from publisher.release.people.register import Register
from publisher.release.people.service import open_service
from publisher.release.people.signing import Signer
from publisher.release.transparency.checkpoint import Checkpoint, sign_checkpoint
from publisher.release.transparency.entry import Draft, Entry
from publisher.release.transparency.facts import Leaf
from publisher.release.transparency.log import checkpoint_path, log_path, read_lines, read_log
from publisher.release.transparency.reading import Reading
from publisher.settings import Workspace


def append(workspace: Workspace, draft: Draft, signer: Signer | None, *, now: datetime) -> Entry:
    """Adds one line and syncs it. The caller holds the release lock. `signer` is None for refusals alone.

    Raises ReleaseError for a damaged log, and for a signer whose role does not allow the event.
    """
    reading = read_lines(workspace)
    entry = _entry(workspace, reading, draft, signer, now)
    line = encode_line(entry)
    problem = reading.problem_of(entry, line)
    if problem:
        raise ReleaseError(
            f"the log's next line {problem}.", place=draft.event, remedy="Ask someone who has the role."
        )
    make_private(workspace.log)
    _write_line(log_path(workspace), line)
    replace(checkpoint_path(workspace), private_checkpoint(workspace, read_lines(workspace)), 0o600)
    return entry


def next_leaf(workspace: Workspace, draft: Draft, *, now: datetime) -> Leaf | None:
    """The public part that append() would give the next line, as long as nothing else is appended."""
    return _leaf(workspace, read_lines(workspace), draft, now.astimezone(UTC).isoformat())


def append_once(workspace: Workspace, draft: Draft, signer: Signer, *, now: datetime) -> None:
    """Adds the line unless this edition has it already from this person: what a killed run did not get to write."""
    past = read_log(workspace).of(draft.event, draft.edition)
    if not any(entry.who == draft.who for entry in past):
        append(workspace, draft, signer, now=now)


def private_checkpoint(workspace: Workspace, reading: Reading) -> bytes:
    """A signed note over all lines, private ones too. Keep copies elsewhere: they show a log that was cut."""
    head = Checkpoint(f"{reading.origin}/private", reading.whole.size, reading.whole.root)
    return sign_checkpoint(head, open_service(workspace), reading.origin)


def names_commitment(workspace: Workspace, register: Register) -> str:
    """The salted commitment to a version with names, for its public part."""
    return commit_bytes(workspace, "register", encode(register))


def _entry(workspace: Workspace, reading: Reading, draft: Draft, signer: Signer | None, now: datetime) -> Entry:
    time = now.astimezone(UTC).isoformat()
    entry = Entry(
        number=len(reading.lines) + 1,
        time=time,
        event=draft.event,
        who=draft.who,
        edition=draft.edition,
        release=draft.release,
        detail=draft.detail,
        body=draft.body,
        public=_leaf(workspace, reading, draft, time),
        previous=reading.previous,
        signature=None,
        checkpoint="",
        hash="",
    )
    signature = signer.sign(entry.signed_bytes) if signer else None
    signed = entry.model_copy(update={"signature": signature, "checkpoint": _note(workspace, reading, entry)})
    return signed.model_copy(update={"hash": signed.whole_hash})


def _leaf(workspace: Workspace, reading: Reading, draft: Draft, time: str) -> Leaf | None:
    if draft.fact is None:
        return None
    history = commit_bytes(workspace, "log", reading.previous.encode())
    return Leaf(number=reading.leaves.size, time=time, fact=draft.fact, history=history)


def _note(workspace: Workspace, reading: Reading, entry: Entry) -> str:
    if entry.public is None:
        return ""
    head = reading.checkpoint_with(entry.public)
    return sign_checkpoint(head, open_service(workspace), head.origin).decode()


def _write_line(path: Path, line: bytes) -> None:
    """Cuts off a torn tail, appends, syncs; on any failure the file is cut back to what it was."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        data = path.read_bytes()
        end = data.rfind(b"\n") + 1
        os.ftruncate(handle, end)
        try:
            _write_all(handle, line, end)
        except OSError:
            os.ftruncate(handle, end)
            raise
    finally:
        os.close(handle)
    sync(path.parent)


def _write_all(handle: int, line: bytes, end: int) -> None:
    if os.pwrite(handle, line, end) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(handle)
