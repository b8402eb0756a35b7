"""Systems given by hand: what is refused, what a witness must do, what the checker sees through."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import publisher.suppression
from publisher.errors import ProtectionError
from publisher.suppression.implied import implied_intervals
from publisher.suppression.secondary import suppress
from publisher.suppression.system import Status
from publisher.suppression.witness import unproven
from tests.lib.squares import SQUARE, frozen, square, system


def test_square_is_hidden_around_its_unsafe_cell() -> None:
    pattern = suppress(square({0: 5}))
    assert np.flatnonzero(pattern.suppressed).tolist() == [0, 1, 2, 3]
    assert pattern.cost == 90


def test_cells_that_cannot_carry_the_level_are_not_used() -> None:
    """With level 35, cells 1 and 2 can fall no further than 20 and 30: the margins must go too."""
    pattern = suppress(square({0: 35}))
    assert pattern.suppressed[8] or pattern.suppressed[[4, 6]].any()


def test_frozen_neighbours_fail_with_the_cell_named() -> None:
    with pytest.raises(ProtectionError) as refused:
        suppress(square({0: 5}, status=frozen(1, 2, 4, 6)))
    assert refused.value.cells == (("0",),)
    assert refused.value.remedy


def test_frozen_cells_stay_shown_where_there_is_another_way() -> None:
    pattern = suppress(square({0: 5}, status=frozen(1)))
    assert not pattern.suppressed[1]
    assert pattern.suppressed[4]


def test_a_cell_in_no_equation_is_safe_alone() -> None:
    pattern = suppress(system([], [7], {0: 3}))
    assert pattern.suppressed.tolist() == [True]


def test_several_ways_together_where_one_cannot_carry_the_level() -> None:
    """0 = 1 + 2 + 3 as a margin of level 9 whose parts hold 5 each: cycles add up."""
    equations = [(0, [1, 2, 3]), (4, [0, 5]), (6, [1, 7]), (8, [2, 9]), (10, [3, 11])]
    values = [15, 5, 5, 5, 40, 25, 10, 5, 10, 5, 10, 5]
    status = np.zeros(12, dtype=np.int8)
    status[0] = Status.PRIMARY
    status[[6, 8, 10]] = Status.FROZEN_PUBLISHED
    built = system(equations, values, {0: 9}, status=status)
    pattern = suppress(built)
    assert pattern.by_program == 0
    assert len(unproven(built, pattern.suppressed, pattern.witnesses)) == 0


def test_single_contributors_do_not_protect_each_other() -> None:
    """Cells 0 and 1 have one contributor each; without 0's secret kept from 1's owner, {0, 1, 2, 3} would do."""
    owner = np.array([1, 2, 0, 0, 0, 0, 0, 0, 0])
    levels = {0: 5, 1: 5}
    careless = suppress(square(levels, owner=owner), insiders=False)
    assert np.flatnonzero(careless.suppressed).tolist() == [0, 1, 2, 3]
    careful = suppress(square(levels, owner=owner))
    assert careful.suppressed[4]
    assert set(np.flatnonzero(careful.suppressed)) > {0, 1}


@pytest.mark.parametrize("place", [0, 4])
def test_cells_that_do_not_add_up_are_refused(place: int) -> None:
    values = [10, 20, 30, 40, 30, 70, 40, 60, 100]
    values[place] += 1
    with pytest.raises(ProtectionError, match="do not add up"):
        system(SQUARE, values, {})


def test_values_outside_their_bounds_are_refused() -> None:
    with pytest.raises(ProtectionError, match="bounds"):
        system([], [-1], {})


class TestChecker:
    def test_accepts_the_real_witness(self) -> None:
        built = square({0: 5})
        pattern = suppress(built)
        assert len(unproven(built, pattern.suppressed, pattern.witnesses)) == 0

    def test_sees_a_cell_shown_again(self) -> None:
        built = square({0: 5})
        pattern = suppress(built)
        for cell in (1, 2, 3):
            shown = pattern.suppressed.copy()
            shown[cell] = False
            assert unproven(built, shown, pattern.witnesses).tolist() == [0]

    @pytest.mark.parametrize("column", ["up", "down"])
    def test_sees_an_equation_disturbed(self, column: str) -> None:
        built = square({0: 5})
        pattern = suppress(built)
        amounts = getattr(pattern.witnesses, column).copy()
        amounts[0] += 1
        forged = replace(pattern.witnesses, **{column: amounts})
        assert unproven(built, np.ones(9, dtype=bool), forged).tolist() == [0]

    def test_sees_a_bound_broken(self) -> None:
        built = square({0: 5})
        pattern = suppress(built)
        forged = replace(pattern.witnesses, up=pattern.witnesses.up * 100)
        assert unproven(built, pattern.suppressed, forged).tolist() == [0]

    def test_sees_a_level_missed(self) -> None:
        pattern = suppress(square({0: 5}))
        assert unproven(square({0: 6}), pattern.suppressed, pattern.witnesses).tolist() == [0]

    def test_sees_a_missing_witness(self) -> None:
        pattern = suppress(square({0: 5}))
        both = square({0: 5, 3: 1})
        none = replace(
            pattern.witnesses,
            primary=np.zeros(0, np.int64),
            first=np.zeros(0, np.int64),
            guarded=np.zeros(0, np.int64),
            guard=np.zeros(0, np.int64),
        )
        assert unproven(both, pattern.suppressed, none).tolist() == [0, 3]

    def test_sees_an_insider(self) -> None:
        pattern = suppress(square({0: 5}))
        known = square({0: 5}, owner=np.array([1, 2, 0, 0, 0, 0, 0, 0, 0]))
        assert unproven(known, pattern.suppressed, pattern.witnesses).tolist() == [0]
        assert len(unproven(known, pattern.suppressed, pattern.witnesses, insiders=False)) == 0


def test_implied_intervals_never_look_at_hidden_values() -> None:
    """Two tables that publish the same imply the same."""
    hidden = np.array([True, True, True, True, False, False, False, False, False])
    one = implied_intervals(square({0: 5}), hidden)
    other = implied_intervals(system(SQUARE, [15, 15, 25, 45, 30, 70, 40, 60, 100], {0: 5}), hidden)
    assert one.lower.tolist() == other.lower.tolist() == [0, 0, 10, 30, 30, 70, 40, 60, 100]
    assert one.upper.tolist() == other.upper.tolist() == [30, 30, 40, 60, 30, 70, 40, 60, 100]


def test_no_guard_is_an_assert() -> None:
    """python -O strips assert: none may stand in the package."""
    for path in Path(publisher.suppression.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        assert not any(isinstance(node, ast.Assert) for node in ast.walk(tree)), path.name


def test_nothing_confidential_in_a_repr() -> None:
    built = square({0: 5})
    assert "100" not in repr(built)
    assert "[" not in repr(suppress(built).witnesses)
