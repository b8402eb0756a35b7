"""Snapshots stay what they were; digests change with the rows of their period alone."""

from dataclasses import replace

import pytest

from publisher.errors import StoreError, UsageError
from publisher.model.declaration import DECLARATION
from publisher.settings import Settings, Workspace
from publisher.store.batches import list_batches
from publisher.store.connection import Store, open_store
from publisher.store.policy import load_policy
from publisher.store.rotate import rotate_key
from publisher.store.snapshot import (
    Snapshot,
    Used,
    data_digest,
    expose,
    find_snapshot,
    list_snapshots,
    take_snapshot,
    used_digest,
)
from publisher.store.status import store_status
from tests.lib.stores import GOOD, PASSPHRASE, items, native_csv, new_store, take, workspace

__all__ = ["workspace"]
FEBRUARY = "2024-02"


def seen(store: Store, snapshot: Snapshot) -> list[tuple[str, int, int]]:
    expose(store, snapshot)
    return store.connection.execute(
        "SELECT declaration_id, version, statistical_value FROM declaration ORDER BY ALL"
    ).fetchall()


def deliver(store: Store, workspace: Workspace, name: str, rows: list[dict[str, str]]) -> Snapshot:
    take(store, native_csv(workspace.root / name, rows))
    return take_snapshot(store, who="tester")


