"""The parts of a workbook that are the same whatever it holds, and the frame of a sheet."""

from collections.abc import Iterable, Sequence

HEADER = 1
WIDE = 20  # letters; a number of 15 digits in groups fits
_FIRST_NUMBER = 2
_MOST_DECIMALS = 9
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_OVERRIDES = {
    "xl/workbook.xml": "sheet.main",
    "xl/worksheets/sheet1.xml": "worksheet",
    "xl/worksheets/sheet2.xml": "worksheet",
    "xl/sharedStrings.xml": "sharedStrings",
    "xl/styles.xml": "styles",
}
_PANE = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'


def number_style(decimals: int) -> int:
    """The cell style of numbers in groups of three with so many decimals, at most nine."""
    return _FIRST_NUMBER + decimals


def fixed_parts() -> dict[str, str]:
    """Name -> text of all parts but the two sheets, "cells" and "about"."""
    names = ("cells", "about")
    sheets = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, 1))
    parts = [("worksheet", f"worksheets/sheet{n}.xml") for n in (1, 2)]
    parts += [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{sheets}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": _relations(parts),
        "xl/styles.xml": _styles(),
    }


def _content_types() -> str:
    overrides = (
        f'<Override PartName="/{part}" ContentType="{_KIND}{kind}+xml"/>' for part, kind in _OVERRIDES.items()
    )
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'{_HEAD}<Types xmlns="{_PACKAGE}content-types">{default}{"".join(overrides)}</Types>'


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    lines = (
        f'<Relationship Id="r{n}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}relationships">{"".join(lines)}</Relationships>'


def _styles() -> str:
    """Plain, bold for the header, and one number format for each count of decimals."""
    places = range(_MOST_DECIMALS + 1)
    codes = ["#,##0" + ("." + "0" * n if n else "") for n in places]
    formats = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code}"/>' for n, code in enumerate(codes))
    numbers = "".join(f'<xf numFmtId="{200 + n}" fontId="0" xfId="0" applyNumberFormat="1"/>' for n in places)
    font = '<sz val="11"/><name val="Calibri"/>'
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts>'
        f"<fonts><font>{font}</font><font><b/>{font}</font></fonts>"
        '<fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        "</fills>"
        "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs><xf numFmtId="0" fontId="0"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0" fontId="0" xfId="0"/><xf numFmtId="0" fontId="1" xfId="0" applyFont="1"/>'
        f'{numbers}</cellXfs><cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def sheet(rows: Sequence[str], widths: Sequence[int], *, frozen: bool) -> str:
    """`rows` are <row> elements; `frozen`: the first stays in sight."""
    view = f'<sheetView workbookViewId="0">{_PANE if frozen else ""}</sheetView>'
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, 1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews>{view}</sheetViews><cols>{columns}</cols>'
        f"<sheetData>{''.join(rows)}</sheetData></worksheet>"
    )


def shared_strings(items: Iterable[str]) -> str:
    """`items` are <si> elements; a cell names one by its place."""
    return f'{_HEAD}<sst xmlns="{_MAIN}">{"".join(items)}</sst>'
