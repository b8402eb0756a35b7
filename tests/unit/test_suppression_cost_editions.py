"""The cost of a revision is that of the pattern a build would publish, for readers who hold the editions before."""

from dataclasses import replace

import numpy as np
import pytest

from publisher.errors import ProtectionError
from publisher.suppression.cost import TableCost, assess
from publisher.suppression.history import EarlierTable
from publisher.suppression.protect import protect_edition
from publisher.suppression.shown import as_shown
from publisher.suppression.witness import Witnesses, together
from tests.attack.test_suppression_history import (
    KEEN,
    NEW,
    OLD,
    RULES,
    after,
    alone,
    hidden,
    items,
    merged,
    random_editions,
    truth,
)
from tests.lib.two_editions import earlier

FIRST_NAME = "series/2021-01/v1"


@pytest.fixture(scope="module")
def told() -> list[EarlierTable]:
    return [earlier(FIRST_NAME, (OLD, alone(OLD)), RULES)]


def hidden_by(cost: TableCost) -> set[tuple[str, ...]]:
    return {cost.cells.codes(row) for row in np.flatnonzero(cost.cells.primary | cost.cells.secondary).tolist()}


def test_the_cost_of_a_revision_is_that_of_its_build(told: list[EarlierTable]) -> None:
    (forgetful,), (planned,) = assess([(NEW, RULES)]), assess([(NEW, RULES)], earlier=told)
    published = hidden(after(NEW, [(OLD, alone(OLD))]))
    assert hidden_by(planned) == published
    assert hidden_by(forgetful) == hidden(alone(NEW)) != published


def test_what_stays_hidden_is_counted_and_blamed_on_nobody() -> None:
    """Built again unchanged: every secondary cell is one that the first edition hid."""
    (cost,) = assess([(OLD, RULES)], earlier=[earlier(FIRST_NAME, (OLD, alone(OLD)), RULES)])
    assert cost.kept.secondary == cost.secondary > 0
    assert cost.kept.value_secondary == cost.total.value_secondary
    assert (cost.protections, cost.unused, cost.already_public) == ((), 0, 0)
    (first,) = assess([(OLD, RULES)])
    assert (first.primary, first.secondary) == (cost.primary, cost.secondary)
    assert first.kept.secondary == 0


def test_only_what_is_hidden_anew_is_blamed(told: list[EarlierTable]) -> None:
    (cost,) = assess([(NEW, RULES)], earlier=told)
    blamed = {cell.codes for protection in cost.protections for cell in protection.forced}
    secondary = {cost.cells.codes(row) for row in np.flatnonzero(cost.cells.secondary).tolist()}
    assert blamed <= secondary
    assert len(secondary) - cost.kept.secondary >= len(blamed)


def test_an_unsafe_number_that_is_public_already() -> None:
    first, new = (truth(items()), alone(truth(items()))), merged("03", "FR")
    before = [earlier(FIRST_NAME, first, RULES)]
    with pytest.raises(ProtectionError, match="public already"):
        assess([(new, RULES)], earlier=before)
    (cost,) = assess([(new, replace(RULES, already_published="hide"))], earlier=before)
    assert cost.already_public == 1
    assert ("03", "FR") in hidden_by(cost)


@pytest.mark.parametrize("seed", [1, 3, 11])
def test_random_revisions_with_two_measures(seed: int) -> None:
    """Stages, old numbers and untied cells: the marks are those of the build, and shares never count a cell twice."""
    first, new = random_editions(seed)
    before = [earlier(FIRST_NAME, first, KEEN)]
    (cost,) = assess([(new, KEEN)], earlier=before)
    (out,) = protect_edition([(new, KEEN)], earlier=before).tables
    assert hidden_by(cost) == hidden(out)
    fresh = cost.total.value_secondary - cost.kept.value_secondary
    assert sum(protection.share for protection in cost.protections) <= fresh + 1e-6


def test_the_edition_before_is_preferred() -> None:
    rules = replace(RULES, stability=1)
    (cost,) = assess([(NEW, rules)], before=[as_shown(alone(OLD))])
    (out,) = protect_edition([(NEW, rules)], before=[as_shown(alone(OLD))]).tables
    assert hidden_by(cost) == hidden(out) != hidden(alone(NEW))


def test_witnesses_of_several_searches_are_one() -> None:
    def of(*numbers: int) -> np.ndarray:
        return np.array(numbers, dtype=np.int64)

    one = Witnesses(of(0, 2, 3), of(5, 6, 7), of(1, -1, 2), of(-1, 1, 0), of(1, 3), of(5), of(0), of(5), of(1))
    other = Witnesses(of(0, 1), of(8), of(4), of(-4), of(1), of(8), of(0), of(), of())
    whole = together([one, other])
    assert whole.start.tolist() == [0, 2, 3, 4]
    assert whole.cell.tolist() == [5, 6, 7, 8]
    assert (whole.primary.tolist(), whole.first.tolist()) == ([5, 8], [0, 2])
    assert (whole.guarded.tolist(), whole.guard.tolist()) == ([5], [1])
    assert whole.scale.tolist() == [1, 3, 1]
