"""kill -9 at any boundary of charge, draw and seal: no spend is lost and no measurement drawn twice."""

import os
import random
from fractions import Fraction
from pathlib import Path

import pytest

import publisher.dp.noisy as noisy
from publisher.dp.quantile import PrivateQuantile
from publisher.errors import PrivacyBudgetError
from publisher.ledger.ledger import open_ledger
from tests.lib.killing import (
    CAP,
    RHO,
    Draws,
    die,
    in_child,
    killed_after,
    killed_at,
    measure,
    recover,
    seconds_of_one,
)
from tests.lib.noise import UNIT
from tests.lib.privacy_ledger import SEAL_KEY, allow

BOUNDARIES = (
    "before the charge",
    "charged",
    "clip drawn",
    "drawn",
    "half stored",
    "before the rename",
    "renamed",
    "before the seal is entered",
    "sealed",
)
LOST = {"charged", "clip drawn", "drawn", "half stored", "before the rename"}
CASES = [
    (clip, name, place)
    for clip, names in (
        ("fixed", [name for name in BOUNDARIES if name != "clip drawn"]),
        ("private", list(BOUNDARIES)),
    )
    for place, name in enumerate(names)
]


@pytest.fixture
def draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draws:
    monkeypatch.setattr(noisy, "draw", noisy.draw)  # put back after the test
    monkeypatch.setattr(PrivateQuantile, "draw", PrivateQuantile.draw)
    return Draws(tmp_path / "draws")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_ledger(tmp_path / "ledger", SEAL_KEY) as ledger:
        allow(ledger, str(CAP))
        return tmp_path / "ledger"


@pytest.mark.parametrize(("clip", "name", "boundary"), CASES, ids=[f"{clip} {name}" for clip, name, _ in CASES])
def test_a_kill_loses_budget_at_worst(folder: Path, draws: Draws, clip: str, name: str, boundary: int) -> None:
    assert killed_at(folder, draws, clip, boundary)
    drawn_before = draws.all()
    draws.watch()
    table, spent = recover(folder, clip)
    assert spent == RHO * (2 if name in LOST else 1)
    assert max(len(draws.all()), draws.clips_drawn()) * RHO <= spent
    if name not in LOST | {"before the charge"}:
        assert draws.all() == drawn_before  # continued with what had been drawn
    noisy.draw = PrivateQuantile.draw = None  # type: ignore[assignment]
    assert recover(folder, clip) == (table, spent)


@pytest.mark.parametrize("clip", ["fixed", "private"])
def test_there_is_no_boundary_that_is_not_tried(folder: Path, draws: Draws, clip: str) -> None:
    assert not killed_at(folder, draws, clip, sum(case[0] == clip for case in CASES))


@pytest.mark.parametrize("clip", ["fixed", "private"])
def test_without_giving_up_a_lost_charge_stays_closed(folder: Path, draws: Draws, clip: str) -> None:
    assert killed_at(folder, draws, clip, next(p for c, n, p in CASES if (c, n) == (clip, "half stored")))
    for _ in range(3):
        with open_ledger(folder, SEAL_KEY) as ledger, pytest.raises(PrivacyBudgetError, match="never sealed"):
            measure(ledger, clip)
    assert len(draws.all()) == 1
    assert draws.clips_drawn() <= 1


@pytest.mark.parametrize("boundary", [0, 1])
def test_a_kill_while_a_cap_is_entered_leaves_the_old_cap_or_the_new(folder: Path, boundary: int) -> None:
    def work() -> None:
        left = [boundary]

        def step(_: str) -> None:
            if left[0] == 0:
                die()
            left[0] -= 1

        with open_ledger(folder, SEAL_KEY, step=step) as ledger:
            allow(ledger, "1/50")

    assert os.WIFSIGNALED(os.waitpid(in_child(work), 0)[1])
    with open_ledger(folder, SEAL_KEY) as ledger:
        ledger.verify()
        assert ledger.caps()[UNIT].per_year == (CAP, Fraction(1, 50))[boundary]


def kill_at_random(folder: Path, draws: Draws, clip: str, kills: int) -> dict[str, int]:
    """Kills a measuring process that many times, recovering after each. Counts what was found."""
    found = {"kills": 0, "continued": 0, "given up": 0, "torn": 0}
    length = seconds_of_one(folder.parent / "warm", clip)
    for number in range(kills):
        found["kills"] += killed_after(folder, draws, clip, number * 10_001, random.uniform(0, 3 * length))
        _check(folder, draws, found)
    return found


def _check(folder: Path, draws: Draws, found: dict[str, int]) -> None:
    """No draw without its charge, none twice; the newest measurement is there, or closed with what to do."""
    with open_ledger(folder, SEAL_KEY) as ledger:
        ledger.verify()
        charges = ledger.charges()
        assert max(len(draws.all()), draws.clips_drawn()) <= len(charges)
        assert len(set(draws.all())) == len(draws.all())
        assert ledger.spent(UNIT, 2021) == RHO * len(charges) <= ledger.caps()[UNIT].per_year
        found["torn"] += ledger.repaired > 0
        if not charges:
            return
        try:
            found["continued"] += ledger.sealed(charges[-1].key) is not None
        except PrivacyBudgetError as closed:
            assert f"publisher ledger abandon {charges[-1].key[:16]}" in closed.remedy
            ledger.abandon(charges[-1].key, "killed")
            found["given up"] += 1


@pytest.mark.parametrize("clip", ["fixed", "private"])
def test_kills_at_random_instants(folder: Path, draws: Draws, clip: str) -> None:
    assert kill_at_random(folder, draws, clip, 12)["kills"] == 12


@pytest.mark.slow
@pytest.mark.parametrize("clip", ["fixed", "private"])
def test_a_thousand_kills_at_random_instants(folder: Path, draws: Draws, clip: str) -> None:
    """Half of them while the clip is fixed, half while it is drawn first: two draws under one charge."""
    found = kill_at_random(folder, draws, clip, 500)
    assert found["kills"] == 500
    assert min(found["continued"], found["given up"]) > 0
    assert (draws.clips_drawn() > len(draws.all())) == (clip == "private")  # some died between the two draws
