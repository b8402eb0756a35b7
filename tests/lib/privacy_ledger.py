"""Opening and charging a ledger in tests, with short words."""

import hashlib
from fractions import Fraction
from pathlib import Path

from publisher.ledger.ledger import Ledger
from publisher.model.privacy import Charge

SEAL_KEY = bytes(range(32))
UNIT = "importer per calendar year"


def key_of(name: str) -> str:
    """A measurement key for a name."""
    return hashlib.sha256(name.encode()).hexdigest()


def charge(ledger: Ledger, name: str, rho: str = "1/50", cap: str = "1", year: int = 2021) -> Charge:
    return ledger.charge(
        key_of(name),
        unit=UNIT,
        year=year,
        rho=Fraction(rho),
        query="traders",
        period=f"{year}-02",
        snapshot="s0001",
        cap=Fraction(cap),
    )


def ledger_file(folder: Path) -> Path:
    return folder / "ledger.jsonl"
