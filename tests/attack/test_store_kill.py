"""kill -9 at every stage boundary of create, ingest and rotate: the old state or the new one, never half."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.errors import KeyRefusedError, StoreError
from publisher.settings import Settings, Workspace
from publisher.store.connection import Store, create_store, open_store
from publisher.store.snapshot import data_digest, take_snapshot
from tests.lib.store_killing import NEW
from tests.lib.stores import GOOD, PASSPHRASE, count, items, native_csv, new_store, take, workspace

__all__ = ["workspace"]
TABLES = ("declaration_item", "quarantine", "batch", "superseded", "review")


def kill_everywhere(verb: str, template: Workspace, folder: Path) -> list[tuple[str, Workspace]]:
    """(stage boundary, workspace left behind) for each; the last is of a run that was not killed."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.lib.store_killing", verb, str(template.root), str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    boundaries = [f"{stage} {done}" for stage, done in json.loads(ran.stdout)]
    return [(name, Workspace(folder / str(n))) for n, name in enumerate([*boundaries, "not killed"])]


def counts(store: Store) -> tuple[int, ...]:
    return tuple(count(store, table) for table in TABLES)


@pytest.fixture
def template(workspace: Workspace) -> Workspace:
    """A store with one batch, and a second file with good, bad and superseding rows."""
    inner = Workspace(workspace.root / "template")
    inner.root.mkdir()
    with new_store(inner) as store:
        take(store, native_csv(inner.root / "first.csv", items(50)))
    rows = [*items(10, version="2"), {**GOOD, "declaration_id": "B1", "office": "?"}]
    native_csv(inner.root / "second.csv", rows)
    return inner


def test_killed_while_ingesting(template: Workspace, tmp_path: Path) -> None:
    left = kill_everywhere("ingest", template, tmp_path / "killed")
    names = [name for name, _ in left]
    assert {"inspect 0", "read 0", "judge 0", "keep 0", "keep 3", "screen 0", "commit 0", "commit 1"} <= set(names)
    before, after = (50, 0, 1, 0, 0), (60, 1, 2, 10, 0)
    digests = set()
    for name, place in left:
        kept = name in ("commit 1", "done 1", "not killed")
        with open_store(place, PASSPHRASE, Settings()) as store:
            assert counts(store) == (after if kept else before), name
            report = take(store, place.root / "second.csv")
            assert report.outcome == ("already_held" if kept else "kept"), name
            assert counts(store) == after, name
            digests.add(data_digest(store, take_snapshot(store), "2024-02"))
        assert {path.name for path in place.private.iterdir()} == {"keyring.json", "lock", "store-1.duckdb"}, name
    assert len(digests) == 1  # the same rows as without the kill


def test_killed_while_rotating(template: Workspace, tmp_path: Path) -> None:
    left = kill_everywhere("rotate", template, tmp_path / "killed")
    stages = ["copy 0", "force to disk 1", "commit 2", "name 3", "remove old 4", "done 6", "not killed"]
    assert [name for name, _ in left] == stages
    for number, (name, place) in enumerate(left):
        good, bad = (PASSPHRASE, NEW) if number < 3 else (NEW, PASSPHRASE)
        with pytest.raises(KeyRefusedError):
            open_store(place, bad, Settings())
        with open_store(place, good, Settings()) as store:
            assert counts(store) == (50, 0, 1, 0, 0), name
        file = "store-1.duckdb" if number < 3 else "store-2.duckdb"
        assert {path.name for path in place.private.iterdir()} == {"keyring.json", "lock", file}, name


def test_killed_while_creating(tmp_path: Path, workspace: Workspace) -> None:
    empty = Workspace(tmp_path / "empty")
    empty.root.mkdir()
    for name, place in kill_everywhere("create", empty, tmp_path / "killed"):
        try:
            with open_store(place, PASSPHRASE, Settings()) as store:
                assert counts(store) == (0, 0, 0, 0, 0), name
        except StoreError as none:
            assert "no confidential store" in none.message, name
            create_store(place, PASSPHRASE, Settings()).close()
        assert {path.name for path in place.private.iterdir()} == {"keyring.json", "lock", "store-1.duckdb"}, name
