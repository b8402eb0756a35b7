"""Each kind of chart: what it draws of shown, noisy, hidden and missing cells."""

import re
from fractions import Fraction

import pytest

from publisher.catalogue.codelists import codelist
from publisher.publication.chart import (
    ABSENT,
    HIDDEN,
    HeatRow,
    Part,
    Point,
    Series,
    Svg,
    bars,
    growth,
    heat,
    line,
    noisy,
    shown,
    tiles,
    treemap,
)
from publisher.publication.chart.growth import Growth
from publisher.publication.chart.signs import ABOUT, GONE
from publisher.publication.chart.squares import squares
from publisher.publication.chart.tiles import places, power_of_ten, steps
from tests.lib.charts import PERIODS, parts, series

WORDS = ("a", "A title", "A description")


def crosses(chart: Svg) -> list[str]:
    return re.findall(r'<text(?: class="gone")?([^>]*)>×</text>', chart.__html__())  # noqa: RUF001


def lengths(chart: Svg) -> list[str]:
    return re.findall(r'<rect class="bar(?:-noisy)?"[^>]*width="([0-9.]+%)"', chart.__html__())


# bars


def test_bars_are_in_proportion() -> None:
    assert lengths(bars(*WORDS, parts((1_000, 500, 1, 0)))) == ["55%", "27.5%", "0.1%", "0%"]


def test_a_bar_below_zero_ends_where_it_begins_above() -> None:
    text = bars(*WORDS, parts((300, -100), hidden=0)).__html__()
    assert re.findall(r'class="bar" x="([0-9.]+%)"[^>]*width="([0-9.]+%)"', text) == [
        ("13.8%", "41.2%"),
        ("0%", "13.8%"),
    ]


def test_a_hidden_bar_is_a_cross_at_zero_and_words() -> None:
    few, many = (bars(*WORDS, parts((10,), hidden=count)) for count in (1, 3))
    assert [re.search(r'x="[^"]+"', cross)[0] for cross in crosses(many)] == ['x="0%"'] * 3  # type: ignore[index]
    assert few.__html__().count("not shown</text>") == 1


def test_noise_has_its_interval_drawn_and_said() -> None:
    chart = bars(*WORDS, parts((100, 50), margin=10))
    assert chart.__html__().count('class="whisker"') == 6
    assert "95 %" in chart.notes[0]
    assert lengths(chart)[0] == "50%"  # of the 55 that 110, the upper end, fills


def test_figures_too_long_for_a_phone_have_their_own_line() -> None:
    short, long = (bars(*WORDS, [Part("x", "y", shown(1), "1" * length)]) for length in (19, 20))
    assert short.height < long.height


# lines


def test_a_hidden_period_is_a_gap_and_a_cross_in_a_place_of_its_own() -> None:
    first, second = (
        line(
            *WORDS,
            PERIODS[:5],
            [Series("x", (*map(shown, values[:2]), HIDDEN, *map(shown, values[3:])))],
            unit="t",
        )
        for values in ([1, 2, 3, 4, 5], [900, 20, 3, -400, 50])
    )
    assert crosses(first) == crosses(second)
    assert first.__html__().count('class="line-0"') == 2
    assert first.notes == ("\N{MULTIPLICATION SIGN} One period is not shown.",)


def test_no_line_leads_into_a_hidden_period() -> None:
    text = line(*WORDS, PERIODS, [series()], unit="KRW").__html__()
    runs = [re.findall(r"[ML]([0-9]+)", path) for path in re.findall(r'class="line-0" d="([^"]+)"', text)]
    drawn = {int(x) for run in runs for x in run}
    assert len(drawn) == 60 - 4
    assert not drawn & {round(Fraction(n * 1000, 59)) for n in (20, 21, 30, 40)}


def test_a_band_of_noise_stays_in_the_picture() -> None:
    text = line(*WORDS, PERIODS, [series(margin=10**10)], unit="KRW").__html__()
    downs = [
        int(y) for path in re.findall(r'class="band-0" d="([^"]+)"', text) for y in re.findall(r"\+([0-9]+)", path)
    ]
    assert downs
    assert all(0 <= y <= 180 for y in downs)


def test_a_figure_alone_has_a_dot_and_its_interval() -> None:
    points: tuple[Point, ...] = (HIDDEN, noisy(5, 3, 9), HIDDEN)
    text = line(*WORDS, PERIODS[:3], [Series("x", points)], unit="t").__html__()
    assert text.count("<circle") == text.count('class="whisker"') == 1
    assert "line-0" not in text and "dots-0" not in text


