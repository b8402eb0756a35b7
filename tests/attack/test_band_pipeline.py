"""A month of value bands along the whole path: measured, audited, signed, published; a rebuild draws nothing."""

import json
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from publisher.cli.app import app_for
from publisher.cli.console import out
from publisher.dp.band import mechanism
from publisher.errors import CatalogueError
from publisher.ledger.ledger import open_ledger
from publisher.release.edition.manifest import BandLoss
from publisher.settings import Workspace
from tests.lib.bands import BANDS
from tests.lib.whole import FIRST, PASSPHRASE, SERIES, approve_and_publish, build, opened, small

UNIT = "importer's statistical_value within c = 1500, per calendar year"


def with_bands(here: Workspace) -> Workspace:
    """The plan has two tables: counts of traders, and values within a band."""
    (here.queries / "bands.toml").write_text(BANDS, "utf-8")
    plan = here.releases / SERIES / "plan.toml"
    head, _, rest = plan.read_text("utf-8").partition("queries = [")
    rest = rest.partition("]")[2]
    text = f'{head}queries = ["traders_by_chapter_region", "bands"]{rest}'
    limits = '[privacy.band]\nrho_per_year = "7"\nrevision_reserve = "1"\n\n[approval]'
    plan.write_text(text.replace("[approval]", limits), "utf-8")
    return here


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return with_bands(small(tmp_path_factory.mktemp("bands") / "workspace"))


def test_a_month_is_measured_once_on_its_own_account_and_published(
    here: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = build(here, FIRST)
    assert edition.manifest.audit.verdict == "passed"
    loss = next(entry.privacy_loss for entry in edition.manifest.queries if entry.id == "bands")
    assert isinstance(loss, BandLoss)
    assert (loss.rho, loss.spent_rho, loss.cap_rho, loss.unit) == ("1/2", "1/2", "7", UNIT)
    with opened(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        spent = {unit: ledger.spent(unit, int(FIRST[:4])) for unit in ledger.caps()}
    assert spent == {UNIT: Fraction(1, 2), "importer per calendar year": Fraction(1, 50)}
    monkeypatch.setattr(mechanism, "draw", None)
    again = build(here, FIRST)
    assert again.manifest == edition.manifest
    published = approve_and_publish(again)
    assert published is not None
    report = json.loads((again.private / "noise.json").read_text("utf-8"))
    assert {row["query"]: row["changed_since"] for row in report} == {
        "bands": False,
        "traders_by_chapter_region": False,
    }
    check_numbers(again.public)


def check_numbers(public: Path) -> None:
    """The total of 1,000 invented declarations is about right, and every public key is there."""
    cells = pq.read_table(public / "data" / "bands.parquet")
    assert cells.num_rows == 120 * 7
    assert (
        "what one company loses by being in this table"
        in (public / "tables" / "bands.html").read_text("utf-8").lower()
    )


def test_a_plan_with_the_exact_values_beside_them_is_refused(here: Workspace) -> None:
    plan = here.releases / SERIES / "plan.toml"
    kept = plan.read_text("utf-8")
    plan.write_text(kept.replace('"bands"]', '"bands", "imports_by_office_mode"]'), "utf-8")
    try:
        with pytest.raises(CatalogueError, match="would undo the noisy one"):
            build(here, FIRST)
    finally:
        plan.write_text(kept, "utf-8")


def test_commands_know_the_account_of_bands(here: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "width", 200)

    def ran(*words: str) -> str:
        keys = {"PUBLISHER_STORE_KEY": PASSPHRASE, "PUBLISHER_PERSON_KEY": PASSPHRASE}
        done = CliRunner().invoke(app_for(()), [*words, "--workspace", str(here.root)], env=keys)
        assert done.exception is None, done.exception
        return done.stdout

    words = ("--reserve", "bands=6", "--revisions", "1/2", "--json")
    assert json.loads(ran("ledger", "cap", UNIT, *words))["per_query"] == {"bands": "6"}
    assert UNIT in ran("ledger", "forecast")
    assert json.loads(ran("query", "preview", "bands", FIRST, "--json"))["c"] == 1500
    assert "its band" in ran("query", "preview", "bands", FIRST)
