"""Small confidential stores and small source files for tests."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest

from publisher.settings import Settings, Workspace
from publisher.store import keyring
from publisher.store.batches import BatchReport
from publisher.store.connection import Store, create_store
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile

PASSPHRASE = "correct horse battery staple"
TODAY = date(2024, 6, 30)

GOOD: Mapping[str, str] = {
    "declaration_id": "D1",
    "item_number": "1",
    "version": "1",
    "flow": "M",
    "acceptance_date": "2024-02-29",
    "importer": "T1",
    "exporter": "",
    "enterprise_group": "",
    "counterparty": "",
    "declarant": "",
    "carrier": "",
    "office": "10",
    "procedure": "home_use",
    "transport_mode": "1",
    "commodity": "090121",
    "commodity_national": "",
    "origin": "BR",
    "consignment": "NL",
    "statistical_value": "1000",
    "net_mass": "2000",
    "supplementary_quantity": "",
    "supplementary_unit": "",
    "duty_rate": "8.0",
    "duty_amount": "80",
    "preference": "A",
    "licence_number": "",
    "control_category": "NONE",
    "outcome": "not_inspected",
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace; passphrases are stretched only a little, for speed."""
    monkeypatch.setattr(keyring, "SCRYPT_N", 2**10)
    (tmp_path / "queries").mkdir()
    (tmp_path / "releases").mkdir()
    return Workspace(tmp_path)


def new_store(workspace: Workspace, settings: Settings | None = None) -> Store:
    return create_store(workspace, PASSPHRASE, settings or Settings())


def items(count: int, **changes: str) -> list[dict[str, str]]:
    """`count` good rows D1, D2, ... that differ in declaration_id alone."""
    return [{**GOOD, "declaration_id": f"D{number}", **changes} for number in range(1, count + 1)]


def native_csv(path: Path, rows: Iterable[Mapping[str, str]], *, delimiter: str = ",") -> Path:
    """Columns as in GOOD, and those that only these rows have."""
    rows = list(rows)
    names = dict.fromkeys([*GOOD, *(name for row in rows for name in row)])
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(names), delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def take(store: Store, path: Path, *, profile: str = "native", percent: float = 100.0) -> BatchReport:
    """Ingests one file as of TODAY."""
    report = ingest(store, [path], load_profile(profile), who="tester", threshold_percent=percent, today=TODAY)
    return report.batches[0]


def count(store: Store, table: str) -> int:
    row = store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])
