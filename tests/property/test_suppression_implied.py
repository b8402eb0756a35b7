"""Implied intervals of small random systems against an independent oracle, a simplex in fractions."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from publisher.suppression.implied import EXACT_UP_TO, implied_intervals
from publisher.suppression.system import UNBOUNDED, AdditiveSystem
from tests.lib.examples import examples
from tests.lib.fraction_simplex import Simplex
from tests.lib.systems import additive_system

QUICK = settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])

# cells by number; equations as (margin, parts)
LINE = [(3, [0, 1, 2])]
SQUARE = [(9, [0, 1, 2]), (10, [3, 4, 5]), (11, [6, 7, 8])]
SQUARE += [(12, [0, 3, 6]), (13, [1, 4, 7]), (14, [2, 5, 8]), (15, [9, 10, 11]), (15, [12, 13, 14])]
CUBE = [(9 * z + 3 * y + 2, [9 * z + 3 * y, 9 * z + 3 * y + 1]) for z in range(3) for y in range(3)]
CUBE += [(9 * z + 6 + x, [9 * z + x, 9 * z + 3 + x]) for z in range(3) for x in range(3)]
CUBE += [(18 + 3 * y + x, [3 * y + x, 9 + 3 * y + x]) for y in range(3) for x in range(3)]
LINKED = [*SQUARE, (16, [0, 4, 8]), (17, [2, 4, 6])]  # diagonals: no network, and vertices that are fractions
SHAPES = {"line": (4, LINE), "square": (16, SQUARE), "cube": (27, CUBE), "linked": (18, LINKED)}


@st.composite
def systems(draw: st.DrawFn, shape: str) -> tuple[AdditiveSystem, np.ndarray]:
    """A system with random values below the margins, random bounds, and which cells are hidden."""
    count, equations = SHAPES[shape]
    largest = draw(st.sampled_from([3, 40, 10**6, 10**13]))
    values = [draw(st.integers(0, largest)) for _ in range(count)]
    for margin, parts in sorted(equations, key=lambda each: each[0] if shape != "cube" else _depth(each[0])):
        values[margin] = sum(values[part] for part in parts)
    share = draw(st.sampled_from([3, 5, 8, 9]))  # of ten
    hidden = np.array(
        draw(st.lists(st.integers(0, 9).map(lambda each: each < share), min_size=count, max_size=count))
    )
    bounded = np.array(draw(st.lists(st.sampled_from([False, False, True]), min_size=count, max_size=count)))
    upper = np.where(bounded, np.array(values) + draw(st.integers(0, largest)), UNBOUNDED)
    lower = np.where(bounded, np.array(values) // 2, 0)
    return additive_system(equations, values, lower_bound=lower, upper_bound=upper), hidden


def _depth(cell: int) -> int:
    """In the cube: margins of margins come last."""
    return (cell % 3 == 2) + (cell // 3 % 3 == 2) + (cell // 9 == 2)


def oracle(system: AdditiveSystem, hidden: np.ndarray) -> list[tuple[int, int]]:
    """The interval of every hidden cell, rounded outwards to whole units; UNBOUNDED where there is no upper end."""
    unknown = np.flatnonzero(hidden).tolist()
    rows, right = [], []
    for start, end in itertools.pairwise(system.indptr.tolist()):
        row, rest = [0] * len(unknown), 0
        for cell, sign in zip(system.indices[start:end].tolist(), system.signs[start:end].tolist(), strict=True):
            if hidden[cell]:
                row[unknown.index(cell)] += sign
            rest -= sign * int(system.lower_bound[cell] if hidden[cell] else system.values[cell])
        if any(row):
            rows.append(row)
            right.append(rest)
    for place, cell in enumerate(unknown):
        if system.upper_bound[cell] < UNBOUNDED:  # its distance from the lower bound and a slack add up to the width
            rows = [[*row, 0] for row in rows]
            rows.append([int(column == place) for column in range(len(rows[0]) - 1 if rows else len(unknown))] + [1])
            right.append(int(system.upper_bound[cell] - system.lower_bound[cell]))
    width = len(rows[0]) if rows else len(unknown)
    program, found = Simplex(rows, right, width), []
    for place, cell in enumerate(unknown):
        low = int(system.lower_bound[cell])
        least, most = (program.largest([sign * (column == place) for column in range(width)]) for sign in (-1, 1))
        found.append((low + math.floor(-least), UNBOUNDED if most is None else low + math.ceil(most)))
    return found


@pytest.mark.parametrize("shape", SHAPES)
@QUICK
@given(data=st.data())
def test_both_ends_are_those_of_all_tables_that_fit(shape: str, data: st.DataObject) -> None:
    system, hidden = data.draw(systems(shape))
    found = implied_intervals(system, hidden)
    ends = zip(found.lower[hidden].tolist(), found.upper[hidden].tolist(), strict=True)
    assert list(ends) == oracle(system, hidden)
    assert found.exact.all()


@pytest.mark.parametrize("shape", SHAPES)
@QUICK
@given(data=st.data())
def test_quick_bounds_are_never_narrower(shape: str, data: st.DataObject) -> None:
    system, hidden = data.draw(systems(shape))
    quick, found = implied_intervals(system, hidden, exact_up_to=0), implied_intervals(system, hidden)
    assert np.all((quick.lower <= found.lower) & (found.upper <= quick.upper))
    assert np.all((found.lower <= system.values) & (system.values <= found.upper))


@pytest.mark.parametrize("shape", SHAPES)
@QUICK
@given(data=st.data())
def test_tables_that_publish_the_same_imply_the_same(shape: str, data: st.DataObject) -> None:
    """To the last bit: also where a bound is not exact, only published numbers went into it."""
    system, hidden = data.draw(systems(shape))
    other = data.draw(lookalikes(system, hidden))
    for limit in (0, EXACT_UP_TO):
        one, two = (implied_intervals(each, hidden, exact_up_to=limit) for each in (system, other))
        for name in ("lower", "upper", "exact"):
            assert np.array_equal(getattr(one, name), getattr(two, name))


@st.composite
def lookalikes(draw: st.DrawFn, system: AdditiveSystem, hidden: np.ndarray) -> AdditiveSystem:
    """Another table that publishes the same and may hide other numbers."""
    unknown = np.flatnonzero(hidden)
    matrix = np.zeros((system.equations, system.cells))
    matrix[system.equation_of_entry, system.indices] = system.signs
    aim = [draw(st.integers(-3, 3)) for _ in unknown]
    bounds = np.column_stack([system.lower_bound, np.minimum(system.upper_bound, system.values + 9)])[unknown]
    right = matrix[:, unknown] @ system.values[unknown]
    solved = linprog(aim, A_eq=matrix[:, unknown], b_eq=right, bounds=bounds, method="highs") if len(aim) else None
    values = system.values.copy()
    if solved is not None and solved.status == 0:
        values[unknown] = np.rint(solved.x)
    fits = np.all(matrix @ values == 0) and np.all((values >= system.lower_bound) & (values <= system.upper_bound))
    return replace(system, values=values) if fits else system
