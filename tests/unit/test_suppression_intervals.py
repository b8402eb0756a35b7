"""Printed ranges of systems written by hand: exact ends, limits, what happens where nothing can be proved."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from publisher.model.rules import SuppressionRules
from publisher.suppression import sweep as sweeping
from publisher.suppression.certify import bounded_by, certified_point, certified_ray
from publisher.suppression.contract import contracted
from publisher.suppression.implied import EXACT_UP_TO, implied_intervals, limits
from publisher.suppression.polytope import Polytope, narrowed, published_polytope
from publisher.suppression.protect import protect
from publisher.suppression.sweep import sweep
from publisher.suppression.system import UNBOUNDED
from tests.lib.cells import confidential_table
from tests.lib.systems import additive_system
from tests.lib.tables import VALUE, codelist, dimension, structure

# cells 0 .. 8 in three rows of three, margins of rows 9 10 11, of columns 12 13 14
ROWS = [(9, [0, 1, 2]), (10, [3, 4, 5]), (11, [6, 7, 8])]
COLUMNS = [(12, [0, 3, 6]), (13, [1, 4, 7]), (14, [2, 5, 8])]
VALUES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 6, 15, 24, 12, 15, 18]
# each two of three unknowns add up to something odd: the only solution is a half
TRIANGLE = Polytope(*map(np.array, ([0, 2, 4, 6], [0, 1, 1, 2, 0, 2], [1] * 6, [1, 1, 1], [0, 0, 0], [9, 9, 9])))


def hide(count: int, *cells: int) -> np.ndarray:
    hidden = np.zeros(count, dtype=np.bool_)
    hidden[list(cells)] = True
    return hidden


def ends(found, *cells: int) -> list[tuple[int, int]]:
    return [(int(found.lower[cell]), int(found.upper[cell])) for cell in cells]


class TestExact:
    def test_a_square_in_the_middle(self) -> None:
        """Corners 0 2 6 8 are hidden: each range is 4 wide, for 0 + 2 = 4 while 6 and 8 have more room."""
        found = implied_intervals(additive_system([*ROWS, *COLUMNS], VALUES), hide(15, 0, 2, 6, 8))
        assert ends(found, 0, 2, 6, 8) == [(0, 4), (0, 4), (4, 8), (8, 12)]
        assert found.exact.all()

    def test_what_passing_bounds_along_cannot_see(self) -> None:
        """All nine are hidden, and 0 + 4 + 8 is published too: then 0 cannot be as large as its margins allow."""
        diagonal = [*ROWS, *COLUMNS, (15, [0, 4, 8])]
        system = additive_system(diagonal, [*VALUES, 15])
        hidden = hide(16, *range(9))
        quick, found = implied_intervals(system, hidden, exact_up_to=0), implied_intervals(system, hidden)
        assert found.exact.all()
        assert not quick.exact[hidden].any()
        width, wide = (each.upper[hidden] - each.lower[hidden] for each in (found, quick))
        assert np.all(width <= wide)
        assert np.any(width < wide)

    def test_a_pair_that_only_adds_up(self) -> None:
        found = implied_intervals(additive_system([(2, [0, 1])], [3, 4, 7]), hide(3, 0, 1))
        assert ends(found, 0, 1, 2) == [(0, 7), (0, 7), (7, 7)]

    def test_one_hidden_cell_in_an_equation_is_no_secret(self) -> None:
        found = implied_intervals(additive_system([(2, [0, 1])], [3, 4, 7]), hide(3, 0))
        assert ends(found, 0) == [(3, 3)]
        assert found.exact.all()

    def test_a_hidden_total_has_no_upper_end_and_that_is_exact(self) -> None:
        """0 + 1 = 2, all hidden; and 2 is part of 4 = 2 + 3, hidden but for 3."""
        system = additive_system([(2, [0, 1]), (4, [2, 3])], [3, 4, 7, 5, 12])
        found = implied_intervals(system, hide(5, 0, 1, 2, 4))
        assert ends(found, 0, 1, 2, 4) == [(0, UNBOUNDED), (0, UNBOUNDED), (0, UNBOUNDED), (5, UNBOUNDED)]
        assert found.exact.all()

    def test_no_cell_and_no_hidden_cell(self) -> None:
        assert implied_intervals(additive_system([], []), hide(0)).exact.tolist() == []
        found = implied_intervals(additive_system([(2, [0, 1])], [3, 4, 7]), hide(3))
        assert ends(found, 0, 1, 2) == [(3, 3), (4, 4), (7, 7)]

    @pytest.mark.parametrize("size", [1, 10**6, 10**13, 10**15])
    def test_large_numbers_to_the_unit(self, size: int) -> None:
        """Corners as above, numbers far beyond what floating point holds to a unit."""
        values = [size * each + (each == 1) for each in VALUES[:9]]
        margins = [sum(values[cell] for cell in parts) for _, parts in [*ROWS, *COLUMNS]]
        found = implied_intervals(additive_system([*ROWS, *COLUMNS], [*values, *margins]), hide(15, 0, 2, 6, 8))
        assert ends(found, 0, 2, 6, 8)[:2] == [(0, 4 * size + 1), (0, 4 * size + 1)]
        assert found.exact.all()


class TestLimits:
    SYSTEM = additive_system([*ROWS, *COLUMNS], VALUES)
    HIDDEN = hide(15, *range(9))

    @pytest.mark.parametrize(("limit", "exact"), [(0, False), (8, False), (9, True), (10, True)])
    def test_parts_beyond_the_limit_keep_quick_bounds(self, limit: int, exact: bool) -> None:
        found = implied_intervals(self.SYSTEM, self.HIDDEN, exact_up_to=limit)
        assert found.exact[self.HIDDEN].all() == exact
        assert found.exact[self.HIDDEN].any() == exact

    def test_the_limit_counts_cells_that_hang_together(self) -> None:
        """Two tables beside each other: the small one is solved, the large one is not."""
        pair = [(17, [15, 16])]
        system = additive_system([*ROWS, *COLUMNS, *pair], [*VALUES, 3, 4, 7])
        hidden = np.concatenate([self.HIDDEN, [True, True, False]])
        found = implied_intervals(system, hidden, exact_up_to=5)
        assert found.exact[15:].all()
        assert not found.exact[:9].any()

    def test_the_most_that_is_asked_for_any_cell_of_a_part_counts(self) -> None:
        limit = limits(15, [(np.arange(9), "quick"), (np.arange(8, 15), "exact")], 9)
        assert limit.tolist() == [0] * 8 + [UNBOUNDED] * 7
        assert implied_intervals(self.SYSTEM, self.HIDDEN, exact_up_to=limit).exact.all()
        assert limits(2, [(np.arange(2), "auto")], EXACT_UP_TO).tolist() == [EXACT_UP_TO] * 2
        assert limits(2, [(np.arange(2), "auto")], EXACT_UP_TO + 1).tolist() == [0] * 2

    def test_work_that_runs_out_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("publisher.suppression.implied.WORK", 1.0)
        found = implied_intervals(self.SYSTEM, self.HIDDEN)
        quick = implied_intervals(self.SYSTEM, self.HIDDEN, exact_up_to=0)
        assert not found.exact[self.HIDDEN].all()
        assert np.all((quick.lower <= found.lower) & (found.upper <= quick.upper))
        asked = implied_intervals(self.SYSTEM, self.HIDDEN, exact_up_to=EXACT_UP_TO + 1)
        assert asked.exact.all()

    def test_a_solver_that_errs_costs_exactness_never_truth(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Answers are disturbed: what does not add up is not believed, and any multipliers bound soundly."""
        random = np.random.default_rng(1)
        point, row = sweeping.certified_point, sweeping.bounded_by
        monkeypatch.setattr(sweeping, "certified_point", lambda p, x: point(p, x + random.normal(0, 2, len(x))))
        monkeypatch.setattr(sweeping, "bounded_by", lambda p, y: row(p, y + random.normal(0, 0.5, len(y))))
        found = implied_intervals(self.SYSTEM, self.HIDDEN)
        monkeypatch.undo()
        exact = implied_intervals(self.SYSTEM, self.HIDDEN)
        assert not found.exact[self.HIDDEN].any()
        assert np.all((found.lower <= exact.lower) & (exact.upper <= found.upper))

    def test_tells_how_far_it_is(self) -> None:
        heard: list[tuple[str, int, int]] = []
        implied_intervals(self.SYSTEM, self.HIDDEN, progress=lambda *what: heard.append(what))
        assert {stage for stage, _, _ in heard} == {"Imply intervals"}
        assert [done for _, done, _ in heard] == sorted(done for _, done, _ in heard)
        assert heard[-1][1] == heard[-1][2] == 18


