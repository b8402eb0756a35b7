"""What can stand in the ledger, and how each record is written down."""

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from publisher.model.privacy import Cap, Charge

FORMAT = 2
READABLE = (1, 2)


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


Record = Opening | Cap | Charge | Seal | Abandonment | Repair


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
        case Cap():
            return {"kind": "cap", **_cap_fields(record)}
        case Charge():
            return {"kind": "charge", **asdict(record), "rho": str(record.rho)}
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
    if kind == "cap":
        rest |= {name: Fraction(rest[name]) for name in ("per_year", "revision_reserve")}
        rest["lifetime"] = None if rest["lifetime"] is None else Fraction(rest["lifetime"])
        rest["per_query"] = {query: Fraction(rho) for query, rho in rest["per_query"].items()}
    kinds: dict[str, type[Record]] = {
        "opening": Opening,
        "cap": Cap,
        "charge": Charge,
        "seal": Seal,
        "abandonment": Abandonment,
        "repair": Repair,
    }
    return kinds[kind](**rest)


def _cap_fields(cap: Cap) -> dict[str, Any]:
    return {
        "unit": cap.unit,
        "per_year": str(cap.per_year),
        "lifetime": None if cap.lifetime is None else str(cap.lifetime),
        "per_query": {query: str(rho) for query, rho in cap.per_query.items()},
        "revision_reserve": str(cap.revision_reserve),
        "reason": cap.reason,
        "by": cap.by,
    }
