"""Profiles: one commodity or partner over all periods, every figure a published cell, every gap with its reason."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from html import unescape
from pathlib import Path

import pyarrow as pa
import pytest

from publisher.catalogue.codelists import codelist
from publisher.model.codelist import Hierarchy
from publisher.publication import speech
from publisher.publication.cells import SiteCells
from publisher.publication.cells.cumulative import write_cumulative
from publisher.publication.contexts import Link
from publisher.publication.fitting import PAGE_BYTES, fitting
from publisher.publication.numbers import MINUS
from publisher.publication.pages import render
from publisher.publication.profile import files as profile_files
from publisher.publication.profile.codes import COMMODITIES, PARTNERS
from publisher.publication.profile.contexts import ProfilePage, ProfileTable
from publisher.publication.profile.figures import Figure, change
from publisher.publication.profile.files import profiles_of
from publisher.publication.profile.page import profile_page, profiles_page
from publisher.publication.profile.room import ROOMS, Room
from publisher.publication.public_cells import PublicMeasure
from publisher.publication.site.prepared_pages import code_version, prepare_pages, prepared_key
from publisher.publication.words import ENGLISH, words_for
from publisher.release.publish.index import PublishedEdition, place_in_series
from publisher.settings import Office
from tests.lib.protected_samples import PLAN
from tests.lib.public_log import issued, log_of, withdrawn
from tests.lib.site_samples import EVERYTHING, Cell, Cells, months, small

OFFICE = Office()
MEASURE = PublicMeasure("statistical_value", "Statistical value", "KRW", 0, "statistical_value", False)
SHORTENED = "this page has fewer periods, lines and charts than others."
NOISY: Cells = {
    ("_T", "_T"): (1000, 987, 1013), ("09", "_T"): (600, 587, 613), ("09", "BR"): (40, 27, 53), ("09", "VN"): None,
}  # fmt: skip


def page(
    site: Path, editions: tuple[PublishedEdition, ...], code: str = "09", folder: str = "commodities"
) -> ProfilePage:
    cells = SiteCells.read(site, editions)
    write_cumulative(site, cells, editions)
    return profile_page(profiles_of(site, cells, OFFICE)[0], folder, code)


def only_table(found: ProfilePage) -> ProfileTable:
    (table,) = found.tables
    return table


def over_time(table: ProfileTable) -> list[tuple[str, str, str]]:
    """(period, figure, change), newest first."""
    return [(row.period, row.figures[0].text, row.change) for row in table.periods]


def changed(**cells: Cell) -> Cells:
    """EVERYTHING with other figures: "_09" is chapter 09 in all, "BR09" from Brazil."""
    return {**EVERYTHING, **{(key[-2:], key[:-2].strip("_") or "_T"): cell for key, cell in cells.items()}}


def without(*codes: str) -> Cells:
    return {key: cell for key, cell in EVERYTHING.items() if key[0] not in codes}


# --- over time ---


def test_each_period_has_its_published_cell_or_the_reason_why_there_is_none(tmp_path: Path) -> None:
    tables = {
        "2021-01": small("2021-01"),
        "2021-02": small("2021-02", changed(_09=None)),
        "2021-03": small("2021-03", without("09")),
        "2021-05": small("2021-05", changed(_09=660)),
    }
    table = only_table(page(tmp_path, months(tmp_path, tables)))
    assert over_time(table) == [
        ("May 2021", "660", ""),
        ("April 2021", "no release", ""),
        ("March 2021", "0", ""),  # an exact table: a row that is not there is a zero
        ("February 2021", "not shown", ""),
        ("January 2021", "600", ""),
    ]
    assert [row.figures[0].kind for row in table.periods] == ["shown", "absent", "shown", "hidden", "shown"]


def test_the_range_of_a_hidden_figure_is_not_told_and_not_compared(tmp_path: Path) -> None:
    tables = {period: small(period, changed(_09=None)) for period in ("2021-01", "2021-02")}
    table = only_table(page(tmp_path, months(tmp_path, tables)))
    assert [(row.figures[0].text, row.figures[0].range, row.change) for row in table.periods] == [
        ("not shown", "", ""),
        ("not shown", "", ""),
    ]
    assert table.headline == "Statistical value in February 2021: not shown."
    assert table.details == ()


def test_a_withdrawn_period_is_a_gap_and_the_version_before_does_not_come_back(tmp_path: Path) -> None:
    editions = months(
        tmp_path, {"2021-01": small("2021-01"), "2021-02": small("2021-02"), "2021-03": small("2021-03")}
    )
    gone = editions[1].ref
    told = log_of(
        ("2021-03-15T00:30:00+00:00", issued(gone, due=PLAN.due("2021-02"))),
        ("2021-04-16T00:30:00+00:00", withdrawn(gone)),
    )
    standing = place_in_series([edition.manifest for edition in editions], told)
    (tmp_path / gone.path / "withdrawn.json").write_text("{}")
    (tmp_path / gone.path / "data/imports.csv").unlink()  # nothing looks into it
    table = only_table(page(tmp_path, standing))
    assert over_time(table)[1] == ("February 2021", "withdrawn", "")
    assert over_time(table)[0][2] == ""


def test_a_noisy_figure_has_its_margin_and_a_row_that_is_not_there_is_no_zero(tmp_path: Path) -> None:
    cells: dict[str, Mapping[tuple[str, str], Cell]] = {
        "2021-01": NOISY,
        "2021-02": {**NOISY, ("09", "_T"): (620, 607, 633)},  # the margins meet
        "2021-03": {**NOISY, ("09", "_T"): (647, 634, 660)},  # and these just do not
        "2021-04": {("_T", "_T"): (1000, 987, 1013)},
    }
    tables = {period: small(period, each, noise=True) for period, each in cells.items()}
    table = only_table(page(tmp_path, months(tmp_path, tables)))
    assert over_time(table) == [
        ("April 2021", "no figure", ""),
        ("March 2021", "647", "about +4.4 %"),
        ("February 2021", "620", "within the noise"),
        ("January 2021", "600", ""),
    ]
    assert {row.figures[0].margin for row in table.periods[1:]} == {"13"}


def test_a_year_before_is_compared_where_there_is_one(tmp_path: Path) -> None:
    periods = [f"{2020 + month // 12}-{month % 12 + 1:02d}" for month in range(26)]
    tables = {period: small(period, changed(_09=500 + place)) for place, period in enumerate(periods)}
    editions = months(tmp_path, tables)
    table = only_table(page(tmp_path, editions))
    assert table.has_year
    assert table.periods[0].year == "+2.3 %"  # 525 after 513
    assert len(table.periods) == 25 and table.has_earlier  # January 2020 is in the file alone
    rooms_say_less_and_less(tmp_path, editions)


def rooms_say_less_and_less(site: Path, editions: tuple[PublishedEdition, ...]) -> None:
    """Here because the site of many months takes its time."""
    (profiles,) = profiles_of(site, SiteCells.read(site, editions), OFFICE)
    pages = [profile_page(profiles, "commodities", "II", room) for room in ROOMS]
    assert [len(only_table(each).periods) for each in pages] == [25, 13, 13, 13, 13, 7, 2]
    assert [len(each.maps[0].head) - 1 if each.maps else 0 for each in pages] == [13, 13, 7, 7, 0, 0, 0]
    assert [only_table(each).chart is not None for each in pages] == [True] * 5 + [False] * 2
    texts = [render(each) for each in pages]
    assert [len(text) for text in texts] == sorted((len(text) for text in texts), reverse=True)
    assert [SHORTENED in text for text in texts] == [False] + [True] * 6
    assert all("Earlier periods are in the file of all periods." in text for text in texts)


@pytest.mark.parametrize(("room", "codes"), [(Room(), ["BR", "VN"]), (Room(ranked=1), ["BR"])])
def test_however_few_lines_there_is_room_for_the_link_says_how_many_rows_there_are(
    tmp_path: Path, room: Room, codes: list[str]
) -> None:
    editions = months(tmp_path, {"2021-01": small("2021-01")})
    page(tmp_path, editions)
    (profiles,) = profiles_of(tmp_path, SiteCells.read(tmp_path, editions), OFFICE)
    (rank,) = only_table(profile_page(profiles, "commodities", "10", room)).ranks
    assert [line.code for line in rank.lines] == codes
    assert rank.whole.text == "All 2 rows in the table"
    assert rank.whole.href.endswith("#sort=-statistical_value&level.partner=country&code.commodity=10")


def test_a_profile_is_as_large_as_a_page_may_be_and_no_larger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the byte: the whole page where it fits, else the next one, which says that it has less."""
    editions = months(tmp_path / "site", {f"2020-{month:02}": small(f"2020-{month:02}") for month in range(1, 4)})
    written = []
    for limit in (PAGE_BYTES, None, -1):
        target = tmp_path / str(limit)
        target.mkdir()
        if limit != PAGE_BYTES:
            held = partial(fitting, limit_bytes=len(written[0]) + (limit or 0))
            monkeypatch.setattr(speech, "fitting", held)
        prepare_pages(tmp_path / "site", target, editions, OFFICE)
        written.append((target / "commodities/II.html").read_bytes())
    whole, same, less = written
    assert whole == same and SHORTENED.encode() not in whole
    assert SHORTENED.encode() in less