class TestArithmetic:
    def test_a_vertex_of_halves_is_found_in_halves(self) -> None:
        point = certified_point(TRIANGLE, np.array([0.5000000001, 0.4999999999, 0.5]))
        assert point is not None
        assert point.denominator == 2
        assert (point.floor.tolist(), point.ceiling.tolist()) == ([0, 0, 0], [1, 1, 1])

    @pytest.mark.parametrize("wrong", [[0.1, 0.9, 0.1], [1, 0, 1], [np.nan] * 3, [np.inf, 0, 0], [1e300] * 3])
    def test_what_does_not_add_up_is_no_point(self, wrong: list[float]) -> None:
        assert certified_point(TRIANGLE, np.array(wrong)) is None

    @pytest.mark.parametrize(("low", "high", "inside"), [(0, 1, True), (1, 1, False), (0, 0, False)])
    def test_a_point_keeps_its_bounds(self, low: int, high: int, inside: bool) -> None:
        bounded = replace(TRIANGLE, low=np.full(3, low), high=np.full(3, high))
        assert (certified_point(bounded, np.full(3, 0.5)) is not None) == inside

    def test_rows_with_a_fractional_end_are_rounded_outwards(self) -> None:
        """3 y = 7 has y = 7/3: within 2 and 3."""
        once = Polytope(*map(np.array, ([0, 1], [0], [3], [7], [0], [9])))
        drawn = narrowed(once)
        assert (drawn.low.tolist(), drawn.high.tolist()) == ([2], [3])
        minus = replace(once, weight=np.array([-3]), right=np.array([-7]))
        assert narrowed(minus).high.tolist() == [3]

    def test_halves_are_swept_outwards(self) -> None:
        found = sweep(TRIANGLE, np.inf, lambda _: None)
        assert (found.low.tolist(), found.high.tolist()) == ([0, 0, 0], [1, 1, 1])
        assert found.open == 0

    @pytest.mark.parametrize("multipliers", [[1e12, 0, 0], [np.nan, 0, 0], [0, 0, 0]])
    def test_multipliers_beyond_use_change_nothing(self, multipliers: list[float]) -> None:
        assert bounded_by(TRIANGLE, np.array(multipliers)).high.tolist() == [9, 9, 9]

    def test_sums_that_might_leave_64_bits_bound_nothing(self) -> None:
        """Twice 2^61 and more: such a row is left alone, not wrapped around."""
        row = Polytope(*map(np.array, ([0, 4], [0, 1, 2, 3], [1, 1, 1, 1], [5], [0] * 4, [9, 2**61, 2**61, 2**61])))
        assert narrowed(row, rounds=1).high.tolist() == [5, 5, 5, 5]
        below = replace(row, low=np.array([0, -(2**61), -(2**61), -(2**61)]))
        assert narrowed(below, rounds=1).high.tolist() == [9, 2**61, 2**61, 2**61]

    @pytest.mark.parametrize(("ray", "goes"), [([1.0, -1.0], False), ([1.0, 1.0], False), ([2.0, 2.0], False)])
    def test_a_ray_leaves_no_bound(self, ray: list[float], goes: bool) -> None:
        equal = Polytope(*map(np.array, ([0, 2], [0, 1], [1, -1], [0], [0, 0], [UNBOUNDED, 7])))
        assert (certified_ray(equal, np.array(ray)) is not None) == goes
        free = replace(equal, high=np.full(2, UNBOUNDED))
        assert (certified_ray(free, np.array(ray)) is not None) == (ray[0] == ray[1])

    def test_no_direction_is_no_ray(self) -> None:
        free = Polytope(*map(np.array, ([0, 2], [0, 1], [1, -1], [0], [0, 0], [UNBOUNDED, UNBOUNDED])))
        assert certified_ray(free, np.zeros(2)) is None


