"""kill -9 at any boundary of the charge, draw and seal of a year: no spend is lost and no year drawn twice."""

import os
from fractions import Fraction
from pathlib import Path

import pytest

import publisher.dp.noisy as noisy
from publisher.errors import PrivacyBudgetError
from publisher.ledger.journal import Step, no_step
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.protected import ProtectedTable
from tests.lib.killing import Draws, die, in_child
from tests.lib.noise import UNIT, noisy_query
from tests.lib.privacy_ledger import SEAL_KEY, allow
from tests.lib.years import YEAR, measure_month, measure_months, no_year, protect_year, with_year

MONTHLY = noisy_query()
QUERY = with_year(MONTHLY)
MONTHS_RHO, RHO = Fraction(12, 50), Fraction(1, 10)
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
    with open_ledger(tmp_path / "ledger", SEAL_KEY) as ledger:
        allow(ledger, "1", revision_reserve="1/5")
        measure_months(MONTHLY, ledger)
    return tmp_path / "ledger"


def measure(ledger: Ledger, step: Step = no_step) -> ProtectedTable:
    ledger.require_head({})
    return protect_year(QUERY, ledger, progress=lambda stage, *_: step(stage))


def killed_at(folder: Path, draws: Draws, boundary: int) -> bool:
    """Measures in a child that dies at its n-th boundary. False where it ended before reaching it."""

    def work() -> None:
        left = [boundary]

        def step(_: str) -> None:
            if left[0] == 0:
                die()
            left[0] -= 1

        draws.watch()
        with open_ledger(folder, SEAL_KEY, step=step) as ledger:
            measure(ledger, step)

    return os.WIFSIGNALED(os.waitpid(in_child(work), 0)[1])


@pytest.mark.parametrize(("boundary", "name"), list(enumerate(BOUNDARIES)), ids=BOUNDARIES)
def test_a_kill_loses_the_budget_of_one_year_at_worst(folder: Path, draws: Draws, boundary: int, name: str) -> None:
    assert killed_at(folder, draws, boundary)
    drawn = draws.all()
    draws.watch()
    with open_ledger(folder, SEAL_KEY) as ledger:
        if name in LOST:
            with pytest.raises(PrivacyBudgetError, match="never sealed") as closed:
                measure(ledger)
            assert "publisher ledger abandon" in closed.value.remedy
            ledger.abandon(ledger.charges()[-1].key, "killed in a test")
        table = measure(ledger)
        spent = ledger.spent(UNIT, 2021) - MONTHS_RHO
        assert spent == RHO * (2 if name in LOST else 1)
        assert len(draws.all()) * RHO <= spent
        if name not in LOST | {"before the charge"}:
            assert draws.all() == drawn  # continued with what had been drawn
        ledger.verify()
        assert protect_year(QUERY, ledger, no_year) == table


def test_there_is_no_boundary_that_is_not_tried(folder: Path, draws: Draws) -> None:
    assert not killed_at(folder, draws, len(BOUNDARIES))


def test_a_month_revised_between_the_kill_and_the_rebuild_is_another_year(folder: Path, draws: Draws) -> None:
    """The charge that was lost stays lost, and the next names the months as they are now."""
    assert killed_at(folder, draws, BOUNDARIES.index("charged"))
    with open_ledger(folder, SEAL_KEY) as ledger:
        allow(ledger, "1", revision_reserve="1/5")
        measure_month(MONTHLY, "2021-05", ledger, revisions=1)
        with pytest.raises(PrivacyBudgetError, match="never sealed"):
            measure(ledger)
        ledger.abandon(ledger.measured(QUERY.id, YEAR)[0].key, "killed in a test")
        noise = measure(ledger).noise
        assert noise is not None and len(noise.measurements) == 13
        assert noise.measurements[4] == ledger.measured(QUERY.id, "2021-05")[1].key
