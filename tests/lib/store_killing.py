"""Runs one verb of the store in forked children that kill themselves (-9) at the n-th stage boundary.

    python -m tests.lib.store_killing create|ingest|rotate TEMPLATE FOLDER

TEMPLATE is a workspace; each child works on a copy, FOLDER/<n>. Forking from a process that never opened DuckDB
saves importing everything once a boundary. Prints the boundaries as JSON, in order: [[stage, done], ...].
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from publisher.model.progress import Progress
from publisher.settings import Settings, Workspace
from publisher.store import connection as connections
from publisher.store import keyring
from publisher.store.connection import create_store, open_store
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.store.rotate import rotate_key
from tests.lib.stores import PASSPHRASE, TODAY

NEW = "another passphrase altogether"


def create(workspace: Workspace, progress: Progress) -> None:
    """create_store reports no progress: the boundaries are its own steps."""
    for name in ("_refuse_existing", "_build_empty", "write_keyring", "_opened"):
        _announce(name, progress)
    create_store(workspace, PASSPHRASE, Settings()).close()


def _announce(name: str, progress: Progress) -> None:
    real: Callable[..., object] = getattr(connections, name)

    def announced(*arguments: object) -> object:
        progress(name, 0, 1)
        result = real(*arguments)
        progress(name, 1, 1)
        return result

    setattr(connections, name, announced)


def take_in(workspace: Workspace, progress: Progress) -> None:
    with open_store(workspace, PASSPHRASE, Settings()) as store:
        files = [workspace.root / "second.csv"]
        ingest(
            store,
            files,
            load_profile("native"),
            who="tester",
            threshold_percent=100,
            today=TODAY,
            progress=progress,
        )


def rotate(workspace: Workspace, progress: Progress) -> None:
    rotate_key(workspace, PASSPHRASE, NEW, Settings(), progress=progress)


VERBS = {"create": create, "ingest": take_in, "rotate": rotate}


def run(verb: str, workspace: Workspace, boundary: int) -> tuple[str, int] | None:
    """Runs the verb in a child that dies at the boundary; which one that was, None where it ended before."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        left = [boundary]

        def progress(stage: str, done: int, total: int) -> None:
            if left[0] == 0:
                os.write(send, json.dumps([stage, done]).encode())
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1

        failed = 1
        try:
            VERBS[verb](workspace, progress)
            failed = 0
        finally:
            os._exit(failed)
    os.close(send)
    _, status = os.waitpid(child, 0)
    with os.fdopen(receive) as pipe:
        told = pipe.read()
    if not os.WIFSIGNALED(status):
        if os.WEXITSTATUS(status):
            raise SystemExit(f"{verb} failed without being killed")
        return None
    stage, done = json.loads(told)
    return stage, done


def main(verb: str, template: str, folder: str) -> None:
    keyring.SCRYPT_N = 2**10
    boundaries: list[tuple[str, int]] = []
    while True:
        copy = Path(folder) / str(len(boundaries))
        shutil.copytree(template, copy)
        reached = run(verb, Workspace(copy), len(boundaries))
        if reached is None:
            break
        boundaries.append(reached)
    print(json.dumps(boundaries))


if __name__ == "__main__":
    main(*sys.argv[1:])
