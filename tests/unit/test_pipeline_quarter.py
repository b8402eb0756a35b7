"""A quarter from the sealed measurements of its months, along the whole path: nothing spent, nothing drawn."""

import html
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from publisher.audit.description import read_description
from publisher.audit.ledger_check import check_ledger
from publisher.dp import noisy
from publisher.errors import PrivacyBudgetError, ProtectionError, ReleaseError
from publisher.ledger.ledger import open_ledger
from publisher.model.clock import SystemClock
from publisher.model.privacy import Charge
from publisher.pipeline import audit_release, build_release
from publisher.publication.publishing import publish_release
from publisher.release.edition.edition import Edition
from publisher.release.people.people import open_signer
from publisher.settings import Workspace
from publisher.synth.declarations import synthesise
from tests.lib.whole import FIRST, PASSPHRASE, PREPARER, SERIES, approve, filled, opened

QUERY = "declarations_by_office_mode"
QUARTER = "quarterly_counts"
MONTHS = ("2024-01", "2024-02", "2024-03")
QUARTERLY = f"""
id = "{QUARTER}"
title = "Quarterly counts"
summary = "Sums of the noisy monthly counts."
frequency = "quarterly"
first_period = "2023-Q4"
queries = ["{QUERY}"]
[schedule]
lag_days = 20
at = "09:30"
timezone = "Asia/Seoul"
[approval]
approvals = 1
"""


def build(here: Workspace, series: str, period: str) -> Edition:
    with opened(here) as store:
        return build_release(
            store, series, period, open_signer(here, PREPARER, PASSPHRASE, "prepare"), now=datetime.now(UTC)
        )