class TestContraction:
    def test_a_chain_of_pairs_is_one_unknown(self) -> None:
        """0 + 1 = 7, 1 + 2 = 9: 0 alone remains, with what all three allow."""
        chain = Polytope(*map(np.array, ([0, 2, 4], [0, 1, 1, 2], [1] * 4, [7, 9], [0, 0, 0], [9, 9, 9])))
        (part,) = contracted(narrowed(chain), np.ones(3, dtype=np.bool_))
        assert (part.polytope.unknowns, part.polytope.rows) == (1, 0)
        where = {cell: (turn, shift) for cell, turn, shift in zip(part.cell, part.turn, part.shift, strict=True)}
        group = {0: 3, 1: 4, 2: 5}  # one solution: all members follow from the group
        value = next((group[cell] - where[cell][1]) * where[cell][0] for cell in group)
        assert all(turn * value + shift == group[cell] for cell, (turn, shift) in where.items())

    def test_numbers_beyond_64_bits_make_no_part(self) -> None:
        """Shifts add up along a chain: where they leave 64 bits, cells keep the bounds they have."""
        count = 12
        rows = [[k, k + 1] for k in range(count - 1)]
        chain = Polytope(
            start=np.arange(0, 2 * count, 2),
            column=np.array(rows).ravel(),
            weight=np.array([[-1, 1]] * (count - 1)).ravel(),
            right=np.full(count - 1, 2**60),
            low=np.full(count, -UNBOUNDED),
            high=np.full(count, UNBOUNDED),
        )
        assert list(contracted(chain, np.ones(count, dtype=np.bool_))) == []

    def test_hidden_values_never_enter(self) -> None:
        system = additive_system([*ROWS, *COLUMNS], VALUES)
        other = additive_system([*ROWS, *COLUMNS], [2, 1, 3, 3, 6, 6, 7, 8, 9, *VALUES[9:]])
        one, two = (published_polytope(each, hide(15, 0, 1, 3, 4)) for each in (system, other))
        assert all(np.array_equal(getattr(one, name), getattr(two, name)) for name in vars(one))


