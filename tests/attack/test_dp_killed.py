"""kill -9 at any boundary of charge, draw and seal: no spend is lost and no measurement drawn twice."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

import publisher.dp.noisy as noisy
from publisher.errors import PrivacyBudgetError
from publisher.ledger.ledger import open_ledger
from tests.lib.killing import RHO, Draws, in_child, killed_at, measure, recover
from tests.lib.noise import UNIT
from tests.lib.privacy_ledger import SEAL_KEY

BOUNDARIES = (
    "before the charge",
    "charged",
    "drawn",
    "half stored",
    "before the rename",
    "renamed",
    "before the seal is entered",
    "sealed",
)
LOST = {"charged", "drawn", "half stored", "before the rename"}


@pytest.fixture
def draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draws:
    monkeypatch.setattr(noisy, "draw", noisy.draw)  # put back after the test
    return Draws(tmp_path / "draws")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_ledger(tmp_path / "ledger", SEAL_KEY):
        return tmp_path / "ledger"


@pytest.mark.parametrize("boundary", range(len(BOUNDARIES)), ids=BOUNDARIES)
def test_a_kill_loses_budget_at_worst(folder: Path, draws: Draws, boundary: int) -> None:
    assert killed_at(folder, draws, boundary)
    drawn_before = draws.all()
    draws.watch()
    table, spent = recover(folder)
    lost = BOUNDARIES[boundary] in LOST
    assert spent == RHO * (2 if lost else 1)
    assert len(draws.all()) * RHO <= spent
    if BOUNDARIES[boundary] not in LOST | {"before the charge"}:
        assert draws.all() == drawn_before  # continued with what had been drawn
    noisy.draw = None  # type: ignore[assignment]
    assert recover(folder) == (table, spent)


def test_there_is_no_boundary_that_is_not_tried(folder: Path, draws: Draws) -> None:
    assert not killed_at(folder, draws, len(BOUNDARIES))


def test_without_giving_up_a_lost_charge_stays_closed(folder: Path, draws: Draws) -> None:
    assert killed_at(folder, draws, BOUNDARIES.index("half stored"))
    for _ in range(3):
        with open_ledger(folder, SEAL_KEY) as ledger, pytest.raises(PrivacyBudgetError, match="never sealed"):
            measure(ledger)
    assert len(draws.all()) == 1


def _measure_for_ever(folder: Path, draws: Draws, start: int) -> None:
    draws.watch()
    with open_ledger(folder, SEAL_KEY) as ledger:
        for number in range(start, start + 10_000):
            measure(ledger, data=str(number))


def kill_at_random(folder: Path, draws: Draws, kills: int) -> dict[str, int]:
    """Kills a measuring process that many times, recovering after each. Counts what was found."""
    found = {"kills": 0, "continued": 0, "given up": 0, "torn": 0}
    for number in range(kills):
        child = in_child(lambda: _measure_for_ever(folder, draws, number * 10_000))  # noqa: B023
        time.sleep(random.uniform(0.0, 0.06))
        os.kill(child, signal.SIGKILL)
        found["kills"] += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        _check(folder, draws, found)
    return found


def _check(folder: Path, draws: Draws, found: dict[str, int]) -> None:
    with open_ledger(folder, SEAL_KEY) as ledger:
        ledger.verify()
        charges = ledger.charges()
        assert len(draws.all()) <= len(charges)
        assert len(set(draws.all())) == len(draws.all())
        assert ledger.spent(UNIT, 2021) == RHO * len(charges)
        found["torn"] += ledger.repaired > 0
        if not charges:
            return
        try:
            found["continued"] += ledger.sealed(charges[-1].key) is not None
        except PrivacyBudgetError:
            ledger.abandon(charges[-1].key, "killed")
            found["given up"] += 1


def test_kills_at_random_instants(folder: Path, draws: Draws) -> None:
    assert kill_at_random(folder, draws, 25)["kills"] == 25


@pytest.mark.slow
def test_a_thousand_kills_at_random_instants(folder: Path, draws: Draws) -> None:
    assert kill_at_random(folder, draws, 1_000)["kills"] == 1_000
