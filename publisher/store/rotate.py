"""A new passphrase and a new data key for the store, with no moment at which neither opens it."""

import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from publisher.errors import StoreError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.settings import Settings, Workspace
from publisher.store.confine import attach, connect
from publisher.store.connection import attach_existing, refuse_missing
from publisher.store.durable import PART
from publisher.store.failure import explained
from publisher.store.files import finish_rename, remove_stale, sealed, take_lock, temp_folder
from publisher.store.keyring import Keyring, read_keyring, refuse_short, write_keyring


@dataclass(frozen=True)
class RotationReport:
    """`rows` counts all rows of all tables, equal in the old and the new file."""

    store_file: str
    generation: int
    tables: int
    rows: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def rotate_key(
    workspace: Workspace,
    passphrase: str,
    new_passphrase: str,
    settings: Settings,
    *,
    progress: Progress = NO_PROGRESS,
) -> RotationReport:
    """Writes the store again under a fresh data key, wrapped by `new_passphrase`, and removes the old file.

    The order: copy to store-<n+1>.duckdb.part, force it to disk, replace keyring.json (from here on the new
    passphrase counts), name the part, remove the old. Killed anywhere, the next open finishes or undoes it.
    The seal key stays: sealed measurements and data digests must outlive a rotation.
    Raises KeyRefusedError (wrong old, short new passphrase), StoreError (damaged, in use, no room).
    """
    refuse_short(new_passphrase)
    refuse_missing(workspace)
    lock = take_lock(workspace)
    try:
        old = read_keyring(workspace.keyring, passphrase)
        return _rotate(workspace, old, new_passphrase, settings, progress)
    finally:
        shutil.rmtree(temp_folder(workspace), ignore_errors=True)
        os.close(lock)


def _rotate(
    workspace: Workspace, old: Keyring, new_passphrase: str, settings: Settings, progress: Progress
) -> RotationReport:
    new = old.rotated()
    file = workspace.private / new.store_file
    part = file.with_name(file.name + PART)
    finish_rename(workspace.private / old.store_file)
    remove_stale(workspace, old.generation)
    _refuse_full(workspace.private / old.store_file)
    stages = ("copy", "force to disk", "commit", "name", "remove old", "done")
    progress(stages[0], 0, len(stages))
    tables, rows = _copy(workspace, old, new, part, settings)
    progress(stages[1], 1, len(stages))
    sealed(part)
    progress(stages[2], 2, len(stages))
    write_keyring(workspace.keyring, new, new_passphrase)
    progress(stages[3], 3, len(stages))
    finish_rename(file)
    progress(stages[4], 4, len(stages))
    remove_stale(workspace, new.generation)
    progress(stages[5], len(stages), len(stages))
    return RotationReport(new.store_file, new.generation, tables, rows)


def _copy(workspace: Workspace, old: Keyring, new: Keyring, part: Path, settings: Settings) -> tuple[int, int]:
    """Copies everything, counts rows on both sides; (tables, rows)."""
    connection = connect(temp_folder(workspace) / "rotate", settings.limits)
    try:
        attach_existing(connection, workspace.private / old.store_file, old, "old")
        with explained(str(part)):
            attach(connection, part, new.data_key, "new")
            connection.execute("COPY FROM DATABASE old TO new")
            before, after = _counts(connection, "old"), _counts(connection, "new")
            connection.execute("DETACH new")
    finally:
        connection.close()
    if before != after:
        raise StoreError(
            "the copy does not hold every row; the store is as it was before.",
            place=str(part),
            remedy="Check the disk and run the rotation again.",
        )
    return len(before), sum(rows for _, rows in before)


def _counts(connection: DuckDBPyConnection, database: str) -> list[tuple[str, int]]:
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL", [database]
    ).fetchall()
    return [(name, connection.table(f"{database}.main.{name}").shape[0]) for (name,) in tables]


def _refuse_full(store: Path) -> None:
    if store.exists() and shutil.disk_usage(store.parent).free < store.stat().st_size * 1.1:
        raise StoreError(
            "there is no room for a second copy of the store; nothing was changed.",
            place=str(store.parent),
            remedy="Free as much space as the store file takes, then run the rotation again.",
        )
