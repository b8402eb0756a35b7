"""Policy lists: validated, replaced whole, told without naming a trader."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from publisher.errors import CatalogueError
from publisher.settings import Settings, Workspace
from publisher.store.connection import Store, open_store
from publisher.store.policy import load_policy, policy_counts
from publisher.store.policy_file import parse
from tests.lib.stores import PASSPHRASE, items, native_csv, new_store, take, workspace

__all__ = ["workspace"]
TRADERS = "trader,flow,commodity,valid_from,valid_to\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text)
    return path


def rows(store: Store, table: str) -> list[tuple[object, ...]]:
    return store.connection.execute(f"FROM {table} ORDER BY ALL").fetchall()


@pytest.mark.parametrize("kind", ["protection_request", "waiver"])
def test_a_list_of_traders(workspace: Workspace, kind: str) -> None:
    text = TRADERS + "T1,M,0901,2024-01-01,2025-12-31\nT2,X,,,\nT2,X,,,\n"
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", items(1)))
        report = load_policy(store, kind, write(workspace.root, text), who="tester")  # type: ignore[arg-type]
        assert [row[:5] for row in rows(store, kind)] == [
            ("T1", "M", "0901", date(2024, 1, 1), date(2025, 12, 31)),
            ("T2", "X", "", date(1900, 1, 1), date(9999, 12, 31)),
        ]
        assert {row[5:] for row in rows(store, kind)} == {() if kind == "waiver" else (None, "")}
        assert (report.rows, report.version, report.unknown_traders) == (2, 1, 1)


def test_a_list_is_replaced_as_a_whole_and_can_be_emptied(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        load_policy(store, "controlled_good", write(workspace.root, "commodity,flow\n93,M\n9301,X\n"), who="t")
        load_policy(store, "waiver", write(workspace.root, TRADERS + "T1,M,,,\n"), who="t")
        load_policy(store, "controlled_good", write(workspace.root, "commodity,flow\n2844,X\n"), who="t")
        assert rows(store, "controlled_good") == [("2844", "X")]
        assert policy_counts(store) == {
            "protection_request": 0,
            "waiver": 1,
            "controlled_good": 1,
            "cell_rule": 0,
        }
        load_policy(store, "controlled_good", write(workspace.root, "commodity,flow\n"), who="t")
        assert rows(store, "controlled_good") == []


def test_the_tables_have_the_columns_that_aggregation_reads(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        for kind, columns in (
            (
                "protection_request",
                ["trader", "flow", "commodity", "valid_from", "valid_to", "share", "treatment"],
            ),
            ("cell_rule", ["query", "period", "codes", "rule", "amount"]),
            ("waiver", ["trader", "flow", "commodity", "valid_from", "valid_to"]),
            ("controlled_good", ["commodity", "flow"]),
        ):
            assert [row[0] for row in store.connection.execute(f"DESCRIBE {kind}").fetchall()] == columns


FAULTY = [
    ("waiver", "trader;flow\n", "line 1", "header"),
    ("waiver", "", "line 1", "header"),
    ("waiver", TRADERS + ",M,,,\n", "line 2: trader", "empty"),
    ("waiver", TRADERS + "CANARY,I,,,\n", "line 2: flow", "M, X"),
    ("waiver", TRADERS + "CANARY,M,9,,\n", "line 2: commodity", "2, 4 or 6 digits"),
    ("waiver", TRADERS + "CANARY,M,XVI,,\n", "line 2: commodity", "2, 4 or 6 digits"),
    ("waiver", TRADERS + "CANARY,M,,2024-02-30,\n", "line 2: valid_from", "YYYY-MM-DD"),
    ("waiver", TRADERS + "CANARY,M,,2024-02-02,2024-02-01\n", "line 2: valid_from", "not after"),
    ("waiver", TRADERS + "T1,M,,,\nCANARY,M\n", "line 3: row", "fields"),
    ("waiver", TRADERS + "CANARY,M,,,,\n", "line 2: row", "fields"),
    ("waiver", TRADERS + '"CANARY"x,M,,,\n', "line", "split"),
    ("controlled_good", "commodity,flow\n,M\n", "line 2: commodity", "HS"),
]


@pytest.mark.parametrize(("kind", "text", "place", "words"), FAULTY)
def test_faults_are_named_by_line_and_the_list_in_force_stays(
    workspace: Workspace, kind: str, text: str, place: str, words: str
) -> None:
    good = {"waiver": TRADERS + "T1,M,,,\n", "controlled_good": "commodity,flow\n93,M\n"}[kind]
    with new_store(workspace) as store:
        load_policy(store, kind, write(workspace.root, good), who="t")  # type: ignore[arg-type]
        with pytest.raises(CatalogueError) as refused:
            load_policy(store, kind, write(workspace.root, text), who="t")  # type: ignore[arg-type]
        assert place in str(refused.value)
        assert words in str(refused.value)
        assert "CANARY" not in str(refused.value)
        assert len(rows(store, kind)) == 1


def test_shares_and_treatments(workspace: Workspace) -> None:
    """Their columns stand in any order behind the five; empty is the query's share, and suppress."""
    text = TRADERS.strip() + ",treatment,share\n"
    text += "T1,M,8703,,,,62.5\nT1,M,87,,,suppress,1\nT2,M,8703,,,dump_code,99.999999\nT3,M,09,,,no_partner,\n"
    with new_store(workspace) as store:
        load_policy(store, "protection_request", write(workspace.root, text), who="t")
        found = [(row[0], row[2], *row[5:]) for row in rows(store, "protection_request")]
        assert found == [
            ("T1", "87", Decimal(1), ""),
            ("T1", "8703", Decimal("62.5"), ""),
            ("T2", "8703", Decimal("99.999999"), "dump_code"),
            ("T3", "09", None, "no_partner"),
        ]
        load_policy(store, "protection_request", write(workspace.root, TRADERS + "T9,M,,,\n"), who="t")
        assert [(row[0], *row[5:]) for row in rows(store, "protection_request")] == [("T9", None, "")]


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("CANARY,M,87,,,0.99,", "share", "from 1 to below 100"),
        ("CANARY,M,87,,,100,", "share", "from 1 to below 100"),
        ("CANARY,M,87,,,-5,", "share", "no share limit"),
        ("CANARY,M,87,,,1e1,", "share", "no share limit"),
        ("CANARY,M,87,,,70.1234567,", "share", "at most 6 decimals"),
        ("CANARY,M,87,,,70%,", "share", "no share limit"),
        ("CANARY,M,87,,,,dump", "treatment", "suppress, no_partner, dump_code, value_only, no_quantity"),
        ("CANARY,M,,,,,dump_code", "commodity", "2, 4 or 6 digits"),
        ("CANARY,M,,,,,no_partner", "commodity", "only suppress and no_quantity may cover all goods"),
        ("CANARY,M,87,,,50,no_partner", "share", "no meaning beside no_partner"),
        ("CANARY,M,87,,,50,value_only", "share", "no meaning beside value_only"),
    ],
)
def test_faults_of_shares_and_treatments(workspace: Workspace, line: str, column: str, words: str) -> None:
    path = write(workspace.root, TRADERS.strip() + ",share,treatment\nT1,M,,,,50,\n" + line + "\n")
    _, (fault,) = parse("protection_request", path, path.read_bytes(), workspace)
    assert fault.place.endswith(f"list.csv: line 3: {column}")
    assert words in str(fault)
    assert "CANARY" not in str(fault)


