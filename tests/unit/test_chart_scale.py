"""Scales: nice ticks by whole numbers, and nothing in them that is not shown."""

from fractions import Fraction

import pytest

from publisher.errors import LeakError
from publisher.publication.chart.point import HIDDEN, Point, extent, noisy, point, shown
from publisher.publication.chart.scale import Scale, nice_step, percent, scale
from publisher.publication.chart.wording import amount, axis, number


@pytest.mark.parametrize(
    ("span", "step"),
    [
        (5, 1),
        (6, 2),
        (10, 2),
        (11, 5),
        (25, 5),
        (26, 10),
        (10**18, 2 * 10**17),
        (Fraction(1, 2), Fraction(1, 10)),
        (Fraction(1, 1000), Fraction(1, 5000)),
    ],
)
def test_steps_are_one_two_or_five(span: Fraction | int, step: Fraction | int) -> None:
    assert nice_step(Fraction(span), 5) == step


def test_a_step_needs_a_span() -> None:
    with pytest.raises(ValueError, match="above zero"):
        nice_step(Fraction(0), 5)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([3, 17], 0, 20),
        ([0], 0, 1),
        ([0, 0], 0, 1),
        ([7], 0, 8),
        ([-7], -8, 0),
        ([-3, 12], -5, 15),
        ([10**15], 0, 10**15),
    ],
)
def test_a_scale_holds_zero_and_every_figure(values: list[int], low: int, high: int) -> None:
    found = scale([shown(value) for value in values])
    assert (found.low, found.high) == (low, high)
    assert all(0 <= found.part(value) <= 1 for value in values)
    assert 0 in found.ticks


def test_a_scale_without_zero_still_has_a_span() -> None:
    assert scale([shown(5_000), shown(5_010)], from_zero=False).low == 5_000
    assert scale([shown(5_000)], from_zero=False).low == 0


def test_nothing_shown_has_no_ticks() -> None:
    assert scale([HIDDEN, HIDDEN]) == Scale(Fraction(0), Fraction(1), ())


def test_ends_of_noise_are_in_the_scale_and_hidden_cells_are_not() -> None:
    assert extent([noisy(5, 1, 9), shown(3), HIDDEN]) == (1, 9)
    assert noisy(0, 2, 9).lower == 0  # a figure set to zero beside its interval


@pytest.mark.parametrize("numbers", [(1, None, None), (None, 0, None), (None, 0, 9), (None, None, 9)])
@pytest.mark.parametrize("kind", ["hidden", "absent"])
def test_a_cell_that_is_not_shown_brings_no_number(kind: str, numbers: tuple[int | None, ...]) -> None:
    with pytest.raises(LeakError) as refused:
        Point(kind, *numbers)  # type: ignore[arg-type]
    assert "9" not in str(refused.value)


@pytest.mark.parametrize("numbers", [("shown",), ("shown", 1, 0, 2), ("noisy", 1), ("noisy", 1, 0)])
def test_a_drawn_cell_has_what_its_kind_needs(numbers: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="point"):
        Point(*numbers)  # type: ignore[arg-type]


def test_the_range_of_a_hidden_cell_is_dropped() -> None:
    assert point("Q", None, 3, 4_000) == point("U", None, None, None) == HIDDEN
    assert point("A", 1_234, None, None, 3) == shown(Fraction(1_234, 1_000))
    assert point("E", 10, 5, 15) == noisy(10, 5, 15)
    with pytest.raises(LeakError):
        point("Q", 7, 3, 4_000)
    with pytest.raises(ValueError, match="no number"):
        point("A", None, None, None)


@pytest.mark.parametrize(
    ("part", "words"), [((1, 3), "33.3%"), ((1, 1), "100%"), ((0, 1), "0%"), ((3, 2), "100%"), ((-1, 2), "0%")]
)
def test_places_in_percent(part: tuple[int, int], words: str) -> None:
    assert percent(Fraction(*part)) == words


@pytest.mark.parametrize(
    ("top", "unit", "last"),
    [
        (8_000, "KRW", "8,000"),
        (10_000, "thousand KRW", "10"),
        (1_000_000, "million KRW", "1"),
        (189_743_219_871, "billion KRW", "200"),
        (10**18, "trillion KRW", "1,000,000"),
    ],
)
def test_an_axis_is_in_words(top: int, unit: str, last: str) -> None:
    words, ticks = axis(scale([shown(top)]), "KRW")
    assert (words, ticks[-1]) == (unit, last)


def test_numbers_of_an_axis() -> None:
    texts = [number(Fraction(*n)) for n in ((-25, 2), (120, 1), (1, 20), (-1, 5), (0, 1))]
    assert texts == ["\N{MINUS SIGN}12.5", "120", "0.05", "\N{MINUS SIGN}0.2", "0"]
    assert amount(Fraction(10**10), "KRW") == "10 billion KRW"
    assert amount(Fraction(1, 10), "t") == "0.1 t"