def charges(here: Workspace) -> tuple[Charge, ...]:
    with opened(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        return ledger.charges()


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A gated count, measured in January and February; the third month lies in the store and was not measured."""
    folder = tmp_path_factory.mktemp("quarter")
    synthesise(folder / "declarations.parquet", rows=1_500, seed=3, first_period=FIRST, periods=3)
    here = filled(folder / "workspace", [folder / "declarations.parquet"], "native")
    plan, query = here.releases / SERIES / "plan.toml", here.queries / f"{QUERY}.toml"
    text = re.sub(r"queries = \[.*?\]", f'queries = ["{QUERY}"]', plan.read_text(), flags=re.S)
    plan.write_text(re.sub('(rho_per_year|rho_lifetime) = "[0-9]+"', r'\1 = "100"', text))
    loud = query.read_text().replace('rho = "1/50"', 'rho = "5"')
    query.write_text(loud + "\n[protection.quality]\nhide_above_percent = 50\n")
    (here.releases / QUARTER).mkdir()
    (here.releases / QUARTER / "plan.toml").write_text(QUARTERLY)
    for month in MONTHS[:2]:
        build(here, SERIES, month)
    return here


def test_a_missing_month_is_named_and_costs_nothing(two_months: Workspace) -> None:
    before = charges(two_months)
    with pytest.raises(ProtectionError, match=r"2024-03 not measured yet \(1 of 3\)") as refused:
        build(two_months, QUARTER, "2024-Q1")
    assert refused.value.place == QUERY
    assert charges(two_months) == before
    with pytest.raises(ReleaseError, match="quarterly"):
        build(two_months, QUARTER, "2024-01")
    with pytest.raises(ReleaseError, match="begins with 2023-Q4"):
        build(two_months, QUARTER, "2023-Q3")


@pytest.fixture(scope="module")
def quarter(two_months: Workspace) -> Edition:
    build(two_months, SERIES, MONTHS[2])
    return build(two_months, QUARTER, "2024-Q1")


def test_a_quarter_spends_nothing_and_is_the_same_again(
    quarter: Edition, two_months: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noisy, "draw", None)
    spent = charges(two_months)
    assert [charge.period for charge in spent] == list(MONTHS)
    again = build(two_months, QUARTER, "2024-Q1")
    assert again.version == quarter.version == 1
    assert charges(two_months) == spent
    with opened(two_months) as store:
        assert audit_release(store, quarter).passed
    rows = json.loads((quarter.private / "noise.json").read_text())
    assert [row["period"] for row in rows] == list(MONTHS)


def test_a_quarter_says_what_it_is_made_of(quarter: Edition, two_months: Workspace) -> None:
    described = json.loads((quarter.public / "metadata" / "tables.json").read_text())
    noise = described["tables"][0]["noise"]
    assert noise["measurements"] == [charge.key for charge in charges(two_months)]
    assert (noise["measurement"], noise["rho"]) == (noise["measurements"][-1], "15")
    assert noise["spent_rho"] == "15"
    assert "in 2024-Q1, and whether it declared anything" in " ".join(noise["notes"])
    page = (quarter.public / "index.html").read_text()
    assert "first quarter of 2024" in page and "fourth quarter of 2023" in page


def test_what_the_noise_drowns_is_marked_on_page_and_in_files(quarter: Edition) -> None:
    cells = pq.read_table(quarter.public / "data" / f"{QUERY}.parquet").to_pylist()
    hidden = [cell for cell in cells if cell["obs_status"] == "U"]
    assert 0 < len(hidden) < len(cells)
    assert {(cell["declarations"], cell["conf_status"]) for cell in hidden} == {(None, "C")}
    assert all(cell["declarations_upper"] > cell["declarations_lower"] >= 0 for cell in hidden)
    assert {cell["time_period"] for cell in cells} == {"2024-Q1"}
    page = (quarter.public / "tables" / f"{QUERY}.html").read_text()
    assert "too noisy to show" in page
    notes = json.loads((quarter.public / "metadata" / "tables.json").read_text())["tables"][0]["noise"]["notes"]
    assert any("above 50 % of them are not shown" in note for note in notes)
    said = pq.read_schema(quarter.public / "data" / f"{QUERY}.parquet").metadata[b"not_shown"].decode()
    assert said in notes
    assert said in html.unescape(page)


def test_a_quarter_can_be_published_and_stands_in_the_calendar(quarter: Edition) -> None:
    here = quarter.workspace
    approve(quarter)
    publish_release([quarter], clock=SystemClock(), by=open_signer(here, PREPARER, PASSPHRASE, "publish"))
    assert quarter.manifest.due.startswith("2024-04-20T09:30")
    calendar = (here.site / "calendar.html").read_text()
    assert "first quarter of 2024" in calendar
    assert (here.site / "releases" / QUARTER / "2024-Q1" / "v1" / "data" / f"{QUERY}.csv").is_file()


@pytest.fixture(scope="module")
def spent(quarter: Edition, two_months: Workspace) -> tuple[Charge, ...]:
    return charges(two_months)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"measurements": []}, "period"),
        ({"rho": "5"}, "rho"),
        ({"drop": 1}, "period"),
        ({"twice": 0}, "period"),
        ({"other": 1}, "no charge"),
    ],
)
def test_the_audit_asks_for_every_month_once(
    quarter: Edition, spent: tuple[Charge, ...], change: dict[str, object], problem: str
) -> None:
    entry = read_description(quarter.public)
    (table,) = entry.tables
    assert table.noise is not None
    keys = list(table.noise.measurements)
    if "drop" in change:
        del keys[1]
    elif "twice" in change:
        keys[1] = keys[0]
    elif "other" in change:
        keys[1] = "0" * 64
    named = {"measurements": keys} | {
        name: value for name, value in change.items() if name in {"measurements", "rho"}
    }
    forged = table.model_copy(update={"noise": table.noise.model_copy(update=named)})
    assert check_ledger(entry, spent) == []
    findings = check_ledger(entry.model_copy(update={"tables": [forged]}), spent)
    assert any(problem in finding.problem for finding in findings)


def test_a_quarter_of_months_under_other_terms_is_refused(
    quarter: Edition, two_months: Workspace, tmp_path: Path
) -> None:
    query = two_months.queries / f"{QUERY}.toml"
    kept = query.read_text()
    query.write_text(kept.replace('rho = "5"', 'rho = "4"'))
    try:
        with pytest.raises(PrivacyBudgetError, match="under other terms"):
            build(two_months, QUARTER, "2024-Q1")
    finally:
        query.write_text(kept)
