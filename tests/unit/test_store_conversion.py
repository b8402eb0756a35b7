"""Profiles: units, rounding, translation, and the Korean sample."""

import os
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest

from publisher.errors import CatalogueError
from publisher.settings import Workspace
from publisher.store.connection import Store
from publisher.store.profile import load_profile, packaged_profiles
from publisher.store.review import review_list
from tests.lib.stores import items, native_csv, new_store, take, workspace

__all__ = ["workspace"]
KCS = Path(os.environ.get("PUBLISHER_KCS", Path(__file__).parents[3] / "shared" / "data" / "kcs"))


def profile(folder: Path, *, replace: tuple[str, str], extra: str = "") -> str:
    """The native profile with one text replaced."""
    text = (Path(__file__).parents[2] / "publisher/store/profiles/native.toml").read_text()
    assert replace[0] in text
    path = folder / "profile.toml"
    path.write_text(text.replace(*replace) + extra)
    return str(path)


def one(store: Store, columns: str) -> list[tuple[object, ...]]:
    return store.connection.execute(f"SELECT {columns} FROM declaration_item ORDER BY row_number").fetchall()


KCS_TOTALS = (15, 13_676, 1_249_568_771_300, "M", "M")  # as Python's decimals count them
NUMBERS = [
    *("0", "0.5", "1.5", "2.5", "2.4999", "2.50001", "2.5000000001", "1e2", "0.05", "12345678.5", "1000000000000.5"),
    *("999999999999999.5", "999999999998.5", "123456789012.49", "7.499999999", "372254.40000000002", ".5", "3."),
]


@pytest.mark.parametrize("factor", ["1", "1000", "453.59237", "0.001"])
def test_numbers_are_rounded_exactly_ties_to_even(workspace: Workspace, factor: str) -> None:
    """Against Python's decimals; the source is cut to nine decimals first, as documented."""
    rule = f'from = "net_mass", factor = "{factor}", rounding = "half_even"'
    name = profile(workspace.root, replace=('net_mass = { from = "net_mass"', "net_mass = { " + rule))
    nine = Decimal(1).scaleb(-9)
    expected = [
        (Decimal(text).quantize(nine) * Decimal(factor)).quantize(Decimal(1), ROUND_HALF_EVEN) for text in NUMBERS
    ]
    rows = [row | {"net_mass": text} for row, text in zip(items(len(NUMBERS)), NUMBERS, strict=True)]
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", rows), profile=name)
        assert one(store, "row_number, net_mass") == [
            (number, int(value)) for number, value in enumerate(expected, start=1) if value <= 10**15
        ]


def test_duty_as_a_share_of_the_value(workspace: Workspace) -> None:
    rule = 'percent_of = ["statistical_value", "duty_rate"], rounding = "half_even"'
    name = profile(workspace.root, replace=('duty_amount = { from = "duty_amount"', "duty_amount = { " + rule))
    rows = items(5)
    for row, (value, rate) in zip(
        rows, [("50", "1"), ("150", "1"), ("151", "1"), ("10", ""), ("0", "8")], strict=True
    ):
        row |= {"statistical_value": value, "duty_rate": rate}
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", rows), profile=name, percent=0)
        assert one(store, "duty_amount") == [(0,), (2,), (2,), (None,), (0,)]


def test_codes_are_complete_and_exceptions_are_not(workspace: Workspace) -> None:
    codes = 'office = { from = "office", codes = { S = "40", P = "10" } }'
    exceptions = 'origin = { from = "origin", exceptions = { UNKNOWN = "ZZ" }, missing = "ZZ" }'
    name = profile(workspace.root, replace=('office = { from = "office" }', codes))
    text = Path(name).read_text()
    Path(name).write_text(text.replace('origin = { from = "origin" }', exceptions))
    rows = items(4)
    for row, (office, origin) in zip(rows, [("S", "UNKNOWN"), ("P", ""), ("40", "BR"), ("S", "KR")], strict=True):
        row |= {"office": office, "origin": origin}
    with new_store(workspace) as store:
        report = take(store, native_csv(workspace.root / "d.csv", rows), profile=name)
        assert one(store, "office, origin, partner") == [("40", "ZZ", "ZZ"), ("10", "ZZ", "ZZ"), ("40", "KR", "KR")]
        assert [(each.column, each.rule, each.first_row) for each in report.broken] == [("office", "unknown_code", 3)]


