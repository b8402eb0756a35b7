"""A measurement in a child process that is killed with SIGKILL, and what it may leave behind."""

import os
import random
import signal
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa

import publisher.dp.noisy as noisy
from publisher.dp.protect import protect
from publisher.dp.quantile import PrivateQuantile
from publisher.errors import LedgerError, PrivacyBudgetError
from publisher.ledger.adopt import adopt
from publisher.ledger.journal import Step, no_step
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.confidential import ClippedSums
from publisher.model.privacy import Cap, Clip
from publisher.model.protected import ProtectedTable
from tests.lib.noise import PERIOD, UNIT, data, noisy_query, sums_of
from tests.lib.privacy_ledger import SEAL_KEY, allow

QUERIES = {"fixed": noisy_query(), "private": noisy_query(clip=Clip("private_quantile", Fraction(1, 2)))}
RHO = Fraction(1, 50)
CAP = Fraction(1000)


class Draws:
    """Files beside the ledger in which every draw is noted, with its numbers, before protect() sees them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clips = path.with_suffix(".clips")

    def watch(self) -> None:
        real, real_clip = noisy.draw, PrivateQuantile.draw

        def noting_clip(*arguments: object) -> int:
            clip = real_clip(*arguments)  # type: ignore[arg-type]
            with self.clips.open("a") as file:
                file.write(f"{clip}\n")
            return clip

        def noting(*arguments: object) -> np.ndarray:  # type: ignore[type-arg]
            numbers = real(*arguments)  # type: ignore[arg-type]
            with self.path.open("a") as file:
                file.write(numbers.tobytes().hex() + "\n")
            return numbers

        noisy.draw = noting  # type: ignore[assignment]
        PrivateQuantile.draw = noting_clip  # type: ignore[assignment, method-assign]

    def clips_drawn(self) -> int:
        return len(self.clips.read_text().splitlines()) if self.clips.exists() else 0

    def all(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []


def measure(ledger: Ledger, clip: str, period: str = PERIOD, step: Step = no_step) -> ProtectedTable:
    """One measurement with a clip of QUERIES. `step` is also told when the clip is known and while noise is drawn."""
    query = QUERIES[clip]

    def sums(at: int) -> ClippedSums:
        if clip == "private":
            step("clip drawn")
        return sums_of(query, period=period)(at)

    def norms() -> pa.Table:
        return pa.table({"norm": [1.0, 2.0, 3.0]})

    ledger.require_head({})
    adopt(ledger, [Cap(UNIT, CAP)])
    return protect(query, period, data(), ledger, sums, norms, progress=lambda stage, *_: step(stage))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_child(work: Callable[[], None]) -> int:
    """Runs `work` in a fork. Returns the child's process number; wait for it with os.waitpid."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def killed_at(folder: Path, draws: Draws, clip: str, boundary: int) -> bool:
    """Measures in a child that dies at its n-th boundary. False where it ended before reaching it."""

    def work() -> None:
        left = [boundary]

        def step(_: str) -> None:
            if left[0] == 0:
                die()
            left[0] -= 1

        draws.watch()
        with open_ledger(folder, SEAL_KEY, step=step) as ledger:
            measure(ledger, clip, step=step)

    return os.WIFSIGNALED(os.waitpid(in_child(work), 0)[1])


def seconds_of_one(folder: Path, clip: str) -> float:
    """How long a measurement takes in a process that is warm, as this one and its forks are from now on."""
    with open_ledger(folder, SEAL_KEY) as ledger:
        measure(ledger, clip)
        started = time.perf_counter()
        measure(ledger, clip, "2021-03")
    return time.perf_counter() - started


def killed_after(folder: Path, draws: Draws, clip: str, start: int, seconds: float) -> bool:
    """Measures in a child that is killed so long after it opened the ledger; one in five times, after its start."""
    opened, told = os.pipe()
    child = in_child(lambda: _measure_for_ever(folder, draws, clip, start, told))
    os.close(told)
    if random.random() < 0.8:
        os.read(opened, 1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.close(opened)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _measure_for_ever(folder: Path, draws: Draws, clip: str, start: int, told: int) -> None:
    """One measurement after the other; between them the cap moves to just above what is spent, and back."""
    draws.watch()
    with open_ledger(folder, SEAL_KEY) as ledger:
        os.write(told, b".")
        for number in range(start, start + 10_000):
            allow(ledger, str(ledger.spent(UNIT, 2021) + RHO))
            measure(ledger, clip, f"2021-{number}")
            allow(ledger, str(CAP))


def recover(folder: Path, clip: str) -> tuple[ProtectedTable, Fraction]:
    """What the next run makes of it: the result, giving up a charge only if the program tells to. And the spend."""
    with open_ledger(folder, SEAL_KEY) as ledger:
        try:
            table = measure(ledger, clip)
        except PrivacyBudgetError as closed:
            if "abandon" not in closed.remedy:
                raise LedgerError("no instruction") from closed
            ledger.abandon(ledger.charges()[-1].key, "killed in a test")
            table = measure(ledger, clip)
        ledger.verify()
        return table, ledger.spent(UNIT, 2021)
