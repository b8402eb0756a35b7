"""One process at a time changes what is built, approved, logged and published."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.release.folders import disk_faults, make_private
from publisher.settings import Workspace


@contextmanager
def exclusive(workspace: Workspace) -> Iterator[None]:
    """Holds .publisher/release.lock. The system lets go of it when the process dies, however it dies.

    Raises ReleaseError at once where another process holds it.
    """
    path = workspace.private / "release.lock"
    with disk_faults(str(path)):
        make_private(workspace.private)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(handle, path)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ReleaseError(
            "another process is sealing, approving or publishing here.",
            place=str(path),
            remedy="Wait until it has ended and run the command again.",
        ) from None