def test_a_date_format_and_the_first_digits_of_a_national_code(workspace: Workspace) -> None:
    date = 'acceptance_date = { from = "acceptance_date", format = "%d.%m.%Y" }'
    name = profile(workspace.root, replace=('acceptance_date = { from = "acceptance_date" }', date))
    text = Path(name).read_text()
    taken = 'commodity = { from = "commodity_national", take = 6 }'
    Path(name).write_text(text.replace('commodity = { from = "commodity" }', taken))
    rows = items(1, acceptance_date="29.02.2024", commodity_national="0901211000", commodity="")
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", rows), profile=name, percent=0)
        assert one(store, "reference_period, commodity, commodity_national") == [("2024-02", "090121", "0901211000")]


@pytest.mark.parametrize(
    ("replace", "words"),
    [
        (('flow = { from = "flow" }', ""), "required: flow"),
        (('flow = { from = "flow" }', 'flow = { from = "flow", constant = "M" }'), "exactly one of"),
        (('flow = { from = "flow" }', 'flow = { constant = "I" }'), "column.flow: I not in codelist FLOW"),
        (
            ('office = { from = "office" }', 'office = { from = "office", missing = "_T" }'),
            "_T not in codelist OFFICE",
        ),
        (('carrier = { from = "carrier" }', 'carier = { from = "carrier" }'), "unknown column carier"),
        (('carrier = { from = "carrier" }', 'partner = { from = "carrier" }'), "unknown column partner"),
        (('carrier = { from = "carrier" }', 'carrier = { from = "carrier", sort = 1 }'), "sort"),
        (('net_mass = { from = "net_mass" }', 'net_mass = { from = "net_mass", factor = "0" }'), "factor"),
        (("title", "titel"), "titel"),
        (("[column]", "[column"), "is not TOML"),
    ],
)
def test_faults_of_a_profile_are_named(workspace: Workspace, replace: tuple[str, str], words: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        load_profile(profile(workspace.root, replace=replace))
    assert words in str(refused.value)
    assert "profile.toml" in str(refused.value)


def test_profiles_by_name() -> None:
    assert packaged_profiles() == ("kcs", "native")
    with pytest.raises(CatalogueError, match=r"no packaged profile 'eu'.*kcs, native"):
        load_profile("eu")
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_profile("nowhere.toml")


@pytest.mark.skipif(not KCS.is_dir(), reason=f"the Korean sample is not in {KCS}")
def test_the_korean_sample_comes_in_whole(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        for name, rows in (("declarations_2020.csv", 37_385), ("declarations_2021q1.csv", 8_134)):
            report = take(store, KCS / name, profile="kcs")
            assert (report.batch.rows_read, report.batch.rows_kept, report.batch.rows_quarantined) == (rows, rows, 0)
        totals = "count(DISTINCT reference_period), count(DISTINCT importer), sum(net_mass), min(flow), max(flow)"
        assert store.connection.execute(f"SELECT {totals} FROM declaration_item").fetchall() == [KCS_TOTALS]
        outcomes = "SELECT outcome, count(*) FROM declaration_item GROUP BY ALL ORDER BY ALL"
        assert store.connection.execute(outcomes).fetchall() == [
            ("conform", 35_701),
            ("critical", 472),
            ("irregular", 9_346),
        ]
        first = "SELECT * EXCLUDE (batch_id) FROM declaration_item WHERE declaration_id = '97061800'"
        assert store.connection.execute(first).fetchall()[0][21:23] == (372_254, 108_000)
        flagged = review_list(store, limit=10_000)
        assert 0 < len(flagged) < 0.05 * 45_519
        assert all(item.times_median > 9 or item.times_median < 1 / 9 for item in flagged)
