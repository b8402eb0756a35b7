"""What changed between two versions: every kind of change, and no number of a cell that is no longer shown.

cell          before          now             is
total         1,000,000       1,000,007       revised
01 / KR       987,654,321     not shown       no longer shown, without a number
01 / JP       not shown       41              newly shown
01 / CN       no row          17              added
02 / KR       23              no row          removed
02 / JP       5               5               unchanged
"""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pyarrow.csv as pa_csv
import pytest

from publisher.errors import ReleaseError
from publisher.publication.cell_names import read_names
from publisher.publication.lifecycle import compared
from publisher.publication.lifecycle.change_lines import change_lines, difference_words, percent
from publisher.publication.lifecycle.changes import KINDS, Change, changes
from publisher.publication.lifecycle.changes_page import changes_json
from publisher.publication.numbers import MINUS
from tests.lib.protected_samples import ORIGIN, suppression_sample
from tests.lib.published_site import CHANGES, copied_site, write_sample
from tests.lib.revised import revised
from tests.lib.small_edition import EXACT, Codes, Numbers, edition, exact, noisy

SECRET = 987_654_321
ALL = ("_T", "_T")
BEFORE: dict[Codes, Numbers] = {
    ALL: (1_000_000, 2_000),
    ("01", "KR"): (SECRET, SECRET + 1),
    ("01", "JP"): (None, None),
    ("02", "KR"): (23, 230),
    ("02", "JP"): (5, 50),
}
NOW: dict[Codes, Numbers] = {
    ALL: (1_000_007, 2_000),
    ("01", "KR"): (None, None),
    ("01", "JP"): (41, 410),
    ("01", "CN"): (17, 170),
    ("02", "JP"): (5, 50),
}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    edition(tmp_path / "v1", exact(BEFORE))
    edition(tmp_path / "v2", exact(NOW), version=2)
    return tmp_path / "v1", tmp_path / "v2"


def test_every_kind_of_change(folders: tuple[Path, Path]) -> None:
    (table,) = changes(*folders).tables
    value, mass = (measure.counts for measure in table.measures)
    each = {Change.HIDDEN: 1, Change.SHOWN: 1, Change.ADDED: 1, Change.REMOVED: 1}
    assert value == dict.fromkeys(KINDS, 0) | each | {Change.REVISED: 1, Change.UNCHANGED: 1}
    assert mass == dict.fromkeys(KINDS, 0) | each | {Change.UNCHANGED: 2}


def test_rows_have_codes_levels_and_the_numbers_that_may_stand_there(folders: tuple[Path, Path]) -> None:
    (table,) = changes(*folders).tables
    rows = {(row["commodity"], row["partner"]): row for row in table.rows().to_pylist()}
    assert set(rows) == {ALL, ("01", "KR"), ("01", "JP"), ("01", "CN"), ("02", "KR")}
    found = {
        codes: tuple(row[f"statistical_value_{end}"] for end in ("change", "before", "now"))
        for codes, row in rows.items()
    }
    assert found == {
        ALL: ("revised", 1_000_000, 1_000_007),
        ("01", "KR"): ("no longer shown", None, None),
        ("01", "JP"): ("newly shown", None, 41),
        ("01", "CN"): ("added", None, 17),
        ("02", "KR"): ("removed", 23, None),
    }
    assert (rows["01", "KR"]["commodity_level"], rows["01", "KR"]["partner_level"]) == ("chapter", "country")
    assert rows[ALL]["net_mass_change"] == "unchanged" and rows[ALL]["net_mass_now"] is None
    assert str(rows["01", "CN"]["net_mass_now"]) == "0.170"


def test_lines_say_what_happened_in_words(folders: tuple[Path, Path]) -> None:
    (table,) = changes(*folders).tables
    lines = change_lines(table, read_names(folders, table.table))
    total = lines[0]
    assert (total.before, total.now, total.difference) == ("1,000,000", "1,000,007", "+7 (less than 0.1 %)")
    hidden = next(line for line in lines if line.change == "no longer shown")
    assert (hidden.before, hidden.now, hidden.difference) == ("number not repeated", "not shown", "")
    assert hidden.cell[1].code == "KR" and "Korea" in hidden.cell[1].name
    added = next(line for line in lines if line.change == "added")
    assert (added.before, added.now) == ("0", "17")


