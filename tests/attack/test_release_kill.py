"""kill -9, and a disk that fills up, before each single change that sealing, approving or publishing makes.

The test starts this file as a program (so that it forks from a process without threads). For each point k it
copies a workspace, forks, and the child is killed - or its disk is full from then on - right before its k-th
change to the file system. Then: the site is byte for byte the old one or the new one, every edition folder
verifies, the log is whole; and running the same command again gives what a run without the fault gives.
"""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from publisher.errors import ReleaseError
from publisher.release import signing
from publisher.release.edition import Edition, editions, find_edition
from publisher.release.folders import disk_faults
from publisher.release.index import published
from publisher.release.people import add_person, open_signer, read_register
from publisher.release.publish import publish
from publisher.release.transparency.log import read_log
from publisher.release.verify import verify, verify_site
from publisher.settings import Workspace
from tests.lib.release import (
    NOW,
    PASSPHRASE,
    PLAN,
    SERIES,
    approve,
    build,
    build_approved,
    make_workspace,
    release,
    render,
    signer,
    tree,
)

PERIOD = "2021-03"
MEMORY = Path("/dev/shm")  # where there is one: a thousand runs need not wait for a disk
CHANGES = {
    "os.mkdir",
    "os.rename",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.remove",
    "os.rmdir",
    "os.utime",
    "os.truncate",
}
GROWING = {"open", "os.mkdir", "os.link", "os.symlink", "write"}


def seal_new(workspace: Workspace) -> None:
    with disk_faults("build"):
        build(workspace, PERIOD)


def seal_over_unapproved(workspace: Workspace) -> None:
    with disk_faults("build"):
        build(workspace, PERIOD, "another try")


def approve_it(workspace: Workspace) -> None:
    approve(find_edition(workspace, SERIES, PERIOD), "bob")


def publish_it(workspace: Workspace) -> None:
    publish(workspace, PLAN, find_edition(workspace, SERIES, PERIOD), NOW, render)


def add_eve(workspace: Workspace) -> None:
    if all(person.name != "eve" for person in read_register(workspace).people):
        add_person(workspace, "eve", ["approve"], PASSPHRASE, by=signer("ann"), now=NOW)
    open_signer(workspace, "eve", PASSPHRASE, "approve")


SCENARIOS: dict[str, tuple[Callable[[Workspace], object], Callable[[Workspace], None]]] = {
    "seal": (lambda w: None, seal_new),
    "replace": (lambda w: build(w, PERIOD), seal_over_unapproved),
    "approve": (lambda w: build(w, PERIOD), approve_it),
    "publish": (lambda w: build_approved(w, PERIOD), publish_it),
    "person": (lambda w: None, add_eve),
}


class Saboteur:
    """Counts changes to the file system and strikes at the k-th; k = 0 only counts."""

    def __init__(self, at: int, mode: str) -> None:
        self.at, self.mode, self.seen = at, mode, 0
        sys.addaudithook(self.hook)
        self.fsync, self.pwrite = os.fsync, os.pwrite
        os.fsync = lambda handle: (self.count("fsync"), self.fsync(handle))[1]  # type: ignore[assignment]
        os.pwrite = lambda *given: (self.count("write"), self.pwrite(*given))[1]

    def hook(self, event: str, args: tuple[object, ...]) -> None:
        writes = event == "open" and int(args[2] or 0) & (os.O_WRONLY | os.O_RDWR)  # type: ignore[call-overload]
        if event in CHANGES or writes:
            self.count(event)

    def count(self, event: str) -> None:
        self.seen += 1
        if self.at and self.mode == "kill" and self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.at and self.mode == "full" and self.seen >= self.at and event in GROWING:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def state(workspace: Workspace) -> dict[str, object]:
    """All that a reader or the next command sees. Raises where any of it is damaged."""
    key = signer().key.public_key()
    site = workspace.site.resolve()
    if not all(report.ok for report in verify_site(site, key)):
        raise ReleaseError("the site holds a damaged edition")
    for edition in editions(workspace, SERIES):
        if not verify(edition, key).ok:
            raise ReleaseError("an edition folder is damaged")
    return {
        "site": {name: data.hex() for name, data in tree(site).items()},
        "editions": {edition.name: seen_of(edition) for edition in editions(workspace, SERIES)},
        "published": [ref.name for ref in published(workspace)],
        "log": [
            (entry.event, entry.edition and entry.edition.manifest_sha256) for entry in read_log(workspace).entries
        ],
        "people": [person.name for person in read_register(workspace).people],
    }


