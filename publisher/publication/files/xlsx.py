"""data/<query>.xlsx: the columns and rows of the CSV file as an Office Open XML workbook (ECMA-376, part 1).

Written here, plainly, because a library for workbooks takes many times as long. The sheet "cells" has one header row
that stays in sight, and widths by kind of column, never by content; "about" says what it is. Cells stand in order and
name no place (section 18.3.1.4 allows it): a place such as A100000 has six digits, as a figure has, and the audit
looks at those. Each text is typed as text, also where it begins with "=".
"""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.publication.files.citation import citation
from publisher.publication.files.dictionary import data_dictionary
from publisher.publication.files.xlsx_parts import HEADER, WIDE, fixed_parts, number_style, shared_strings, sheet
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import Published, long_format, number_columns

ENDING = "xlsx"
MOST_ROWS = 100_000
_KEPT_DIGITS = 10**15  # a spreadsheet rounds to 15 digits
_COMPRESSION = 3
_EMPTY = "<c/>"


def write_xlsx(folder: Path, published: Published, imprint: Imprint) -> None:
    """Writes <folder>/<query>.xlsx where the table has at most MOST_ROWS rows.

    A hidden number is an empty cell. A number of more than 15 digits is a text: as a number it would be rounded.
    The archive's dates are the day of the release: the same cells give the same bytes.
    """
    if published.rows > MOST_ROWS:
        return
    day, strings = imprint.due.date(), _Strings()
    sheets = (_cells(published, strings), _about(published, imprint, strings))
    parts = fixed_parts() | {f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(sheets, 1)}
    parts["xl/sharedStrings.xml"] = strings.part()
    with zipfile.ZipFile(folder / f"{published.structure.id}.{ENDING}", "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.create_system = 3  # that of Unix, wherever it is made
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED, _COMPRESSION)


class _Strings:
    """Texts of a workbook, each held once. A number of it has fewer than six digits: codelists are that short."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def cell(self, text: str, style: int = 0) -> str:
        place = self._places.setdefault(text, len(self._places))
        styled = f' s="{style}"' if style else ""
        return f'<c{styled} t="s"><v>{place}</v></c>'

    def row(self, texts: Iterable[str], style: int = 0) -> str:
        return f"<row>{''.join(self.cell(text, style) for text in texts)}</row>"

    def part(self) -> str:
        return shared_strings(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in self._places)


def _cells(published: Published, strings: _Strings) -> str:
    cells = long_format(published, exact=True)
    measures = dict(number_columns(published.structure))
    header = strings.row(cells.column_names, HEADER)
    columns, widths = [], []
    for name in cells.column_names:
        if measure := measures.get(name):
            columns.append(_numbers(cells[name], published.cells[name], measure.decimals))
        else:
            columns.append(_codes(cells[name], strings))
        widths.append(WIDE if measure else len("confidentiality"))
    rows = pc.binary_join_element_wise("<row>", *columns, "</row>", "").to_pylist()
    return sheet([header, *rows], widths, frozen=True)


def _numbers(column: Any, whole: Any, decimals: int) -> Any:
    """The texts of the CSV file, as numbers; as texts where a spreadsheet would round."""
    texts = column.cast(pa.string()).combine_chunks()
    cells = pc.binary_join_element_wise(f'<c s="{number_style(decimals)}"><v>', texts, "</v></c>", "")
    known = np.asarray(whole.fill_null(0)).astype(np.int64)
    if (long := np.abs(known) >= _KEPT_DIGITS).any():
        typed = pc.binary_join_element_wise('<c t="inlineStr"><is><t>', texts, "</t></is></c>", "")
        cells = pc.if_else(pa.array(long), typed, cells)
    return pc.fill_null(cells, _EMPTY)


def _codes(column: Any, strings: _Strings) -> Any:
    """A dictionary column: each code is spelled once, and taken as often as it stands."""
    encoded = column.unify_dictionaries().combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    spelled = pa.array([strings.cell(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return spelled.take(encoded.indices)


def _about(published: Published, imprint: Imprint, strings: _Strings) -> str:
    structure, page = published.structure, f"{imprint.url}tables/{published.structure.id}.html"
    lines: list[Sequence[str]] = [
        ("Title", structure.title),
        ("Summary", structure.summary),
        ("Edition", imprint.name),
        ("Publisher", imprint.office.name),
        ("Licence", f"{imprint.office.licence}, {imprint.office.licence_url}"),
        ("How to cite", citation(imprint, structure.title, page)),
        ("Not shown", "A cell that is not shown is empty, with status Q or U and C."),
    ]
    entries = data_dictionary(published.table)
    lines += [(entry.name, f"{entry.title}. {entry.description} {entry.unit}".strip()) for entry in entries]
    return sheet([strings.row(line) for line in lines], (len("statistical_value_upper"), 100), frozen=False)
