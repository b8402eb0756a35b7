"""Demands that cannot be met fail before any search, with the cells, the sums that hold them, and what would help."""

import numpy as np
import pytest

from publisher.errors import ProtectionError
from publisher.suppression import secondary
from publisher.suppression.feasible import refusal, refuse_infeasible
from publisher.suppression.reach import outer_reach
from publisher.suppression.secondary import suppress
from publisher.suppression.system import UNBOUNDED, AdditiveSystem
from tests.lib.squares import SQUARE, frozen, square, system


def refused(built: AdditiveSystem) -> ProtectionError:
    with pytest.raises(ProtectionError) as found:
        refuse_infeasible(built)
    return found.value


def test_no_search_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secondary, "State", None)
    with pytest.raises(ProtectionError, match="cannot reach"):
        suppress(square({0: 5}, status=frozen(1, 4)))


def test_the_only_hidden_cell_of_a_sum() -> None:
    """Cell 0 = cell 4 - cell 1, and both stand."""
    error = refused(square({0: 5}, status=frozen(1, 4)))
    assert error.cells == (("0",),)
    assert "4 is the sum over 4 of 2 cells, of which these stand: 4; 1" in error.message
    assert "hidden: 1; 4" in error.remedy


def test_zeros_pin_as_published_cells_do() -> None:
    built = system([(2, [0, 1])], [10, 0, 10], {0: 1}, status=np.array([1, 4, 2], dtype=np.int8))
    assert "of which these stand: 2; 1" in refused(built).message


def test_a_chain_of_sums() -> None:
    """3 stands, so 1 is known from 7, and 0 from 4."""
    error = refused(square({0: 5}, status=frozen(3, 4, 5, 6, 7, 8)))
    assert "4 is the sum" in error.message
    assert "7 is the sum" in error.message


@pytest.mark.parametrize(("room", "fits"), [(4, False), (5, True), (6, True)])
def test_bounds_known_beforehand(room: int, fits: bool) -> None:
    """Level 5, and room of level - 1, level, level + 1 above."""
    built = system([], [10], {0: 5}, upper_bound=np.array([10 + room]))
    if fits:
        refuse_infeasible(built)
    else:
        assert "say less to be known of 0" in refused(built).remedy.lower()


@pytest.mark.parametrize(("room", "fits"), [(4, False), (5, True), (6, True)])
def test_room_below(room: int, fits: bool) -> None:
    built = system([], [10], {0: 5}, lower_bound=np.array([10 - room]))
    if fits:
        refuse_infeasible(built)
    else:
        assert refused(built).cells == (("0",),)


@pytest.mark.parametrize(("room", "fits"), [(4, False), (5, True), (6, True)])
def test_room_of_the_one_cell_beside(room: int, fits: bool) -> None:
    """The margin stands: cell 0 can rise only as far as cell 1 can fall."""
    built = system([(2, [0, 1])], [10, room, 10 + room], {0: 5}, status=np.array([1, 0, 2], dtype=np.int8))
    if fits:
        refuse_infeasible(built)
    else:
        assert refused(built).cells == (("0",),)


def test_room_of_several_cells_adds_up() -> None:
    built = system([(3, [0, 1, 2])], [10, 2, 3, 15], {0: 5}, status=np.array([1, 0, 0, 2], dtype=np.int8))
    refuse_infeasible(built)
    assert refused(system([(3, [0, 1, 2])], [10, 2, 2, 14], {0: 5}, status=np.array([1, 0, 0, 2], np.int8))).cells


def test_an_insider_who_owns_all_else() -> None:
    """The margin stands; contributor 7 is alone in both other cells, and subtracts them."""
    status = np.array([1, 0, 0, 2], dtype=np.int8)
    owner = np.array([0, 7, 7, 0])
    built = system([(3, [0, 1, 2])], [10, 20, 30, 60], {0: 5}, status=status, owner=owner)
    assert refused(built).cells == (("0",),)
    refuse_infeasible(built, insiders=False)
    two = system([(3, [0, 1, 2])], [10, 20, 30, 60], {0: 5}, status=status, owner=np.array([0, 7, 8, 0]))
    refuse_infeasible(two)


def test_an_insider_does_not_endanger_its_own_cell() -> None:
    owner = np.array([7, 7, 7, 0])
    built = system([(3, [0, 1, 2])], [10, 20, 30, 60], {0: 5}, status=np.array([1, 0, 0, 2], np.int8), owner=owner)
    refuse_infeasible(built)


def test_bounds_are_as_before_after_an_insider_was_looked_at() -> None:
    built = square({0: 5}, status=frozen(8))
    reach = outer_reach(built)
    low, high = reach.low.copy(), reach.high.copy()
    with reach.holding(np.array([1, 4])):
        reach.narrow(reach.beside(np.array([1, 4])))
        assert reach.high[0] == 0
    assert np.array_equal(reach.low, low)
    assert np.array_equal(reach.high, high)


def test_nothing_frozen_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.suppression.feasible.outer_reach", None)
    refuse_infeasible(square({0: 5}))


def test_tied_to_what_stands() -> None:
    """A mass that is hidden with its value cannot be hidden where the value stands."""
    built = system(
        [(2, [0, 1]), (5, [3, 4])],
        [10, 20, 30, 1, 2, 3],
        {0: 5},
        status=np.array([1, 0, 0, 0, 2, 0], dtype=np.int8),
        tie=np.array([0, 1, 2, 0, 1, 2]),
    )
    refuse_infeasible(built)  # cell 0 and the margin may move
    status = np.array([1, 0, 0, 0, 2, 2], dtype=np.int8)
    tied = system([(2, [0, 1]), (5, [3, 4])], [10, 20, 30, 1, 2, 3], {0: 5}, status=status, tie=built.tie)
    assert refused(tied).cells == (("0",),)


# every pair of four cells has its sum
CUBE = [(6, [0, 1]), (7, [2, 3]), (8, [0, 2]), (9, [1, 3]), (10, [0, 3]), (11, [1, 2])]


def test_what_only_a_program_sees_names_its_sums() -> None:
    """0+1, 2+3, 0+2, 1+3, 0+3 and 1+2 all stand: every cell is known, though each sum alone leaves room."""
    values = np.array([10, 20, 30, 40, 0, 0, 30, 70, 40, 60, 50, 50])
    status = np.array([1, 0, 0, 0, 4, 4, 2, 2, 2, 2, 2, 2], dtype=np.int8)
    built = system(CUBE, values.tolist(), {0: 5}, status=status)
    refuse_infeasible(built)
    with pytest.raises(ProtectionError) as failed:
        suppress(built)
    error = failed.value
    assert error.cells == (("0",),)
    assert "is the sum" in error.message
    assert "let one of these be hidden" in error.remedy.lower()


def test_no_value_in_the_message() -> None:
    built = system(SQUARE, [11111, 22222, 3, 4, 33333, 7, 11114, 22226, 33340], {0: 5}, status=frozen(1, 4))
    error = refused(built)
    assert not any(number in str(error) for number in ("11111", "22222", "33333"))


def test_no_unbounded_cell_is_held() -> None:
    built = square({0: 5}, status=frozen(8), upper_bound=np.full(9, UNBOUNDED))
    refuse_infeasible(built)
    assert "They are held" not in refusal(built, np.array([0])).message
