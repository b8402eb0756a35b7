"""The ledger's file: locked, append-only, on disk before a call returns."""

import contextlib
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from publisher.errors import LedgerError

Step = Callable[[str], None]  # told before each boundary; a test kills its process there


def no_step(name: str) -> None:
    """Does nothing."""


class Journal:
    """One open ledger file, held by this process alone.

    The lock (flock) lies on the file itself and ends with the process, however it ends. `end` is where the
    last whole line ends.
    """

    def __init__(self, folder: Path, step: Step = no_step) -> None:
        self.path = folder / "ledger.jsonl"
        self._holder = folder / "holder"
        self._step = step
        self._broken = False
        self._file = self._open(folder)
        self._lock()
        sync_folder(folder)
        self.end = os.fstat(self._file).st_size

    def _open(self, folder: Path) -> int:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as failed:
            raise LedgerError(
                f"the privacy ledger cannot be opened: {failed.strerror}.",
                place=str(self.path),
                remedy="Give the user who runs this program the right to write there.",
            ) from failed

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            os.close(self._file)
            holder = self._holder.read_text("ascii") if self._holder.exists() else "unknown"
            raise LedgerError(
                f"another process (number {holder}) is using the privacy ledger.",
                place=str(self.path),
                remedy="Wait until it has ended, or end it, and run the command again. Delete no file.",
            ) from held
        with contextlib.suppress(OSError):  # only for the message above
            self._holder.write_text(str(os.getpid()), "ascii")

    def read(self) -> bytes:
        """The whole file as it is on disk now."""
        return os.pread(self._file, os.fstat(self._file).st_size, 0)

    def append(self, line: bytes) -> None:
        """Adds one line for good. Raises LedgerError with the file as it was, or with this object unusable."""
        self._still_ours()
        self._step("append")
        try:
            self._write(line)
        except OSError as failed:
            os.ftruncate(self._file, self.end)
            raise LedgerError(
                f"cannot be written: {failed.strerror}.",
                place=str(self.path),
                remedy="Nothing was drawn for this entry. Make room on the disk and run the command again.",
            ) from failed
        self._to_disk()
        self.end += len(line)
        self._step("appended")

    def cut(self, length: int) -> None:
        """Takes the last `length` bytes off the file."""
        self.end -= length
        os.ftruncate(self._file, self.end)
        self._to_disk()

    def close(self) -> None:
        os.close(self._file)

    def _write(self, line: bytes) -> None:
        written = 0
        while written < len(line):
            written += os.write(self._file, line[written:])

    def _to_disk(self) -> None:
        try:
            os.fsync(self._file)
            sync_folder(self.path.parent)
        except OSError as failed:
            self._broken = True
            raise LedgerError(
                "the disk did not confirm the last entry, so it counts as written.",
                place=str(self.path),
                remedy="Check the disk, then run the command again.",
            ) from failed

    def _still_ours(self) -> None:
        here = os.fstat(self._file)
        there = self.path.stat() if self.path.exists() else None
        if self._broken or there is None or there.st_ino != here.st_ino or here.st_size != self.end:
            raise LedgerError(
                "the file changed under the process that holds it.",
                place=str(self.path),
                remedy="Find out who writes there; run 'publisher ledger check' before anything is drawn.",
            )


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a power failure."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