def test_a_number_that_is_no_longer_shown_is_in_no_file(tmp_path: Path) -> None:
    """Of a whole site, not only of the comparison: nothing that is made anew repeats it."""
    editions = copied_site(tmp_path)
    old, new = (tmp_path / edition.path for edition in editions[1:3])
    (table, *_) = changes(old, new).tables
    value = table.measures[0]
    cells = value.cells(Change.HIDDEN)
    assert len(cells)
    texts = {text for n in value.old.value[cells].tolist() for text in (str(n), f"{n:,}")}
    made_anew = [path for path in tmp_path.rglob("*.*") if path.is_file() and "data" not in path.parts]
    apart = r"/(v\d+|assets|commodities|partners)/"  # profiles tell other periods, which may show that number
    made_anew = [path for path in made_anew if not re.search(apart, path.as_posix())]
    assert len(made_anew) > 15
    for path in made_anew:
        assert not any(text in path.read_text("utf-8") for text in texts), path


def test_the_old_table_and_the_changes_give_the_new_table(tmp_path: Path) -> None:
    old, new = suppression_sample().table, revised(suppression_sample().table)
    for version, table in enumerate((old, new), 1):
        write_sample(tmp_path / f"v{version}", "2021-03", version, [table])
    (found,) = changes(tmp_path / "v1", tmp_path / "v2").tables
    assert found.changed >= 10
    pa_csv.write_csv(found.rows(), tmp_path / "changes.csv")
    before, now = (_shown(tmp_path / f"v{version}") for version in (1, 2))
    for row in csv.DictReader((tmp_path / "changes.csv").open(encoding="utf-8")):
        for measure in ("statistical_value", "net_mass"):
            key, what = (row["commodity"], row["partner"], measure), row[f"{measure}_change"]
            if what == "no longer shown" or what == "removed":
                number = before.pop(key)
                assert row[f"{measure}_before"] == (number if what == "removed" else "")
            elif what != "unchanged":
                assert before.get(key, "") == row[f"{measure}_before"]
                before[key] = row[f"{measure}_now"]
    assert before == now


def _shown(public: Path) -> dict[tuple[str, str, str], str]:
    path = public / "data" / "imports_by_chapter_origin.csv"
    return {
        (row["commodity"], row["partner"], measure): row[measure]
        for row in csv.DictReader(path.open(encoding="utf-8"))
        for measure in ("statistical_value", "net_mass")
        if row[measure]
    }


def test_a_quantity_hidden_beside_a_value_that_stays(tmp_path: Path) -> None:
    edition(tmp_path / "v1", exact({ALL: (9, 90), ("01", "KR"): (4, 40)}))
    edition(tmp_path / "v2", exact({ALL: (9, 90), ("01", "KR"): (4, None)}), version=2)
    (table,) = changes(tmp_path / "v1", tmp_path / "v2").tables
    assert [measure.counts[Change.HIDDEN] for measure in table.measures] == [0, 1]
    (row,) = table.rows().to_pylist()
    assert (row["statistical_value_change"], row["net_mass_before"]) == ("unchanged", None)


