"""Policy lists from the office: who asked for protection, who waived it, controlled goods, rules for single cells.

Each is a CSV file (policy_file.py) that replaces the whole list in one transaction; earlier versions stay, and
snapshots refer to them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from publisher.errors import CatalogueError
from publisher.store.connection import Store
from publisher.store.failure import explained
from publisher.store.policy_file import KINDS, PolicyKind, parse, read_content
from publisher.store.policy_row import Row
from publisher.store.statements import statement
from publisher.store.transaction import transaction

__all__ = ["KINDS", "PolicyKind", "PolicyReport", "load_policy", "policy_counts"]

_SHOWN_FAULTS = 50
_OF_TRADERS = ("protection_request", "waiver")


@dataclass(frozen=True)
class PolicyReport:
    """`unknown_traders`: rows whose trader no declaration names (perhaps misspelt: it would protect nobody)."""

    kind: PolicyKind
    version: int
    file: str
    sha256: str
    rows: int
    unknown_traders: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def load_policy(store: Store, kind: PolicyKind, path: Path, *, who: str) -> PolicyReport:
    """Replaces one list by the rows of a CSV file; a file with a header alone empties it.

    Raises CatalogueError with every fault of the file, by line, without repeating a trader; the list then stays.
    """
    content = read_content(path)
    rows, faults = parse(kind, path, content, store.workspace)
    if faults:
        raise CatalogueError(faults[:_SHOWN_FAULTS], remedy=f"{len(faults)} faults; the list in force stays.")
    digest = hashlib.sha256(content).hexdigest()
    with explained(store.place), transaction(store):
        version = _count(store, "SELECT coalesce(max(version), 0) + 1 FROM policy")
        _insert(store, kind, version, rows)
        store.connection.execute(
            "INSERT INTO policy VALUES (?, ?, ?, ?, ?, ?, ?)",
            [version, kind, path.name, digest, len(rows), who, datetime.now(UTC).replace(tzinfo=None)],
        )
    return PolicyReport(kind, version, path.name, digest, len(rows), _unknown_traders(store, kind))


def policy_counts(store: Store) -> Mapping[PolicyKind, int]:
    """Rows of each list in force."""
    return MappingProxyType({kind: _count(store, f"SELECT count(*) FROM store.main.{kind}") for kind in KINDS})


def _count(store: Store, query: str) -> int:
    row = store.connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _insert(store: Store, kind: PolicyKind, version: int, rows: Sequence[Row]) -> None:
    if not rows:
        return
    table = pa.Table.from_pylist([{"version": version, **row} for row in rows])
    store.connection.register("policy_rows", table)
    try:
        store.connection.execute(f"INSERT INTO policy_{kind} BY NAME SELECT * FROM policy_rows")
    finally:
        store.connection.unregister("policy_rows")


def _unknown_traders(store: Store, kind: PolicyKind) -> int:
    if kind not in _OF_TRADERS:
        return 0
    return _count(store, statement("unknown_traders").format(name=kind))
