"""The quick look before a search never refuses what a linear program can do, and sees most of what none can."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from publisher.errors import ProtectionError
from publisher.suppression.feasible import refuse_infeasible
from publisher.suppression.reach import movable, outer_reach
from publisher.suppression.system import AdditiveSystem, Status
from tests.lib.examples import examples
from tests.lib.squares import SQUARE, system


@st.composite
def squares(draw: st.DrawFn) -> AdditiveSystem:
    """The square with margins, any values, some cells frozen, some bounded, some owned."""
    a, b, c, d = draw(st.tuples(*[st.integers(0, 20)] * 4))
    values = np.array([a, b, c, d, a + b, c + d, a + c, b + d, a + b + c + d])
    status = np.array(draw(st.lists(st.sampled_from([0, 0, 0, 2, 2, 3]), min_size=9, max_size=9)), dtype=np.int8)
    status[0] = Status.PRIMARY
    room = np.array(draw(st.lists(st.sampled_from([1, 3, 10, 10**6]), min_size=9, max_size=9)))
    owner = np.array(draw(st.lists(st.integers(0, 2), min_size=9, max_size=9)))
    return system(
        SQUARE,
        values.tolist(),
        {0: draw(st.integers(1, 12))},
        status=status,
        upper_bound=values + room,
        lower_bound=np.maximum(0, values - room),
        owner=owner,
    )


def furthest(built: AdditiveSystem, cell: int, sign: int, still: np.ndarray) -> float:
    """By a program over everything that may be hidden, with some cells held still."""
    moves = movable(built) & ~still
    matrix = np.zeros((built.equations, built.cells))
    for entry, (equation, place) in enumerate(zip(built.equation_of_entry, built.indices, strict=True)):
        matrix[equation, place] = built.signs[entry]
    low = np.where(moves, built.lower_bound - built.values, 0)
    high = np.where(moves, built.upper_bound - built.values, 0)
    aim = np.zeros(built.cells)
    aim[cell] = -sign
    solved = linprog(aim, A_eq=matrix, b_eq=np.zeros(built.equations), bounds=np.stack([low, high], axis=1))
    return -float(solved.fun)


@settings(max_examples=examples(150), deadline=None)
@given(squares())
def test_only_what_cannot_be_done_is_refused(built: AdditiveSystem) -> None:
    try:
        refuse_infeasible(built)
    except ProtectionError:
        nobody = np.zeros(built.cells, dtype=np.bool_)
        up, down = furthest(built, 0, 1, nobody), furthest(built, 0, -1, nobody)
        outsider = up < built.upper_level[0] - 1e-6 or down < built.lower_level[0] - 1e-6
        least = -(-int(built.upper_level[0]) // 10)
        insiders = [
            max(furthest(built, 0, sign, built.owner == owner) for sign in (1, -1)) < least - 1e-6
            for owner in set(built.owner.tolist()) - {0, int(built.owner[0])}
        ]
        assert outsider or any(insiders)


@settings(max_examples=examples(40), deadline=None)
@given(squares())
def test_reach_holds_whatever_a_program_can_reach(built: AdditiveSystem) -> None:
    reach, nobody = outer_reach(built), np.zeros(built.cells, dtype=np.bool_)
    for cell in range(built.cells):
        assert furthest(built, cell, 1, nobody) <= reach.high[cell] + 1e-6
        assert furthest(built, cell, -1, nobody) <= -reach.low[cell] + 1e-6