@pytest.mark.parametrize(("hidden_first", "kind"), [(True, Change.REMOVED), (False, Change.ADDED)])
def test_a_hidden_row_that_comes_or_goes_has_no_number(tmp_path: Path, hidden_first: bool, kind: Change) -> None:
    one = exact({ALL: (9, 90), ("01", "KR"): (None, None)})
    other = exact({ALL: (9, 90)})
    for version, table in enumerate((one, other) if hidden_first else (other, one), 1):
        edition(tmp_path / f"v{version}", table, version=version)
    (found,) = changes(tmp_path / "v1", tmp_path / "v2").tables
    (row,) = found.rows().to_pylist()
    assert row["statistical_value_change"] == str(kind)
    assert row["statistical_value_before"] is None and row["statistical_value_now"] is None
    (line, _) = change_lines(found, read_names([tmp_path / "v1"], found.table))
    assert {line.before, line.now} == {"not shown", "0"}


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        ((100, 87, 113), Change.UNCHANGED),
        ((126, 113, 139), Change.WITHIN),  # the intervals touch in 113
        ((127, 114, 140), Change.REVISED),
        ((74, 61, 87), Change.WITHIN),
        ((73, 60, 86), Change.REVISED),
        ((None, 0, 0), Change.HIDDEN),
    ],
)
def test_noise_hides_what_is_within_both_margins(
    tmp_path: Path, now: tuple[int | None, int, int], kind: Change
) -> None:
    edition(tmp_path / "v1", noisy({ALL: (100, 87, 113)}))
    edition(tmp_path / "v2", noisy({ALL: now}), version=2)
    (table,) = changes(tmp_path / "v1", tmp_path / "v2").tables
    assert table.measures[0].counts[kind] == 1
    assert table.changed == (kind in (Change.REVISED, Change.HIDDEN))
    assert table.rows().num_rows == table.changed


def test_numbers_are_exact_where_floating_point_is_not(tmp_path: Path) -> None:
    """2**53 + 1 grams: Parquet's float64 cannot tell it from its neighbour, the CSV can."""
    edition(tmp_path / "v1", exact({ALL: (2**62, 2**53)}))
    edition(tmp_path / "v2", exact({ALL: (2**62 + 1, 2**53 + 1)}), version=2)
    (table,) = changes(tmp_path / "v1", tmp_path / "v2").tables
    (row,) = table.rows().to_pylist()
    assert row["statistical_value_now"] - row["statistical_value_before"] == 1
    assert str(row["net_mass_now"] - row["net_mass_before"]) == "0.001"


def test_namibia_is_a_country_and_not_a_missing_value(tmp_path: Path) -> None:
    edition(tmp_path / "v1", exact({ALL: (9, 90), ("01", "NA"): (4, 40)}))
    edition(tmp_path / "v2", exact({ALL: (9, 90), ("01", "NA"): (5, 40)}), version=2)
    (table,) = changes(tmp_path / "v1", tmp_path / "v2").tables
    assert table.rows()["partner"].to_pylist() == ["NA"]


def test_an_empty_table_before_or_now(tmp_path: Path) -> None:
    edition(tmp_path / "v1", exact({}))
    edition(tmp_path / "v2", exact({ALL: (9, 90)}), version=2)
    assert changes(tmp_path / "v1", tmp_path / "v2").tables[0].count(Change.ADDED) == 2
    assert changes(tmp_path / "v2", tmp_path / "v1").tables[0].count(Change.REMOVED) == 2
    assert changes(tmp_path / "v1", tmp_path / "v1").tables[0].changed == 0


def test_tables_that_cannot_be_compared_say_why(tmp_path: Path) -> None:
    other = replace(EXACT, dimensions=(EXACT.dimensions[0], replace(ORIGIN, column="origin")))
    cells = exact({ALL: (9, 90)})
    edition(tmp_path / "v1", cells)
    renamed = replace(cells, structure=other, cells=cells.cells.rename_columns(_renamed(cells.cells.column_names)))
    edition(tmp_path / "v2", renamed, version=2)
    edition(tmp_path / "v3", noisy({ALL: (9, 8, 10)}), version=3)
    turned = replace(noisy({ALL: (9, 8, 10)}), structure=replace(noisy({}).structure, id="imports"))
    edition(tmp_path / "v4", turned, version=4)
    notes = {
        version: [table.note for table in changes(tmp_path / "v1", tmp_path / version).tables]
        for version in ("v2", "v3", "v4")
    }
    assert notes["v2"] == ["made with other columns than before, so its cells cannot be compared"]
    assert notes["v3"] == ["not in the older edition", "not in the newer edition"]
    assert notes["v4"] == ["protected in another way than before, so its figures cannot be compared"]
    assert changes(tmp_path / "v1", tmp_path / "v4").tables[0].rows().num_rows == 0


