"""Policy lists: validated, replaced whole, told without naming a trader."""

from datetime import date
from pathlib import Path

import pytest

from publisher.errors import CatalogueError
from publisher.settings import Workspace
from publisher.store.connection import Store
from publisher.store.policy import load_policy, policy_counts
from tests.lib.stores import items, native_csv, new_store, take, workspace

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
        assert rows(store, kind) == [
            ("T1", "M", "0901", date(2024, 1, 1), date(2025, 12, 31)),
            ("T2", "X", "", date(1900, 1, 1), date(9999, 12, 31)),
        ]
        assert (report.rows, report.version, report.unknown_traders) == (2, 1, 1)


def test_a_list_is_replaced_as_a_whole_and_can_be_emptied(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        load_policy(store, "controlled_good", write(workspace.root, "commodity,flow\n93,M\n9301,X\n"), who="t")
        load_policy(store, "waiver", write(workspace.root, TRADERS + "T1,M,,,\n"), who="t")
        load_policy(store, "controlled_good", write(workspace.root, "commodity,flow\n2844,X\n"), who="t")
        assert rows(store, "controlled_good") == [("2844", "X")]
        assert policy_counts(store) == {"protection_request": 0, "waiver": 1, "controlled_good": 1}
        load_policy(store, "controlled_good", write(workspace.root, "commodity,flow\n"), who="t")
        assert rows(store, "controlled_good") == []


def test_the_tables_have_the_columns_that_aggregation_reads(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        for kind, columns in (
            ("protection_request", ["trader", "flow", "commodity", "valid_from", "valid_to"]),
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
