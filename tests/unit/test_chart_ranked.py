"""The ranked bars of a table's page: what stands on the page, in the small table and in the file."""

import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from publisher.audit.numbers import numbers
from publisher.model.protected import ProtectedTable
from publisher.publication import write_edition
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import publishable
from publisher.publication.tables.ranked import rankings
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, noisy_sample, suppression_sample, three_tables

IMPRINT = Imprint(PLAN, PERIOD, 1, Office())


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edition")
    write_edition(folder, PLAN, PERIOD, 1, three_tables(), Office())
    return folder


def with_other_ranges(table: ProtectedTable) -> ProtectedTable:
    """The same table; every hidden cell's printed range is another."""
    cells = table.cells
    hidden = pc.equal(cells["obs_status"], "Q")
    for name in ("statistical_value_lower", "statistical_value_upper"):
        other = pa.scalar(10**17 if name.endswith("upper") else 999_999_999, pa.int64())
        cells = cells.set_column(cells.column_names.index(name), name, pc.if_else(hidden, other, cells[name]))
    return replace(table, cells=cells)


def test_a_ranking_is_of_shown_figures_from_the_largest() -> None:
    for table in (suppression_sample().table, noisy_sample()):
        published = publishable(table)
        for one in rankings(published, IMPRINT):
            assert 3 <= len(one.lines) <= 10
            assert one.noisy == published.noisy
            first = f"{one.lines[0].name} with {one.lines[0].cells[0]}"
            wanted = f"Bars of {len(one.lines)} figures that are shown, from the largest, {first}, to "
            assert one.svg.desc.startswith(wanted)


def test_ranges_of_hidden_cells_move_nothing() -> None:
    table = suppression_sample().table
    first, second = (rankings(publishable(one), IMPRINT) for one in (table, with_other_ranges(table)))
    assert first
    assert [one.svg.file("x") for one in first] == [one.svg.file("x") for one in second]
    assert [one.svg.__html__() for one in first] == [one.svg.__html__() for one in second]


def test_the_small_table_and_the_file_have_what_the_bars_have(edition: Path) -> None:
    for table in (suppression_sample().table, noisy_sample()):
        page = (edition / "tables" / f"{table.structure.id}.html").read_text("utf-8")
        for one in rankings(publishable(table), IMPRINT, charts_at="../charts/"):
            drawn = (edition / "tables" / one.file).read_text("utf-8")
            assert f'href="{one.file}" download' in page
            for line in one.lines:
                assert f"<td>{line.cells[0]}</td>" in page
                assert f">{line.cells[0]}</text>" in drawn


def test_charts_are_in_the_edition_with_nothing_that_looks_like_a_figure(edition: Path) -> None:
    files = sorted((edition / "charts").iterdir())
    assert [path.name for path in files] == [
        "imports_by_chapter_origin-commodity-areas.svg",
        "imports_by_chapter_origin-commodity.svg",
        "imports_by_chapter_origin-partner-tiles.svg",
        "imports_by_chapter_origin-partner.svg",
        "traders_by_chapter_region-commodity.svg",
        "traders_by_chapter_region-partner.svg",
    ]
    for path in files:
        text = path.read_text("utf-8")
        assert numbers(text) == set()
        assert "Office of Trade Statistics (2021)" in text
    pages = "".join(path.read_text("utf-8") for path in edition.rglob("*.html"))
    assert all(not re.search(r"[0-9]{6}", svg) for svg in re.findall(r"<svg class=\"graph.*?</svg>", pages))
