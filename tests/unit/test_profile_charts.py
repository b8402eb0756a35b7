"""Charts of profiles and of a release's page: what is drawn of published cells, and what is left out."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from publisher.audit.numbers import numbers
from publisher.model.codelist import Code
from publisher.model.protected import ProtectedTable
from publisher.publication import write_site
from publisher.publication.cells import SiteCells
from publisher.publication.cells.cumulative import write_cumulative
from publisher.publication.chart import Growth
from publisher.publication.imprint import Imprint
from publisher.publication.profile.chart import counted_alike, profile_chart
from publisher.publication.profile.contexts import ProfilePage, ProfilesPage
from publisher.publication.profile.figures import Figure
from publisher.publication.profile.files import profiles_of
from publisher.publication.profile.page import profile_page, profiles_page
from publisher.publication.profile.standing import LevelFigures, Standing
from publisher.publication.profile.words import change_sentence, part_of, standing_sentence
from publisher.publication.public_cells import PublicMeasure
from publisher.publication.script import chart_script, picture_script, table_script
from publisher.publication.site.prepared_pages import prepare_pages
from publisher.publication.tables.published import publishable
from publisher.publication.tables.release_charts import LINES, release_charts
from publisher.publication.words import ENGLISH, words_for
from publisher.release.publish.index import PublishedEdition
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, noisy_sample, suppression_sample
from tests.lib.site_samples import EVERYTHING, Cells, months, small

MEASURE = PublicMeasure("statistical_value", "Statistical value", "KRW", 0, "statistical_value", False)
COFFEE = Code("09", "Coffee", "chapter", "II")
IMPRINT = Imprint(PLAN, PERIOD, 1, Office())


def figure(period: str, value: int | None, *, method: str = "suppression", unit: str = "KRW") -> Figure:
    measure = replace(MEASURE, unit=unit)
    if value is None:
        return Figure(period, "hidden", measure, method)
    return Figure(period, "shown", measure, method, value, value, value)


def over(values: list[int | None]) -> list[Figure]:
    return [figure(f"2021-{month:02}", value) for month, value in enumerate(values, 1)]


def drawn(values: list[int | None]) -> str:
    found = profile_chart("imports", COFFEE, over(values), "Source", ENGLISH)
    assert found is not None
    return found.svg.__html__()


def pages(site: Path, editions: tuple[PublishedEdition, ...], code: str = "II") -> tuple[ProfilePage, ProfilesPage]:
    cells = SiteCells.read(site, editions)
    write_cumulative(site, cells, editions)
    (profiles,) = profiles_of(site, cells, Office())
    return profile_page(profiles, "commodities", code), profiles_page(profiles, "commodities")


def with_upper(table: ProtectedTable, upper: int) -> ProtectedTable:
    """The same with another upper end of every hidden cell's range."""
    name = "statistical_value_upper"
    hidden = pc.equal(table.cells["obs_status"], "Q")
    ends = pc.if_else(hidden, pa.scalar(upper, pa.int64()), table.cells[name])
    return replace(table, cells=table.cells.set_column(table.cells.column_names.index(name), name, ends))


# --- a line ---


def test_a_hidden_period_is_a_gap_with_a_mark_whose_place_follows_from_nothing() -> None:
    low, high = drawn([9, None, 11, 12]), drawn([900, None, 1100, 1200])
    marks = [re.findall(r'<text class="gone"[^>]*>[^<]*</text>', svg) for svg in (low, high)]
    assert len(marks[0]) == 1
    assert marks[0] == marks[1]


def test_the_line_is_described_and_its_figures_stand_in_the_table_alone() -> None:
    svg = drawn([1_234_567, None, 2_345_678, 3_456_789])
    assert "The highest figure shown is KRW 3.5 million (April 2021), the lowest KRW 1.2 million" in svg
    assert numbers(svg) == set()


@pytest.mark.parametrize("values", [[1, 2], [1, None, 2], [None, None, None, None]])
def test_few_figures_are_no_line(values: list[int | None]) -> None:
    assert profile_chart("imports", COFFEE, over(values), "Source", ENGLISH) is None


def test_nothing_is_drawn_up_to_the_last_figure_that_was_counted_in_another_way() -> None:
    first, *rest = over([1, 2, 3, 4])
    assert list(counted_alike([replace(first, method="dp"), *rest])) == rest
    assert list(counted_alike([first, replace(rest[0], measure=replace(MEASURE, unit="USD")), *rest[1:]])) == rest[1:]
    gone = Figure("2021-01", "absent", replace(MEASURE, unit="USD"), "dp", why="withdrawn")
    assert len(counted_alike([gone, *rest])) == 4


# --- sentences ---