def seen_of(edition: Edition) -> list[object]:
    return [
        edition.manifest.ref.manifest_sha256,
        [entry.who for entry, _ in read_log(edition.workspace).approvals(edition.manifest.ref)],
    ]


def run_child(workspace: Workspace, act: Callable[[Workspace], None], at: int, mode: str, report: Path) -> int:
    """Runs `act` in a fork. Returns what waitpid says; writes how it went and how many changes it made."""
    child = os.fork()
    if child == 0:
        saboteur = Saboteur(at, mode)
        try:
            act(workspace)
            outcome = "done"
        except ReleaseError as refusal:
            outcome = f"ReleaseError {refusal.message}"
        except BaseException as fault:
            outcome = f"{type(fault).__name__} {fault}"
        saboteur.at = 0
        report.write_text(json.dumps([outcome, saboteur.seen]))
        os._exit(0)
    return os.waitpid(child, 0)[1]


def faults(scenario: str, mode: str, folder: Path) -> tuple[int, list[str]]:
    """Strikes at every point. Returns how many there were and what went wrong."""
    prepare, act = SCENARIOS[scenario]
    start = make_workspace(folder / "start")
    release(start, "2021-02")
    prepare(start)
    signer()
    old = state(start)
    clean, report = Workspace(folder / "clean"), folder / "report"
    shutil.copytree(start.root, clean.root, symlinks=True)
    run_child(clean, act, 0, mode, report)
    new, points = state(clean), json.loads(report.read_text())[1]
    found = []
    for at in range(1, points + 1):
        trial = Workspace(folder / "trial")
        shutil.rmtree(trial.root, ignore_errors=True)
        shutil.copytree(start.root, trial.root, symlinks=True)
        problem = strike(trial, act, at, mode, report, old, new)
        if problem:
            found.append(f"{scenario}, {mode} at change {at}: {problem}")
    return points, found


def strike(
    trial: Workspace,
    act: Callable[[Workspace], None],
    at: int,
    mode: str,
    report: Path,
    old: dict[str, object],
    new: dict[str, object],
) -> str:
    """What is wrong after a fault at change `at` and again after the second run, or ''."""
    report.write_text('["", 0]')
    status = run_child(trial, act, at, mode, report)
    outcome = json.loads(report.read_text())[0]
    if mode == "kill" and not os.WIFSIGNALED(status):
        return "was not killed"
    if mode == "full" and outcome != "done" and "disk is full" not in outcome:
        return f"said {outcome}"
    try:
        after = state(trial)
        if any(after[part] not in (old[part], new[part]) for part in ("site", "editions", "published", "people")):
            return "left neither the old state nor the new"
        act(trial)
        again = state(trial)
    except Exception as fault:
        return f"left {fault}"
    if scenario_log(again) != scenario_log(new) or any(again[part] != new[part] for part in new if part != "log"):
        return "a second run does not give what an undisturbed run gives"
    return ""


def scenario_log(seen: dict[str, object]) -> object:
    """Without people: their line is written before their entry, so a run that was killed leaves one line more."""
    events: list[tuple[str, str]] = seen["log"]  # type: ignore[assignment]
    return [event for event in events if event[0] != "nothing"]


@pytest.mark.parametrize("mode", ["kill", "full"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_fault_before_any_change_leaves_old_or_new_and_a_second_run_heals(scenario: str, mode: str) -> None:
    program = subprocess.run(
        [sys.executable, "-m", "tests.attack.test_release_kill", scenario, mode],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert program.returncode == 0, program.stderr
    points, found = json.loads(program.stdout)
    assert found == []
    assert points >= 8  # the sabotage itself works


if __name__ == "__main__":
    signing._SCRYPT_N = 2**4  # throw-away keys: their stretching is not what is attacked here
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        print(json.dumps(faults(sys.argv[1], sys.argv[2], Path(place))))