GOODS = codelist("GOODS", {"heading": {f"{k:02d}": "_T" for k in range(1, 6)}})
PARTNERS = codelist("PARTNERS", {"country": dict.fromkeys(("CN", "DE", "FR", "KR"), "_T")})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=(VALUE,))


@pytest.mark.parametrize("choice", ["auto", "exact", "quick"])
def test_a_query_chooses(choice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def spy(system, hidden, *, exact_up_to, progress):
        asked.extend(set(exact_up_to.tolist()))
        return implied_intervals(system, hidden, exact_up_to=exact_up_to, progress=progress)

    monkeypatch.setattr("publisher.suppression.protect.implied_intervals", spy)
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "commodity": [f"{k:02d}" for k in random.integers(1, 6, 60)],
            "partner": random.choice(["CN", "DE", "FR", "KR"], 60),
            "trader": random.integers(1, 9, 60),
            "statistical_value": random.integers(1, 500, 60),
        }
    )
    rules = SuppressionRules("active", 3, frequency_level_percent=Fraction(20), intervals=choice)
    (out,) = protect([(confidential_table(TABLE, frame), rules)])
    assert asked == [{"auto": EXACT_UP_TO, "exact": UNBOUNDED, "quick": 0}[choice]]
    assert out.cells.column("statistical_value").null_count > 0
