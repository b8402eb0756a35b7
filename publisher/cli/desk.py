"""The desk of a real workspace: the system's clock, plans as they lie on the disk, builds in their own processes."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from publisher.catalogue.load import load_plan
from publisher.catalogue.plan import Plan
from publisher.cli.console import err
from publisher.cli.rendering import renderer_now
from publisher.errors import CatalogueError
from publisher.model.clock import SystemClock
from publisher.model.release_event import ReleaseId
from publisher.release.folders import make_private
from publisher.release.people.register import SERVICE
from publisher.release.schedule.desk import Desk, Running, StartBuild
from publisher.settings import Workspace, load_settings

NOTIFY_SECONDS = 20  # what is due meanwhile is published after it


def desk_of(here: Workspace, tell: Callable[[str], None]) -> Desk:
    settings = load_settings(here)
    return Desk(
        workspace=here,
        clock=SystemClock(),
        plans=PlansNow(here, tell),
        render_site=renderer_now(here),
        start_build=builds_of(here),
        tell=tell,
        notify=lambda text: notify(settings.notify.command, text),
        remind_days=settings.notify.days,
    )


class PlansNow:
    """The plans without fault, read again when a file of the catalogue changed. A faulty one is told once."""

    def __init__(self, here: Workspace, tell: Callable[[str], None]) -> None:
        self._here, self._tell = here, tell
        self._seen: frozenset[tuple[str, int, int]] = frozenset()
        self._plans: dict[str, Plan] = {}

    def __call__(self) -> Mapping[str, Plan]:
        files = [*self._here.releases.glob("*/plan.toml"), *self._here.queries.glob("*.toml")]
        seen = frozenset(_stamp(path) for path in files)
        if seen != self._seen:
            self._seen, self._plans = seen, self._read()
        return self._plans

    def _read(self) -> dict[str, Plan]:
        plans: dict[str, Plan] = {}
        for series in sorted(path.parent.name for path in self._here.releases.glob("*/plan.toml")):
            try:
                plans[series] = load_plan(self._here, series)
            except CatalogueError as fault:
                self._tell(f"{series} has a plan with faults and is left alone: {fault.message}")
        return plans


def _stamp(path: Path) -> tuple[str, int, int]:
    with suppress(FileNotFoundError):  # an editor that replaces a file leaves none for a moment
        found = path.stat()
        return str(path), found.st_mtime_ns, found.st_size
    return str(path), 0, 0


def builds_of(here: Workspace) -> StartBuild:
    """Starts 'publisher build ... --as service'. One at a time on this workspace: the child holds the lock, too."""

    def start(release: ReleaseId) -> Running | None:
        make_private(here.private)
        handle = os.open(here.private / "build.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            words = ("build", release.series, release.period, "--as", SERVICE, "--workspace", str(here.root))
            return subprocess.Popen(  # noqa: S603 - our own program, words from the validated plan
                [sys.executable, "-m", "publisher", *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(handle,),
            )
        except BlockingIOError:
            return None
        finally:
            os.close(handle)

    return start


def notify(command: tuple[str, ...], text: str) -> None:
    """Gives the text to the office's command. That it fails is told, and stops nothing."""
    if not command:
        return
    try:
        done = subprocess.run(  # noqa: S603 - the office's own settings name it
            command, input=text + "\n", text=True, timeout=NOTIFY_SECONDS, check=False, stdout=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        err.print(f"{command[0]} could not be run ({type(fault).__name__}).", markup=False)
        return
    if done.returncode:
        err.print(f"{command[0]} ended with exit code {done.returncode}.", markup=False)
