"""calendar.json: the public calendar for programs. Its form is stable; README.md says what each field means."""

from collections.abc import Sequence
from typing import Literal

from publisher.model.release_event import Kind, Moment
from publisher.release.calendar.calendar import CalendarLine, Status, lines
from publisher.release.edition.records import Record, encode, sha256
from publisher.release.transparency.entry import leaf_bytes
from publisher.release.transparency.facts import Leaf


class DateRecord(Record):
    """A moment: `due` in UTC, `local` as clocks in `zone` show it. `reason`: why it was given up."""

    due: str
    local: str
    zone: str
    reason: str


class ReleaseRecord(Record):
    """One release. `path` leads from the web root to its edition; None until it is out."""

    uid: str
    series: str
    period: str
    number: int
    kind: Kind
    title: str
    status: Status
    due: str
    local: str
    zone: str
    reason: str
    sequence: int
    earlier_dates: tuple[DateRecord, ...]
    changed: str
    published: str | None
    version: int | None
    superseded_by: int | None
    path: str | None
    contact: str
    known: str


class CalendarRecord(Record):
    """`leaves` is how many public leaves of the log it was made from."""

    format: Literal["trade-publisher/calendar/1"] = "trade-publisher/calendar/1"
    leaves: int
    releases: tuple[ReleaseRecord, ...]


def calendar_json(leaves: Sequence[Leaf]) -> bytes:
    """The whole calendar in canonical JSON."""
    log = log_name(leaves)
    return encode(CalendarRecord(leaves=len(leaves), releases=tuple(_release(line, log) for line in lines(leaves))))


def log_name(leaves: Sequence[Leaf]) -> str:
    """32 letters that no other log has: they follow from its first leaf. Unlike a host name they never change."""
    return sha256(leaf_bytes(leaves[0]))[:32] if leaves else "0" * 32


def uid_of(line: CalendarLine, log: str) -> str:
    """What calendar programs know a release by, whatever becomes of it."""
    return f"{line.id.series}-{line.id.period}-r{line.id.number}@{log}"


def _release(line: CalendarLine, log: str) -> ReleaseRecord:
    return ReleaseRecord(
        uid=uid_of(line, log),
        series=line.id.series,
        period=line.id.period,
        number=line.id.number,
        kind=line.kind,
        title=line.title,
        status=line.status,
        due=line.due.instant.isoformat(),
        local=line.due.text,
        zone=line.due.zone,
        reason=line.reason,
        sequence=line.sequence,
        earlier_dates=tuple(_date(old.due, old.reason) for old in line.old_dates),
        changed=line.changed.isoformat(),
        published=line.published.isoformat() if line.published else None,
        version=line.edition.version if line.edition else None,
        superseded_by=line.superseded_by,
        path=line.edition.path if line.edition else None,
        contact=line.contact,
        known=line.known,
    )


def _date(due: Moment, reason: str) -> DateRecord:
    return DateRecord(due=due.instant.isoformat(), local=due.text, zone=due.zone, reason=reason)
