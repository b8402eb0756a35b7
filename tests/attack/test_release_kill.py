"""kill -9, and a disk that fills up, before single changes that any verb of an edition's life makes.

The test starts this file as a program (so that it forks from a process without threads). It lives a whole small life
under a clock that stands where it is put: a person is entered, two releases announced, built, built again, approved,
published as one set, one of them corrected, the correction withdrawn; and keeps the workspace after each stage. For
each attack it copies the workspace before a stage, forks, and the child is killed - or its disk is full from then
on - right before its k-th change to the file system. Then:

    the log is, byte for byte, a beginning of the undisturbed life's log; every edition is in it once at most
    the site is, byte for byte with modes and times, one that the undisturbed life showed; what it holds verifies
    no folder that others can enter holds an edition that is not in the log
    the same stage again leads to the undisturbed log and site
"""

import errno
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from publisher.errors import ReleaseError
from publisher.release.approval.revise import revise
from publisher.release.calendar.planned import announcement, next_release
from publisher.release.edition.edition import editions, find_edition
from publisher.release.edition.verify import verify
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people import people, signing
from publisher.release.people.people import add_person, read_register
from publisher.release.people.service import open_service
from publisher.release.publish.converge import converge, served_checkpoint
from publisher.release.publish.index import sites_folder
from publisher.release.publish.publish import publish
from publisher.release.publish.withdraw import withdraw
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.log import log_path, read_log
from publisher.settings import Workspace
from tests.lib.clock import FakeClock
from tests.lib.release import (
    BUILT,
    FOUNDED,
    NOW,
    PASSPHRASE,
    PLAN,
    SERIES,
    approve,
    build,
    make_workspace,
    signer,
    two_steps,
)

ONE, OTHER = "2021-02", "2021-03"
DUE = NOW + timedelta(days=1)  # of both: one morning
RENDER = two_steps()
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
Act = Callable[[Workspace], None]
Site = dict[str, tuple[str, int, int]]


# --- a life, stage by stage; each can be run again ---


class FixedKey:
    """Stands in for the class that makes keys: the same life has the same keys."""

    @staticmethod
    def generate() -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(b"e" * 32)


def enter_eve(workspace: Workspace) -> None:
    if read_register(workspace).named("eve") is None:
        with patch.object(people, "Ed25519PrivateKey", FixedKey):
            add_person(workspace, "eve", ["approve"], PASSPHRASE, by=signer("ann"), now=FOUNDED)


def announce_both(workspace: Workspace) -> None:
    for period in (ONE, OTHER):
        with disk_faults("announce"), exclusive(workspace):
            log = read_log(workspace)
            planned = next_release(log, PLAN, period)
            if planned is not None and not planned.announced:
                fact = announcement(planned, PLAN.title).model_copy(update={"due": DUE.isoformat()})
                append(workspace, Draft("announced", who="service", fact=fact), open_service(workspace), now=FOUNDED)
    converge(workspace, RENDER, FakeClock(BUILT))


def build_both(workspace: Workspace) -> None:
    with disk_faults("build"):
        for period in (ONE, OTHER):
            build(workspace, period)


def build_again(workspace: Workspace) -> None:
    with disk_faults("build"):
        build(workspace, OTHER, "another try")


def approve_both(workspace: Workspace) -> None:
    for period in (ONE, OTHER):
        approve(find_edition(workspace, SERIES, period), "bob", now=NOW)


def publish_both(workspace: Workspace) -> None:
    found = [find_edition(workspace, SERIES, period, 1) for period in (ONE, OTHER)]
    publish(workspace, {SERIES: PLAN}, found, RENDER, clock=FakeClock(DUE))


def build_correction(workspace: Workspace) -> None:
    now, by = DUE, signer("dua")
    if not read_log(workspace).opened:
        revise(workspace, PLAN, ONE, kind="correction", due=DUE, reason="A unit was wrong.", by=by, now=now)
    with disk_faults("build"):
        build(workspace, ONE, "corrected")
    approve(find_edition(workspace, SERIES, ONE, 2), "bob", now=now)


def publish_correction(workspace: Workspace) -> None:
    found = [find_edition(workspace, SERIES, ONE, 2)]
    publish(workspace, {SERIES: PLAN}, found, RENDER, by=signer("dua"), clock=FakeClock(DUE + timedelta(hours=2)))


def withdraw_it(workspace: Workspace) -> None:
    withdraw(
        workspace,
        f"{SERIES}/{ONE}/v2",
        reason="Worse than before.",
        contact="trade@example.org",
        known="All of it.",
        by=signer("dua"),
        clock=FakeClock(DUE + timedelta(hours=3)),
        render_site=RENDER,
    )


