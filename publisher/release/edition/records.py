"""Canonical JSON: each record has exactly one spelling, so that a changed byte is a damaged file."""

import hashlib
import json
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from publisher.errors import ReleaseError


class Record(BaseModel):
    """A file or a line that release writes. Unknown and missing fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# Small letters only: bytes.fromhex takes capitals too, and a changed letter must not pass.
Hex32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
# Becomes a part of a path.
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*$")]

R = TypeVar("R", bound=Record)


def encode(record: Record) -> bytes:
    """UTF-8 JSON, keys sorted, two spaces of indent, one newline at the end."""
    fields = record.model_dump(mode="json")
    return (json.dumps(fields, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def encode_line(record: Record, *, without: frozenset[str] = frozenset()) -> bytes:
    """The same on one line, for logs; `without` leaves fields out, for the hash that a record carries of itself."""
    fields = record.model_dump(mode="json", exclude=set(without))
    return (json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n").encode()


def decode(kind: type[R], data: bytes, place: str) -> R:
    """The record in `data`. Raises ReleaseError where it is not one, or not spelled as `encode` spells it."""
    try:
        record = kind.model_validate_json(data)
        spelled_right = encode(record) == data
    except (ValidationError, UnicodeError, ValueError):
        raise ReleaseError("is damaged: it does not hold what a file of this kind holds.", place=place) from None
    if not spelled_right:
        raise ReleaseError("is damaged: a byte in it was changed.", place=place)
    return record


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
