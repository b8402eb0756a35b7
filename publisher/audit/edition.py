"""A published edition as an attacker holds it: every suppression table, rebuilt from the written files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.audit.copies import check_copies
from publisher.audit.description import DimensionEntry, EditionEntry, TableEntry, read_description
from publisher.audit.pieces import check_pieces
from publisher.audit.public_table import PublicTable, read_table
from publisher.audit.tree import PublishedCodelist, UnreadableError, kept_tree, read_codelist
from publisher.model.audit_report import Finding

# What may lie in data/ after a table's name. All that repeat cells are compared with each other.
DATA_ENDINGS = (".parquet", ".csv", ".csv-metadata.json", ".sdmx.csv", ".xlsx")


@dataclass(frozen=True)
class Edition:
    """`entry` is None where metadata/tables.json cannot be read. A table with a fault is not among `tables`."""

    name: str
    folder: Path
    entry: EditionEntry | None
    tables: Mapping[str, PublicTable] = field(repr=False)
    codelists: Mapping[str, PublishedCodelist] = field(repr=False)
    findings: tuple[Finding, ...]


def read_edition(name: str, folder: Path) -> Edition:
    """All tables of one edition. Faults become findings: a file that cannot be read cannot be passed."""
    try:
        entry = read_description(folder)
    except UnreadableError as fault:
        return Edition(name, folder, None, {}, {}, (_finding(fault),))
    findings = list(_check_data_folder(folder, entry))
    codelists: dict[str, PublishedCodelist] = {}
    tables: dict[str, PublicTable] = {}
    for described in entry.tables:
        try:
            tables[described.id] = _read(folder, entry, described, codelists)
            findings += check_copies(folder, described)
            findings += check_pieces(folder, described)
        except UnreadableError as fault:
            findings.append(_finding(fault))
    return Edition(name, folder, entry, tables, codelists, tuple(findings))


def period_of(folder: Path) -> str | None:
    """The reference period of an edition, None where its description cannot be read."""
    try:
        return read_description(folder).period
    except UnreadableError:
        return None


def _read(
    folder: Path, edition: EditionEntry, entry: TableEntry, codelists: dict[str, PublishedCodelist]
) -> PublicTable:
    if len({dimension.column for dimension in entry.dimensions}) != len(entry.dimensions):
        raise UnreadableError(f"metadata/tables.json: {entry.id}", "names a dimension twice")
    trees = tuple(kept_tree(_codelist(folder, one, codelists), one.levels) for one in entry.dimensions)
    return read_table(folder, entry, trees, edition.period)


def _codelist(folder: Path, one: DimensionEntry, known: dict[str, PublishedCodelist]) -> PublishedCodelist:
    if one.codelist not in known:
        place = f"metadata/codelists/{one.codelist}.csv"
        known[one.codelist] = read_codelist(folder / place, place)
    return known[one.codelist]


def _check_data_folder(folder: Path, entry: EditionEntry) -> list[Finding]:
    """No table twice, and no data file that metadata/tables.json does not describe."""
    described = [table.id for table in entry.tables]
    findings = [
        Finding("completeness", f"metadata/tables.json: {name}", "the table is described twice")
        for name in sorted({name for name in described if described.count(name) > 1})
    ]
    allowed = {f"{name}{end}" for name in described for end in DATA_ENDINGS}
    data = folder / "data"
    for path in sorted(data.iterdir()) if data.is_dir() else []:
        if path.name not in allowed:
            findings.append(Finding("completeness", f"data/{path.name}", "no table of metadata/tables.json names it"))
    return findings


def _finding(fault: UnreadableError) -> Finding:
    return Finding("completeness", fault.place, fault.problem)