# --- changes ---


def figure(value: int | None, spread: int | None = None, *, method: str = "suppression", unit: str = "KRW") -> Figure:
    measure = replace(MEASURE, unit=unit)
    if value is None:
        return Figure("2021-01", "hidden", measure, method)
    if spread is None:
        return Figure("2021-01", "shown", measure, method, value, value, value)
    return Figure("2021-01", "noisy", measure, "dp", value, value - spread, value + spread)


@pytest.mark.parametrize(("old", "new", "words"), [
    (figure(100), figure(112), "+12.0 %"),
    (figure(100), figure(88), f"{MINUS}12.0 %"),
    (figure(100), figure(100), "0.0 %"),
    (figure(10_000), figure(9_996), "0.0 %"),
    (figure(0), figure(5), ""),
    (figure(-5), figure(5), ""),
    (figure(100), figure(0), f"{MINUS}100.0 %"),
    (figure(100), figure(1100), "+1,000.0 %"),
    (figure(100), figure(1101), "more than tenfold"),
    (figure(None), figure(100), ""),
    (figure(100), figure(None), ""),
    (None, figure(100), ""),
    (figure(100), figure(120, method="dp"), ""),
    (figure(100), figure(120, unit="USD"), ""),
    (figure(100, 10), figure(120, 10), "within the noise"),  # 110 and 110 meet
    (figure(100, 10), figure(121, 10), "about +21.0 %"),
    (figure(0, 10), figure(121, 10), ""),
])  # fmt: skip
def test_a_change_is_said_only_where_both_figures_can_bear_it(old: Figure | None, new: Figure, words: str) -> None:
    assert change(old, new) == words