@pytest.mark.parametrize(
    ("growth", "about", "sentence"),
    [
        (Growth("shown", 12), False, "Up 12.0 % on May."),
        (Growth("shown", -12), False, "Down 12.0 % on May."),
        (Growth("shown", -12), True, "Down about 12.0 % on May."),
        (Growth("shown", 0), False, "Unchanged on May."),
        (Growth("shown", Fraction(-1, 25)), False, "Almost unchanged on May."),
        (Growth("shown", 1000), False, "Up 1,000.0 % on May."),
        (Growth("shown", 1001), False, "Up more than tenfold on May."),
        (Growth("noise"), True, "No change on May that stands out from the noise."),
        (Growth("hidden"), False, ""),
        (Growth("undefined"), False, ""),
    ],
)
def test_a_change_is_said_as_far_as_it_can_be(growth: Growth, about: bool, sentence: str) -> None:
    assert change_sentence(growth, "on May", ENGLISH, about=about) == sentence


@pytest.mark.parametrize(("value", "place"), [(30, 1), (20, 2), (10, 4), (5, 5)])
def test_a_rank_counts_the_larger_figures_shown(value: int, place: int) -> None:
    level = LevelFigures(np.asarray([5, 10, 20, 20, 30]), 2)
    assert level.standing(value) == Standing(place, 5, 2)


def test_a_rank_says_what_it_leaves_out() -> None:
    whole, less = (standing_sentence(Standing(1, 5, hidden), "chapter", ENGLISH) for hidden in (0, 2))
    assert whole == "Rank by size (chapter): 1 of 5."
    assert less == "Rank by size (chapter): 1 of the 5 shown; 2 are not shown and may be larger."


def test_a_share_needs_two_exact_figures() -> None:
    part, whole = figure("2021-01", 25), figure("2021-01", 100)
    assert part_of(part, whole, ENGLISH) == "25.0 %"
    assert part_of(whole, part, ENGLISH) == ""
    assert part_of(replace(part, kind="noisy"), whole, ENGLISH) == ""
    assert part_of(part, figure("2021-01", None), ENGLISH) == ""


# --- growth ---


def test_growth_is_told_between_figures_that_are_shown(tmp_path: Path) -> None:
    later: Cells = {**EVERYTHING, ("09", "_T"): 660, ("10", "_T"): None}
    tables = {f"2021-0{month}": small(f"2021-0{month}", later if month == 3 else EVERYTHING) for month in (1, 2, 3)}
    page, index = pages(tmp_path, months(tmp_path, tables))
    (grown,) = page.maps
    assert [(line.code, line.cells) for line in grown.lines] == [
        ("09", ("0.0 %", "+10.0 %")),
        ("10", ("0.0 %", "not shown")),
    ]
    assert grown.head == ("Commodity", "February 2021", "March 2021")
    assert index.maps == ()  # one section alone has nothing to be compared with


def test_other_ranges_behind_hidden_cells_give_the_same_prepared_pages(tmp_path: Path) -> None:
    found = []
    for name, upper in (("one", 900), ("other", 123_456)):
        site, target = tmp_path / name, tmp_path / f"{name}-pages"
        target.mkdir()
        cells: Cells = {**EVERYTHING, ("09", "_T"): None}
        tables = {f"2021-0{month}": with_upper(small(f"2021-0{month}", cells), upper) for month in (1, 2, 3, 4)}
        prepare_pages(site, target, months(site, tables), Office(), languages=(ENGLISH, words_for("fr")))
        found.append({path.relative_to(target): path.read_bytes() for path in target.rglob("*.html")})
    assert found[0].keys() == found[1].keys()
    assert Path("fr/commodities/09.html") in found[0]
    size = re.compile(r'<span class="size">[^<]*</span>')
    blanked = [{path: size.sub("", text.decode()) for path, text in one.items()} for one in found]
    assert blanked[0] == blanked[1]  # but for the sizes of the files, which hold the ranges


# --- a release ---


def test_a_release_shows_areas_of_what_adds_up_and_tiles_of_countries() -> None:
    exact, noisy = publishable(suppression_sample().table), publishable(noisy_sample())
    assert [one.name for one in release_charts([noisy, exact], IMPRINT)] == [
        "imports_by_chapter_origin-commodity-areas",
        "imports_by_chapter_origin-partner-tiles",
    ]
    assert release_charts([noisy], IMPRINT) == ()  # traders do not add up, regions have no tile


def test_a_table_beside_a_picture_says_how_much_more_there_is() -> None:
    for one in release_charts([publishable(suppression_sample().table)], IMPRINT):
        assert len(one.lines) == LINES
        assert re.fullmatch(r"\d+ more stand in the table\.", one.more)
        assert one.full[1] == "tables/imports_by_chapter_origin.html"


# --- scripts ---


def test_the_scripts_of_a_page_stay_below_their_budget() -> None:
    assert len(table_script()) + len(picture_script()) < 30_000
    assert len(chart_script()) < 5_000


def test_lists_of_profiles_are_there_before_the_first_edition(tmp_path: Path) -> None:
    write_site(tmp_path, (), Office(), {PLAN.id: PLAN})
    for folder in ("commodities", "partners"):
        assert "Nothing is published yet." in (tmp_path / folder / "index.html").read_text("utf-8")
