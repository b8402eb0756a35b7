"""Ways round dear secondaries, and what is left behind where a try fails."""

from argparse import Namespace

import numpy as np
import pytest

from publisher.suppression import secondary
from publisher.suppression.assemble import assemble
from publisher.suppression.network import arranged
from publisher.suppression.state import State
from publisher.suppression.system import AdditiveSystem
from publisher.suppression.witness import unproven
from tests.bench.suppression_tables import demands
from tests.lib.squares import system

# three rows of two and their margins: an unsafe cell in the first row may go by the second row or the third
ROWS = [(6, [0, 1]), (7, [2, 3]), (8, [4, 5]), (9, [0, 2, 4]), (10, [1, 3, 5]), (11, [6, 7, 8])]
VALUES = [50, 50, 400, 400, 60, 60, 100, 800, 120, 510, 510, 1020]


def bench(rules: str, *, regions: bool = False, table: str = "scale") -> AdditiveSystem:
    options = Namespace(
        table=table, cells=4_000, rules=rules, regions=regions, save=None, load=None, level=None, chapters=None
    )
    return assemble(demands(options)).system


def state_of(made: AdditiveSystem, *, insiders: bool) -> State:
    """A search that has protected every primary by cycles."""
    _, state = secondary._begun(made, insiders, guided=False)
    state.protect_by_cycles(secondary.NO_PROGRESS)
    if insiders:
        state.guard(secondary.NO_PROGRESS)
    return state


def test_a_dear_way_gives_place_to_a_cheaper_one() -> None:
    """The dear row is made to be hidden first, as an early primary of a greedy search would have had it."""
    costs = np.array(VALUES)
    costs[[4, 5]] *= 100
    state = state_of(system(ROWS, VALUES, {0: 10}, costs=costs), insiders=False)
    assert np.flatnonzero(state.suppressed()).tolist() == [0, 1, 2, 3]
    state.cells.weight[[4, 5]] //= 100
    state.network = arranged(state.network, state.cells.hidden, state.cells.down, np.array(VALUES))
    assert state.go_round(secondary.NO_PROGRESS, steps=1000) == 2  # the second is of no use then
    assert np.flatnonzero(state.suppressed()).tolist() == [0, 1, 4, 5]


def test_no_way_is_taken_that_costs_as_much() -> None:
    made = system(ROWS, [50, 50, 400, 400, 400, 400, 100, 800, 800, 850, 850, 1700], {0: 10})
    state = state_of(made, insiders=False)
    before = state.suppressed()
    assert state.go_round(secondary.NO_PROGRESS, steps=1000) == 0
    assert np.array_equal(state.suppressed(), before)
    assert state.cells.usable.all()


@pytest.mark.parametrize("insiders", [False, True])
@pytest.mark.parametrize(("rules", "regions"), [("active", False), ("passive", True)])
def test_going_round_lowers_the_cost_and_keeps_all_proofs(rules: str, *, regions: bool, insiders: bool) -> None:
    """Guards were once taken over from witnesses of cells that had been shown again."""
    made = bench(rules, regions=regions)
    state = state_of(made, insiders=insiders)
    system_of_state = state.system
    before = secondary.cost_of(system_of_state, state.suppressed())
    rerouted = state.go_round(secondary.NO_PROGRESS, steps=10**7)
    state.clean_up(secondary.NO_PROGRESS, steps=10**7)
    assert rerouted > 0
    assert secondary.cost_of(system_of_state, state.suppressed()) < before
    assert not len(unproven(system_of_state, state.suppressed(), state.witnesses(), insiders=insiders))


@pytest.mark.parametrize("steps", [0, 1, 500, 5_000])
def test_a_search_cut_short_leaves_a_proven_pattern(steps: int) -> None:
    made = bench("passive")
    state = state_of(made, insiders=True)
    state.go_round(secondary.NO_PROGRESS, steps=steps)
    assert not len(unproven(state.system, state.suppressed(), state.witnesses()))


def test_thorough_leaves_no_secondary_that_can_be_gone_round() -> None:
    made = bench("passive")
    state = state_of(made, insiders=False)
    state.clean_up_thoroughly(secondary.NO_PROGRESS, np.inf)
    assert state.go_round(secondary.NO_PROGRESS, steps=10**9) == 0
    assert state.clean_up(secondary.NO_PROGRESS, steps=10**9) == 0


def test_a_full_book_is_widened_on_the_way() -> None:
    made = bench("passive")
    roomy, full = state_of(made, insiders=True), state_of(made, insiders=True)
    book = full.book
    room = int(book.counts[1]) + 1
    long = ("scale", "cell", "up", "down", "link_witness", "link_primary", "link_next")
    full.book = book._replace(start=book.start[: room + 1], **{name: getattr(book, name)[:room] for name in long})
    shown = [state.go_round(secondary.NO_PROGRESS, steps=10**7) for state in (roomy, full)]
    assert shown[0] == shown[1] > 0
    assert len(full.book.cell) > room
    assert np.array_equal(roomy.suppressed(), full.suppressed())
