"""The other files that repeat a table's cells, SDMX-CSV and workbook, held against its CSV file: text for text.

A number below six digits is too short for the byte scan: here a hidden one would be a cell that ought to be empty.
"""

import html
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from publisher.audit.description import MeasureEntry, TableEntry
from publisher.audit.tree import UnreadableError
from publisher.model.audit_report import Finding

_CELL = re.compile(r'<c(?: s="\d\d?")?(?: t="(\w+)")?(?:/>|>(?:<v>([^<]*)</v>|<is><t>([^<]*)</t></is>)</c>)')
_SHARED = re.compile(r'<si><t xml:space="preserve">([^<]*)</t></si>')
_WORKBOOK = frozenset(
    {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    | {"xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
)


def check_copies(folder: Path, entry: TableEntry) -> Iterator[Finding]:
    """A finding for each copy that is there and does not hold exactly what the CSV file holds."""
    checks: dict[str, Callable[[Path, TableEntry, pa.Table], str]] = {"sdmx.csv": _sdmx, "xlsx": _workbook}
    for ending, check in checks.items():
        place = f"data/{entry.id}.{ending}"
        if not (folder / place).exists():
            continue
        try:
            problem = check(folder / place, entry, read_texts(folder / f"data/{entry.id}.csv"))
        except (
            OSError,
            ValueError,
            KeyError,
            IndexError,
            zipfile.BadZipFile,
            RuntimeError,
            pa.ArrowException,
        ) as bad:
            problem = f"cannot be read ({type(bad).__name__})"
        except UnreadableError as unreadable:
            problem = unreadable.problem
        if problem:
            yield Finding("completeness", place, problem)


def read_texts(path: Path) -> pa.Table:
    """All columns as text, an empty field as ""."""
    names = pa_csv.open_csv(path).schema.names
    options = pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    return pa_csv.read_csv(path, pa_csv.ReadOptions(use_threads=False), None, options)


def _sdmx(path: Path, entry: TableEntry, table: pa.Table) -> str:
    read = read_texts(path)
    wanted = [_observations(entry, measure, table) for measure in entry.measures]
    names = ["STRUCTURE", "STRUCTURE_ID", "ACTION", *wanted[0].column_names]
    if read.column_names != names or any(len(set(read.column(name).to_pylist())) > 1 for name in names[:3]):
        return "does not have the columns of the table's dataflow, or more than one dataflow"
    return "" if read.select(names[3:]).equals(pa.concat_tables(wanted)) else "differs from the CSV file"


def _observations(entry: TableEntry, measure: MeasureEntry, table: pa.Table) -> pa.Table:
    """(cell) -> the line of one measure."""
    own = f"{measure.id}_" if measure.own_status else ""
    columns: dict[str, Any] = {
        dimension.column.upper(): table.column(dimension.column) for dimension in entry.dimensions
    }
    columns["MEASURE"] = _always(measure.id, table)
    columns["TIME_PERIOD"] = table.column("time_period")
    columns["OBS_VALUE"] = table.column(measure.id)
    columns["OBS_STATUS"] = table.column(f"{own}obs_status")
    columns["CONF_STATUS"] = table.column(f"{own}conf_status")
    columns["OBS_LOWER"] = table.column(f"{measure.id}_lower")
    columns["OBS_UPPER"] = table.column(f"{measure.id}_upper")
    columns["UNIT_MEASURE"] = _always(measure.unit, table)
    return pa.table(columns)


def _always(text: str, table: pa.Table) -> Any:
    return pa.array([text] * table.num_rows, pa.string())


def _workbook(path: Path, entry: TableEntry, table: pa.Table) -> str:
    """Every part is known, and the sheet of cells holds nothing but the header and the table's rows."""
    with zipfile.ZipFile(path) as archive:
        if set(archive.namelist()) != _WORKBOOK or len(archive.namelist()) != len(_WORKBOOK):
            return "has parts that no workbook of an edition has"
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        shared = [html.unescape(text) for text in _SHARED.findall(archive.read("xl/sharedStrings.xml").decode())]
    body = sheet[sheet.index("<sheetData>") + len("<sheetData>") : sheet.index("</sheetData>")]
    if _CELL.sub("", body) != "<row></row>" * (table.num_rows + 1):
        return "has something in a row that is no cell of the table"
    read = (_said(kind, value, inline, shared) for kind, value, inline in _CELL.findall(body))
    columns = (table.column(name).to_pylist() for name in table.column_names)
    wanted = chain(table.column_names, chain.from_iterable(zip(*columns, strict=True)))
    return "" if list(read) == list(wanted) else "differs from the CSV file"


def _said(kind: str, value: str, inline: str, shared: list[str]) -> str:
    return shared[int(value)] if kind == "s" else html.unescape(value or inline)
