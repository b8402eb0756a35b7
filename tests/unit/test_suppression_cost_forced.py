"""Attribution: which unsafe cells a hidden safe cell is hidden for, and what each is said to cost.

Worked example. Two rows of two cells each, and their column sums, in one system of six cells:

    cell      0    1    2    3    4    5
    status    P    s    s    P    s    u        P primary, s secondary, u hidden but needed by nobody

    witness 0 of cell 0   moves 0, 1, 2
    witness 1 of cell 3   moves 3, 2
    guard   2 of cell 3   moves 3, 4
    worth of 1, 2, 4, 5:  100, 40, 7, 3

    protection   share             alone
    {0}          100 + 40/2 = 120  100
    {3}          40/2 + 7   =  27    7
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from publisher.model.rules import SuppressionRules
from publisher.suppression.assemble import assemble, in_order
from publisher.suppression.cost import assess
from publisher.suppression.forced import burden, unsafe_ties, uses_of
from publisher.suppression.secondary import suppress
from publisher.suppression.system import AdditiveSystem, Status
from publisher.suppression.witness import Witnesses, unproven
from tests.lib.random_tables import BY_OFFICE, FLAT, TREES, tables
from tests.unit.test_suppression_protect import FRAME

RULES = SuppressionRules("active", 3, p_percent=Fraction(15))


def system(status: list[Status], tie: list[int] | None = None) -> AdditiveSystem:
    count = len(status)
    ones = np.ones(count, dtype=np.int64)
    primary = np.array([int(each == Status.PRIMARY) for each in status], dtype=np.int64)
    return AdditiveSystem(
        indptr=np.zeros(1, dtype=np.int64),
        indices=np.zeros(0, dtype=np.int64),
        signs=np.zeros(0, dtype=np.int8),
        values=10 * ones,
        costs=ones,
        upper_level=primary,
        lower_level=primary,
        lower_bound=0 * ones,
        upper_bound=1000 * ones,
        status=np.array([int(each) for each in status], dtype=np.int8),
        owner=0 * ones,
        tie=np.array(tie if tie is not None else range(count), dtype=np.int64),
        family=np.zeros(0, dtype=np.int64),
    )


def witnesses(moved: list[list[int]], first: dict[int, int], guards: list[tuple[int, int]] = []) -> Witnesses:  # noqa: B006
    cells = np.array([cell for row in moved for cell in row], dtype=np.int64)
    primary, chosen = np.array(list(first.items()), dtype=np.int64).reshape(-1, 2).T
    guarded, guard = np.array(guards, dtype=np.int64).reshape(-1, 2).T
    start = np.cumsum([0, *map(len, moved)]).astype(np.int64)
    ones = np.ones(len(cells), dtype=np.int64)
    return Witnesses(start, cells, ones, -ones, np.ones(len(moved), dtype=np.int64), primary, chosen, guarded, guard)


P, S = Status.PRIMARY, Status.CANDIDATE
EXAMPLE = system([P, S, S, P, S, S])
HIDDEN = np.ones(6, dtype=np.bool_)
SEEN = witnesses([[0, 1, 2], [3, 2], [3, 4]], {0: 0, 3: 1}, [(3, 2)])
WORTH = np.array([999, 100, 40, 999, 7, 3], dtype=np.int64)


def test_the_worked_example() -> None:
    uses = uses_of(EXAMPLE, HIDDEN, SEEN)
    assert list(zip(uses.primary.tolist(), uses.secondary.tolist(), strict=True)) == [(0, 1), (0, 2), (3, 2), (3, 4)]
    assert uses.unused.tolist() == [5]
    assert uses.primaries_of(2).tolist() == [0, 3]
    assert uses.secondaries_of(3).tolist() == [2, 4]
    cost = burden(uses, WORTH)
    assert [members.tolist() for members in cost.primary] == [[0], [3]]
    assert cost.share.tolist() == [120.0, 27.0]
    assert cost.alone.tolist() == [100, 7]
    assert cost.dearest(1).tolist() == [0]


def test_cells_that_need_the_same_are_one_protection() -> None:
    both = witnesses([[0, 1, 3]], {0: 0, 3: 0})
    cost = burden(uses_of(EXAMPLE, HIDDEN, both), WORTH)
    assert [members.tolist() for members in cost.primary] == [[0, 3]]
    assert cost.share.tolist() == [100.0]
    assert cost.alone.tolist() == [100]


def test_ties_are_one_cell() -> None:
    """Mass 3 is tied to value 0, mass 4 to value 1: the witness of a mass blames the cell."""
    tied = system([P, S, S, P, S, S], tie=[0, 1, 2, 0, 1, 2])
    uses = uses_of(tied, HIDDEN, witnesses([[0, 2], [3, 4]], {0: 0, 3: 1}))
    assert list(zip(uses.primary.tolist(), uses.secondary.tolist(), strict=True)) == [(0, 1), (0, 2)]


def test_what_is_shown_or_stands_still_is_not_used() -> None:
    shown = HIDDEN.copy()
    shown[1] = False
    still = replace(SEEN, up=np.where(SEEN.cell == 4, 0, SEEN.up), down=np.where(SEEN.cell == 4, 0, SEEN.down))
    uses = uses_of(EXAMPLE, shown, still)
    assert set(uses.secondary.tolist()) == {2}


def test_a_cell_hidden_by_decision_is_no_secondary() -> None:
    frozen = system([P, Status.FROZEN_SUPPRESSED, S, P, S, S])
    assert unsafe_ties(frozen).tolist() == [True, True, False, True, False, False]
    assert 1 not in uses_of(frozen, HIDDEN, SEEN).secondary


def test_nothing_hidden_costs_nothing() -> None:
    uses = uses_of(EXAMPLE, np.zeros(6, dtype=np.bool_), witnesses([], {}))
    cost = burden(uses, WORTH)
    assert cost.primary == ()
    assert cost.dearest(10).tolist() == []


@pytest.mark.parametrize("structures", [[TREES], [TREES, FLAT, BY_OFFICE]], ids=["one", "linked"])
def test_shares_add_up_and_alone_is_what_could_be_shown(structures) -> None:  # type: ignore[no-untyped-def]
    demands = in_order([(table, RULES) for table in tables(structures, FRAME)])
    assembly = assemble(demands)
    pattern = suppress(assembly.system)
    uses = uses_of(assembly.system, pattern.suppressed, pattern.witnesses)
    worth = np.zeros(assembly.system.cells, dtype=np.int64)
    secondary = pattern.suppressed & ~unsafe_ties(assembly.system)[assembly.system.tie]
    worth[assembly.system.tie[secondary]] = 1 + assembly.system.values[assembly.system.tie[secondary]]
    cost = burden(uses, worth)
    assert cost.share.sum() == pytest.approx(worth[np.unique(uses.secondary)].sum())
    for members, alone in zip(cost.primary, cost.alone.tolist(), strict=True):
        freed = [tie for tie in uses.secondaries_of(int(members[0])) if set(uses.primaries_of(tie)) <= set(members)]
        assert worth[freed].sum() == alone
        assert not len(_unproven_without(assembly.system, pattern, members, freed))


def _unproven_without(system, pattern, members, freed):  # type: ignore[no-untyped-def]
    """The unsafe cells left without proof when `members` need none and `freed` are shown."""
    status = np.where(np.isin(system.tie, members), int(Status.FROZEN_SUPPRESSED), system.status).astype(np.int8)
    relaxed = replace(system, status=status)
    return unproven(relaxed, pattern.suppressed & ~np.isin(system.tie, freed), pattern.witnesses)


def test_tables_protected_together_blame_each_other() -> None:
    """Every cell that forces one of this table is named, by table and codes where it is another's."""
    reports = assess([(table, RULES) for table in tables([TREES, BY_OFFICE], FRAME)])
    named = [cell.codes for report in reports for each in report.protections for cell in each.cells]
    assert named
    assert all(len(codes) == 2 or codes[0] in ("trees", "by_office") for codes in named)


def test_hundred_thousand_primaries() -> None:
    """Not timed; a loop over pairs of cells would be noticed."""
    count = 100_000
    status = [P] * count + [S] * count
    moved = [[cell, count + cell, count + cell // 2, count + cell // 100] for cell in range(count)]
    uses = uses_of(system(status), np.ones(2 * count, dtype=np.bool_), witnesses(moved, {c: c for c in range(count)}))
    cost = burden(uses, np.arange(2 * count, dtype=np.int64))
    assert len(cost.primary) == count
    assert cost.share.sum() == pytest.approx(np.unique(uses.secondary).sum())
