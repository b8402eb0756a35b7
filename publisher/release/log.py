"""The private log of what happened to editions: .publisher/log/events.jsonl, append-only and hash-chained.

One line an event. Each holds the hash of the line before and of itself, so a changed, removed or moved line is
found and named. A last line without its newline was never acknowledged: it is left out by readers and cut off
by the next append. A log cut at a line's end is not found by the log alone; see README.md.
"""

import errno
import os
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from publisher.errors import ReleaseError
from publisher.release.folders import make_private, sync
from publisher.release.manifest import EditionRef
from publisher.release.records import Record, encode_line, sha256
from publisher.settings import Workspace

Happening = Literal["person_added", "built", "audited", "approved", "published", "refused"]
_START = "0" * 64


class Event(Record):
    """`number` counts from 1. `detail` is a sentence or a word, never a number from a table."""

    number: int
    time: str
    event: Happening
    edition: EditionRef | None
    person: str
    detail: str
    previous: str
    hash: str


def log_path(workspace: Workspace) -> Path:
    return workspace.log / "events.jsonl"


def read_log(workspace: Workspace) -> tuple[Event, ...]:
    """All events, oldest first. Raises ReleaseError naming the first line that does not fit."""
    path = log_path(workspace)
    data = path.read_bytes() if path.exists() else b""
    events: list[Event] = []
    for number, line in enumerate(_whole_lines(data), start=1):
        events.append(_check(line, number, events[-1].hash if events else _START, path))
    return tuple(events)


def append(
    workspace: Workspace, event: Happening, *, now: datetime, edition: EditionRef | None, person: str, detail: str
) -> Event:
    """Adds one event and syncs it. The caller holds the release lock. Raises ReleaseError for a damaged log."""
    earlier = read_log(workspace)
    draft = Event(
        number=len(earlier) + 1,
        time=now.isoformat(),
        event=event,
        edition=edition,
        person=person,
        detail=detail,
        previous=earlier[-1].hash if earlier else _START,
        hash="",
    )
    whole = draft.model_copy(update={"hash": _hash(draft)})
    make_private(workspace.log)
    _write_line(log_path(workspace), encode_line(whole))
    return whole


def append_once(
    workspace: Workspace, event: Happening, *, now: datetime, edition: EditionRef, person: str = "", detail: str = ""
) -> None:
    """Adds the event unless this edition already has it: what a run that was killed did not get to write."""
    known = {(past.event, past.edition, past.person) for past in read_log(workspace)}
    if (event, edition, person) not in known:
        append(workspace, event, now=now, edition=edition, person=person, detail=detail)


def _whole_lines(data: bytes) -> list[bytes]:
    return data[: data.rfind(b"\n") + 1].splitlines(keepends=True)


def _check(line: bytes, number: int, previous: str, path: Path) -> Event:
    try:
        event = Event.model_validate_json(line)
        problem = _problem(event, line, number, previous)
    except (ValidationError, ValueError):
        problem = "is no event"
    if problem:
        raise ReleaseError(
            f"the log is damaged: line {number} {problem}.",
            place=str(path),
            remedy="Nothing is released on a damaged log. Restore the file from a backup.",
        )
    return event


def _problem(event: Event, line: bytes, number: int, previous: str) -> str:
    if event.number != number:
        return f"says that it is number {event.number}; lines are missing or moved"
    if event.previous != previous:
        return "does not follow from the line before"
    if event.hash != _hash(event) or encode_line(event) != line:
        return "was changed"
    return ""


def _hash(event: Event) -> str:
    return sha256(encode_line(event, without=frozenset({"hash"})))


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
