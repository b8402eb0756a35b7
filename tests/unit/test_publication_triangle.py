"""Revision triangles: exact numbers, words where there is no number, nothing from a withdrawn version."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.publication.lifecycle.triangle import Version, triangle, triangle_json
from publisher.publication.lifecycle.triangle_page import change_words
from tests.lib.published_site import copied_site
from tests.lib.small_edition import edition, exact, noisy

ALL = ("_T", "_T")


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Version, ...]:
    """February: 900, then 950. March: not shown, then 1,000. April: out and withdrawn, then without the table."""

    def made() -> Iterator[Version]:
        for period, version, total in (
            ("2021-02", 1, 900),
            ("2021-02", 2, 950),
            ("2021-03", 1, None),
            ("2021-03", 2, 1_000),
        ):
            public = tmp_path / period / str(version)
            edition(public, exact({ALL: (total, total), ("01", "KR"): (1, 1)}, period), version=version)
            yield Version(period, version, public, f"2021-0{version + 5}-01T09:30:00+09:00")
        yield Version("2021-04", 1, tmp_path / "nothing is here", "2021-08-01T09:30:00+09:00", withdrawn=True)
        edition(tmp_path / "last", noisy({ALL: (50, 40, 60)}, "2021-04"), version=2)
        yield Version("2021-04", 2, tmp_path / "last", "")

    return tuple(made())


def test_rows_are_periods_and_entries_versions(versions: tuple[Version, ...]) -> None:
    traders, imports = triangle(versions).headlines
    assert (imports.title, imports.measure, imports.unit, imports.versions) == (
        "Imports",
        "Statistical value",
        "KRW",
        2,
    )
    assert {period: [entry.told() for entry in row] for period, row in imports.rows.items()} == {
        "2021-02": ["900", "950"],
        "2021-03": ["not shown", "1,000"],
        "2021-04": ["withdrawn", "no such table"],
    }
    assert [entry.told() for entry in traders.rows["2021-04"]] == ["withdrawn", "about 50 ± 10"]
    assert [change_words(row) for row in imports.rows.values()] == ["+50 (+5.6 %)", "", ""]


def test_the_order_in_which_versions_are_named_does_not_matter(versions: tuple[Version, ...]) -> None:
    assert triangle_json("s", triangle(versions)) == triangle_json("s", triangle(versions[::-1]))


def test_json_has_exact_decimals_and_words(tmp_path: Path) -> None:
    table = exact({ALL: (1, 1_234)})
    first, mass = table.structure.measures
    weighed = replace(table, structure=replace(table.structure, measures=(replace(mass, shadows=None), first)))
    edition(tmp_path, weighed)
    found = triangle_json("s", triangle([Version("2021-03", 1, tmp_path, "")]))
    (headline,) = found["headlines"]
    assert headline["entries"] == [
        {
            "period": "2021-03",
            "version": 1,
            "released": None,
            "status": "shown",
            "value": "1.234",
            "lower": "1.234",
            "upper": "1.234",
        }
    ]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((50, 40, 60), (75, 60, 90), "within the margins"),
        ((50, 40, 60), (76, 61, 91), "more than both margins"),
        ((50, 40, 60), (None, 0, 0), ""),
    ],
)
def test_of_noisy_headlines_only_the_margins_speak(
    tmp_path: Path, first: tuple[int, int, int], last: tuple[int | None, int, int], words: str
) -> None:
    for version, numbers in enumerate((first, last), 1):
        edition(tmp_path / str(version), noisy({ALL: numbers}), version=version)
    (headline,) = triangle([Version("2021-03", v, tmp_path / str(v), "") for v in (1, 2)]).headlines
    assert change_words(headline.rows["2021-03"]) == words


def test_a_table_without_a_total_has_no_triangle(tmp_path: Path) -> None:
    edition(tmp_path, exact({("01", "KR"): (1, 1)}))
    assert triangle([Version("2021-03", 1, tmp_path, "")]).headlines == ()
    assert triangle([Version("2021-03", 1, tmp_path, "", withdrawn=True)]).headlines == ()


def test_the_page_and_the_file_of_the_site(tmp_path: Path) -> None:
    copied_site(tmp_path)
    folder = tmp_path / "releases/monthly_trade/revisions"
    text = (folder / "index.html").read_text("utf-8")
    for part in (
        "Last less first",
        "+1,234,567",
        "withdrawn",
        "about 1,088 ± 13",
        "more than both margins",
        "2021-04-08",
    ):
        assert part in text, part
    entries = json.loads((folder / "triangle.json").read_text("utf-8"))["headlines"][0]["entries"]
    assert [(entry["period"], entry["status"]) for entry in entries] == [
        ("2020-12", "withdrawn"),
        ("2021-02", "shown"),
        ("2021-02", "shown"),
        ("2021-03", "shown"),
    ]
    assert entries[0]["value"] is None
