"""kill -9 at any boundary of charge, draw and seal of value bands: no spend is lost, nothing is drawn twice."""

import os
from fractions import Fraction
from pathlib import Path

import pytest

from publisher.dp.band import mechanism
from publisher.dp.band.protect import protect_bands
from publisher.errors import PrivacyBudgetError
from publisher.ledger.journal import Step, no_step
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.protected import ProtectedTable
from tests.lib.bands import band_query, values_of
from tests.lib.killing import die, in_child
from tests.lib.noise import PERIOD, data
from tests.lib.privacy_ledger import SEAL_KEY, allow

Q = band_query()
UNIT = Q.protection.unit  # type: ignore[union-attr]
BOUNDARIES = {  # name -> what was spent when the next run has recovered
    "before the charge": 1,
    "charged": 2,
    "drawn": 2,
    "half stored": 2,
    "before the rename": 2,
    "renamed": 1,
    "before the seal is entered": 1,
    "sealed": 1,
}


def measure(ledger: Ledger, step: Step = no_step) -> ProtectedTable:
    ledger.require_head({})
    sums = values_of(Q, [10**6] * 20)
    return protect_bands(Q, PERIOD, data(), ledger, sums, progress=lambda stage, *_: step(stage))


def killed_at(folder: Path, boundary: int) -> bool:
    """False where the measurement ended before its n-th boundary. Every draw is noted before it is used."""

    def work() -> None:
        left, real = [boundary], mechanism.draw

        def step(_: str) -> None:
            if left[0] == 0:
                die()
            left[0] -= 1

        def noting(*arguments: object) -> object:
            numbers = real(*arguments)  # type: ignore[arg-type]
            with (folder.parent / "draws").open("a") as file:
                file.write(numbers.tobytes().hex() + "\n")
            return numbers

        mechanism.draw = noting  # type: ignore[assignment]
        with open_ledger(folder, SEAL_KEY, step=step) as ledger:
            measure(ledger, step)

    return os.WIFSIGNALED(os.waitpid(in_child(work), 0)[1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_ledger(tmp_path / "ledger", SEAL_KEY) as ledger:
        allow(ledger, "12", UNIT)
    return tmp_path / "ledger"


@pytest.mark.parametrize("name", BOUNDARIES)
def test_a_kill_loses_budget_at_worst(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert killed_at(folder, list(BOUNDARIES).index(name))
    with open_ledger(folder, SEAL_KEY) as ledger:
        try:
            table = measure(ledger)
        except PrivacyBudgetError as closed:
            assert "abandon" in closed.remedy
            ledger.abandon(ledger.charges()[-1].key, "killed in a test")
            table = measure(ledger)
        ledger.verify()
        assert ledger.spent(UNIT, 2021) == BOUNDARIES[name] * Fraction(1)
        monkeypatch.setattr(mechanism, "draw", None)
        assert measure(ledger) == table
    drawn = (folder.parent / "draws").read_text().splitlines() if (folder.parent / "draws").exists() else []
    assert len(drawn) <= 1


def test_there_is_no_boundary_that_is_not_tried(folder: Path) -> None:
    assert not killed_at(folder, len(BOUNDARIES))
