"""The insider's linear algebra and the checker of large witnesses, against plain ones on small systems."""

from dataclasses import replace

import numpy as np
import pytest

from publisher.audit import null_space
from publisher.audit.null_space import NullSpace
from publisher.audit.reduced import Reduced
from publisher.audit.relations import Equations
from publisher.audit.system import UNBOUNDED, System
from publisher.audit.witness import Checker, WholeChecker, unfolded


def reduced_of(rows, count):
    """A reduced system of `count` free groups, one variable each."""
    where = {group: [number for number, row in enumerate(rows) if group in row] for group in range(count)}
    return Reduced(
        members={group: [(group, 1)] for group in range(count)},
        lower=dict.fromkeys(range(count), -100),
        upper=dict.fromkeys(range(count), UNBOUNDED),
        rows=rows,
        where=where,
        fixed=[],
    )


def random_rows(generator, count):
    """Sums of a few groups, weights 1, -1 and sometimes 2."""
    rows = []
    for _ in range(int(generator.integers(1, count))):
        chosen = generator.choice(count, size=int(generator.integers(2, min(6, count) + 1)), replace=False)
        rows.append({int(group): int(generator.choice([1, -1, 1, -1, 2])) for group in chosen})
    return rows


def moves(rows, count, still, group):
    """By rank over the rationals: a group moves unless its unit vector follows from the rows and `still`."""
    matrix = np.zeros((len(rows) + len(still) + 1, count))
    for number, row in enumerate(rows):
        matrix[number, list(row)] = list(row.values())
    for number, one in enumerate(still):
        matrix[len(rows) + number, one] = 1
    matrix[-1, group] = 1
    return np.linalg.matrix_rank(matrix) > np.linalg.matrix_rank(matrix[:-1])


@pytest.mark.parametrize("width", [1, 3, 50])
def test_the_null_space_agrees_with_the_rank(width):
    """Width 1 draws anew for every insider, width 50 combines. A coincidence has probability below 1e-5."""
    generator = np.random.default_rng(width)
    for _ in range(60):
        count = int(generator.integers(3, 14))
        rows = random_rows(generator, count)
        space = NullSpace(reduced_of(rows, count), range(count), [], range(count), width)
        for size in range(min(5, count)):
            still = sorted(generator.choice(count, size=size, replace=False).tolist())
            assert space.moving(still).tolist() == [moves(rows, count, still, group) for group in range(count)]


def test_groups_at_a_bound_stand_still():
    rows = [{0: 1, 1: 1, 2: 1}]
    assert NullSpace(reduced_of(rows, 3), range(3), [], range(3), 4).moving([0]).tolist() == [False, True, True]
    assert NullSpace(reduced_of(rows, 3), range(3), [2], range(3), 4).moving([0]).tolist() == [False] * 3


def test_an_elimination_that_is_given_up_clears_nothing_wrongly(monkeypatch):
    """What is left when too much fills in stands still: fewer groups are cleared, never more."""
    monkeypatch.setattr(null_space, "FILL", 1)
    generator = np.random.default_rng(5)
    for _ in range(60):
        count = int(generator.integers(4, 14))
        rows = random_rows(generator, count)
        moving = NullSpace(reduced_of(rows, count), range(count), [], range(count), 3).moving([0])
        assert all(moves(rows, count, [0], group) for group in np.flatnonzero(moving).tolist())


def system_of(rows, truth, known):
    """Variables 0 .. n-1, one equation a row; the groups of reduced_of are the variables."""
    cells = [cell for row in rows for cell in row]
    signs = [sign for row in rows for sign in row.values()]
    starts = np.cumsum([0, *map(len, rows)])
    none = np.zeros(len(truth), dtype=np.int64)
    equations = Equations(starts, np.array(cells), np.array(signs), np.ones(len(rows), dtype=np.bool_))
    return System(
        blocks=(),
        owner=none,
        row=none,
        truth=np.array(truth, dtype=np.int64),
        known=np.array(known),
        floor=none,
        ceiling=np.full(len(truth), UNBOUNDED),
        shown_floor=none,
        shown_ceiling=np.full(len(truth), UNBOUNDED),
        up=none,
        down=none,
        lone=none,
        leader=none,
        equations=equations,
    )


SQUARE = [{0: 1, 1: 1}, {2: 1, 3: 1}, {0: 1, 2: 1}, {1: 1, 3: 1}]


def both_say(system, reduced, witness):
    exact = Checker.of(system).holds(unfolded(reduced, witness))
    assert WholeChecker.of(system, reduced).holds(witness) is exact
    return exact


def test_the_checker_of_whole_units():
    system, reduced = system_of(SQUARE, [100] * 4, [False] * 4), reduced_of(SQUARE, 4)
    assert both_say(system, reduced, {0: 100, 1: -100, 2: -100, 3: 100})
    assert not both_say(system, reduced, {0: 101, 1: -101, 2: -101, 3: 101})  # below zero
    assert not both_say(system, reduced, {0: 5, 1: -5, 2: -5, 3: 4})
    assert not both_say(system, reduced, {0: 1})
    assert both_say(system, reduced, {})


def test_a_known_cell_or_a_ceiling_stops_a_witness():
    witness = {0: 7, 1: -7, 2: -7, 3: 7}
    free, reduced = system_of(SQUARE, [100] * 4, [False] * 4), reduced_of(SQUARE, 4)
    assert both_say(free, reduced, witness)
    assert not both_say(replace(free, known=np.array([False, False, False, True])), reduced, witness)
    assert both_say(replace(free, ceiling=np.full(4, 107)), reduced, witness)
    assert not both_say(replace(free, ceiling=np.full(4, 106)), reduced, witness)


def test_sums_beyond_64_bits_prove_nothing():
    """0 + 1 = 2 ** 64 would be 0 in 64 bits."""
    rows = [{0: 1, 1: 1}]
    system, reduced = system_of(rows, [0, 0], [False, False]), reduced_of(rows, 2)
    assert not WholeChecker.of(system, reduced).holds({0: 2**63, 1: 2**63})
    assert not WholeChecker.of(system, reduced).holds({0: 2**62, 1: -(2**62)})