LIFE: dict[str, Act] = {
    "person": enter_eve,
    "announce": announce_both,
    "build": build_both,
    "replace": build_again,
    "approve": approve_both,
    "publish": publish_both,
    "correct": build_correction,
    "publish correction": publish_correction,
    "withdraw": withdraw_it,
}


# --- faults ---


class Saboteur:
    """Counts changes to the file system and strikes at the k-th; 0 only counts. `commits` are writes to the log."""

    def __init__(self, at: int, mode: str) -> None:
        self.at, self.mode, self.seen = at, mode, 0
        self.commits: list[int] = []
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
        if event == "write":
            self.commits.append(self.seen)
        if self.at and self.mode == "kill" and self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.at and self.mode == "full" and self.seen >= self.at and event in GROWING:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@dataclass(frozen=True)
class Ran:
    """How a child ended: `outcome` is "killed", "done" or what it raised."""

    outcome: str
    changes: int = 0
    commits: tuple[int, ...] = ()


def in_child(workspace: Workspace, act: Act, at: int, mode: str) -> Ran:
    """Runs `act` in a fork that strikes at change `at`."""
    told, tell = os.pipe()
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
        os.write(tell, json.dumps([outcome, saboteur.seen, saboteur.commits]).encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        said = pipe.read()
    if os.WIFSIGNALED(os.waitpid(child, 0)[1]):
        return Ran("killed")
    outcome, changes, commits = json.loads(said)
    return Ran(outcome, changes, tuple(commits))


# --- what must hold ---


def site_of(workspace: Workspace) -> Site:
    """Everything that is served below the root: digest, mode, time. Empty where nothing is."""
    if not workspace.site.exists():
        return {}
    root = workspace.site.resolve()
    return {
        path.relative_to(root).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in root.rglob("*")
    }


@dataclass
class Undisturbed:
    """The life without faults: workspaces before and after its stages, and every site that was shown."""

    folder: Path
    log: bytes = b""
    sites: dict[bytes, Site] = field(default_factory=lambda: {b"": {}})
    points: dict[str, Ran] = field(default_factory=dict)

    def before(self, stage: int) -> Path:
        return self.folder / f"stage {stage}"

    def live(self) -> None:
        make_workspace(self.before(0))
        for number, (name, act) in enumerate(LIFE.items()):
            after = Workspace(self.before(number + 1))
            copy(self.before(number), after.root)
            self.points[name] = in_child(after, act, 0, "kill")
            if self.points[name].outcome != "done":
                raise RuntimeError(f"{name}: {self.points[name].outcome}")
            self.sites[served_checkpoint(after)] = site_of(after)
        self.log = log_path(after).read_bytes()

    def problem(self, workspace: Workspace) -> str:
        """What of all that must hold at any instant does not."""
        log = read_log(workspace)
        if not self.log.startswith(b"".join(log.lines)):
            return "the log is not a beginning of the undisturbed one"
        names = [edition.edition.name for edition in published_lines(workspace)]
        if len(names) != len(set(names)):
            return f"published twice: {names}"
        note = served_checkpoint(workspace)
        if note not in self.sites or site_of(workspace) != self.sites[note]:
            return "the site is none that was ever shown"
        return damage(workspace) or readable_too_early(workspace, set(names))


def published_lines(workspace: Workspace) -> list:  # type: ignore[type-arg]
    return [e for line in read_log(workspace).of("published") if line.public for e in line.public.fact.editions]  # type: ignore[union-attr]


def damage(workspace: Workspace) -> str:
    key = signer().key.public_key()
    for edition in editions(workspace, SERIES):
        if not verify(edition, key).ok:
            return f"{edition.name} is damaged"
        shown = workspace.site / "releases" / edition.name
        if shown.is_dir() and not (shown / "withdrawn.json").exists() and not verify(shown, key).ok:
            return f"{edition.name} is damaged on the site"
    return ""


def readable_too_early(workspace: Workspace, published: set[str]) -> str:
    for folder in sites_folder(workspace).glob("*"):
        if not folder.is_symlink() and folder.stat().st_mode & 0o077:
            for path in [*folder.glob("releases/*/2*/v*"), *folder.glob("*/releases/*/2*/v*")]:
                if "/".join(path.parts[-3:]) not in published:
                    return f"others can read {path}"
    return ""


def strike(life: Undisturbed, stage: int, at: int, mode: str, trial: Workspace) -> str:
    """What is wrong after a fault at change `at` of a stage, and again after the second run; or ''."""
    act = list(LIFE.values())[stage]
    copy(life.before(stage), trial.root)
    ran = in_child(trial, act, at, mode)
    if mode == "kill" and ran.outcome != "killed":
        return f"was not killed: {ran.outcome}"
    if mode == "full" and ran.outcome != "done" and "disk is full" not in ran.outcome:
        return f"said {ran.outcome}"
    try:
        return life.problem(trial) or healed(life, trial, [act], stage + 1)
    except Exception as fault:
        return f"left {type(fault).__name__} {fault}"


def healed(life: Undisturbed, trial: Workspace, acts: list[Act], stage: int) -> str:
    """Runs the stages again. Says whether that does not lead to where the undisturbed life was before `stage`."""
    for act in acts:
        act(trial)
    expected = Workspace(life.before(stage))
    if log_path(trial).read_bytes() != log_path(expected).read_bytes():
        return "a second run gives another log"
    if site_of(trial) != site_of(expected):
        return "a second run gives another site"
    left = [path.name for path in (sites_folder(trial) / ".ready").glob("*")]
    return life.problem(trial) or (f"left {left}" if left else "")


def copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)