def test_an_empty_store_has_no_snapshot(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        with pytest.raises(StoreError, match="no declarations"):
            take_snapshot(store)
        with pytest.raises(StoreError, match="There is none yet"):
            find_snapshot(store, "s0001")


def test_the_view_has_the_columns_of_a_declaration(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        expose(store, deliver(store, workspace, "1.csv", items(1)))
        described = store.connection.execute("DESCRIBE declaration").fetchall()
        assert [(row[0], row[1]) for row in described] == [(c.name, c.sql_type) for c in DECLARATION]


def test_nothing_new_means_the_same_snapshot(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        first = deliver(store, workspace, "1.csv", items(2))
        assert (first.id, first.batches, first.who) == ("s0001", ("b0001",), "tester")
        assert take_snapshot(store, who="another") == first
        second = deliver(store, workspace, "2.csv", items(1, version="2"))
        assert (second.id, second.batches) == ("s0002", ("b0001", "b0002"))
        assert list_snapshots(store) == (first, second)
        assert find_snapshot(store, "s0001") == first
        with pytest.raises(StoreError, match=r"'s0003'\. There are s0001 to s0002"):
            find_snapshot(store, "s0003")


def test_a_snapshot_stays_what_it_was(workspace: Workspace) -> None:
    """Later versions, late earlier versions and new items come in; each snapshot keeps its rows."""
    with new_store(workspace) as store:
        one = deliver(store, workspace, "1.csv", items(2))
        was = seen(store, one), data_digest(store, one, FEBRUARY)
        two = deliver(store, workspace, "2.csv", items(1, version="3", statistical_value="3"))
        three = deliver(store, workspace, "3.csv", items(1, version="2", statistical_value="2"))
        four = deliver(store, workspace, "4.csv", [GOOD | {"declaration_id": "D9", "version": "4"}])
        assert (seen(store, one), data_digest(store, one, FEBRUARY)) == was
        assert seen(store, one) == [("D1", 1, 1000), ("D2", 1, 1000)]
        assert seen(store, two) == seen(store, three) == [("D1", 3, 3), ("D2", 1, 1000)]
        assert seen(store, four) == [("D1", 3, 3), ("D2", 1, 1000), ("D9", 4, 1000)]
    with open_store(workspace, PASSPHRASE, Settings()) as store:
        assert (seen(store, one), data_digest(store, one, FEBRUARY)) == was
        assert [batch.id for batch in list_batches(store)] == ["b0001", "b0002", "b0003", "b0004"]


def test_the_digest_depends_on_the_rows_of_its_period_alone(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        one = deliver(store, workspace, "1.csv", items(3))
        february, year = data_digest(store, one, FEBRUARY), data_digest(store, one, "2024")
        march = [GOOD | {"declaration_id": "M1", "acceptance_date": "2024-03-01"}]
        two = deliver(store, workspace, "2.csv", march)
        assert data_digest(store, two, FEBRUARY) == february
        assert data_digest(store, two, "2024") != year
        assert data_digest(store, two, "2024-03") != february
        three = deliver(store, workspace, "3.csv", items(1, version="2"))
        assert data_digest(store, three, FEBRUARY) != february
        moved = items(1, version="3", acceptance_date="2024-03-02")
        four = deliver(store, workspace, "4.csv", moved)
        assert data_digest(store, four, FEBRUARY) != data_digest(store, three, FEBRUARY)


def test_the_digest_does_not_depend_on_files_batches_or_order(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        deliver(store, workspace, "1.csv", items(2))
        once = data_digest(store, deliver(store, workspace, "2.csv", items(4)), FEBRUARY)
        seal_key = store.seal_key
        store.connection.execute("DELETE FROM declaration_item")
        store.connection.execute("DELETE FROM batch")
        again = deliver(store, workspace, "3.csv", items(4)[::-1])
        assert data_digest(store, again, FEBRUARY) == once
        store.seal_key = b"another"
        assert data_digest(store, again, FEBRUARY) != once
        store.seal_key = seal_key


def test_the_digest_survives_a_rotation(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        snapshot = deliver(store, workspace, "1.csv", items(2))
        before = data_digest(store, snapshot, FEBRUARY)
    rotate_key(workspace, PASSPHRASE, PASSPHRASE + "2", Settings())
    with open_store(workspace, PASSPHRASE + "2", Settings()) as store:
        assert data_digest(store, find_snapshot(store, "s0001"), FEBRUARY) == before


@pytest.mark.parametrize("period", ["", "2024-2", "02-2024", "2024-02-01", "%"])
def test_a_digest_of_no_period_is_refused(workspace: Workspace, period: str) -> None:
    with new_store(workspace) as store:
        snapshot = deliver(store, workspace, "1.csv", items(1))
        with pytest.raises(UsageError, match="2021-02"):
            data_digest(store, snapshot, period)


def test_policy_lists_are_part_of_a_snapshot(workspace: Workspace) -> None:
    file = workspace.root / "controlled.csv"
    with new_store(workspace) as store:
        one = deliver(store, workspace, "1.csv", items(1))
        file.write_text("commodity,flow\n93,M\n")
        load_policy(store, "controlled_good", file, who="tester")
        two = take_snapshot(store)
        file.write_text("commodity,flow\n")
        load_policy(store, "controlled_good", file, who="tester")
        three = take_snapshot(store)
        assert [snapshot.last_policy for snapshot in (one, two, three)] == [0, 1, 2]
        for snapshot, rows in ((one, []), (two, [("93", "M")]), (three, [])):
            expose(store, snapshot)
            assert store.connection.execute("FROM controlled_good").fetchall() == rows


def test_the_status_counts_what_is_there(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        deliver(store, workspace, "1.csv", items(3))
        deliver(store, workspace, "2.csv", [*items(1, version="2"), {**GOOD, "declaration_id": "D7", "office": "?"}])
        status = store_status(store)
        assert (status.batches, status.items, status.current_items, status.quarantined_rows) == (2, 4, 3, 1)
        assert (status.snapshots, status.first_period, status.controlled_goods) == (2, FEBRUARY, 0)
        assert status.as_json()["store_file"] == "store-1.duckdb"


USED = Used(("importer", "office"), ("net_mass",), "flow = ? AND procedure = ?", ("M", "home_use"))


def test_the_digest_of_what_a_query_reads_follows_that_alone(workspace: Workspace) -> None:
    """What is outside the universe, another column, a new version with equal content: all leave it as it is."""
    with new_store(workspace) as store:
        first = used_digest(store, deliver(store, workspace, "0.csv", items(4)), FEBRUARY, USED)
        unread = [
            {**GOOD, "declaration_id": "D1", "version": "2"},
            {**GOOD, "declaration_id": "D2", "version": "2", "commodity": "090111", "statistical_value": "5"},
            {**GOOD, "declaration_id": "D9", "procedure": "transit"},
            {**GOOD, "declaration_id": "D9", "acceptance_date": "2024-03-01", "item_number": "2"},
        ]
        whole = data_digest(store, take_snapshot(store), FEBRUARY)
        for number, row in enumerate(unread):
            snapshot = deliver(store, workspace, f"unread{number}.csv", [row])
            assert used_digest(store, snapshot, FEBRUARY, USED) == first
        assert data_digest(store, snapshot, FEBRUARY) != whole
        seen = {first}
        for number, change in enumerate(({"office": "20"}, {"net_mass": "3000"}, {"importer": "T2"}, {})):
            row = {**GOOD, "declaration_id": f"D{10 * number + 3}", "version": "3", **change}
            seen.add(used_digest(store, deliver(store, workspace, f"read{number}.csv", [row]), FEBRUARY, USED))
        assert len(seen) == 5
        others = (replace(USED, values=("X", "home_use")), replace(USED, sums=()), replace(USED, columns=("office",)))
        assert len({used_digest(store, snapshot, FEBRUARY, used) for used in (USED, *others)}) == 4
        assert used_digest(store, find_snapshot(store, "s0001"), FEBRUARY, USED) == first
        with pytest.raises(UsageError):
            used_digest(store, snapshot, "2024-Q1", USED)


def test_rows_without_the_columns_that_came_later_keep_their_digest(workspace: Workspace) -> None:
    """Digests of three rows, recorded before clearance_hours existed: sealed measurements are found by them."""
    with new_store(workspace) as store:
        store.seal_key = bytes(range(32))
        one = deliver(store, workspace, "1.csv", items(3))
        assert data_digest(store, one, FEBRUARY) == "817165ea2b3a08838034bbd281be0b16322ee7f4131ee22514c3d211c277a11c"
        assert data_digest(store, one, "2024") == "d3a73dfb0f009bf08d78b24f0eef1463c6135318b56e0b7cffe8cb09fa072631"
        seen = {data_digest(store, one, FEBRUARY)}
        for version, hours in (("2", "5"), ("3", "6"), ("4", "")):
            row = {**items(1)[0], "version": version, "clearance_hours": hours}
            seen.add(data_digest(store, deliver(store, workspace, f"{version}.csv", [row]), FEBRUARY))
        assert len(seen) == 4