CELLS = "query,period,codes,rule,amount\n"
QUERY = """\
id = "goods"
title = "Goods"
summary = "Goods"
universe = { flow = "M" }
contributor = { column = "importer" }
protection = { method = "suppression", confidentiality = "active", minimum_contributors = 3 }
[[dimension]]
column = "commodity"
codelist = "HS"
levels = ["total", "chapter"]
[[dimension]]
column = "partner"
codelist = "COUNTRY"
levels = ["total", "country"]
[[measure]]
id = "statistical_value"
aggregate = "sum"
unit = "KRW"
"""
NOISY = 'protection = { method = "dp", unit = "importer per calendar year", rho = "1/50", clip = { at = 8 } }'


def with_queries(workspace: Workspace) -> None:
    (workspace.queries / "goods.toml").write_text(QUERY)
    noisy = [NOISY if line.startswith("protection") else line for line in QUERY.splitlines()]
    (workspace.queries / "noisy.toml").write_text("\n".join(noisy).replace('"goods"', '"noisy"'))


def test_cell_rules(workspace: Workspace) -> None:
    with_queries(workspace)
    text = CELLS + "goods,,_T/_T,freeze_shown,\ngoods,2021-02,87/DE,lower,12.5\ngoods,2021-02,87/DE,upper,0\n"
    text += "goods,2021-Q1,87/QZ,freeze_hidden,\ngoods,2021,87/DE,cost,0.25\ngoods,,87/DE,cost,3\n"
    with new_store(workspace) as store:
        report = load_policy(store, "cell_rule", write(workspace.root, text), who="t")
        assert (report.rows, report.unknown_traders) == (6, 0)
        assert rows(store, "cell_rule") == [
            ("goods", "", "87/DE", "cost", Decimal(3)),
            ("goods", "", "_T/_T", "freeze_shown", None),
            ("goods", "2021", "87/DE", "cost", Decimal("0.25")),
            ("goods", "2021-02", "87/DE", "lower", Decimal("12.5")),
            ("goods", "2021-02", "87/DE", "upper", Decimal(0)),
            ("goods", "2021-Q1", "87/QZ", "freeze_hidden", None),
        ]


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("nothing,,87/DE,cost,2", "query", "file in queries/"),
        ("../goods,,87/DE,cost,2", "query", "file in queries/"),
        ("noisy,,87/DE,cost,2", "query", "no query under suppression"),
        ("goods,2021-13,87/DE,cost,2", "period", "2021-Q1"),
        ("goods,,87,cost,2", "codes", "commodity/partner"),
        ("goods,,87/DE/M,cost,2", "codes", "has 3 codes, not 2"),
        ("goods,,8703/DE,cost,2", "codes", "a code of the levels total, chapter"),
        ("goods,,87/150,cost,2", "codes", "a code of the levels total, country"),
        ("goods,,87/DE,hide,", "rule", "freeze_shown, freeze_hidden, lower, upper, cost"),
        ("goods,,87/DE,cost,0", "amount", "above 0"),
        ("goods,,87/DE,cost,1000000.1", "amount", "at most 1000000"),
        ("goods,,87/DE,cost,", "amount", "a multiple"),
        ("goods,,87/DE,lower,100.1", "amount", "from 0 to 100"),
        ("goods,,87/DE,upper,-1", "amount", "a percentage"),
        ("goods,,87/DE,freeze_shown,1", "amount", "empty"),
        ("goods,,01/DE,freeze_hidden,", "rule", "contradicts a line above"),
        ("goods,,01/DE,lower,6", "rule", "contradicts a line above"),
    ],
)
def test_faults_of_cell_rules(workspace: Workspace, line: str, column: str, words: str) -> None:
    with_queries(workspace)
    path = write(workspace.root, CELLS + "goods,,01/DE,freeze_shown,\ngoods,,01/DE,lower,5\n" + line + "\n")
    _, (fault,) = parse("cell_rule", path, path.read_bytes(), workspace)
    assert fault.place.endswith(f"list.csv: line 4: {column}")
    assert words in str(fault)