# --- the largest ---


def test_the_largest_are_of_the_figures_shown_where_one_is_hidden(tmp_path: Path) -> None:
    found = page(tmp_path, months(tmp_path, {"2021-01": small("2021-01")}))
    (rank,) = only_table(found).ranks
    assert rank.heading == "Country of origin: largest of the figures shown, January 2021"
    assert [(line.code, line.figure.text, line.part, line.href) for line in rank.lines] == [
        ("BR", "400", "66.7 %", "../partners/BR.html")
    ]
    assert rank.note.startswith("2 more figures are not shown")


def test_without_hidden_figures_they_are_the_largest(tmp_path: Path) -> None:
    found = page(tmp_path, months(tmp_path, {"2021-01": small("2021-01")}), "10")
    (rank,) = only_table(found).ranks
    assert rank.heading == "Country of origin: largest figures, January 2021"
    assert [line.code for line in rank.lines] == ["BR", "VN"] and not rank.note


def test_a_part_of_a_total_that_is_not_shown_is_no_share(tmp_path: Path) -> None:
    found = page(tmp_path, months(tmp_path, {"2021-01": small("2021-01", changed(_09=None))}))
    (rank,) = only_table(found).ranks
    assert [line.part for line in rank.lines] == [""] and not rank.has_parts


def test_noisy_figures_are_never_called_the_largest(tmp_path: Path) -> None:
    found = page(tmp_path, months(tmp_path, {"2021-01": small("2021-01", NOISY, noise=True)}))
    (rank,) = only_table(found).ranks
    assert "highest noisy figures" in rank.heading and not rank.has_parts
    assert rank.note == "1 more figure is too noisy to show. It may be larger than some of these."


# --- which pages there are ---


