"""A table over time: every figure a published cell, every gap with its reason, a way to the table of each period."""

import json
import re
from pathlib import Path

import pytest

from publisher.publication import write_site
from publisher.publication.cells import SiteCells
from publisher.publication.over_time.contexts import OverTimePage
from publisher.publication.over_time.page import (
    FEWER_PERIODS,
    MOST_LINES,
    MOST_PERIODS,
    OverTime,
    over_time_page,
    places,
)
from publisher.publication.pages import render
from publisher.publication.words import ENGLISH, words_for
from publisher.release.publish.index import PublishedEdition, place_in_series
from publisher.settings import Office
from tests.lib.protected_samples import PLAN
from tests.lib.public_log import issued, log_of, withdrawn
from tests.lib.published_site import build_site, write_sample
from tests.lib.site_samples import EVERYTHING, Cells, months, small

TABLE = f"tables/{PLAN.id}/imports.html"


def page(site: Path, editions: tuple[PublishedEdition, ...]) -> OverTimePage:
    cells = SiteCells.read(site, editions)
    files = {(PLAN.id, "imports"): (f"data/{PLAN.id}/imports.parquet", 1234)}
    return over_time_page(OverTime(cells, Office(), files), cells.tables[0])


def lines(found: OverTimePage) -> dict[str, list[str]]:
    """Tag, or "Total" -> texts, the newest period first."""
    (table,) = found.tables
    return {line.tag or line.name: [cell.text for cell in line.cells] for line in table.lines}


def changed(cells: Cells) -> Cells:
    return {**EVERYTHING, **cells}


def test_periods_stand_side_by_side_and_a_gap_says_why(tmp_path: Path) -> None:
    tables = {
        "2021-01": small("2021-01"),
        "2021-02": small("2021-02", changed({("09", "_T"): None})),
        "2021-04": small("2021-04", changed({("_T", "BR"): 710})),
    }
    found = page(tmp_path, months(tmp_path, tables))
    assert [column.text for column in found.columns] == ["April 2021", "March 2021", "February 2021", "January 2021"]
    assert found.columns[0].href == f"../../releases/{PLAN.id}/2021-04/v1/tables/imports.html"
    assert found.columns[1].href == ""
    told = lines(found)
    assert told["Total"] == ["1,000", "no release", "1,000", "1,000"]
    assert told["09 · chapter"] == ["600", "no release", "not shown", "600"]
    assert told["BR · country"] == ["710", "no release", "700", "700"]
    assert told["VN · country"] == ["not shown", "no release", "not shown", "not shown"]
    assert list(told) == ["Total", "II · section", "09 · chapter", "10 · chapter", *list(told)[4:]]


def test_a_withdrawn_period_leads_nowhere_and_its_files_are_not_opened(tmp_path: Path) -> None:
    editions = months(tmp_path, {period: small(period) for period in ("2021-01", "2021-02")})
    gone = editions[0].ref
    told = log_of(
        ("2021-02-15T00:30:00+00:00", issued(gone, due=PLAN.due("2021-01"))),
        ("2021-04-16T00:30:00+00:00", withdrawn(gone)),
    )
    (tmp_path / gone.path / "data/imports.csv").unlink()
    found = page(tmp_path, place_in_series([edition.manifest for edition in editions], told))
    assert [period.href == "" for period in found.periods] == [False, True]
    assert lines(found)["Total"] == ["1,000", "withdrawn"]


def test_noisy_figures_carry_their_margin(tmp_path: Path) -> None:
    cells: Cells = {("_T", "_T"): (1000, 987, 1013), ("09", "_T"): None}
    found = page(tmp_path, months(tmp_path, {"2021-01": small("2021-01", cells, noise=True)}))
    (table,) = found.tables
    assert found.noisy
    assert [(line.cells[0].kind, line.cells[0].text, line.cells[0].margin) for line in table.lines] == [
        ("noisy", "1,000", "13"),
        ("hidden", "too noisy to show", ""),
    ]


