"""Workbooks: what a spreadsheet would round or run, where they end, and what the audit may not take for a figure."""

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from publisher.audit.numbers import numbers
from publisher.model.protected import ProtectedTable
from publisher.publication.files import xlsx
from publisher.publication.files.xlsx import write_xlsx
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import publishable
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, empty_sample, suppression_sample

IMPRINT = Imprint(PLAN, PERIOD, 1, Office())


def parts(folder: Path, table: ProtectedTable) -> dict[str, str]:
    write_xlsx(folder, publishable(table), IMPRINT)
    with zipfile.ZipFile(folder / f"{table.structure.id}.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2021, 4, 15, 0, 0, 0)}
        return {name: archive.read(name).decode() for name in archive.namelist()}


def with_value(table: ProtectedTable, value: int) -> ProtectedTable:
    """The first row's value, which is shown, replaced."""
    values = table.cells["statistical_value"].to_pylist()
    place = table.cells.schema.get_field_index("statistical_value")
    cells = table.cells.set_column(place, "statistical_value", pa.array([value, *values[1:]], pa.int64()))
    return replace(table, cells=cells)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (10**15 - 1, '<c s="2"><v>999999999999999</v></c>'),
        (10**15, '<c t="inlineStr"><is><t>1000000000000000</t></is></c>'),
        (2**53 + 1, '<c t="inlineStr"><is><t>9007199254740993</t></is></c>'),
        (-(10**15), '<c t="inlineStr"><is><t>-1000000000000000</t></is></c>'),
        (0, '<c s="2"><v>0</v></c>'),
    ],
)
def test_a_number_of_more_than_15_digits_is_a_text(tmp_path: Path, value: int, cell: str) -> None:
    sheet = parts(tmp_path, with_value(suppression_sample(40).table, value))["xl/worksheets/sheet1.xml"]
    assert cell in sheet.split("</row>")[1]


def test_no_number_of_a_hidden_cell_is_there(tmp_path: Path) -> None:
    table = suppression_sample(200).table
    rows = parts(tmp_path, table)["xl/worksheets/sheet1.xml"].split("<row>")[2:]
    for row, status in zip(rows, table.cells["obs_status"].to_pylist(), strict=True):
        cells = re.findall(r"<c/>|<c [^>]*>.*?</c>", row)
        assert len(cells) == 13
        assert (cells[5] == cells[6] == "<c/>") == (status == "Q")
        assert (cells[7] == "<c/>") == (status != "Q")


def test_nothing_but_a_figure_has_six_digits(tmp_path: Path) -> None:
    """Places of cells, of shared texts and rows would be taken for figures."""
    table = suppression_sample(600).table
    shown = {str(n) for name in ("statistical_value", "net_mass") for n in table.cells[name].to_pylist() if n}
    shown |= {str(n) for n in table.cells["statistical_value_upper"].to_pylist() if n}
    shown |= {f"{int(n) / 1000:.3f}".rstrip("0").rstrip(".") for n in shown}
    for name, text in parts(tmp_path, table).items():
        assert not {number for number in numbers(text) if number.rstrip("0") not in {s.rstrip("0") for s in shown}}, (
            name
        )


def test_a_text_is_never_a_formula(tmp_path: Path) -> None:
    table = empty_sample()
    named = replace(table, structure=replace(table.structure, title='=HYPERLINK("http://x","y") & <b>'))
    found = parts(tmp_path, named)
    assert '=HYPERLINK("http://x","y") &amp; &lt;b&gt;</t>' in found["xl/sharedStrings.xml"]
    assert not any("<f>" in text for text in found.values())


def test_a_table_that_is_too_long_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = publishable(suppression_sample(40).table)
    monkeypatch.setattr(xlsx, "MOST_ROWS", published.rows)
    write_xlsx(tmp_path, published, IMPRINT)
    assert len(list(tmp_path.iterdir())) == 1
    (tmp_path / "imports_by_chapter_origin.xlsx").unlink()
    monkeypatch.setattr(xlsx, "MOST_ROWS", published.rows - 1)
    write_xlsx(tmp_path, published, IMPRINT)
    assert list(tmp_path.iterdir()) == []
