"""Opening the confidential store: one encrypted DuckDB file, attached to an in-memory database that cannot leave.

Once open, the connection can read and write the attached store, its write-ahead log and encrypted temporary
files in .publisher/temp/, and no other file: external access is off and the configuration is locked.
"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import duckdb
from duckdb import DuckDBPyConnection

from publisher.errors import StoreError
from publisher.settings import Limits, Settings, Workspace
from publisher.store.confine import attach, confine, connect
from publisher.store.durable import PART
from publisher.store.failure import explain, explained
from publisher.store.files import finish_rename, remove_stale, sealed, take_lock, temp_folder
from publisher.store.keyring import Keyring, new_keyring, read_keyring, refuse_short, write_keyring
from publisher.store.schema import check_schema, create_schema


@dataclass
class Store:
    """An open store. A context manager: closes, gives the lock back, and hides DuckDB's words in errors."""

    workspace: Workspace
    settings: Settings
    generation: int
    connection: DuckDBPyConnection = field(repr=False)
    seal_key: bytes = field(repr=False)
    lock: int = field(repr=False)

    @property
    def place(self) -> str:
        return str(self.workspace.private / f"store-{self.generation}.duckdb")

    def close(self) -> None:
        """Writes what is left to the file and lets others in. Calling it again does nothing."""
        if self.lock < 0:
            return
        try:
            self.connection.close()
            shutil.rmtree(temp_folder(self.workspace), ignore_errors=True)
        finally:
            os.close(self.lock)
            self.lock = -1

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        with explained(self.place):
            self.close()
        told = explain(error, self.place) if isinstance(error, duckdb.Error) else None
        if told is not None:
            raise told from None


def create_store(workspace: Workspace, passphrase: str, settings: Settings) -> Store:
    """Makes an empty store and opens it.

    Raises StoreError where there is one already, KeyRefusedError for a short passphrase.
    keyring.json is written last: killed before, this leaves a .part file that the next attempt replaces.
    """
    refuse_short(passphrase)
    workspace.private.mkdir(mode=0o700, parents=True, exist_ok=True)
    workspace.private.chmod(0o700)
    lock = take_lock(workspace)
    try:
        _refuse_existing(workspace)
        keyring = new_keyring()
        _build_empty(workspace, keyring, settings.limits)
        write_keyring(workspace.keyring, keyring, passphrase)
        return _opened(workspace, keyring, settings, lock)
    except BaseException:
        os.close(lock)
        raise


def open_store(workspace: Workspace, passphrase: str, settings: Settings) -> Store:
    """Opens the store that keyring.json names.

    Raises KeyRefusedError for a wrong passphrase or a keyring others can read, StoreError where the store is
    missing, damaged or in use by another process.
    """
    refuse_missing(workspace)
    lock = take_lock(workspace)
    try:
        return _opened(workspace, read_keyring(workspace.keyring, passphrase), settings, lock)
    except BaseException:
        os.close(lock)
        raise


def refuse_missing(workspace: Workspace) -> None:
    """Raises StoreError where the workspace has no keyring."""
    if not workspace.keyring.exists():
        raise StoreError(
            "this workspace has no confidential store.",
            place=str(workspace.keyring),
            remedy="Make one with 'publisher store create', or put keyring.json back from your backup.",
        )


def attach_existing(connection: DuckDBPyConnection, file: Path, keyring: Keyring, name: str) -> None:
    """Attaches a store file that must be there. Raises StoreError where it is missing or damaged."""
    if not file.is_file():
        raise StoreError(
            "the store file that the keyring names is missing.",
            place=str(file),
            remedy="Put store file and keyring.json back together from one backup.",
        )
    attach(connection, file, keyring.data_key, name)


def _opened(workspace: Workspace, keyring: Keyring, settings: Settings, lock: int) -> Store:
    shutil.rmtree(temp_folder(workspace), ignore_errors=True)
    file = workspace.private / keyring.store_file
    finish_rename(file)
    connection = connect(temp_folder(workspace) / "store", settings.limits)
    try:
        attach_existing(connection, file, keyring, "store")
        with explained(str(file)):
            connection.execute("USE store")
            confine(connection)
            check_schema(connection, str(file))
    except BaseException:
        connection.close()
        raise
    remove_stale(workspace, keyring.generation)
    return Store(workspace, settings, keyring.generation, connection, keyring.seal_key, lock)


def _refuse_existing(workspace: Workspace) -> None:
    if workspace.keyring.exists():
        raise StoreError(
            "this workspace has a confidential store already.",
            place=str(workspace.keyring),
            remedy="Use it, or make another workspace with 'publisher init DIR'.",
        )
    orphans = sorted(workspace.private.glob("store-*.duckdb"))
    if orphans:
        raise StoreError(
            "there is a store file but no keyring to open it.",
            place=str(orphans[0]),
            remedy="Put keyring.json back from your backup; without it the file cannot be read: move it away.",
        )


def _build_empty(workspace: Workspace, keyring: Keyring, limits: Limits) -> None:
    part = workspace.private / (keyring.store_file + PART)
    for old in workspace.private.glob("store-*" + PART + "*"):
        old.unlink()
    connection = connect(temp_folder(workspace) / "store", limits)
    try:
        with explained(str(part)):
            attach(connection, part, keyring.data_key, "store")
            connection.execute("USE store")
            create_schema(connection)
    finally:
        connection.close()
    sealed(part)
