"""Policy lists from the office: who asked for protection, who waived it, which goods are controlled.

Three CSV files, each replaced as a whole in one transaction; earlier versions stay, snapshots refer to them:

    protection_request  trader,flow,commodity,valid_from,valid_to
    waiver              trader,flow,commodity,valid_from,valid_to
    controlled_good     commodity,flow

commodity is a prefix of an HS code (2, 4 or 6 digits); in a request or waiver it may be empty: all goods. Empty
dates mean from ever, for ever.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

import pyarrow as pa

from publisher.catalogue.codelists import codelist
from publisher.errors import CatalogueError, Fault
from publisher.store.connection import Store
from publisher.store.failure import explained
from publisher.store.statements import statement
from publisher.store.transaction import transaction

PolicyKind = Literal["protection_request", "waiver", "controlled_good"]

KINDS: tuple[PolicyKind, ...] = get_args(PolicyKind)

_EVER, _FOR_EVER = date(1900, 1, 1), date(9999, 12, 31)
_LONGEST_FILE = 64 * 2**20
_SHOWN_FAULTS = 50
_TRADERS = ("trader", "flow", "commodity", "valid_from", "valid_to")
_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"protection_request": _TRADERS, "waiver": _TRADERS, "controlled_good": ("commodity", "flow")}
)


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
    content, text = _text(path)
    rows, faults = _rows(kind, path, text)
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


def _text(path: Path) -> tuple[bytes, str]:
    try:
        if path.stat().st_size > _LONGEST_FILE:
            raise CatalogueError([Fault(str(path), f"is larger than {_LONGEST_FILE} bytes")])
        content = path.read_bytes()
        return content, content.decode("utf-8-sig")
    except OSError as unreadable:
        raise CatalogueError([Fault(str(path), f"cannot be read ({unreadable.strerror})")]) from None
    except UnicodeDecodeError:
        raise CatalogueError([Fault(str(path), "is not UTF-8 text")]) from None


def _rows(kind: PolicyKind, path: Path, text: str) -> tuple[list[dict[str, str | date]], list[Fault]]:
    """Distinct parsed rows and all faults."""
    reader = csv.DictReader(text.splitlines(), strict=True)
    expected = _COLUMNS[kind]
    try:
        if tuple(name.strip() for name in reader.fieldnames or ()) != expected:
            return [], [Fault(f"{path}: line 1", f"the header of a {kind} list is another one", ",".join(expected))]
        rows: dict[tuple[str | date, ...], dict[str, str | date]] = {}
        faults: list[Fault] = []
        for given in reader:
            row, wrong = _row(kind, given)
            faults += [Fault(f"{path}: line {reader.line_num}: {f.place}", f.problem, f.allowed) for f in wrong]
            rows[tuple(row.values())] = row
    except csv.Error:
        return [], [
            Fault(f"{path}: line {reader.line_num}", "cannot be split into fields", "comma-separated, quoted")
        ]
    return list(rows.values()), faults


def _row(kind: PolicyKind, given: Mapping[str | None, Any]) -> tuple[dict[str, str | date], list[Fault]]:
    if None in given or any(value is None for value in given.values()):
        return {}, [Fault("row", "has more or fewer fields than the header")]
    text = {str(name): str(value).strip() for name, value in given.items()}
    faults = list(_faults(kind, text))
    row: dict[str, str | date] = {name: text[name] for name in ("trader", "flow", "commodity") if name in text}
    if kind != "controlled_good":
        start, end = _date(text["valid_from"], _EVER), _date(text["valid_to"], _FOR_EVER)
        if start is None or end is None or start > end:
            faults.append(
                Fault("valid_from, valid_to", "are no period", "YYYY-MM-DD, first not after last, or empty")
            )
        row |= {"valid_from": start or _EVER, "valid_to": end or _FOR_EVER}
    return row, faults


def _faults(kind: PolicyKind, text: Mapping[str, str]) -> Iterator[Fault]:
    if kind != "controlled_good" and not text["trader"]:
        yield Fault("trader", "is empty")
    if text["flow"] not in ("M", "X"):
        yield Fault("flow", "is no flow", "M, X")
    commodity = text["commodity"]
    if commodity == "" and kind != "controlled_good":
        return
    if not commodity.isdecimal() or commodity not in codelist("HS").by_code:
        yield Fault("commodity", "is no HS code", "2, 4 or 6 digits of the HS" + _or_empty(kind))


def _or_empty(kind: PolicyKind) -> str:
    return "" if kind == "controlled_good" else ", or empty for all goods"


def _date(text: str, empty: date) -> date | None:
    try:
        return date.fromisoformat(text) if text else empty
    except ValueError:
        return None


def _count(store: Store, query: str) -> int:
    row = store.connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _insert(store: Store, kind: PolicyKind, version: int, rows: Sequence[Mapping[str, str | date]]) -> None:
    if not rows:
        return
    table = pa.Table.from_pylist([{"version": version, **row} for row in rows])
    store.connection.register("policy_rows", table)
    try:
        store.connection.execute(f"INSERT INTO policy_{kind} BY NAME SELECT * FROM policy_rows")
    finally:
        store.connection.unregister("policy_rows")


def _unknown_traders(store: Store, kind: PolicyKind) -> int:
    if kind == "controlled_good":
        return 0
    return _count(store, statement("unknown_traders").format(name=kind))
