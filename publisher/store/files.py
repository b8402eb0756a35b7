"""The store's files on disk: lock, temporary folder, and what a killed process may have left.

A new generation is written as store-<n>.duckdb.part, then keyring.json is replaced (the commit), then the part
gets its name and the old generation is removed. Each step can be finished by whoever opens the store next.
"""

import fcntl
import os
import re
from pathlib import Path

from publisher.errors import StoreError
from publisher.settings import Workspace
from publisher.store.durable import PART, force_file, force_folder

_STORE_FILE = re.compile(r"store-(\d+)\.duckdb(\.part)?(\.wal)?")


def temp_folder(workspace: Workspace) -> Path:
    return workspace.private / "temp"


def take_lock(workspace: Workspace) -> int:
    """Descriptor of the exclusive lock, which ends with the process. Raises StoreError while another one holds it."""
    path = workspace.private / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StoreError(
            "another process is using the confidential store.",
            place=str(path),
            remedy="Wait until it is done, then run the command again.",
        ) from None
    return descriptor


def sealed(file: Path) -> None:
    """Forces a closed store file to disk, readable by its owner alone."""
    file.chmod(0o600)
    force_file(file)
    force_folder(file.parent)


def finish_rename(file: Path) -> None:
    """Gives the file that the keyring names its final name, where a kill came between commit and rename."""
    part = file.with_name(file.name + PART)
    if not file.exists() and part.exists():
        part.rename(file)
        force_folder(file.parent)


def remove_stale(workspace: Workspace, generation: int) -> None:
    """Removes older generations and unfinished ones. A whole newer file is left alone: no crash makes one."""
    for path in sorted(workspace.private.iterdir()):
        found = _STORE_FILE.fullmatch(path.name)
        if found and (int(found[1]) < generation or found[2]):
            path.unlink()
    workspace.keyring.with_name(workspace.keyring.name + PART).unlink(missing_ok=True)
