"""A year measured once more, along the whole path: months at their own snapshots, one charge, audit, revision."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from publisher.aggregate.months import months_of
from publisher.audit.description import read_description
from publisher.audit.ledger_check import check_ledger
from publisher.catalogue.load import load_plans, load_queries
from publisher.catalogue.plan_rules import caps_of, rho_a_year
from publisher.dp import noisy
from publisher.dp.noisy import from_parquet
from publisher.ledger.adopt import adopt
from publisher.ledger.ledger import open_ledger
from publisher.model.privacy import Charge
from publisher.pipeline import add_noise, audit_release, build_release, planned
from publisher.release.edition.edition import Edition
from publisher.release.people.people import open_signer
from publisher.settings import Workspace
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.store.snapshot import take_snapshot
from publisher.synth.declarations import synthesise
from tests.lib.whole import PASSPHRASE, PREPARER, SERIES, filled, opened

QUERY = "declarations_by_office_mode"
YEARS = "annual_counts"
YEAR = "2024"
MONTHS = months_of(YEAR).names
ANNUAL = f"""
id = "{YEARS}"
title = "Annual counts"
summary = "Noisy counts of a year."
frequency = "annual"
first_period = "{YEAR}"
queries = ["{QUERY}"]
[schedule]
lag_days = 20
at = "09:30"
timezone = "Asia/Seoul"
[approval]
approvals = 1
"""
REVISION = f'\n[[revision]]\nperiod = "2024-02"\nqueries = ["{QUERY}"]\nreason = "late declarations"\n'


def measure(here: Workspace, months: Sequence[str]) -> None:
    """What monthly editions measure, without the editions."""
    with opened(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        ledger.require_head({})
        for month in months:
            plan, queries = planned(here, SERIES, month)
            adopt(ledger, caps_of(plan, queries))
            list(add_noise(store, plan, queries, month, take_snapshot(store), ledger))


def build(here: Workspace) -> Edition:
    with opened(here) as store:
        return build_release(
            store, YEARS, YEAR, open_signer(here, PREPARER, PASSPHRASE, "prepare"), now=datetime.now(UTC)
        )


def charges(here: Workspace) -> tuple[Charge, ...]:
    with opened(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        return ledger.charges()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Six months are measured before late declarations of the whole year came in, six after."""
    folder = tmp_path_factory.mktemp("year")
    files = [folder / "declarations.parquet", folder / "late.parquet"]
    for number, file in enumerate(files):
        synthesise(file, rows=700, seed=3 + number, first_period="2024-01", periods=12)
    late = pq.read_table(files[1])
    ids = pa.array([f"L{id}" for id in late.column("declaration_id").to_pylist()])
    pq.write_table(late.set_column(late.column_names.index("declaration_id"), "declaration_id", ids), files[1])
    made = filled(folder / "workspace", files[:1], "native")
    plan, query = made.releases / SERIES / "plan.toml", made.queries / f"{QUERY}.toml"
    text = re.sub(r"queries = \[.*?\]", f'queries = ["{QUERY}"]', plan.read_text(), flags=re.S)
    plan.write_text(text)
    query.write_text(query.read_text() + '\n[protection.annual]\nrho = "1/5"\nclip_months = 12\n')
    (made.releases / YEARS).mkdir()
    (made.releases / YEARS / "plan.toml").write_text(ANNUAL)
    measure(made, MONTHS[:6])
    with opened(made) as store:
        ingest(store, files[1:], load_profile("native"), who=PREPARER)
    measure(made, MONTHS[6:])
    return made


@pytest.fixture(scope="module")
def year(here: Workspace) -> Edition:
    return build(here)


def test_the_plan_of_the_months_counts_the_year(here: Workspace) -> None:
    plan, queries = load_plans(here)[SERIES], load_queries(here)
    assert [str(rho) for rho in rho_a_year(plan, [queries[QUERY]]).values()] == ["16/25"]  # 12/50 + 1/5 + 1/5


