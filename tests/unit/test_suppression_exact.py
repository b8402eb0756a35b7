"""The exact search on systems given by hand: cuts, bounds, time limits, levels of every size."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from publisher.errors import ProtectionError
from publisher.suppression.attacker import Attacker
from publisher.suppression.choice import level_demands, whole_choice
from publisher.suppression.cuts import UNIT, Cut, capacity_cut, cover_cut, either, exclusion, needs_of
from publisher.suppression.exact import Limits, Proposal, least_pattern
from publisher.suppression.master import MARGIN, Master
from publisher.suppression.secondary import Pattern, suppress
from publisher.suppression.system import AdditiveSystem, Status
from publisher.suppression.witness import unproven
from tests.lib.least import Oracle
from tests.lib.systems import additive_system

# 0 1 | 4
# 2 3 | 5
# 6 7 | 8
SQUARE = [(4, [0, 1]), (5, [2, 3]), (8, [6, 7]), (6, [0, 2]), (7, [1, 3]), (8, [4, 5])]
VALUES = [10, 20, 30, 40, 30, 70, 40, 60, 100]


def square(level: int = 5, scale: int = 1, **changes: np.ndarray) -> AdditiveSystem:
    values = [value * scale for value in VALUES]
    levels = np.array([level, 0, 0, 0, 0, 0, 0, 0, 0])
    status = np.where(levels > 0, int(Status.PRIMARY), 0).astype(np.int8)
    parts = {"costs": np.array(values), "upper_level": levels, "lower_level": levels, "status": status}
    return additive_system(SQUARE, values, **(parts | changes))


def thorough(system: AdditiveSystem) -> Pattern:
    return suppress(system, effort="thorough")


@pytest.mark.parametrize("effort", ["thorough", "exact"])
@pytest.mark.parametrize("scale", [1, 10**3, 10**9, 10**12])
@pytest.mark.parametrize("level", [1, 10**3, 10**9, 10**12])
def test_values_and_levels_of_every_size(scale: int, level: int, effort: str) -> None:
    if level > 10 * scale:
        pytest.skip("no cell can fall so far")
    system = square(level, scale)
    found = suppress(system, effort=effort)  # type: ignore[arg-type]
    assert np.flatnonzero(found.suppressed).tolist() == [0, 1, 2, 3]
    assert found.cost == found.lower_bound == 90 * scale
    assert found.gap == 0


def test_a_level_missed_by_one_unit_is_missed() -> None:
    """Cell 1 could fall by 20 * 10^12, one unit less than the level: integers see what floating point cannot."""
    scale = 10**12
    values = [value * scale for value in [40, 20, 30, 40, 60, 70, 70, 60, 130]]
    reachable = additive_system(SQUARE, values, costs=np.array(values), **_primary(20 * scale))
    missed = additive_system(SQUARE, values, costs=np.array(values), **_primary(20 * scale + 1))
    assert np.flatnonzero(suppress(reachable, effort="exact").suppressed).tolist() == [0, 1, 2, 3]
    found = suppress(missed, effort="exact")
    assert np.flatnonzero(found.suppressed).tolist() != [0, 1, 2, 3]
    assert found.gap == 0


def _primary(level: int) -> dict[str, np.ndarray]:
    levels = np.array([level, 0, 0, 0, 0, 0, 0, 0, 0])
    return {
        "upper_level": levels,
        "lower_level": np.zeros(9, np.int64),
        "status": np.where(levels > 0, int(Status.PRIMARY), 0).astype(np.int8),
    }


def test_frozen_cells_are_kept_and_hidden_ones_used_for_nothing() -> None:
    status = np.zeros(9, dtype=np.int8)
    status[0], status[1], status[7] = Status.PRIMARY, Status.FROZEN_PUBLISHED, Status.FROZEN_SUPPRESSED
    found = suppress(square(status=status), effort="exact")
    assert not found.suppressed[1]
    assert found.suppressed[7]
    assert found.cost == found.lower_bound


def test_what_cannot_be_protected_is_refused() -> None:
    status = np.zeros(9, dtype=np.int8)
    status[0] = Status.PRIMARY
    status[[1, 2, 4, 6]] = Status.FROZEN_PUBLISHED
    with pytest.raises(ProtectionError):
        suppress(square(status=status), effort="exact")


def test_nothing_unsafe_costs_nothing() -> None:
    found = suppress(additive_system(SQUARE, VALUES), effort="exact")
    assert (found.cost, found.lower_bound, found.gap) == (0, 0, 0)


@pytest.mark.parametrize("effort", ["thorough", "exact"])
def test_no_time_still_gives_a_proven_pattern(effort: str) -> None:
    system = square()
    found = suppress(system, effort=effort, time_limit_s=0.0)  # type: ignore[arg-type]
    assert len(unproven(system, found.suppressed, found.witnesses)) == 0
    assert found.lower_bound is None or found.lower_bound <= 90 <= found.cost


def test_ties_are_hidden_and_paid_together() -> None:
    """Two squares, values and masses, hidden together; what costs most in a tie counts."""
    both = [*SQUARE, *((margin + 9, [part + 9 for part in parts]) for margin, parts in SQUARE)]
    levels = np.array([5] + [0] * 8 + [1] + [0] * 8)
    system = additive_system(
        both,
        [*VALUES, 1, 2, 3, 4, 3, 7, 4, 6, 10],
        costs=np.array(VALUES * 2),
        upper_level=levels,
        lower_level=levels,
        status=np.where(levels > 0, int(Status.PRIMARY), 0).astype(np.int8),
        tie=np.tile(np.arange(9), 2),
    )
    found = suppress(system, effort="exact")
    assert np.flatnonzero(found.suppressed).tolist() == [0, 1, 2, 3, 9, 10, 11, 12]
    assert found.cost == found.lower_bound == 90


def test_a_dear_start_is_left_behind() -> None:
    system = square()
    everything = suppress(replace(system, costs=np.array([1, 900, 900, 900, 1, 900, 1, 900, 1])))
    start = Proposal(everything.suppressed, everything.witnesses)
    found, bound = least_pattern(system, start, _no_help(start), insiders=True, limits=Limits())
    assert np.flatnonzero(found.suppressed).tolist() == [0, 1, 2, 3]
    assert bound == 90


def _no_help(start: Proposal):
    return lambda system: start


class TestCuts:
    def test_any_multipliers_give_cuts_that_safe_patterns_keep(self) -> None:
        system = square(10)
        choice = whole_choice(system, insiders=False)
        attacker, oracle = Attacker(choice), Oracle(system, insiders=False)
        every = [np.array(bits) for bits in product((False, True), repeat=len(choice.tie))]
        safe = [chosen for chosen in every if oracle.protects(choice.hidden(chosen))]
        assert 0 < len(safe) < len(every)
        asked = 0
        for a, b, c in product((-1.0, 0.0, 0.5, 1.0), repeat=3):
            for demand in level_demands(choice, 0):
                needs = needs_of(choice, attacker, demand, demand.sign, np.array([a, b, c, b, a, -c]))
                if needs is not None:
                    asked += 1
                    cover = cover_cut(needs, np.zeros(len(choice.tie)))
                    for chosen in safe:
                        assert capacity_cut(needs).lack(chosen.astype(float)) <= 0
                        assert cover.lack(chosen.astype(float)) <= 0
                        assert exclusion([needs], chosen) is None
        assert asked

    def test_either_keeps_what_keeps_one(self) -> None:
        one, other = _cut([0, 1], [UNIT, 7]), _cut([1, 2], [9, UNIT])
        both = either(one, other)
        assert both.column.tolist() == [0, 1, 2]
        assert both.weight.tolist() == [UNIT, 9, UNIT]


def _cut(columns: list[int], weights: list[int]) -> Cut:
    return Cut(np.array(columns), np.array(weights))


class TestBounds:
    """Three columns of cost 3, 4, 5; each two of them needed: the least is 7, half of all only 6."""

    def master(self) -> Master:
        master = Master(np.array([3, 4, 5]), 12)
        pairs = ([0, 1], [1, 2], [0, 2])
        assert master.add([_cut(pair, [UNIT, UNIT]) for pair in pairs]) == 3
        return master

    def test_the_relaxation_bounds_from_below(self) -> None:
        master = self.master()
        assert master.relax().chosen is not None
        assert Fraction(599, 100) < master.relaxed_bound()[0] <= 6

    def test_the_whole_search_finds_the_least(self) -> None:
        answer = self.master().solve(np.array([True] * 3), 12, seconds=10.0, nodes=100)
        assert answer.chosen.tolist() == [1, 1, 0]
        assert answer.bound == 7

    @pytest.mark.parametrize(("known", "confirmed"), [(6, True), (7, True), (8, False), (12, False)])
    def test_only_what_is_least_is_confirmed(self, known: int, confirmed: bool) -> None:
        assert self.master().confirms(known, nodes=100, over=lambda: False) is confirmed

    def test_without_nodes_or_time_nothing_is_confirmed(self) -> None:
        assert not self.master().confirms(7, nodes=0, over=lambda: False)
        assert not self.master().confirms(7, nodes=100, over=lambda: True)

    def test_a_column_in_no_better_choice_is_shut(self) -> None:
        master = Master(np.array([1, 50]), 10)
        master.add([_cut([0, 1], [UNIT, UNIT])])
        master.relax()
        assert master.fix(10) == 1
        assert master.fixed.tolist() == [False, True]

    def test_floating_point_is_not_taken_at_its_word(self) -> None:
        assert self.master().claimed(1e12) <= 10**12 * (1 - MARGIN) + 1
        assert self.master().claimed(float("inf")) == 0
        assert self.master().claimed(7.0) == 7

    def test_what_is_shut_stays_out_of_what_is_confirmed(self) -> None:
        """Every column is shut, so the relaxation is empty; the branching must not take that for a proof."""
        master = Master(np.array([10**11, 10**11]), 10**11)
        master.add([_cut([0, 1], [UNIT, UNIT])])
        master.relax()
        master.fix(10**11)
        assert master.fixed.all()
        assert master.relax().empty
        assert master.confirms(10**11, nodes=100, over=lambda: False)


def test_no_secret_in_a_repr() -> None:
    choice = whole_choice(square(), insiders=True)
    assert "90" not in repr(choice)
    assert "[" not in repr(choice)
