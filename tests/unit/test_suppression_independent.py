"""Parts of a system without a common equation are protected apart, and give one pattern."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from publisher.errors import ProtectionError
from publisher.suppression import independent as parts_of
from publisher.suppression.assemble import assemble
from publisher.suppression.independent import SharedProgress, Stopped, independent
from publisher.suppression.secondary import suppress
from publisher.suppression.system import AdditiveSystem, Status
from publisher.suppression.witness import unproven
from tests.bench.suppression_tables import demands
from tests.lib.squares import SQUARE, square, system

Made = Callable[..., AdditiveSystem]


@pytest.fixture
def flows() -> AdditiveSystem:
    """Two tables, imports and exports, of 1,500 cells each."""
    options = Namespace(
        table="scale", cells=3_000, rules="active", regions=False, save=None, load=None, level=None, chapters=None
    )
    return assemble(demands(options)).system


@pytest.fixture
def squares(monkeypatch: pytest.MonkeyPatch) -> Made:
    """Two squares of nine cells, large enough here to be searched apart."""
    monkeypatch.setattr(parts_of, "LARGE", 9)
    second = [(margin + 9, [cell + 9 for cell in below]) for margin, below in SQUARE]
    values = [10, 20, 30, 40, 30, 70, 40, 60, 100]
    return partial(system, [*SQUARE, *second], values * 2)


def test_two_flows_are_two_parts(flows: AdditiveSystem) -> None:
    parts = independent(flows)
    assert len(parts) == 2
    assert np.array_equal(np.sort(np.concatenate([part.cells for part in parts])), np.arange(flows.cells))
    assert sum(part.system.equations for part in parts) == flows.equations


def test_a_tie_makes_one_part_of_two(flows: AdditiveSystem) -> None:
    first, second = (int(part.cells[0]) for part in independent(flows))
    tie = np.where(flows.tie == flows.tie[second], flows.tie[first], flows.tie)
    tie = np.where(tie == flows.tie[first], min(first, second), tie)
    assert len(independent(replace(flows, tie=tie))) == 1


def test_small_parts_are_searched_as_one() -> None:
    assert len(independent(square({0: 5}))) == 1


def test_the_pattern_of_parts_holds_for_the_whole(flows: AdditiveSystem) -> None:
    pattern = suppress(flows)
    assert not len(unproven(flows, pattern.suppressed, pattern.witnesses))
    assert np.array_equal(pattern.suppressed, suppress(flows).suppressed)
    alone = [suppress(part.system) for part in independent(flows)]
    assert pattern.cost == sum(each.cost for each in alone)


def test_the_least_patterns_of_parts_are_the_least_of_the_whole(squares: Made) -> None:
    made = squares({0: 5, 12: 5})
    assert len(independent(made)) == 2
    pattern = suppress(made, effort="exact", insiders=False)
    assert pattern.gap == 0
    assert np.flatnonzero(pattern.suppressed).tolist() == [0, 1, 2, 3, 9, 10, 11, 12]


def test_what_cannot_be_protected_is_named_by_its_place_in_the_whole(squares: Made) -> None:
    made = squares({0: 5, 9: 5})
    status = made.status.copy()
    status[[10, 11, 15]] = Status.FROZEN_PUBLISHED
    with pytest.raises(ProtectionError) as caught:
        suppress(replace(made, status=status), insiders=False)
    assert ("9",) in caught.value.cells


def test_progress_adds_parts_up_and_follows_the_slowest() -> None:
    told: list[tuple[str, int, int]] = []
    shared = SharedProgress(lambda stage, done, total: told.append((stage, done, total)), 2)
    shared.of(0)("protect", 5, 10)
    shared.of(1)("protect", 1, 4)
    shared.of(0)("clean", 1, 2)
    shared.of(1)("protect", 4, 4)
    shared.finish(1)
    shared.of(0)("clean", 2, 2)
    assert told == [("protect", 5, 10), ("protect", 6, 14), ("protect", 9, 14), ("clean", 2, 2)]


def test_a_search_ends_where_another_was_stopped() -> None:
    shared = SharedProgress(lambda stage, done, total: None, 2)
    shared.stopped = True
    with pytest.raises(Stopped):
        shared.of(0)("protect", 1, 2)


def test_an_interruption_ends_all_searches(flows: AdditiveSystem) -> None:
    def interrupt(stage: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        suppress(flows, progress=interrupt)