def test_a_year_is_charged_once_and_a_rebuild_is_the_same(
    here: Workspace, year: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = charges(here)
    assert [charge.period for charge in spent] == [*MONTHS, YEAR]
    assert [charge.snapshot for charge in spent] == ["s0001"] * 6 + ["s0002"] * 7
    assert (spent[-1].purpose, str(spent[-1].rho)) == ("annual", "1/5")
    monkeypatch.setattr(noisy, "draw", None)
    assert build(here).version == year.version == 1
    assert charges(here) == spent
    with opened(here) as store:
        assert audit_release(store, year).passed


def test_a_year_says_what_it_is_made_of(here: Workspace, year: Edition) -> None:
    noise = json.loads((year.public / "metadata" / "tables.json").read_text())["tables"][0]["noise"]
    assert noise["measurements"] == [charge.key for charge in charges(here)]
    assert (noise["rho"], noise["spent_rho"], noise["snapshot"]) == ("11/25", "11/25", "s0002")
    assert "the whole year was measured once (rho 1/5)" in noise["notes"][1]
    page = (year.public / "tables" / f"{QUERY}.html").read_text()
    assert "the whole year was measured once" in page


@pytest.mark.parametrize(
    ("change", "problem"),
    [("without the year", "rho"), ("year twice", "period"), ("a month less", "period"), ("year first", "period")],
)
def test_the_audit_asks_for_each_month_and_the_year_once(
    here: Workspace, year: Edition, change: str, problem: str
) -> None:
    entry, spent = read_description(year.public), charges(here)
    (table,) = entry.tables
    assert table.noise is not None
    keys = list(table.noise.measurements)
    changed = {
        "without the year": keys[:-1],
        "year twice": [*keys, keys[-1]],
        "a month less": keys[1:],
        "year first": [keys[-1], *keys[:-1]],
    }[change]
    noise = {"measurements": changed, "measurement": changed[-1], "snapshot": "s0002"}
    forged = table.model_copy(update={"noise": table.noise.model_copy(update=noise)})
    assert check_ledger(entry, spent) == []
    findings = check_ledger(entry.model_copy(update={"tables": [forged]}), spent)
    assert any(problem in finding.problem for finding in findings)


def test_a_month_revised_later_is_recombined_for_nothing(here: Workspace, year: Edition) -> None:
    plan = here.releases / SERIES / "plan.toml"
    plan.write_text(plan.read_text() + REVISION)
    measure(here, ["2024-02"])
    spent = charges(here)
    assert (spent[-1].purpose, spent[-1].period) == ("revision", "2024-02")
    again = build(here)
    assert charges(here) == spent
    noise = json.loads((again.public / "metadata" / "tables.json").read_text())["tables"][0]["noise"]
    keys = [charge.key for charge in spent]
    assert noise["measurements"] == [keys[0], keys[13], *keys[2:12], keys[12], keys[1]]
    assert any("2024-02 was measured again after the year" in note for note in noise["notes"])
    with opened(here) as store:
        assert audit_release(store, again).passed
    entry = read_description(again.public)
    (table,) = entry.tables
    assert table.noise is not None
    swapped = [*noise["measurements"][:1], keys[1], *noise["measurements"][2:-1], keys[13]]
    forged = table.model_copy(update={"noise": table.noise.model_copy(update={"measurements": swapped})})
    findings = check_ledger(entry.model_copy(update={"tables": [forged]}), spent)
    assert any("period" in finding.problem for finding in findings)


def test_without_noise_the_year_is_the_sum_of_its_months(
    here: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve full months never bite: the whole numbers of the year are those of its months, each at its snapshot."""
    other = Workspace(here.root)
    query = other.queries / f"{QUERY}.toml"
    kept = query.read_text()
    monkeypatch.setattr("publisher.dp.noisy.draw", lambda values, *_: values)
    monkeypatch.setattr(Workspace, "ledger", property(lambda _: tmp_path / "ledger"))
    query.write_text(kept.replace('rho = "1/5"', 'rho = "1/7"'))
    try:
        measure(other, MONTHS)
        plan, queries = planned(other, YEARS, YEAR)
        with opened(other) as store, open_ledger(other.ledger, store.seal_key) as ledger:
            ledger.require_head({})
            list(add_noise(store, plan, queries, YEAR, take_snapshot(store), ledger))
            sealed = [from_parquet(ledger.sealed(charge.key) or b"") for charge in ledger.charges()]
        *months, year = [one.of("declarations") for one in sealed]
        assert np.array_equal(year, sum(months))
        assert year.sum() > 0
    finally:
        query.write_text(kept)
