"""What can stand in the ledger, and how each record is written down."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from publisher.model.privacy import Charge

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Opening:
    """The first record of every ledger."""

    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Seal:
    """The result of charge (key, attempt) is stored; `sha256` is the hex digest of the encrypted file."""

    key: str
    attempt: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Abandonment:
    """Someone gave up a charge without result. Its rho stays spent; the key may be charged once more."""

    key: str
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A crash left an incomplete last line of `lost_bytes` bytes; nothing had been drawn for it."""

    lost_bytes: int


Record = Opening | Charge | Seal | Abandonment | Repair


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `number` counts from 1 and is the line number; `at` is UTC, ISO 8601."""

    number: int
    at: str
    record: Record
    sha256: str


def as_fields(record: Record) -> dict[str, Any]:
    """The record as it stands in a JSON line. rho is an exact fraction in words: "1/50"."""
    match record:
        case Opening(format):
            return {"kind": "opening", "format": format}
        case Charge():
            return {
                "kind": "charge",
                "key": record.key,
                "unit": record.unit,
                "year": record.year,
                "rho": str(record.rho),
                "query": record.query,
                "period": record.period,
                "snapshot": record.snapshot,
                "attempt": record.attempt,
            }
        case Seal(key, attempt, sha256):
            return {"kind": "seal", "key": key, "attempt": attempt, "sha256": sha256}
        case Abandonment(key, attempt, reason):
            return {"kind": "abandonment", "key": key, "attempt": attempt, "reason": reason}
        case Repair(lost_bytes):
            return {"kind": "repair", "lost_bytes": lost_bytes}


def from_fields(fields: dict[str, Any]) -> Record:
    """The inverse of as_fields. Raises ValueError, TypeError or KeyError for anything else."""
    rest = dict(fields)
    kind = rest.pop("kind")
    if kind == "charge":
        rest["rho"] = Fraction(rest["rho"])
    kinds: dict[str, type[Record]] = {
        "opening": Opening,
        "charge": Charge,
        "seal": Seal,
        "abandonment": Abandonment,
        "repair": Repair,
    }
    return kinds[kind](**rest)
