"""No filling of hidden cells within their printed ranges, and of noisy ones within theirs, overturns a headline."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.codelist import TOTAL
from publisher.model.protected import ProtectedTable
from publisher.publication.headline.changes import Change, comparable, movers, total_claim, usual_revision
from publisher.publication.headline.facts import HeadlineFact, headline_facts
from publisher.publication.headline.figures import is_drowned
from publisher.publication.headline.margin import ZERO, Figure
from publisher.publication.tables.published import publishable
from tests.lib.protected_samples import VALUE, noise_statement
from tests.lib.tables import codelist, dimension, structure

Cell = tuple[int | None, int, int]  # value, and what it may be

CODES = ("01", "02", "03", "04")
GOODS = codelist("GOODS", {"chapter": dict.fromkeys(CODES, TOTAL)})


def cells(*, noisy: bool) -> st.SearchStrategy[Cell]:
    """Small numbers, so that every filling can be tried."""
    size = st.integers(0, 5)
    hidden = st.tuples(size, size).map(lambda ends: (None, min(ends), max(ends)))
    exact = size.map(lambda value: (value, value, value))
    drawn = st.tuples(size, size, size).map(sorted).map(lambda ends: (ends[1], ends[0], ends[2]))
    return st.one_of(hidden, drawn) if noisy else st.one_of(hidden, exact)


def shown(*, noisy: bool) -> st.SearchStrategy[Cell]:
    return cells(noisy=noisy).filter(lambda cell: cell[0] is not None)


USUAL = st.sampled_from([Fraction(0), Fraction(1, 3)])


def fillings(row: list[Cell]) -> Iterator[tuple[int, ...]]:
    """Every table that the printed figures allow."""
    yield from product(*(range(low, high + 1) for _, low, high in row))


def protected(row: list[Cell], *, noisy: bool) -> ProtectedTable:
    bounds = [(None, None) if value == low == high else (low, high) for value, low, high in row]
    status = ["Q" if value is None else "E" if noisy else "A" for value, _, _ in row]
    ends = [(100, 200), *bounds] if noisy else [(None, None), *bounds]
    table = pa.table(
        {
            "goods": pa.array(range(len(row) + 1), pa.int32()),
            "statistical_value": pa.array([150, *(value for value, _, _ in row)], pa.int64()),
            "statistical_value_lower": pa.array([low for low, _ in ends], pa.int64()),
            "statistical_value_upper": pa.array([high for _, high in ends], pa.int64()),
            "obs_status": ["E" if noisy else "A", *status],
            "conf_status": ["F", *("C" if value is None else "F" for value, _, _ in row)],
        }
    )
    shape = structure(dimension("goods", GOODS), measures=(VALUE,))
    method, noise = ("dp", noise_statement()) if noisy else ("suppression", None)
    return ProtectedTable(shape, "2021-03", "s0001", method, table, noise)  # type: ignore[arg-type]


@given(
    st.booleans().flatmap(
        lambda noisy: st.tuples(st.just(noisy), st.lists(cells(noisy=noisy), min_size=4, max_size=4))
    )
)
def test_the_largest_is_the_largest_in_every_filling(drawn: tuple[bool, list[Cell]]) -> None:
    noisy, row = drawn
    facts = [fact for fact in headline_facts(publishable(protected(row, noisy=noisy))) if fact.kind == "largest"]
    shown = [value for value, _, _ in row if value is not None]
    assert bool(facts) == (max(shown, default=0) > 0)
    for fact in facts:
        leader = CODES.index(fact.codes["goods"])
        assert row[leader][0] == fact.value == max(shown)
        always = all(filling[leader] == max(filling) for filling in fillings(row))
        assert (fact.claim == "largest") == always
        assert fact.claim in ("largest", "largest_noisy" if noisy else "largest_shown")


def figures(row: list[Cell]) -> dict[str, Figure]:
    return {code: Figure(*cell) for code, cell in zip(CODES, row, strict=False)}


@given(
    st.booleans().flatmap(
        lambda noisy: st.tuples(
            st.just(noisy),
            st.lists(cells(noisy=noisy), min_size=3, max_size=3),
            st.lists(cells(noisy=noisy), min_size=3, max_size=3),
        )
    ),
    st.sampled_from([Fraction(0), Fraction(1, 3)]),
)
def test_the_largest_change_is_the_largest_in_every_filling(
    drawn: tuple[bool, list[Cell], list[Cell]], usual: Fraction
) -> None:
    _, before, now = drawn
    for mover in movers(figures(before), figures(now), usual):
        sign = 1 if mover.direction == "rise" else -1
        leader = CODES.index(mover.code)
        rises = [
            [sign * (new - old) for old, new in zip(first, second, strict=True)]
            for first in fillings(before)
            for second in fillings(now)
        ]
        assert all(rise[leader] > 0 for rise in rises), "beyond the noise"
        assert mover.change.beyond(usual)
        always = all(rise[leader] == max(rise) for rise in rises)
        assert mover.claim != "largest" or always
        if mover.change.exact:
            assert (mover.claim == "largest") == always
            told = [new - old for (old, *_), (new, *_) in zip(before, now, strict=True) if None not in (old, new)]  # type: ignore[operator]
            both = [sign * amount for amount in told]
            assert sign * mover.change.amount == max(both)


@given(st.booleans().flatmap(lambda noisy: st.tuples(shown(noisy=noisy), shown(noisy=noisy))), USUAL)
def test_what_is_said_of_a_total_holds_in_every_filling(drawn: tuple[Cell, Cell], usual: Fraction) -> None:
    before, now = drawn
    change = Change(Figure(*before), Figure(*now))
    amounts = {new[0] - old[0] for old in fillings([before]) for new in fillings([now])}
    match total_claim(change, usual):
        case "same":
            assert amounts == {0}
        case "drowned":
            assert min(amounts) <= 0 <= max(amounts)
        case "usual":
            assert not change.beyond(usual)
        case "up":
            assert min(amounts) > 0 and change.beyond(usual)
        case "down":
            assert max(amounts) < 0 and change.beyond(usual)


#   value  interval   drowned?
#   10     1 to 19    no: what is there is more than nothing
#   10     0 to 19    yes
#   10     1 to 20    yes: the noise is as large as the figure
@pytest.mark.parametrize(
    ("low", "high", "drowned"), [(1, 19, False), (0, 19, True), (1, 20, True), (None, None, False)]
)
def test_a_figure_that_its_noise_drowns_is_told_as_a_range(low: int | None, high: int | None, drowned: bool) -> None:
    codes = {"goods": TOTAL}
    fact = HeadlineFact("t", "traders", "2021-03", "total", codes, 10, low, high, "traders", 0)
    assert is_drowned(fact) == drowned


@given(st.lists(cells(noisy=True), min_size=4, max_size=4))
def test_noise_is_said_to_hide_who_is_first_only_where_it_does(row: list[Cell]) -> None:
    for fact in headline_facts(publishable(protected(row, noisy=True))):
        if fact.kind == "largest" and fact.claim != "largest":
            leader = CODES.index(fact.codes["goods"])
            assert any(filling[leader] < max(filling) for filling in fillings(row))


def test_a_change_from_or_to_a_hidden_cell_is_never_told() -> None:
    hidden, four, five = Figure(None, 0, 9), Figure(4, 4, 4), Figure(5, 5, 5)
    assert movers({"01": hidden, "02": four}, {"01": five, "02": hidden}, Fraction(0)) == ()


#   code   before   now    rise
#   01     4        9      5     shown in both: the largest rise that is shown
#   02     hidden   5      up to 5 if it was 0: no more than 5, so "largest" holds; up to 6 of 6: it does not
def test_a_hidden_sibling_decides_between_the_claims() -> None:
    before = {"01": Figure(4, 4, 4), "02": Figure(None, 0, 3)}
    for now, claim in (
        (Figure(5, 5, 5), "largest"),
        (Figure(6, 6, 6), "largest_shown"),
        (Figure(None, 0, None), "largest_shown"),
    ):
        (mover,) = movers(before, {"01": Figure(9, 9, 9), "02": now}, Fraction(0))
        assert (mover.code, mover.claim) == ("01", claim)


def test_a_change_no_larger_than_revisions_is_not_told_and_lets_none_smaller_pass_for_the_largest() -> None:
    before = {"01": Figure(1000, 1000, 1000), "02": Figure(10, 10, 10)}
    now = {"01": Figure(1050, 1050, 1050), "02": Figure(30, 30, 30)}
    assert movers(before, now, Fraction(1, 10)) == ()
    assert [mover.code for mover in movers(before, now, Fraction(1, 100))] == ["01"]


def test_absent_rows_are_zeros_only_without_noise_and_only_of_codes_that_both_periods_know() -> None:
    before, now = {"01": Figure(4, 4, 4)}, {"02": Figure(5, 5, 5), "09": Figure(6, 6, 6)}
    assert comparable(before, now, absent_are_zero=True, known=CODES) == (
        {"01": Figure(4, 4, 4), "02": ZERO},
        {"01": ZERO, "02": Figure(5, 5, 5)},
    )
    assert comparable(before, now, absent_are_zero=False, known=CODES) == ({}, {})


def test_nine_of_ten_revisions_are_smaller_than_what_counts_as_a_change() -> None:
    first: Mapping[str, Figure] = {str(n): Figure(100, 100, 100) for n in range(10)}
    newest = {str(n): Figure(100 - n, 100 - n, 100 - n) for n in range(10)}
    assert usual_revision([(first, newest)]) == Fraction(9, 100)
    assert usual_revision([]) == 0
    assert usual_revision([({"1": Figure(None, 0, 9)}, {"1": Figure(4, 4, 4)})]) == 0
    assert Change(Figure(100, 100, 100), Figure(110, 110, 110)).share == Fraction(1, 10)
    assert Change(ZERO, Figure(3, 3, 3)).share is None