def test_the_newest_periods_are_columns_and_all_are_listed(tmp_path: Path) -> None:
    periods = [f"2020-{month:02d}" for month in range(1, 13)] + ["2021-01", "2021-02"]
    editions = months(tmp_path, {period: small(period) for period in periods})
    found = page(tmp_path, editions)
    assert len(found.columns) == MOST_PERIODS == len(found.tables[0].lines[0].cells) == 13
    assert len(found.periods) == 14 and found.has_earlier
    assert found.columns == found.periods[:13]
    cells = SiteCells.read(tmp_path, editions)
    fewer = [over_time_page(OverTime(cells, Office()), cells.tables[0], most) for most in FEWER_PERIODS]
    assert [len(each.columns) for each in fewer] == [13, 7, 3] and all(each.has_earlier for each in fewer)


def test_lines_follow_from_codes_and_not_from_numbers(tmp_path: Path) -> None:
    """Which figures are hidden, and what ranges stand beside them, moves no line."""
    chapters = {(f"{chapter:02d}", "_T"): None for chapter in range(1, 98) if chapter not in (9, 10, 77)}
    few, many = changed({}), changed(chapters)
    made = []
    for name, cells in (("few", few), ("many", many), ("hidden", dict.fromkeys(many))):
        editions = months(tmp_path / name, {"2021-01": small("2021-01", cells)})
        read = SiteCells.read(tmp_path / name, editions)
        made.append([place.code for place in places(read, read.tables[0])])
    assert "10" in made[0]
    assert made[1] == made[2] and "10" not in made[1]  # too many chapters: none of them
    assert max(map(len, made)) <= MOST_LINES


def test_a_range_of_a_hidden_figure_is_not_told(tmp_path: Path) -> None:
    text = render(page(tmp_path, months(tmp_path, {"2021-01": small("2021-01")})))
    assert "not shown" in text and "900" not in text


def test_it_tells_search_engines_where_all_periods_are(tmp_path: Path) -> None:
    found = page(tmp_path, months(tmp_path, {period: small(period) for period in ("2021-01", "2021-03")}))
    told = json.loads(str(found.metadata))
    assert told["temporalCoverage"] == "2021-01-01/2021-03-31"
    assert [file["contentUrl"] for file in told["distribution"]] == [
        f"{Office().base_url.rstrip('/')}/data/{PLAN.id}/imports.parquet"
    ]
    assert len(told["description"]) >= 50


def test_the_site_says_which_version_is_the_newest_and_whether_it_holds(tmp_path: Path) -> None:
    build_site(tmp_path)
    files = (tmp_path / "releases" / PLAN.id).glob("*/standing.js")
    assert {path.parent.name: path.read_text() for path in files} == {
        "2020-12": "publisherStanding(1,false);\n",
        "2021-02": "publisherStanding(2,true);\n",
        "2021-03": "publisherStanding(1,true);\n",
    }


def test_every_language_and_every_table_that_an_edition_leads_to_has_a_page(tmp_path: Path) -> None:
    """Version 2 dropped a table: the page of version 1 still leads somewhere."""
    languages, root = (ENGLISH, words_for("fr")), tmp_path / "releases" / PLAN.id / "2021-01"
    both = (small("2021-01"), small("2021-01", name="exports"))
    manifests = [
        write_sample(root / "v1", "2021-01", 1, both, languages),
        write_sample(root / "v2", "2021-01", 2, both[:1], languages),
    ]
    write_site(tmp_path, place_in_series(manifests), Office(), {PLAN.id: PLAN}, languages=languages)
    for folder, words in (("", "No current release"), ("fr/", "Aucune publication en vigueur")):
        assert words in (tmp_path / folder / f"tables/{PLAN.id}/exports.html").read_text("utf-8")
        assert words not in (tmp_path / folder / TABLE).read_text("utf-8")
    for page_of in ("v1/tables/exports.html", "v1/fr/tables/exports.html", "v2/fr/tables/imports.html"):
        (link,) = re.findall(r'id="periods" href="([^"]+)"', (root / page_of).read_text("utf-8"))
        target = (root / page_of).parent / link
        assert target.resolve().is_file()
        assert ("fr" in target.resolve().relative_to(tmp_path).parts) is ("fr/" in page_of)


@pytest.mark.parametrize("decimals", [0, 3])
def test_figures_are_exact(tmp_path: Path, decimals: int) -> None:
    table = small("2021-01", changed({("_T", "_T"): 2**53 + 1}), decimals=decimals)
    found = page(tmp_path, months(tmp_path, {"2021-01": table}))
    assert lines(found)["Total"] == [ENGLISH.number(2**53 + 1, decimals)]
