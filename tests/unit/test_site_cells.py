"""SiteCells and the cumulative files: the rows of the editions that stand, all of them and no other."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from publisher.publication.cells import SiteCells
from publisher.publication.cells.check import cumulative_problems
from publisher.publication.cells.cumulative import Piece, joined, write_cumulative
from publisher.release.publish.index import PublishedEdition, place_in_series
from tests.lib.protected_samples import PLAN
from tests.lib.published_site import copied_site, write_sample
from tests.lib.site_samples import months, small

IMPORTS = "imports_by_chapter_origin"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[PublishedEdition, ...]]:
    """December withdrawn, January missing, February corrected, March."""
    folder = tmp_path_factory.mktemp("site")
    return folder, copied_site(folder)


@pytest.fixture(scope="module")
def cells(site: tuple[Path, tuple[PublishedEdition, ...]]) -> SiteCells:
    return SiteCells.read(*site)


def rows_of(path: Path, *without: str) -> Counter[tuple[object, ...]]:
    table = pq.read_table(path, partitioning=None)
    return Counter(zip(*(table[name].to_pylist() for name in table.column_names if name not in without), strict=True))


def test_the_periods_of_a_series_with_what_stands_in_each(cells: SiteCells) -> None:
    assert cells.periods(PLAN.id) == ("2020-12", "2021-01", "2021-02", "2021-03")
    assert {period: e.version for period, e in cells.editions[PLAN.id].items()} == {"2021-02": 2, "2021-03": 1}
    assert cells.withdrawn == {PLAN.id: frozenset({"2020-12"})}


def test_columns_hold_every_row_of_the_current_editions(cells: SiteCells) -> None:
    table = cells.tables[0]
    assert table.id == IMPORTS
    for period, part in table.parts.items():
        read = pq.read_table(part.edition.folder / f"data/{IMPORTS}.parquet")
        rows = range(part.start, part.stop)
        for column in table.columns:
            assert [table.code_of(column, row) for row in rows] == read[column].to_pylist()
        value, mass = table.numbers["statistical_value"], table.numbers["net_mass"]
        assert [v if s else None for v, s in zip(value.value[rows].tolist(), value.shown[rows], strict=True)] == read[
            "statistical_value"
        ].to_pylist(), period
        grams = [None if kg is None else round(kg * 1000) for kg in read["net_mass"].to_pylist()]
        assert [v if s else None for v, s in zip(mass.value[rows].tolist(), mass.shown[rows], strict=True)] == grams
        assert value.bounded[rows].tolist() == [u is not None for u in read["statistical_value_upper"].to_pylist()]


def test_a_slice_is_the_rows_of_its_code_and_no_other(cells: SiteCells) -> None:
    table = cells.tables[0]
    for column in table.columns:
        place = table.dimension(column)
        for code in (*table.labels[place], "no such code"):
            rows = table.slice(column, code)
            expected = [row for row in range(table.rows) if table.code_of(column, row) == code]
            assert rows.tolist() == expected


def test_a_series_is_one_row_a_period_and_a_breakdown_one_level_of_one_dimension(cells: SiteCells) -> None:
    table = cells.tables[0]
    of_total = cells.slice(table, "commodity", "_T")
    found = of_total.series()
    assert [*found] == ["2021-02", "2021-03"]
    assert all(table.code_of("partner", row) == "_T" for row in found.values())
    places = of_total.along("partner", "country", "2021-03")
    assert places and all(table.levels[1][table.codes[1][row]] == "country" for row in places)
    assert of_total.along("partner", "country", "2020-12") == []


def test_a_code_that_a_codelist_did_not_have_is_not_listed(cells: SiteCells) -> None:
    assert cells.lists(PLAN.id, "2021-03", "HS", "09")
    assert not cells.lists(PLAN.id, "2021-03", "HS", "09xx")
    assert not cells.lists(PLAN.id, "2020-12", "HS", "09")  # withdrawn: nobody looks into it


def test_a_cumulative_file_has_the_rows_of_what_stands_as_a_multiset(
    site: tuple[Path, tuple[PublishedEdition, ...]], cells: SiteCells, tmp_path: Path
) -> None:
    folder, editions = site
    write_cumulative(tmp_path, cells, editions)
    listed = json.loads((tmp_path / "data/cumulative.json").read_text())["files"]
    assert len(listed) == len(cells.tables) == 3
    for entry in listed:
        expected: Counter[tuple[object, ...]] = Counter()
        for version in ("2021-02/v2", "2021-03/v1"):
            expected += rows_of(folder / f"releases/{PLAN.id}/{version}/data/{entry['table']}.parquet")
        assert rows_of(tmp_path / entry["path"], "edition") == expected
        assert entry["rows"] == expected.total()
        told = json.loads(pq.read_schema(tmp_path / entry["path"]).metadata[b"editions"])
        assert told == entry["editions"]
        assert [each["edition"] for each in told] == [f"{PLAN.id}/2021-02/v2", f"{PLAN.id}/2021-03/v1"]
        sums = {e.ref.name: e.ref.manifest_sha256 for e in editions}
        assert all(sums[each["edition"]] == each["manifest_sha256"] for each in told)


def test_the_edition_of_each_row_is_its_own(
    site: tuple[Path, tuple[PublishedEdition, ...]], cells: SiteCells, tmp_path: Path
) -> None:
    write_cumulative(tmp_path, cells, site[1])
    read = pq.read_table(tmp_path / f"data/{PLAN.id}/{IMPORTS}.parquet", partitioning=None)
    pairs = set(zip(read["time_period"].to_pylist(), read["edition"].to_pylist(), strict=True))
    assert pairs == {("2021-02", f"{PLAN.id}/2021-02/v2"), ("2021-03", f"{PLAN.id}/2021-03/v1")}
    assert read["time_period"].to_pylist() == sorted(read["time_period"].to_pylist())


def test_the_same_editions_give_the_same_bytes(
    site: tuple[Path, tuple[PublishedEdition, ...]], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        write_cumulative(tmp_path / name, SiteCells.read(*site), site[1])
    files = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert len(files) == 4
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in files)


def test_a_superseded_or_withdrawn_edition_is_not_even_opened(tmp_path: Path) -> None:
    manifests = [
        write_sample(tmp_path / f"releases/{PLAN.id}/2021-03/v{version}", "2021-03", version, (small("2021-03"),))
        for version in (1, 2)
    ]
    (tmp_path / f"releases/{PLAN.id}/2021-03/v1/data/imports.csv").unlink()
    cells = SiteCells.read(tmp_path, place_in_series(manifests))
    assert cells.tables[0].rows == small("2021-03").cells.num_rows


def test_nothing_stands_where_all_was_withdrawn() -> None:
    cells = SiteCells.read(Path("nowhere"), ())
    assert cells.tables == () and cells.periods(PLAN.id) == ()


def piece(edition: str, **columns: pa.Array) -> Piece:
    return Piece(edition, "0" * 64, pa.table(columns))


def test_a_column_that_older_editions_lack_is_null_there() -> None:
    text = pa.array(["A"]).dictionary_encode()
    rows = joined([piece("old", obs_status=text), piece("new", obs_status=text, mass_obs_status=text)])
    assert rows["mass_obs_status"].to_pylist() == [None, "A"]
    assert rows["edition"].to_pylist() == ["old", "new"]


def test_a_column_of_another_type_begins_another_file(tmp_path: Path) -> None:
    tables = {
        "2021-01": small("2021-01"),
        "2021-02": small("2021-02", decimals=3),
        "2021-03": small("2021-03", decimals=3),
    }
    editions = months(tmp_path, tables)
    write_cumulative(tmp_path / "to", SiteCells.read(tmp_path, editions), editions)
    listed = json.loads((tmp_path / "to/data/cumulative.json").read_text())["files"]
    assert [(entry["path"].rpartition("/")[2], len(entry["editions"])) for entry in listed] == [
        ("imports.parquet", 1),
        ("imports.2.parquet", 2),
    ]


def test_an_edition_whose_breakdown_was_another_is_another_table(tmp_path: Path) -> None:
    one = small("2021-01")
    flat = replace(one, structure=replace(one.structure, dimensions=one.structure.dimensions[:1]))
    cut = one.cells.filter(np.asarray(one.cells["partner"]) == 0).drop_columns(["partner"])
    editions = months(tmp_path, {"2021-01": replace(flat, cells=cut), "2021-02": small("2021-02")})
    cells = SiteCells.read(tmp_path, editions)
    assert [*cells.tables[0].parts] == ["2021-02"]
    assert cells.periods(PLAN.id) == ("2021-01", "2021-02")


# --- what verification finds ---


@pytest.fixture
def three(tmp_path: Path) -> tuple[Path, tuple[PublishedEdition, ...]]:
    periods = ("2021-01", "2021-02", "2021-03")
    editions = months(tmp_path, {period: small(period) for period in periods})
    write_cumulative(tmp_path, SiteCells.read(tmp_path, editions), editions)
    return tmp_path, editions


def problems(site: Path, editions: Sequence[PublishedEdition]) -> list[str]:
    return [found.problem for found in cumulative_problems(site, [edition.ref.name for edition in editions])]


def test_files_as_they_were_written_verify(
    three: tuple[Path, tuple[PublishedEdition, ...]], site: tuple[Path, tuple[PublishedEdition, ...]]
) -> None:
    assert problems(*three) == []
    folder, editions = site
    assert problems(folder, [edition for edition in editions if edition.status == "current"]) == []


def test_a_changed_missing_added_or_foreign_row_is_found(three: tuple[Path, tuple[PublishedEdition, ...]]) -> None:
    site, editions = three
    path = site / f"data/{PLAN.id}/imports.parquet"
    rows = pq.read_table(path, partitioning=None)
    value = rows.column_names.index("statistical_value")
    more = pa.array([None if number is None else number + 1 for number in rows["statistical_value"].to_pylist()])
    for other, words in (
        (rows.set_column(value, "statistical_value", more), "has other rows than"),
        (rows.slice(1), "has other rows than"),
        (pa.concat_tables([rows, rows.slice(0, 1)]), "has other rows than"),
        (rows.drop_columns(["edition"]), "cannot be read"),
    ):
        pq.write_table(other, path)
        assert problems(site, editions)[0].startswith(words)


def test_an_edition_that_does_not_hold_or_is_missing_is_found(
    three: tuple[Path, tuple[PublishedEdition, ...]],
) -> None:
    site, editions = three
    name = editions[1].ref.name
    assert problems(site, [editions[0], editions[2]]) == [f"names {name}, which does not hold"]
    write_cumulative(site, SiteCells.read(site, (editions[0], editions[2])), editions)
    assert problems(site, editions) == [f"lacks the rows of {name}"]
    (site / f"data/{PLAN.id}/imports.parquet").write_bytes(b"PAR1")
    assert problems(site, editions) == ["cannot be read as a cumulative file"]


def test_sections_stand_in_the_order_of_their_chapters(cells: SiteCells) -> None:
    """By their codes, Roman numbers, IX would stand before V."""
    codes = cells.codelists["HS"].values()
    sections = [code.code for code in codes if code.level == "section"]
    assert sections[:10] == ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
    assert [code.code for code in codes if code.level == "chapter"][:3] == ["01", "02", "03"]
    assert next(iter(cells.codelists["HS"])) == "_T"