def _renamed(names: list[str]) -> list[str]:
    return ["origin" if name == "partner" else name for name in names]


def test_nothing_is_made_from_a_withdrawn_edition(folders: tuple[Path, Path]) -> None:
    for gone in folders:
        (gone / "withdrawn.json").write_text("{}")
        with pytest.raises(ReleaseError, match="was withdrawn"):
            changes(*folders)
        (gone / "withdrawn.json").unlink()


def test_only_versions_of_one_period_are_compared(folders: tuple[Path, Path], tmp_path: Path) -> None:
    edition(tmp_path / "april", exact(NOW, "2021-04"))
    with pytest.raises(ReleaseError, match="not of monthly_trade/2021-03"):
        changes(folders[0], tmp_path / "april")
    with pytest.raises(ReleaseError, match="holds no published edition"):
        changes(folders[0], tmp_path)


def test_a_damaged_file_is_named_and_not_its_content(folders: tuple[Path, Path]) -> None:
    path = folders[1] / "data" / "imports.csv"
    path.write_text(path.read_text().replace("1000007", "1000007x"))
    with pytest.raises(ReleaseError, match=r"imports\.csv: cannot be read") as refused:
        changes(*folders)
    assert "1000007" not in str(refused.value)
    lines = (folders[0] / "data" / "imports.csv").read_text().splitlines(keepends=True)
    path.write_text("".join([*lines, lines[-1]]))
    with pytest.raises(ReleaseError, match="has a cell twice"):
        changes(*folders)


def test_the_summary_file_counts_every_number(folders: tuple[Path, Path]) -> None:
    found = changes_json(changes(*folders))
    assert (found["old"], found["new"]) == ("monthly_trade/2021-03/v1", "monthly_trade/2021-03/v2")
    (table,) = found["tables"]
    assert table["file"] == "imports.csv"
    assert sum(table["measures"][0]["changes"].values()) == 6
    assert json.loads(json.dumps(found)) == found


def test_the_page_of_the_site_links_its_files_and_tells_of_noise(tmp_path: Path) -> None:
    copied_site(tmp_path)
    text = (tmp_path / CHANGES).read_text("utf-8")
    for part in (
        "a correction",
        "The mass of mineral fuels was taken in pounds.",
        "figures are no longer shown",
        "number not repeated",
        'href="imports_by_chapter_origin.csv"',
        "their 95 % intervals have no number in common",
        "Exports by chapter and destination",
    ):
        assert part in text, part
    kept = {path.name for path in (tmp_path / CHANGES).parent.iterdir()}
    assert kept == {
        "index.html",
        "changes.json",
        "imports_by_chapter_origin.csv",
        "traders_by_chapter_region.csv",
    }


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (1000, 1034, "+34 (+3.4 %)"),
        (1000, 966, f"{MINUS}34 ({MINUS}3.4 %)"),
        (0, 5, "+5"),
        (100_000, 100_001, "+1 (less than 0.1 %)"),
        (-100, -50, "+50 (+50.0 %)"),
    ],
)
def test_differences_in_words(before: int, now: int, words: str) -> None:
    assert difference_words(before, now, 0) == words
    assert percent(7, 7) == "0.0 %"


def test_cells_are_matched_where_codes_would_overflow_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same answer where each dimension forces the ranks to be made anew."""
    for version, table in enumerate((suppression_sample().table, revised(suppression_sample().table)), 1):
        write_sample(tmp_path / f"v{version}", "2021-03", version, [table])
    plain = changes(tmp_path / "v1", tmp_path / "v2").tables[0]
    monkeypatch.setattr(compared, "_LARGEST", 1)
    ranked = changes(tmp_path / "v1", tmp_path / "v2").tables[0]
    assert ranked.rows().equals(plain.rows()) and ranked.changed == plain.changed
