"""One queries/<id>.toml -> Query. Notes every fault; returns None where there is one."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from publisher.catalogue.canonical import policy_digest, public_digest
from publisher.catalogue.dimension_section import read_dimension
from publisher.catalogue.measure_section import check_measures, read_measure
from publisher.catalogue.protection_section import read_protection
from publisher.catalogue.query import Contributor, Query
from publisher.catalogue.section import Section, shown_path
from publisher.catalogue.where import Condition, WhereError, parse_where, problems, universe_text
from publisher.errors import Fault
from publisher.model.structure import Flow, TableStructure

ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
TRADER_OF = {"M": "importer", "X": "exporter"}


def read_query(path: Path, data: Mapping[str, object], faults: list[Fault]) -> Query | None:
    """The query, or None where faults were noted."""
    before = len(faults)
    file = Section(f"{shown_path(path)}: ", data, faults)
    identifier = _read_id(file, path)
    title, summary = file.text("title"), file.text("summary")
    flow, conditions = _read_universe(file.section("universe"))
    pooled = _is_exact(data)
    dimensions = tuple(read_dimension(one, conditions, pooled=pooled) for one in file.sections("dimension"))
    contributor = _read_contributor(file.section("contributor"), flow)
    measures = tuple(read_measure(section, contributor) for section in file.sections("measure"))
    known = tuple(dimension for dimension in dimensions if dimension is not None)
    protection = read_protection(file.section("protection"), contributor, known, measures)
    file.close()
    columns = [dimension.column for dimension in known]
    for column in sorted({column for column in columns if columns.count(column) > 1}):
        file.fault("dimension", f"the column {column} stands twice", "each column once")
    check_measures(file, measures, columns, protection)
    if len(faults) > before or protection is None:
        return None
    structure = TableStructure(
        id=identifier,
        title=title,
        summary=summary,
        flow=cast(Flow, flow),
        universe=universe_text(flow, conditions),
        dimensions=known,
        measures=measures,
    )
    public = public_digest(structure, protection)
    return Query(structure, contributor, protection, public, policy_digest(data))


def _is_exact(data: Mapping[str, object]) -> bool:
    """Whether the protection, which is read later, will be suppression."""
    protection = data.get("protection")
    return isinstance(protection, dict) and protection.get("method") == "suppression"


def _read_id(file: Section, path: Path) -> str:
    identifier = file.text("id")
    if identifier and not ID.fullmatch(identifier):
        file.fault("id", "is not an identifier", "lower-case letters, digits and _, at most 64")
    elif identifier and identifier != path.stem:
        file.fault("id", f'is "{identifier}" but the file is named {path.name}', f'"{path.stem}"')
    return identifier


def _read_universe(section: Section) -> tuple[str, tuple[Condition, ...]]:
    flow = section.choice("flow", ("M", "X"))
    where = section.text("where") if section.has("where") else ""
    section.close()
    try:
        conditions = parse_where(where)
    except WhereError as wrong:
        section.fault("where", str(wrong), wrong.allowed)
        return flow, ()
    faults = problems(conditions)
    for fault in faults:
        section.fault("where", str(fault), fault.allowed)
    return flow, () if faults else conditions


def _read_contributor(section: Section, flow: str) -> Contributor:
    """The trader to protect. Imports have importers only, exports exporters only."""
    allowed = (TRADER_OF[flow],) if flow else tuple(TRADER_OF.values())
    column = section.choice("column", allowed) or allowed[0]
    holding = section.choice("holding", ("enterprise_group",)) if section.has("holding") else ""
    section.close()
    return Contributor("exporter" if column == "exporter" else "importer", "enterprise_group" if holding else None)