def test_a_code_has_a_page_if_a_table_shows_it_with_all_else_total(tmp_path: Path) -> None:
    cells = {**EVERYTHING, ("11", "BR"): 5}  # no total of chapter 11 is published: nothing is added up instead
    editions = months(tmp_path, {"2021-01": small("2021-01", cells)})
    read = SiteCells.read(tmp_path, editions)
    write_cumulative(tmp_path, read, editions)
    profiles = profiles_of(tmp_path, read, OFFICE)[0]
    assert profiles.pages() == (
        ("commodities", "II"), ("commodities", "09"), ("commodities", "10"),
        ("partners", "BR"), ("partners", "KE"), ("partners", "VN"),
    )  # fmt: skip
    groups = profiles_page(profiles, COMMODITIES.folder).groups
    assert [(group.title.href, [link.href for link in group.members]) for group in groups] == [
        ("II.html", ["09.html", "10.html"])
    ]
    assert [link.href for link in profile_page(profiles, COMMODITIES.folder, "II").finer] == ["09.html", "10.html"]
    assert profile_page(profiles, COMMODITIES.folder, "09").frame.trail[1:] == (
        Link("Commodities", "index.html"), Link("Vegetable products", "II.html"),
    )  # fmt: skip
    partner = profile_page(profiles, PARTNERS.folder, "BR")
    assert [line.code for line in only_table(partner).ranks[0].lines] == ["09", "10", "11"]


def test_a_level_that_an_edition_did_not_show_is_no_zero_there(tmp_path: Path) -> None:
    early = small("2021-01", {("_T", "_T"): 1000, ("II", "_T"): 1000})
    dimension = early.structure.dimensions[0]
    coarse = replace(dimension, hierarchy=codelist("HS").hierarchy(("total", "section")))
    cut = replace(early, structure=replace(early.structure, dimensions=(coarse, early.structure.dimensions[1])))
    cut = replace(cut, cells=recoded(cut.cells, dimension.hierarchy, coarse.hierarchy))
    table = only_table(page(tmp_path, months(tmp_path, {"2021-01": cut, "2021-02": small("2021-02")})))
    assert over_time(table)[1] == ("January 2021", "no figure", "")


def recoded(cells: pa.Table, old: Hierarchy, new: Hierarchy) -> pa.Table:
    nodes = [new.codes.index(old.codes[node]) for node in cells["commodity"].to_pylist()]
    return cells.set_column(cells.column_names.index("commodity"), "commodity", pa.array(nodes, pa.int32()))


# --- files ---


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_processes_write_the_same_bytes_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editions = months(tmp_path / "site", {"2021-01": small("2021-01"), "2021-02": small("2021-02")})
    monkeypatch.setattr(profile_files, "WORTH_A_PROCESS", 3)
    written = []
    for processes in (1, 2):
        target = tmp_path / str(processes)
        target.mkdir()
        prepare_pages(
            tmp_path / "site", target, editions, OFFICE, languages=(ENGLISH, words_for("fr")), processes=processes
        )
        written.append(files(target))
    assert written[0] == written[1]
    own, french = ("commodities/", "partners/"), ("fr/commodities/", "fr/partners/")
    assert [len([name for name in written[0] if name.startswith(folders)]) for folders in (own, french)] == [8, 8]


def test_no_number_behind_a_hidden_cell_and_none_of_a_superseded_edition_is_on_a_page(tmp_path: Path) -> None:
    """Every number of a profile stands in a current edition's CSV, is one of its codes, or is made of two such."""
    editions = months(tmp_path / "site", {"2021-01": small("2021-01"), "2021-02": small("2021-02", changed(_09=720))})
    (tmp_path / "to").mkdir()
    prepare_pages(tmp_path / "site", tmp_path / "to", editions, OFFICE)
    text = (tmp_path / "to/commodities/09.html").read_text("utf-8")
    figures = re.findall(r"<td[^>]*>([^<]*)</td>", unescape(text))
    assert {each.strip() for each in figures if each} == {"600", "720", "+20.0 %", "400", "55.6 %"}


def test_the_key_follows_editions_withdrawals_and_texts(tmp_path: Path) -> None:
    one = months(tmp_path / "a", {"2021-01": small("2021-01")})
    other = months(tmp_path / "b", {"2021-01": small("2021-01", changed(_09=601))})
    gone = place_in_series([one[0].manifest], log_of(("2021-04-16T00:30:00+00:00", withdrawn(one[0].ref))))
    keys = [prepared_key(editions, OFFICE) for editions in (one, other, gone)]
    keys.append(prepared_key(one, OFFICE.model_copy(update={"name": "Another office"})))
    assert len(set(keys)) == 4
    assert prepared_key(one, OFFICE) == keys[0]
    assert re.fullmatch("[0-9a-f]{64}", code_version())
