"""Query files and plans of value bands: every fault told; one promise a measure, one account a promise."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from publisher.catalogue.load import load_plan, load_queries, load_query
from publisher.catalogue.plan_rules import caps_of, rho_a_year
from publisher.errors import CatalogueError, Fault
from publisher.ledger.adopt import adopted
from publisher.ledger.forecast import forecast
from publisher.ledger.standing import Standing
from publisher.model.band import BandRules
from publisher.model.privacy import Cap
from publisher.settings import Workspace
from tests.lib.bands import BANDS

UNIT = "importer's statistical_value within c = 1500, per calendar year"
PLAN = """\
id = "monthly"
title = "A title"
summary = "A summary"
frequency = "monthly"
first_period = "2024-01"
queries = ["bands"]
[schedule]
lag_days = 15
at = "09:30"
timezone = "Asia/Seoul"
[privacy]
rho_per_year = "1"
[privacy.band]
rho_per_year = "7"
revision_reserve = "1"
[approval]
approvals = 1
"""
EXACT = (
    BANDS[: BANDS.index("[protection]")]
    + '[protection]\nmethod = "suppression"\n'
    + ('confidentiality = "active"\nminimum_contributors = 3\n')
)
NOISY = (
    BANDS[: BANDS.index("[protection]")]
    + '[protection]\nmethod = "dp"\n'
    + ('unit = "importer per calendar year"\nrho = "1/50"\nclip = { at = 1000 }\n')
)


def workspace(root: Path, plans: dict[str, str] | None = None, **queries: str) -> Workspace:
    (root / "queries").mkdir(parents=True)
    for name, text in {"bands": BANDS, **queries}.items():
        (root / "queries" / f"{name}.toml").write_text(text.replace('id = "bands"', f'id = "{name}"'), "utf-8")
    for series, text in (plans or {}).items():
        (root / "releases" / series).mkdir(parents=True)
        (root / "releases" / series / "plan.toml").write_text(text.replace('"monthly"\nt', f'"{series}"\nt'), "utf-8")
    return Workspace(root)


def faults_of(load: Callable[[], object]) -> tuple[Fault, ...]:
    with pytest.raises(CatalogueError) as refused:
        load()
    return refused.value.faults


def test_a_query_of_bands_is_read(tmp_path: Path) -> None:
    query = load_query(workspace(tmp_path).queries / "bands.toml")
    assert query.method == "band"
    assert query.protection == BandRules(UNIT, 1500, 2_250_000, Fraction(1, 2))


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("c = 1500\n", "c = 0\n", "protection.c", "cannot be 0"),
        ("c = 1500\n", "c = 1000001\n", "protection.c", "cannot be 1000001"),
        ("c = 1500\n", "c = 1499\n", "protection.unit", "cannot be"),
        ("within c = 1500,", "within c = 1501,", "protection.unit", "cannot be"),
        ("importer's statistical_value", "importer's net_mass", "protection.unit", "cannot be"),
        ("a = 2250000", "a = -1", "protection.a", "cannot be -1"),
        ("a = 2250000", "a = 22500001", "protection.a", "cannot be"),
        ("a = 2250000\n", "", "protection.a", "is missing"),
        ('rho = "1/2"', "rho = 0.5", "protection.rho", "not exact"),
        ('rho = "1/2"', 'rho = "1/2"\nclip = { at = 8 }', "protection.clip", "is not a known key"),
        ('"region"]', '"region", "country"]', "protection.method", "is for coarse tables"),
        (
            'aggregate = "sum"\nunit = "KRW"',
            'aggregate = "count_distinct"\ncolumn = "importer"',
            "measure statistical_value.aggregate",
            "has no bands",
        ),
    ],
)
def test_a_fault_is_told_with_its_key(tmp_path: Path, old: str, new: str, key: str, problem: str) -> None:
    assert old in BANDS
    path = workspace(tmp_path, bands=BANDS.replace(old, new, 1)).queries / "bands.toml"
    told = {fault.place.removeprefix("queries/bands.toml: "): fault for fault in faults_of(lambda: load_query(path))}
    assert problem in told[key].problem
    assert told[key].allowed


def test_noise_of_less_than_a_few_units_is_refused(tmp_path: Path) -> None:
    """s^2 = c^2 / (2 rho) of at least 20: c = 20 and rho = 10 exactly, not c = 19."""
    small = BANDS.replace("1500", "20").replace("2250000", "0").replace("1/2", "10")
    load_query(workspace(tmp_path / "a", bands=small).queries / "bands.toml")
    path = workspace(tmp_path / "b", bands=small.replace("20", "19")).queries / "bands.toml"
    (fault,) = faults_of(lambda: load_query(path))
    assert "hardly any noise" in fault.problem


def test_two_measures_in_one_table_are_refused(tmp_path: Path) -> None:
    two = BANDS.replace(
        "[contributor]", '[[measure]]\nid = "net_mass"\naggregate = "sum"\nunit = "kg"\n[contributor]'
    )
    (fault,) = faults_of(lambda: load_query(workspace(tmp_path, bands=two).queries / "bands.toml"))
    assert (fault.place, fault.problem) == (
        "queries/bands.toml: measure",
        "a query of value bands publishes one measure",
    )


def test_a_plan_has_a_cap_of_its_own_for_bands(tmp_path: Path) -> None:
    here = workspace(tmp_path, {"monthly": PLAN})
    plan, queries = load_plan(here, "monthly"), list(load_queries(here).values())
    assert caps_of(plan, queries) == (Cap(UNIT, Fraction(7), revision_reserve=Fraction(1)),)
    assert rho_a_year(plan, queries) == {UNIT: 7}
    assert adopted({}, caps_of(plan, queries))[UNIT].per_year == 7
    foretold = forecast([plan], load_queries(here), Standing(), date(2024, 3, 1), 1)
    assert [(each.unit, each.scheduled, each.per_year) for each in foretold.accounts] == [(UNIT, 6, 7)]


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ('rho_per_year = "7"', 'rho_per_year = "6"', "privacy.band.rho_per_year", "a year of editions costs 7"),
        ('rho_per_year = "7"', 'rho_per_year = "699/100"', "privacy.band.rho_per_year", "a year of editions costs 7"),
        ('[privacy.band]\nrho_per_year = "7"\nrevision_reserve = "1"\n', "", "privacy.band.rho_per_year", "is 0"),
        ('revision_reserve = "1"', 'revision_reserve = "1"\nclip = 3', "privacy.band.clip", "is not a known key"),
        (
            "[approval]",
            '[[revision]]\nperiod = "2024-01"\nqueries = ["bands"]\nreason = "r"\n' * 3 + "[approval]",
            "privacy.band.revision_reserve",
            "cost 3/2",
        ),
    ],
)
def test_a_fault_of_a_plan_is_told(tmp_path: Path, old: str, new: str, key: str, problem: str) -> None:
    assert old in PLAN
    found = workspace(tmp_path, {"monthly": PLAN.replace(old, new, 1)})
    told = {
        f.place.removeprefix("monthly/plan.toml: "): f.problem for f in faults_of(lambda: load_plan(found, "monthly"))
    }
    assert problem in told[key]


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        (EXACT, "the exact table would undo the noisy one"),
        (NOISY, "one measure would have two promises"),
        (BANDS.replace("1500", "1400"), "promise different bands"),
    ],
    ids=["exact", "dp", "another c"],
)
def test_one_measure_has_one_promise(tmp_path: Path, other: str, problem: str) -> None:
    """In one series, and across two."""
    together = PLAN.replace('["bands"]', '["bands", "other"]').replace('"7"', '"20"')
    found = workspace(tmp_path / "one", {"monthly": together}, other=other)
    assert any(problem in fault.problem for fault in faults_of(lambda: load_plan(found, "monthly")))
    apart = {"monthly": PLAN, "second": PLAN.replace('["bands"]', '["other"]')}
    found = workspace(tmp_path / "two", apart, other=other)
    (fault,) = faults_of(lambda: load_plan(found, "monthly"))
    assert "both publish statistical_value" in fault.problem


def test_two_tables_of_one_promise_share_its_account(tmp_path: Path) -> None:
    second = BANDS.replace(
        'column = "partner"\ncodelist = "COUNTRY"\nlevels = ["total", "region"]',
        ('column = "office"\ncodelist = "OFFICE"\nlevels = ["total", "office"]'),
    )
    plan = PLAN.replace('["bands"]', '["bands", "other"]').replace('"7"', '"13"')
    here = workspace(tmp_path, {"monthly": plan}, other=second)
    assert rho_a_year(load_plan(here, "monthly"), list(load_queries(here).values())) == {UNIT: 13}


RECORDED = {  # before there were bands: another digest would be another measurement, charged and drawn again
    "declarations_by_office_mode": "5c4af31548a297ce6f8da9c1b35ea6b54956528795006b2c1b036c20ea7e059c",
    "export_licences_by_category_destination": "335b686b31041c5173540bf5282038c39e446d91411563821a28c39773cf1711",
    "inspections_by_chapter_region": "6d2d3cedabd548feb1497a1422689cd80d9d5e9d200a23f264aa5a0dd1088094",
    "traders_by_chapter_region": "d233f3402aa9a947fa19f83b107e6d3f7047d285671f274d9f550358dfa655c4",
}


def test_measurements_of_before_stay_the_same() -> None:
    queries = load_queries(Workspace(Path(__file__).parents[2]))
    assert {name: queries[name].measurement_digest for name in RECORDED} == RECORDED


def test_the_packaged_query_is_read_and_in_no_plan() -> None:
    here = Workspace(Path(__file__).parents[2])
    query = load_queries(here)["import_value_bands_by_chapter_region"]
    assert query.protection == BandRules(UNIT, 1500, 2_250_000, Fraction(1, 8))
    assert query.id not in load_plan(here, "monthly_trade").queries
