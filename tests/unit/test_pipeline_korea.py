"""The whole path on real input: a month of the Korean customs sample, nothing under-protected. More months: slow."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from publisher.ledger.ledger import open_ledger
from publisher.release.edition.edition import find_edition
from publisher.release.edition.verify import verify
from publisher.release.people.signing import load_public_key
from publisher.settings import Workspace
from tests.lib.whole import SERIES, approve_and_publish, build, filled, korean_files, opened

PERIODS = ("2021-02",)
LETTERS_AND_DIGITS = bytes(byte if chr(byte).isalnum() and byte < 128 else 32 for byte in range(256))
NOISY_QUERIES = 4


@pytest.fixture(scope="module")
def korea(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    here = filled(tmp_path_factory.mktemp("korea") / "workspace", korean_files(), "kcs")
    for period in PERIODS:
        approve_and_publish(build(here, period))
    return here


@pytest.mark.parametrize("period", PERIODS)
def test_no_cell_is_under_protected(korea: Workspace, period: str) -> None:
    """By the audit that its build passed."""
    report = json.loads((find_edition(korea, SERIES, period).private / "audit.json").read_text("utf-8"))
    assert report["verdict"] == "passed", report["findings"][:3]
    assert report["under_protected"] == 0
    assert report["measured"]["primaries"] > 500


def test_every_published_byte_verifies(korea: Workspace) -> None:
    keys = [load_public_key(path) for path in sorted((korea.site / "keys").glob("*.pub"))]
    for period in PERIODS:
        report = verify(korea.site / "releases" / "monthly_trade" / period / "v1", *keys)
        assert report.ok, report.problems


def test_each_noisy_table_was_charged_once(korea: Workspace) -> None:
    with opened(korea) as store, open_ledger(korea.ledger, store.seal_key) as ledger:
        charged = [(charge.query, charge.period) for charge in ledger.charges()]
    assert len(charged) == len(set(charged)) == NOISY_QUERIES * len(PERIODS)


def test_a_query_without_data_is_an_explained_empty_table(korea: Workspace) -> None:
    public = korea.site / "releases" / "monthly_trade" / PERIODS[0] / "v1"
    assert pq.read_table(public / "data" / "exports_by_commodity_destination.parquet").num_rows == 0
    assert (
        "no declarations of this kind for the period"
        in (public / "tables" / "exports_by_commodity_destination.html").read_text().lower()
    )


def test_total_is_the_sum_of_the_declarations(korea: Workspace) -> None:
    """A shown total is the exact sum over the sample's rows that the query counts."""
    public = korea.site / "releases" / "monthly_trade" / PERIODS[0] / "v1"
    rows = pq.read_table(public / "data" / "imports_by_office_mode.parquet").to_pylist()
    total = next(row for row in rows if row["office"] == row["transport_mode"] == "_T")
    with opened(korea) as store:
        (expected,) = store.connection.execute(
            "SELECT sum(statistical_value) FROM declaration_item WHERE reference_period = '2021-02' "
            "AND procedure NOT IN ('temporary', 'transit')"
        ).fetchone()  # type: ignore[misc]
    assert total["statistical_value"] == expected


def test_no_importer_is_named(korea: Workspace, tmp_path: Path) -> None:
    """Beyond the audit's own scan: every importer of the period, as plain bytes in every text file."""
    public = korea.site / "releases" / "monthly_trade" / PERIODS[0] / "v1"
    texts = [path.read_bytes() for path in public.rglob("*") if path.is_file() and path.suffix != ".parquet"]
    words = {word for text in texts for word in text.translate(LETTERS_AND_DIGITS).split()}
    with opened(korea) as store:
        names = store.connection.execute(
            "SELECT DISTINCT importer FROM declaration_item WHERE reference_period = '2021-02'"
        ).fetchall()
    telling = {name.encode() for (name,) in names if not name.isdigit()}
    assert len(telling) > 1000
    assert all(name.isalnum() for name in telling)  # bytes: of ASCII; so each lies within one word
    lengths = {len(name) for name in telling}
    pieces = (word[at : at + long] for word in words for long in lengths for at in range(len(word) - long + 1))
    assert telling.isdisjoint(pieces)
