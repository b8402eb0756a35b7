"""A measurement in a child process that is killed with SIGKILL, and what it may leave behind."""

import os
import signal
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

import publisher.dp.noisy as noisy
from publisher.dp.protect import protect
from publisher.errors import LedgerError, PrivacyBudgetError
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.protected import ProtectedTable
from tests.lib.noise import PERIOD, UNIT, no_norms, noisy_query, sums_of
from tests.lib.privacy_ledger import SEAL_KEY

QUERY = noisy_query()
RHO = Fraction(1, 50)
CAP = Fraction(1000)


class Draws:
    """A file beside the ledger in which every draw is noted, with its numbers, before protect() sees them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def watch(self) -> None:
        real = noisy.draw

        def noting(*arguments: object) -> np.ndarray:  # type: ignore[type-arg]
            numbers = real(*arguments)  # type: ignore[arg-type]
            with self.path.open("a") as file:
                file.write(numbers.tobytes().hex() + "\n")
            return numbers

        noisy.draw = noting  # type: ignore[assignment]

    def all(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []


def measure(
    ledger: Ledger, data: str = "d1", progress: Callable[[str, int, int], None] | None = None
) -> ProtectedTable:
    told = progress or (lambda stage, done, total: None)
    return protect(QUERY, PERIOD, "s0001", data, ledger, CAP, sums_of(QUERY), no_norms, progress=told)


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


def killed_at(folder: Path, draws: Draws, boundary: int) -> bool:
    """Measures in a child that dies at its n-th boundary. False where it ended before reaching it."""

    def work() -> None:
        left = [boundary]

        def step(*_: object) -> None:
            if left[0] == 0:
                die()
            left[0] -= 1

        draws.watch()
        with open_ledger(folder, SEAL_KEY, step=step) as ledger:
            measure(ledger, progress=step)

    return os.WIFSIGNALED(os.waitpid(in_child(work), 0)[1])


def recover(folder: Path, data: str = "d1") -> tuple[ProtectedTable, Fraction]:
    """What the next run makes of it: the result, giving up a charge only if the program tells to. And the spend."""
    with open_ledger(folder, SEAL_KEY) as ledger:
        try:
            table = measure(ledger, data)
        except PrivacyBudgetError as closed:
            if "abandon" not in closed.remedy:
                raise LedgerError("no instruction") from closed
            ledger.abandon(ledger.charges()[-1].key, "killed in a test")
            table = measure(ledger, data)
        ledger.verify()
        return table, ledger.spent(UNIT, 2021)