def test_the_figures_of_a_short_series_have_dots_and_the_last_a_larger_one() -> None:
    text = line(*WORDS, PERIODS[:5], [Series("x", (*map(shown, (1, 2, 3)), HIDDEN, shown(9)))], unit="t").__html__()
    (dots,) = re.findall(r'class="dots-0" d="([^"]+)"', text)
    assert re.findall(r"M([0-9]+)", dots) == ["0", "250", "500"]
    assert text.count("<circle") == 1


def test_the_frame_of_what_is_read_is_as_wide_as_a_period_or_a_cell() -> None:
    periods = line(*WORDS, PERIODS[:5], [Series("x", tuple(map(shown, (1, 2, 3, 4, 5))))], unit="t")
    growths = heat(*WORDS, [HeatRow("x", "y", (Growth("hidden"),) * 13)] * 2, PERIODS[:13])
    frames = [re.findall(r'<rect class="frame"([^>]*)/>', chart.__html__()) for chart in (periods, growths)]
    assert frames == [
        [' x="-125" y="0" width="250" height="198"'],
        [' x="0" y="38" width="76.9" height="20" data-down="42"'],
    ]


def test_signs_of_a_row_are_one_text_with_a_place_for_each() -> None:
    kinds = (Growth("hidden"), Growth("shown", Fraction(1)), Growth("hidden"), Growth("noise"))
    text = heat(*WORDS, [HeatRow("x", "y", kinds)], PERIODS[:4]).__html__()
    assert f'<text class="gone" x="11.5% 61.5%" y="53" text-anchor="middle">{2 * GONE}</text>' in text
    assert f'<text class="tick" x="86.5%" y="53" text-anchor="middle">{ABOUT}</text>' in text


def test_all_hidden_says_that_nothing_is_drawn() -> None:
    chart = line(*WORDS, PERIODS[:4], [Series("x", (HIDDEN,) * 4)], unit="t")
    assert "There is no figure to draw." in chart.__html__()
    assert len(crosses(chart)) == 4


def test_a_missing_period_has_no_cross_but_a_sentence() -> None:
    chart = line(*WORDS, PERIODS[:3], [Series("x", (shown(1), ABSENT, shown(2)))], unit="t")
    assert not crosses(chart)
    assert chart.notes == ("There is no figure for one period.",)


def test_labels_of_a_phone_are_among_those_of_a_wide_page() -> None:
    text = line(*WORDS, PERIODS, [series()], unit="KRW").__html__()
    years = re.findall(
        r'class="(tick|tick-roomy)" x="[^"]+" y="[0-9]+" text-anchor="(?:start|middle|end)">(20[0-9]{2})<', text
    )
    assert [year for _, year in years] == ["2017", "2018", "2019", "2020", "2021"]
    assert [year for look, year in years if look == "tick"] == ["2017", "2019", "2021"]


@pytest.mark.parametrize("count", [0, 4])
def test_a_line_chart_takes_one_to_three_series(count: int) -> None:
    with pytest.raises(ValueError, match="series"):
        line(*WORDS, PERIODS[:1], [Series("x", (shown(1),))] * count, unit="t")


def test_every_period_has_its_point() -> None:
    with pytest.raises(ValueError, match="one point a period"):
        line(*WORDS, PERIODS[:2], [Series("x", (shown(1),))], unit="t")


# treemap


@pytest.mark.parametrize("sizes", [[1], [5, 5], [60, 20, 10, 5, 3, 1, 1], [10**15, 1], list(range(40, 0, -1))])
def test_areas_are_in_proportion_and_fill_the_picture(sizes: list[int]) -> None:
    boxes = squares([Fraction(size) for size in sizes], 540, 360)
    areas = [box.width * box.height for box in boxes]
    assert areas == [Fraction(size * 540 * 360, sum(sizes)) for size in sizes]
    assert all(box.x >= 0 and box.x + box.width <= 540 for box in boxes)
    assert all(box.y >= 0 and box.y + box.height <= 360 for box in boxes)


def test_no_area_for_nothing() -> None:
    assert squares([], 540, 360) == []
    with pytest.raises(ValueError, match="above zero"):
        squares([Fraction(0)], 540, 360)


def test_hidden_parts_have_words_and_no_area() -> None:
    with_hidden, without = (treemap(*WORDS, parts(hidden=count)) for count in (2, 0))
    assert with_hidden.__html__() == without.__html__()
    assert with_hidden.notes[0] == "Areas and shares are of the figures shown."
    assert with_hidden.notes[1].startswith("2 parts are not shown and have no area: Albuminoidal")
    assert without.notes[1].startswith("One part is zero or less")


def test_the_smallest_of_many_parts_share_an_area() -> None:
    text = treemap(*WORDS, parts(tuple(range(1_000, 750, -1)), hidden=0)).__html__()
    assert text.count('class="area"') == 40
    assert text.count('class="area-rest"') == 1
    assert "210 smaller" in text


