"""One process at a time changes what is built, approved, logged and published."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.release.folders import disk_faults, make_private
from publisher.settings import Workspace

WAIT_S = 20.0  # every verb holds the lock for moments; whoever renders or hashes does it without
_LOOK_AGAIN_S = 0.02


@contextmanager
def exclusive(workspace: Workspace) -> Iterator[None]:
    """Holds .publisher/release.lock. The system lets go of it when the process dies, however it dies.

    Waits for another process that holds it. Raises ReleaseError after 20 seconds. Not to be nested.
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
    until = time.monotonic() + WAIT_S
    while not take_at_once(handle):
        if time.monotonic() >= until:
            raise ReleaseError(
                "another process is sealing, approving or publishing here.",
                place=str(path),
                remedy="Wait until it has ended and run the command again.",
            )
        time.sleep(_LOOK_AGAIN_S)


def take_at_once(handle: int) -> bool:
    """Whether the open file or folder is this process's alone from now on."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