# --- which points ---


def points(life: Undisturbed, choice: random.Random, count: int, mode: str) -> Iterator[tuple[int, int]]:
    """`count` changes of all stages at random; and for kills each commit, the change before and the two after it."""
    everywhere = [(stage, at) for stage, ran in enumerate(life.points.values()) for at in range(1, ran.changes + 1)]
    chosen = set(choice.sample(everywhere, min(count, len(everywhere))))
    if mode == "kill":
        for stage, ran in enumerate(life.points.values()):
            last = ran.commits[-1]
            chosen |= {(stage, at) for at in range(last - 1, last + 3) if at <= ran.changes}
    yield from sorted(chosen)


def faults(mode: str, count: int, seed: int, folder: Path) -> tuple[int, list[str]]:
    """Strikes at `count` points and more. Returns at how many, and what went wrong."""
    life, found, struck = Undisturbed(folder), [], 0
    signer(), signer("dua")
    life.live()
    for stage, at in points(life, random.Random(seed), count, mode):
        struck += 1
        problem = strike(life, stage, at, mode, Workspace(folder / "trial"))
        if problem:
            name = list(LIFE)[stage]
            found.append(f"{name}, {mode} at change {at} of {life.points[name].changes}: {problem}")
    return struck, found


def killed_anywhere(count: int, folder: Path) -> tuple[int, list[str]]:
    """`count` real kills at random microseconds of the whole life, by another process.

    A life that ended before its kill does not count, and the next one gets less time: so many do strike, however the
    load of the machine changes.
    """
    life, found, struck = Undisturbed(folder), [], 0
    signer(), signer("dua")
    life.live()
    trial = Workspace(folder / "trial")
    copy(life.before(0), trial.root)
    started = time.monotonic()
    in_child(trial, whole_life, 0, "kill")
    takes = time.monotonic() - started
    while struck < count:
        copy(life.before(0), trial.root)
        child = os.fork()
        if child == 0:
            whole_life(trial)
            os._exit(0)
        time.sleep(random.uniform(0, takes))
        os.kill(child, signal.SIGKILL)
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        struck, takes = struck + killed, takes if killed else takes / 2
        try:
            problem = life.problem(trial) or healed(life, trial, rest_of_life(life, trial), len(LIFE))
        except Exception as fault:
            problem = f"left {type(fault).__name__} {fault}"
        if problem:
            found.append(problem)
    return struck, found


def whole_life(workspace: Workspace) -> None:
    for act in LIFE.values():
        act(workspace)


def rest_of_life(life: Undisturbed, trial: Workspace) -> list[Act]:
    """The stages that the log does not tell to be done, and the last that it does: its site may not be shown."""
    lines = len(read_log(trial).lines)
    ends = [len(read_log(Workspace(life.before(stage + 1))).lines) for stage in range(len(LIFE))]
    return [act for act, end in zip(LIFE.values(), ends, strict=True) if end >= lines]


def run(*words: object) -> tuple[int, list[str]]:
    program = subprocess.run(
        [sys.executable, "-m", "tests.attack.test_release_kill", *map(str, words)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert program.returncode == 0, program.stderr
    struck, found = json.loads(program.stdout)
    return struck, found


@pytest.mark.parametrize(("mode", "count"), [("kill", 20), ("full", 15)])
def test_a_fault_leaves_a_defined_state_and_a_second_run_heals(mode: str, count: int) -> None:
    struck, found = run(mode, count, random.randrange(2**32))
    assert found == []
    assert struck >= count


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["kill", "full"])
def test_a_fault_at_any_of_500_points(mode: str) -> None:
    struck, found = run(mode, 500, random.randrange(2**32))
    assert found == []
    assert struck >= 500


def test_a_kill_at_any_microsecond() -> None:
    struck, found = run("anywhere", 6)
    assert found == []
    assert struck == 6


if __name__ == "__main__":
    signing._SCRYPT_N = 2**4  # throw-away keys: their stretching is not what is attacked here
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        if sys.argv[1] == "anywhere":
            print(json.dumps(killed_anywhere(int(sys.argv[2]), Path(place))))
        else:
            print(json.dumps(faults(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(place))))