def test_shares_of_noisy_figures_are_about() -> None:
    assert ">≈ 75.0 %<" in treemap(*WORDS, parts((300, 100), hidden=0, margin=9)).__html__()
    assert ">75.0 %<" in treemap(*WORDS, parts((300, 100), hidden=0)).__html__()


# growth


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (shown(100), shown(150), Growth("shown", Fraction(50))),
        (shown(100), shown(0), Growth("shown", Fraction(-100))),
        (HIDDEN, shown(5), Growth("hidden")),
        (shown(5), HIDDEN, Growth("hidden")),
        (HIDDEN, ABSENT, Growth("hidden")),
        (ABSENT, shown(5), Growth("absent")),
        (shown(0), shown(5), Growth("undefined")),
        (shown(-5), shown(5), Growth("undefined")),
        (shown(5), shown(-5), Growth("undefined")),
        (noisy(5, 0, 10), noisy(500, 490, 510), Growth("undefined")),
        (noisy(100, 90, 110), noisy(115, 110, 120), Growth("noise")),
        (noisy(100, 90, 110), noisy(121, 111, 131), Growth("shown", Fraction(21))),
        (noisy(100, 90, 110), shown(110), Growth("noise")),
    ],
)
def test_growth_is_told_only_where_both_cells_bear_it(before: Point, after: Point, expected: Growth) -> None:
    assert growth(before, after) == expected


@pytest.mark.parametrize(
    ("percent", "step"), [(5, 0), (6, 1), (25, 1), (26, 2), (-5, 0), (-6, -1), (-25, -1), (-26, -2)]
)
def test_steps_of_growth(percent: int, step: int) -> None:
    assert Growth("shown", Fraction(percent)).steps == step


def test_growth_and_its_percent_go_together() -> None:
    with pytest.raises(ValueError, match="percent"):
        Growth("hidden", Fraction(5))
    with pytest.raises(ValueError, match="percent"):
        Growth("shown")


def test_a_cell_does_not_depend_on_the_others() -> None:
    small, large = (
        heat(*WORDS, [HeatRow("x", "y", (Growth("shown", Fraction(10)),)), HeatRow("z", "w", (other,))], PERIODS[:1])
        for other in (Growth("shown", Fraction(3)), Growth("shown", Fraction(4)))
    )
    assert small.__html__() == large.__html__()


def test_the_key_of_a_heat_map_lists_the_signs_that_occur() -> None:
    def key(*growths: Growth) -> list[str]:
        chart = heat(*WORDS, [HeatRow("x", "y", growths)], PERIODS[: len(growths)])
        return re.findall(r'class="label"[^>]*>([^<]+)<', chart.__html__())

    numbers = ["more than 25 % up", "more than 25 % down", "5 to 25 % up", "5 to 25 % down", "within 5 %"]
    assert key(Growth("absent")) == numbers
    assert key(Growth("hidden"), Growth("noise")) == [*numbers, "within the noise", "not shown"]


def test_a_row_of_a_heat_map_is_as_long_as_its_head() -> None:
    with pytest.raises(ValueError, match="one growth a column"):
        heat(*WORDS, [HeatRow("x", "y", ())], PERIODS[:1])


# tiles


def test_every_country_has_a_tile_of_its_own() -> None:
    countries = {code.code for code in codelist("COUNTRY").at("country")}
    assert countries - set(places()) == {"XZ", "ZZ"}  # nowhere, or not known where
    assert set(places()) <= countries
    assert len(set(places().values())) == len(places())


@pytest.mark.parametrize(
    ("value", "power"), [(1, 1), (9, 1), (10, 10), (999, 100), (Fraction(1, 3), Fraction(1, 10))]
)
def test_powers_of_ten(value: int | Fraction, power: int | Fraction) -> None:
    assert power_of_ten(value) == power


@pytest.mark.parametrize(
    ("value", "step"), [(5_000, 5), (1_000, 5), (999, 4), (100, 4), (10, 3), (1, 2), (0, 0), (-7, 0)]
)
def test_steps_of_tiles(value: int, step: int) -> None:
    assert steps(value, Fraction(1_000)) == step


def test_hidden_places_are_crosses_and_those_without_a_tile_are_named() -> None:
    chart = tiles(*WORDS, [*parts((5_000, 7), hidden=3), Part("Nowhere", "ZZ", shown(9), "9")], unit="KRW")
    (gone,) = (group for group in chart.marks if group.look == "tile-cross")
    assert len(gone.children) == 3
    assert "Not on the grid: Nowhere (ZZ)." in chart.notes
    assert chart.notes[0].startswith("A full tile stands for 1 thousand KRW or more")


def test_a_grid_without_a_figure_says_so() -> None:
    assert tiles(*WORDS, parts((), hidden=2), unit="KRW").notes[0] == "There is no figure to draw."
