"""Opening, closing and refusing the store."""

from pathlib import Path

import duckdb
import pytest

from publisher.errors import KeyRefusedError, StoreError
from publisher.settings import Settings, Workspace
from publisher.store.connection import create_store, open_store
from publisher.store.rotate import rotate_key
from tests.lib.stores import PASSPHRASE, count, items, native_csv, new_store, take, workspace

__all__ = ["workspace"]
NEW = "another passphrase altogether"


def test_what_is_kept_is_there_again(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", items(3)))
        seal_key = store.seal_key
    with open_store(workspace, PASSPHRASE, Settings()) as store:
        assert count(store, "declaration_item") == 3
        assert store.seal_key == seal_key
        assert len(seal_key) == 32


def test_the_private_folder_is_for_the_owner_alone(workspace: Workspace) -> None:
    new_store(workspace).close()
    assert workspace.private.stat().st_mode & 0o777 == 0o700
    assert (workspace.private / "store-1.duckdb").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY declaration_item TO 'out.csv'",
        "ATTACH 'other.duckdb'",
        "EXPORT DATABASE 'folder'",
        "INSTALL spatial",
        "LOAD spatial",
    ],
)
def test_the_connection_reaches_no_other_file(
    workspace: Workspace, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace.root)
    with new_store(workspace) as store, pytest.raises((duckdb.PermissionException, duckdb.IOException)):
        store.connection.execute(query)
    assert not (workspace.root / "out.csv").exists()


@pytest.mark.parametrize("setting", ["enable_external_access = true", "threads = 1", "temp_file_encryption = false"])
def test_the_configuration_is_locked(workspace: Workspace, setting: str) -> None:
    with new_store(workspace) as store, pytest.raises(duckdb.InvalidInputException):
        store.connection.execute(f"SET {setting}")


def test_one_process_at_a_time(workspace: Workspace) -> None:
    with new_store(workspace):
        with pytest.raises(StoreError, match="another process"):
            open_store(workspace, PASSPHRASE, Settings())
        with pytest.raises(StoreError, match="another process"):
            rotate_key(workspace, PASSPHRASE, NEW, Settings())
    open_store(workspace, PASSPHRASE, Settings()).close()


def test_a_wrong_passphrase_is_refused_and_gives_the_lock_back(workspace: Workspace) -> None:
    new_store(workspace).close()
    with pytest.raises(KeyRefusedError, match="does not open"):
        open_store(workspace, "something else entirely", Settings())
    open_store(workspace, PASSPHRASE, Settings()).close()


def test_there_is_one_store_a_workspace(workspace: Workspace) -> None:
    with pytest.raises(StoreError, match=r"no confidential store.*store create"):
        open_store(workspace, PASSPHRASE, Settings())
    new_store(workspace).close()
    with pytest.raises(StoreError, match="already"):
        create_store(workspace, PASSPHRASE, Settings())


def test_a_lost_keyring_never_costs_the_store_file(workspace: Workspace) -> None:
    new_store(workspace).close()
    workspace.keyring.rename(workspace.root / "lost.json")
    with pytest.raises(StoreError, match="no keyring to open it"):
        create_store(workspace, PASSPHRASE, Settings())
    assert (workspace.private / "store-1.duckdb").exists()


def test_a_missing_store_file_is_named_and_not_made_anew(workspace: Workspace) -> None:
    new_store(workspace).close()
    (workspace.private / "store-1.duckdb").unlink()
    with pytest.raises(StoreError, match=r"missing.*backup"):
        open_store(workspace, PASSPHRASE, Settings())
    assert not (workspace.private / "store-1.duckdb").exists()


def test_another_schema_version_is_refused(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        store.connection.execute("INSERT INTO schema_version VALUES (99)")
    with pytest.raises(StoreError, match="schema version 99"):
        open_store(workspace, PASSPHRASE, Settings())


def test_a_database_error_within_the_block_loses_its_words(workspace: Workspace) -> None:
    with pytest.raises(StoreError, match="ConversionException") as told, new_store(workspace) as store:
        store.connection.execute("SELECT 'CANARY'::INTEGER")
    assert "CANARY" not in str(told.value)
    assert told.value.__suppress_context__


def test_a_mistake_in_our_own_sql_keeps_its_traceback(workspace: Workspace) -> None:
    with pytest.raises(duckdb.CatalogException), new_store(workspace) as store:
        store.connection.execute("SELECT * FROM nowhere")


def test_the_repr_shows_no_key(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        assert "seal_key" not in repr(store)


def test_a_new_key_opens_the_same_rows_and_the_old_key_nothing(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", items(3)))
        seal_key = store.seal_key
    stages: list[str] = []
    report = rotate_key(
        workspace, PASSPHRASE, NEW, Settings(), progress=lambda stage, done, total: stages.append(stage)
    )
    assert (report.generation, report.store_file) == (2, "store-2.duckdb")
    assert stages[-1] == "done"
    assert not (workspace.private / "store-1.duckdb").exists()
    with pytest.raises(KeyRefusedError):
        open_store(workspace, PASSPHRASE, Settings())
    with open_store(workspace, NEW, Settings()) as store:
        assert count(store, "declaration_item") == 3
        assert store.seal_key == seal_key


def test_rotation_refuses_a_wrong_or_short_passphrase_before_it_does_anything(workspace: Workspace) -> None:
    new_store(workspace).close()
    with pytest.raises(KeyRefusedError, match="does not open"):
        rotate_key(workspace, "something else entirely", NEW, Settings())
    with pytest.raises(KeyRefusedError, match="shorter"):
        rotate_key(workspace, PASSPHRASE, "short", Settings())
    assert {path.name for path in workspace.private.iterdir()} == {"keyring.json", "lock", "store-1.duckdb"}


def test_a_newer_whole_store_file_is_never_removed(workspace: Workspace) -> None:
    """Somebody put an old keyring back: its store must not cost the newer one."""
    new_store(workspace).close()
    old = workspace.keyring.read_bytes(), (workspace.private / "store-1.duckdb").read_bytes()
    rotate_key(workspace, PASSPHRASE, NEW, Settings())
    workspace.keyring.write_bytes(old[0])
    (workspace.private / "store-1.duckdb").write_bytes(old[1])
    open_store(workspace, PASSPHRASE, Settings()).close()
    assert (workspace.private / "store-2.duckdb").exists()


def test_workspace_without_private_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no confidential store"):
        rotate_key(Workspace(tmp_path), PASSPHRASE, NEW, Settings())
