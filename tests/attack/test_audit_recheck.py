"""The second opinion: what the main attack overlooks, were it blind, plain programs over a sample still find."""

import numpy as np
import pytest

from publisher.audit import feasibility, recheck
from publisher.audit.feasibility import MISSED, UNFINISHED
from publisher.audit.prover import Outcome, Prover
from publisher.audit.recheck import SAMPLE, secret_seed
from publisher.audit.reduced import Reduced
from publisher.audit.system import UNBOUNDED
from publisher.audit.witness import Checker
from tests.attack.test_audit_feasibility import FRAME, judge, problems, spread, square, table
from tests.lib.edition import Written, confidential

CELL = ("t", "2021-01", "A", "x", "statistical_value")


def short_of_room(by: int) -> Written:
    """A-x must be able to fall by 200, and B-y leaves room for 200 - `by`."""
    items = [item for item in square() if item.codes != ("B", "y")]
    items += spread(("B", "y"), [140 - by, 20, 20, 20])
    return Written(table(), confidential(table(), items), hidden=FRAME)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Contraction forgets the bounds and gives no cell away."""
    real = feasibility.reduce_system

    def forgetful(system: recheck.System) -> Reduced:
        whole = real(system)
        lower, upper = (dict.fromkeys(whole.members, end) for end in (-UNBOUNDED, UNBOUNDED))
        return Reduced(whole.members, lower, upper, whole.rows, whole.where, [])

    monkeypatch.setattr(feasibility, "reduce_system", forgetful)


@pytest.fixture
def blind(careless: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The main attack searches nothing and calls every level reached."""
    monkeypatch.setattr(Prover, "run", lambda prover, *_: Outcome(proved=set(prover._needs)))


@pytest.mark.parametrize("by", [1, 50])
@pytest.mark.parametrize("believing", [True, False])
def test_a_wrong_witness_does_not_pass(tmp_path, careless, monkeypatch, by, believing):
    """To lower A-x, B-y gives more than it has. Addition refuses that; where it did not, the second opinion would."""
    if believing:
        monkeypatch.setattr(Checker, "holds", lambda *_: True)
    monkeypatch.setattr(Prover, "run", lambda prover, *_: _plant(prover))
    report = judge(tmp_path, [short_of_room(by)], insiders="off")
    assert problems(report) == {(CELL, MISSED)}
    assert dict(report.measured)["proved_by_witness"] == (2 if believing else 1)


def _plant(prover: Prover) -> Outcome:
    for (group, up), need in prover._needs.items():
        prover.accept({group: need if up else -need})
    return prover.outcome


@pytest.mark.parametrize("by", [1, 50])
def test_a_cell_that_is_short_of_room_is_seen_without_the_main_attack(tmp_path, blind, by):
    assert problems(judge(tmp_path, [short_of_room(by)], insiders="off")) == {(CELL, MISSED)}


@pytest.mark.parametrize("gone", sorted(FRAME - {("A", "x")}))
def test_a_secondary_that_is_shown_is_seen_without_the_main_attack(tmp_path, blind, gone):
    made = table()
    written = Written(made, confidential(made, square()), hidden=FRAME - {gone})
    assert problems(judge(tmp_path, [written], insiders="off")) == {(CELL, MISSED)}


@pytest.mark.parametrize("scale", [1, 10**3, 10**8, 10**11])
def test_a_level_that_is_reached_is_proved_in_whole_numbers(tmp_path, scale):
    made = table()
    written = Written(made, confidential(made, square(1_000 * scale)), hidden=FRAME)
    report = judge(tmp_path, [written])
    assert report.findings == ()
    covered = dict(report.measured)
    assert (covered["sample"], covered["sample_by_arithmetic"]) == (2, 2)


def test_neighbours_are_asked_before_everything_is(tmp_path, monkeypatch):
    """Where the nearest cells reach the level, no larger program is solved; where they do not, one is."""
    made = table()
    written = Written(made, confidential(made, square()), hidden={(a, b) for a in "ABC" for b in "xyz"})
    for near, programs in (((9,), 2), ((2, 9), 4), ((2, 3, 9), 6)):
        monkeypatch.setattr(recheck, "NEAR", near)
        report = judge(tmp_path, [written], name=f"v{programs}")
        assert report.findings == ()
        assert dict(report.measured)["sample_programs"] == programs


def test_a_solver_that_gives_up_is_a_finding(tmp_path, monkeypatch):
    monkeypatch.setattr(recheck._Programs, "_solved", lambda *_: None)
    made = table()
    written = Written(made, confidential(made, square()), hidden=FRAME)
    assert problems(judge(tmp_path, [written])) == {(CELL, UNFINISHED)}


def test_an_answer_that_does_not_add_up_is_not_counted_as_proof(tmp_path, monkeypatch):
    monkeypatch.setattr(recheck._Programs, "_adds_up", lambda *_: False)
    made = table()
    report = judge(tmp_path, [Written(made, confidential(made, square()), hidden=FRAME)])
    assert report.findings == ()
    assert dict(report.measured)["sample_by_arithmetic"] == 0


class TestSample:
    @staticmethod
    def system(tmp_path, monkeypatch, items) -> recheck.System:
        """The system of one edition, as the attack builds it."""
        kept = []
        real = feasibility.build_system
        monkeypatch.setattr(feasibility, "build_system", lambda blocks: kept.append(real(blocks)) or kept[-1])
        made = table()
        judge(tmp_path, [Written(made, confidential(made, items), hidden=FRAME)], name=f"v{len(items)}")
        monkeypatch.setattr(feasibility, "build_system", real)
        return kept[0][0]

    def test_hidden_values_choose_it(self, tmp_path, monkeypatch):
        """Two editions that publish the same numbers: a reader cannot foresee which levels were looked at twice."""
        one = self.system(tmp_path, monkeypatch, square())
        moved = np.isin(np.arange(len(one.truth)), np.flatnonzero(~one.known)[:1])
        other = recheck.System(**(vars(one) | {"truth": one.truth + moved}))
        assert secret_seed(one, "v1") == secret_seed(one, "v1")
        assert len({secret_seed(one, "v1"), secret_seed(one, "v2"), secret_seed(other, "v1")}) == 3

    def test_each_level_once_and_no_more_than_asked(self, tmp_path, monkeypatch):
        made = self.system(tmp_path, monkeypatch, square())
        everything = recheck._sample(made, 1, SAMPLE)
        assert len(everything) == len(set(everything)) == 2
        assert [len(recheck._sample(made, 1, size)) for size in (0, 1, 2, 3)] == [0, 1, 2, 2]
