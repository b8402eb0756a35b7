"""Opening and charging a ledger in tests, with short words."""

import hashlib
from fractions import Fraction
from pathlib import Path

from publisher.ledger.chain import next_line
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.privacy import Cap, Charge

SEAL_KEY = bytes(range(32))
UNIT = "importer per calendar year"


def key_of(name: str) -> str:
    """A measurement key for a name."""
    return hashlib.sha256(name.encode()).hexdigest()


def allow(ledger: Ledger, per_year: str = "1", unit: str = UNIT, **more: object) -> None:
    """Enters a cap; raises are made by ann, for a test. `more`: the other fields of Cap, fractions as text."""
    limits = {name: Fraction(rho) if isinstance(rho, str) else rho for name, rho in more.items()}
    ledger.require_head({})
    ledger.set_cap(Cap(unit, Fraction(per_year), **{"reason": "a test", "by": "ann", **limits}))  # type: ignore[arg-type]


def charge(
    ledger: Ledger, name: str, rho: str = "1/50", year: int = 2021, query: str = "traders", **more: object
) -> Charge:
    """One measurement for each name. Nothing was published. Where no cap is recorded yet, 1 a year is."""
    ledger.require_head({})
    if UNIT not in ledger.caps():
        allow(ledger)
    return ledger.charge(
        key_of(name),
        unit=UNIT,
        year=year,
        rho=Fraction(rho),
        query=query,
        period=f"{year}-{name}",
        snapshot="s0001",
        terms=key_of(name),
        **more,  # type: ignore[arg-type]
    )


def ledger_file(folder: Path) -> Path:
    return folder / "ledger.jsonl"


def written(folder: Path, *records: object) -> None:
    """A ledger as another program would have written it, with the right MACs."""
    with open_ledger(folder, SEAL_KEY) as ledger:
        key = ledger._mac_key
    entries, lines = [], b""
    for record in records:
        entry, line = next_line(record, entries, key)  # type: ignore[arg-type]
        entries.append(entry)
        lines += line
    ledger_file(folder).write_bytes(lines)