def test_a_store_of_the_first_schema_is_brought_up_to_date_on_opening(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        load_policy(store, "protection_request", write(workspace.root, TRADERS + "T1,M,87,,\n"), who="t")
        as_of_version_1(store)
        with pytest.raises(Exception, match="cell_rule"):
            rows(store, "cell_rule")
    for _ in range(2):  # the second time there is nothing left to do
        with open_store(workspace, PASSPHRASE, Settings()) as store:
            assert rows(store, "protection_request") == [
                ("T1", "M", "87", date(1900, 1, 1), date(9999, 12, 31), None, "")
            ]
            assert rows(store, "cell_rule") == []
            assert rows(store, "schema_version") == [(1,), (2,), (3,)]
            assert rows(store, "(SELECT clearance_hours FROM declaration_item)") == []


def as_of_version_1(store: Store) -> None:
    store.connection.execute(
        "DROP VIEW cell_rule; DROP TABLE policy_cell_rule; DELETE FROM schema_version WHERE version > 1;"
        "ALTER TABLE declaration_item DROP clearance_hours;"
        "ALTER TABLE policy_protection_request DROP share; ALTER TABLE policy_protection_request DROP treatment;"
        "CREATE OR REPLACE VIEW protection_request AS SELECT * EXCLUDE (version) FROM policy_protection_request"
        " WHERE version = (SELECT max(version) FROM policy WHERE kind = 'protection_request')"
    )


def test_all_faults_come_at_once(workspace: Workspace) -> None:
    with new_store(workspace) as store, pytest.raises(CatalogueError) as refused:
        load_policy(store, "waiver", write(workspace.root, TRADERS + ",I,9,x,\n" + ",M,,,\n"), who="t")
    assert len(refused.value.faults) == 5


def test_a_file_that_cannot_be_read(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        with pytest.raises(CatalogueError, match="cannot be read"):
            load_policy(store, "waiver", workspace.root / "nowhere.csv", who="t")
        (workspace.root / "list.csv").write_bytes(b"\xff\xfe")
        with pytest.raises(CatalogueError, match="UTF-8"):
            load_policy(store, "waiver", workspace.root / "list.csv", who="t")
