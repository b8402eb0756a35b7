"""The hash chain: one JSON line an entry, each holding the SHA-256 of the line before and a MAC of itself.

The hash makes every later line depend on every earlier one; the MAC (HMAC-SHA-256 under a key that only holders
of the store's seal key can derive) stops someone who can write the file from recomputing the whole chain.
Neither can tell that the *end* of the file was cut off: compare Ledger.head with a published manifest for that.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from publisher.errors import LedgerError
from publisher.ledger.records import Entry, Record, as_fields, from_fields

NO_LINE = "0" * 64
REMEDY = (
    "Draw nothing and publish nothing: restore the newest backup of the whole ledger folder "
    "and run 'publisher ledger check --releases' on a copy of the site."
)


@dataclass(frozen=True)
class Reading:
    """What a ledger file holds. `torn` is the number of bytes of an incomplete last line, `unended` that the
    last line is complete but for its newline."""

    entries: tuple[Entry, ...]
    torn: int = 0
    unended: bool = False


def next_line(record: Record, before: Sequence[Entry], mac_key: bytes) -> tuple[Entry, bytes]:
    """The entry for `record` after the entries `before`, and its line with newline."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    body = {
        "number": len(before) + 1,
        "at": at,
        "before": before[-1].sha256 if before else NO_LINE,
        "record": as_fields(record),
    }
    line = _canonical({**body, "mac": _mac(body, mac_key)})
    return Entry(len(before) + 1, at, record, hashlib.sha256(line).hexdigest()), line + b"\n"


def read_chain(content: bytes, mac_key: bytes, place: str) -> Reading:
    """All entries, in order. Raises LedgerError naming the first line that is not what was once written."""
    *lines, rest = content.split(b"\n")
    entries: list[Entry] = []
    for line in lines:
        entries.append(_read_line(line, entries, mac_key, place))
    if not rest:
        return Reading(tuple(entries))
    if _holds(rest, entries, mac_key):
        return Reading((*entries, _read_line(rest, entries, mac_key, place)), unended=True)
    if _holds(rest[:-1], entries, mac_key):
        raise _damaged(len(entries) + 1, place, "a whole entry is followed by something else than a newline")
    return Reading(tuple(entries), torn=len(rest))


def _read_line(line: bytes, before: Sequence[Entry], mac_key: bytes, place: str) -> Entry:
    number = len(before) + 1
    try:
        fields: dict[str, Any] = json.loads(line)
        mac = fields.pop("mac")
        record = from_fields(fields["record"])
        if _canonical({**fields, "mac": mac}) != line:
            raise _damaged(number, place, "it was rewritten")
    except (ValueError, TypeError, KeyError, AttributeError) as broken:
        raise _damaged(number, place, "it is not an entry") from broken
    if not hmac.compare_digest(str(mac).encode(), _mac(fields, mac_key).encode()):
        raise _damaged(number, place, "it was altered, or written with another store's key")
    if (fields["number"], fields["before"]) != (number, before[-1].sha256 if before else NO_LINE):
        raise _damaged(number, place, "it does not follow from the line before")
    return Entry(number, fields["at"], record, hashlib.sha256(line).hexdigest())


def _holds(line: bytes, before: Sequence[Entry], mac_key: bytes) -> bool:
    try:
        _read_line(line, before, mac_key, "")
    except LedgerError:
        return False
    return True


def _damaged(number: int, place: str, problem: str) -> LedgerError:
    return LedgerError(f"line {number} is damaged: {problem}.", place=place, remedy=REMEDY)


def _mac(body: dict[str, Any], mac_key: bytes) -> str:
    return hmac.new(mac_key, _canonical(body), hashlib.sha256).hexdigest()


def _canonical(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
