"""Durable files and folders: after these return, a power cut leaves them as they are; during, the old or the new."""

import ctypes
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import ReleaseError

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def disk_faults(place: str, standing: str = "What stood before stands unchanged.") -> Iterator[None]:
    """Turns the disk's errors into ReleaseError. `standing` says what holds in spite of the fault."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            raise ReleaseError(
                f"the disk is full. {standing}",
                place=place,
                remedy="Make room and run the command again.",
            ) from fault
        raise ReleaseError(
            f"the disk refused ({fault.strerror or type(fault).__name__}). {standing}",
            place=place,
            remedy="Check the folder's permissions and the disk, then run the command again.",
        ) from fault


def make_private(folder: Path) -> None:
    """Makes a folder, and those above it that are missing, that only this user can enter."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Writes a file that must not exist, and syncs it. Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, mode)  # the umask has had its say in os.open
        file.write(data)
        file.flush()
        os.fsync(handle)


def replace(path: Path, data: bytes, mode: int) -> None:
    """Writes a file in one step: a reader sees the old bytes or the new."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        write_new(fresh, data, mode)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Forces a file's bytes, or a folder's entries, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Everything below, files before the folders that name them."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)


def switch_link(link: Path, target: str, *, through: Path) -> None:
    """Points a symbolic link at `target` in one step. `through` is where the new link is made first."""
    through.unlink(missing_ok=True)
    through.symlink_to(target)
    through.replace(link)
    sync(link.parent)


def exchange(one: Path, other: Path) -> None:
    """Swaps two folders of one parent in one step (Linux renameat2).

    Where the system or the file system cannot, three renames: then a kill between them can leave `other` missing.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    swap = getattr(libc, "renameat2", None)
    if swap is None or swap(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) != 0:
        aside = other.with_name(f".building-aside-{other.name}")
        remove_tree(aside)
        other.rename(aside)
        one.rename(other)
        aside.rename(one)
    sync(other.parent)


def remove_tree(folder: Path) -> None:
    """Removes a folder that release made, read-only parts too. No folder, no error."""
    if not folder.is_dir() or folder.is_symlink():
        folder.unlink(missing_ok=True)
        return
    for below in [folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())]:
        below.chmod(0o700)
    shutil.rmtree(folder)


def forbid_writing(folder: Path) -> None:
    """Takes the write permission from everything in a folder and from the folder."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(path.stat().st_mode & 0o555)
