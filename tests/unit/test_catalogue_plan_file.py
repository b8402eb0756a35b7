"""Release plans: every fault told, and the rules among queries that are published together."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time
from fractions import Fraction
from pathlib import Path

import pytest

from publisher.catalogue.load import load_plan, load_plans, load_queries
from publisher.catalogue.plan import Revision
from publisher.catalogue.plan_rules import caps_of, rho_a_year
from publisher.errors import CatalogueError, Fault
from publisher.model.privacy import Cap
from publisher.settings import Workspace

PLAN = """\
id = "monthly"
title = "A title"
summary = "A summary"
frequency = "monthly"
first_period = "2024-01"
queries = ["values", "counts"]
[schedule]
lag_days = 15
at = "09:30"
timezone = "Asia/Seoul"
[privacy]
rho_per_year = "1"
[approval]
approvals = 2
"""

VALUES = """\
id = "values"
title = "A title"
summary = "A summary"
[universe]
flow = "M"
where = "procedure <> 'transit'"
[[dimension]]
column = "office"
codelist = "OFFICE"
levels = ["total", "office"]
[[measure]]
id = "value"
column = "statistical_value"
aggregate = "sum"
unit = "KRW"
[contributor]
column = "importer"
[protection]
method = "suppression"
confidentiality = "active"
minimum_contributors = 3
"""

COUNTS = """\
id = "counts"
title = "A title"
summary = "A summary"
[universe]
flow = "M"
[[dimension]]
column = "office"
codelist = "OFFICE"
levels = ["total", "office"]
[[measure]]
id = "declarations"
aggregate = "count"
[contributor]
column = "importer"
[protection]
method = "dp"
unit = "importer per calendar year"
rho = "1/12"
clip = { at = 8 }
"""

NOISY_VALUES = COUNTS.replace('aggregate = "count"', 'column = "statistical_value"\naggregate = "sum"\nunit = "KRW"')


def workspace(root: Path, plans: dict[str, str], **queries: str) -> Workspace:
    (root / "queries").mkdir()
    for name, text in {"values": VALUES, "counts": COUNTS, **queries}.items():
        named = text.replace('id = "values"', f'id = "{name}"').replace('id = "counts"', f'id = "{name}"')
        (root / "queries" / f"{name}.toml").write_text(named, "utf-8")
    for series, text in plans.items():
        (root / "releases" / series).mkdir(parents=True)
        (root / "releases" / series / "plan.toml").write_text(text.replace('"monthly"\nt', f'"{series}"\nt'), "utf-8")
    return Workspace(root)


def faults_of(load: Callable[[], object]) -> tuple[Fault, ...]:
    with pytest.raises(CatalogueError) as refused:
        load()
    return refused.value.faults


def test_a_plan_is_read(tmp_path: Path) -> None:
    plan = load_plan(workspace(tmp_path, {"monthly": PLAN}), "monthly")
    assert (plan.id, plan.queries, plan.approvals, plan.rho_per_year) == (
        "monthly",
        ("values", "counts"),
        2,
        Fraction(1),
    )
    assert (plan.schedule.at, plan.schedule.timezone.key) == (time(9, 30), "Asia/Seoul")
    assert plan.due("2024-02").astimezone(UTC) == datetime(2024, 3, 15, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ('id = "monthly"', 'id = "weekly"', "id", 'cannot be "weekly"'),
        ('title = "A title"\n', "", "title", "is missing"),
        ('frequency = "monthly"', 'frequency = "weekly"', "frequency", 'cannot be "weekly"'),
        ('"2024-01"', '"2024-13"', "first_period", 'cannot be "2024-13"'),
        ('"2024-01"', "2024-01-01", "first_period", "cannot be 2024-01-01"),
        ('["values", "counts"]', '["values", "mass"]', "queries", "names the unknown mass"),
        ('["values", "counts"]', '["values", "values"]', "queries", "names values twice"),
        ('["values", "counts"]', "[]", "queries", "one or more"),
        ("lag_days = 15", "lag_days = -1", "schedule.lag_days", "cannot be -1"),
        ("lag_days = 15", 'lag_days = "15"', "schedule.lag_days", 'cannot be "15"'),
        ('"09:30"', '"9:30"', "schedule.at", 'cannot be "9:30"'),
        ('"09:30"', '"24:00"', "schedule.at", 'cannot be "24:00"'),
        ('"Asia/Seoul"', '"Asia/Busan"', "schedule.timezone", 'there is no time zone "Asia/Busan"'),
        ('"Asia/Seoul"', '"../etc/passwd"', "schedule.timezone", "there is no time zone"),
        ('rho_per_year = "1"', "rho_per_year = 1.0", "privacy.rho_per_year", "not exact"),
        ('rho_per_year = "1"', 'rho_per_year = "99/100"', "privacy.rho_per_year", "a year of editions costs 1"),
        ("approvals = 2", "approvals = 0", "approval.approvals", "cannot be 0"),
        ("approvals = 2", "approvals = 2\nnames = []", "approval.names", "is not a known key"),
        ("[approval]\napprovals = 2\n", "", "approval", "is missing"),
        ('id = "monthly"', 'id = "monthly"\nembargo = true', "embargo", "is not a known key"),
    ],
)
def test_a_fault_is_told_with_its_key(tmp_path: Path, old: str, new: str, key: str, problem: str) -> None:
    assert old in PLAN
    found = workspace(tmp_path, {"monthly": PLAN.replace(old, new, 1)})
    (fault,) = faults_of(lambda: load_plan(found, "monthly"))
    assert fault.place == f"monthly/plan.toml: {key}"
    assert problem in fault.problem
    assert fault.allowed


def test_all_faults_of_plan_and_queries_are_told_at_once(tmp_path: Path) -> None:
    plan = PLAN.replace("15", "-1").replace("Seoul", "Busan").replace('title = "A title"\n', "")
    found = workspace(tmp_path, {"monthly": plan}, values=VALUES.replace("KRW", "USD"))
    assert [fault.place for fault in faults_of(lambda: load_plan(found, "monthly"))] == [
        "queries/values.toml: measure[1].unit",
        "monthly/plan.toml: title",
        "monthly/plan.toml: schedule.lag_days",
        "monthly/plan.toml: schedule.timezone",
    ]


def test_an_unknown_series_is_told_with_those_there_are(tmp_path: Path) -> None:
    (fault,) = faults_of(lambda: load_plan(workspace(tmp_path, {"monthly": PLAN}), "../monthly"))
    assert (fault.problem, fault.allowed) == ("there is no such release series", "monthly")


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    found = workspace(tmp_path, {"monthly": PLAN.replace("= 15", "=")})
    (fault,) = faults_of(lambda: load_plans(found))
    assert "line 8" in fault.problem


# Budget of one unit over a year of editions: 12 x rho against rho_per_year = 1.
@pytest.mark.parametrize(
    ("rho", "other_rho", "other_flow", "fits"),
    [
        ("1/12", None, "M", True),
        ("1/11", None, "M", False),
        ("1/24", "1/24", "M", True),
        ("1/24", "1/23", "M", False),
        ("1/12", "1/12", "X", True),  # importers and exporters are different units
    ],
)
def test_the_budget_of_a_year(tmp_path: Path, rho: str, other_rho: str | None, other_flow: str, fits: bool) -> None:
    other = COUNTS.replace("1/12", other_rho or "1/12").replace('"M"', f'"{other_flow}"')
    other = other.replace("importer", "exporter") if other_flow == "X" else other
    queries = '["values", "counts", "other"]' if other_rho else '["values", "counts"]'
    plan = PLAN.replace('["values", "counts"]', queries)
    found = workspace(tmp_path, {"monthly": plan}, counts=COUNTS.replace("1/12", rho), other=other)
    if fits:
        assert load_plan(found, "monthly").rho_per_year == 1
        return
    (fault,) = faults_of(lambda: load_plan(found, "monthly"))
    assert fault.place == "monthly/plan.toml: privacy.rho_per_year"
    assert "for the unit 'importer per calendar year'" in fault.problem


FULL = PLAN.replace(
    'rho_per_year = "1"\n',
    'rho_per_year = "3/2"\nrho_lifetime = "10"\nrevision_reserve = "1/6"\n[privacy.reserve]\ncounts = "5/4"\n',
)
REVISION = '[[revision]]\nperiod = "2024-02"\nqueries = ["counts"]\nreason = "late declarations"\n'


def test_caps_reserves_and_revisions_are_read(tmp_path: Path) -> None:
    plan = load_plan(workspace(tmp_path, {"monthly": FULL + REVISION + REVISION}), "monthly")
    assert (plan.rho_lifetime, plan.revision_reserve) == (10, Fraction(1, 6))
    assert plan.query_reserves == {"counts": Fraction(5, 4)}
    assert plan.revisions == (Revision("2024-02", ("counts",), "late declarations"),) * 2
    assert [
        plan.revisions_of(*of) for of in (("counts", "2024-02"), ("counts", "2024-03"), ("values", "2024-02"))
    ] == [
        2,
        0,
        0,
    ]
    (cap,) = caps_of(plan, list(load_queries(Workspace(tmp_path)).values()))
    assert cap == Cap(
        "importer per calendar year", Fraction(3, 2), Fraction(10), {"counts": Fraction(5, 4)}, Fraction(1, 6)
    )


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ('"3/2"', '"17/12"', None, ""),  # 5/4 + 1/6: exactly
        ('"3/2"', '"16/12"', "privacy.rho_per_year", "costs 17/12 .* with what is set aside"),
        ("counts =", "values =", "privacy.reserve.values", "is exact"),
        ("counts =", "other =", "privacy.reserve.other", "is not a known key"),
        ('"1/6"', '"1/13"', "privacy.revision_reserve", "the revisions of 2024 cost 1/6"),
        ('"10"', "10.0", "privacy.rho_lifetime", "not exact"),
        ('["counts"]\nr', '["values"]\nr', "revision[1].queries", "values is exact"),
        ('["counts"]\nr', '["none"]\nr', "revision[1].queries", "names the unknown none"),
        ('"2024-02"', '"2024-2"', "revision[1].period", 'cannot be "2024-2"'),
        ('reason = "late declarations"', "", "revision[1].reason", "is missing"),
    ],
)
def test_a_fault_of_caps_and_revisions_is_told(
    tmp_path: Path, old: str, new: str, key: str | None, problem: str
) -> None:
    """Two revisions of 1/12 in one year, 1/6 set aside; 1 for a year of editions, 5/4 reserved for them."""
    text = FULL + REVISION + REVISION
    assert old in text
    found = workspace(tmp_path, {"monthly": text.replace(old, new, 1)})
    if key is None:
        assert load_plan(found, "monthly").id == "monthly"
        return
    (fault,) = faults_of(lambda: load_plan(found, "monthly"))
    assert fault.place == f"monthly/plan.toml: {key}"
    assert re.search(problem, fault.problem)
    assert fault.allowed


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        (NOISY_VALUES, "the exact table would undo the noisy one"),
        (NOISY_VALUES.replace("office", "outcome").replace("OFFICE", "OUTCOME"), "would undo the noisy one"),
        (VALUES.replace("'transit'", "'other'"), "their difference"),
        (VALUES.replace("where", "# where"), "their difference"),
        (VALUES.replace("statistical_value", "net_mass").replace("KRW", "kg"), None),
        (VALUES.replace("procedure <> 'transit'", "procedure NOT IN ('transit')"), None),
        (VALUES.replace('"M"', '"X"').replace("importer", "exporter").replace("'transit'", "'other'"), None),
    ],
)
def test_queries_that_would_undo_each_other_are_refused(tmp_path: Path, other: str, problem: str | None) -> None:
    plan = PLAN.replace('"counts"]', '"counts", "other"]').replace('"1"', '"2"')
    found = workspace(tmp_path, {"monthly": plan}, other=other)
    if problem is None:
        assert "other" in load_plan(found, "monthly").queries
        return
    (fault,) = faults_of(lambda: load_plan(found, "monthly"))
    assert fault.place == "monthly/plan.toml: queries"
    assert problem in fault.problem


def test_an_exact_measure_belongs_to_one_series(tmp_path: Path) -> None:
    found = workspace(tmp_path, {"monthly": PLAN, "second": PLAN.replace('"values", ', "")})
    assert list(load_plans(found)) == ["monthly", "second"]  # the same noisy query is the same measurement
    (tmp_path / "both").mkdir()
    both = workspace(tmp_path / "both", {"monthly": PLAN, "second": PLAN})
    faults = faults_of(lambda: load_plans(both))
    assert [fault.place for fault in faults] == ["monthly/plan.toml: queries", "second/plan.toml: queries"]
    (fault,) = faults_of(lambda: load_plan(both, "second"))
    assert "built apart, one could show what the other hides" in fault.problem


def test_what_is_wrong_with_another_series_holds_nothing_up(tmp_path: Path) -> None:
    found = workspace(tmp_path, {"monthly": PLAN, "draft": "id = 3"})
    assert load_plan(found, "monthly").id == "monthly"
    assert faults_of(lambda: load_plans(found))


QUARTERLY = (
    PLAN.replace('"monthly"\nfirst', '"quarterly"\nfirst')
    .replace('"2024-01"', '"2024-Q1"')
    .replace('["values", "counts"]', '["counts"]')
    .replace('[privacy]\nrho_per_year = "1"\n', "")
)
TRADERS = COUNTS.replace('aggregate = "count"', 'aggregate = "count_distinct"\ncolumn = "importer"\nunit = "traders"')


def test_a_quarterly_series_measures_nothing(tmp_path: Path) -> None:
    here = workspace(tmp_path, {"monthly": QUARTERLY})
    plan = load_plan(here, "monthly")
    assert not plan.measures
    assert (plan.rho_per_year, caps_of(plan, list(load_queries(here).values()))) == (0, ())
    assert rho_a_year(plan, list(load_queries(here).values())) == {}
    assert plan.due("2024-Q4").astimezone(UTC) == datetime(2025, 1, 15, 0, 30, tzinfo=UTC)
    assert [plan.covers(period) for period in ("2024-Q1", "2023-Q4", "2024-01", "2024", "2025-Q4")] == [
        True,
        False,
        False,
        False,
        True,
    ]
    with pytest.raises(ValueError, match="not a reference period"):
        plan.due("2024-Q5")


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ('["counts"]', '["counts", "values"]', "queries", "values is exact: a quarterly series adds up noisy months"),
        ('["counts"]', '["distinct"]', "queries", "distinct has distinct counts or quantiles (traders)"),
        ('"2024-Q1"', '"2024-01"', "first_period", "cannot be"),
        ('"2024-Q1"', '"2024-Q5"', "first_period", "cannot be"),
        ('"quarterly"', '"annual"', "first_period", "cannot be"),
        ("[approval]", '[privacy]\nrho_per_year = "1"\n[approval]', "privacy", "is not a known key"),
        ("[approval]", "[[revision]]\n[approval]", "revision", "is not a known key"),
    ],
)
def test_what_a_quarterly_series_cannot_have(tmp_path: Path, old: str, new: str, key: str, problem: str) -> None:
    assert old in QUARTERLY
    distinct = TRADERS.replace('id = "declarations"', 'id = "traders"')
    found = workspace(tmp_path, {"monthly": QUARTERLY.replace(old, new, 1)}, distinct=distinct)
    faults = faults_of(lambda: load_plan(found, "monthly"))
    assert [fault for fault in faults if fault.place.endswith(key) and problem in fault.problem], faults
