"""metadata/sdmx.xml: codelists, concepts, data structures and dataflows of an edition, as SDMX-ML 2.1.

One dataflow and one data structure a table: its dimensions, MEASURE (which of the table's measures) and TIME_PERIOD;
OBS_VALUE; the attributes OBS_STATUS, CONF_STATUS, OBS_LOWER, OBS_UPPER and UNIT_MEASURE. Codes are those of the CSV
files. Levels and parents of codes are not told here but in metadata/codelists/, because pysdmx writes flat codelists.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from pysdmx.io import write_sdmx as written
from pysdmx.io.format import Format
from pysdmx.model import (
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    DataType,
    ItemReference,
    Organisation,
    Role,
)
from pysdmx.model.message import Header

from publisher.model.codelist import Codelist as TradeCodelist
from publisher.model.status import PLAIN_WORDS
from publisher.model.structure import TableStructure
from publisher.publication.files.sdmx_ids import agency_of, component_id, version_of
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import Published

SDMX_STRUCTURE = "metadata/sdmx.xml"
_CONCEPTS = {
    "MEASURE": "Measure",
    "TIME_PERIOD": "Reference period",
    "OBS_VALUE": "Observation value",
    "OBS_STATUS": "Observation status",
    "CONF_STATUS": "Confidentiality status",
    "OBS_LOWER": "Lower end of the range or of the 95 % interval",
    "OBS_UPPER": "Upper end of the range or of the 95 % interval",
    "UNIT_MEASURE": "Unit of measure",
}
_CONFIDENTIALITY = {"F": "Free for publication", "C": "Confidential: not shown"}


@dataclass(frozen=True)
class _Table:
    """One table, and what the components of its structure refer to. Nothing of another table: versions depend on
    the table's own content alone."""

    structure: TableStructure
    concepts: ConceptScheme
    codelists: Mapping[str, Codelist]

    def concept(self, item: str) -> ItemReference:
        scheme = self.concepts
        return ItemReference("Concept", str(scheme.agency), scheme.id, scheme.version, item)


def write_sdmx(
    public: Path, tables: Sequence[Published], codelists: Mapping[str, TradeCodelist], imprint: Imprint
) -> Mapping[str, str]:
    """Writes metadata/sdmx.xml; returns by query how data name their dataflow: "AGENCY:IMPORTS(1.4711.8262)".

    The same edition gives the same bytes: the header's time is that of the release.
    """
    agency = agency_of(imprint.office)
    structures = [table.structure for table in tables]
    lists = _codelists(agency, structures, codelists)
    described = [_Table(one, _concepts(agency, one), lists) for one in structures]
    definitions = [_definition(table) for table in described]
    flows = [_dataflow(one, definition) for one, definition in zip(structures, definitions, strict=True)]
    header = Header(
        id=imprint.edition.replace("/", "_"), prepared=imprint.due.astimezone(UTC), sender=Organisation(id=agency)
    )
    artefacts = [*lists.values(), *(table.concepts for table in described), *definitions, *flows]
    text = written(artefacts, Format.STRUCTURE_SDMX_ML_2_1, prettyprint=False, header=header)
    (public / SDMX_STRUCTURE).write_text(str(text), encoding="utf-8", newline="\n")
    return {one.id: f"{agency}:{flow.id}({flow.version})" for one, flow in zip(structures, flows, strict=True)}


def _codelists(
    agency: str, structures: Iterable[TableStructure], used: Mapping[str, TradeCodelist]
) -> dict[str, Codelist]:
    """Those of dimensions and statuses, and one of the measures of each table."""
    lists = {f"CL_{name}": (one.title, _codes(one)) for name, one in used.items()}
    lists["CL_OBS_STATUS"] = ("Observation status", {code.value: words for code, words in PLAIN_WORDS.items()})
    lists["CL_CONF_STATUS"] = ("Confidentiality status", _CONFIDENTIALITY)
    for one in structures:
        lists[_measures(one)] = (f"Measures of {one.title}", {m.id: f"{m.title} ({m.unit})" for m in one.measures})
    return {name: _codelist(agency, name, title, codes) for name, (title, codes) in lists.items()}


def _codes(codelist: TradeCodelist) -> dict[str, str]:
    """code -> name, coarse levels first."""
    return {code.code: code.name for level in codelist.levels for code in codelist.at(level)}


def _measures(structure: TableStructure) -> str:
    return f"CL_MEASURE_{component_id(structure.id)}"


def _codelist(agency: str, name: str, title: str, codes: Mapping[str, str]) -> Codelist:
    items = [Code(id=code, name=words) for code, words in codes.items()]
    version = version_of([title, list(codes.items())])
    return Codelist(id=name, name=title, agency=agency, version=version, items=items)


def _concepts(agency: str, structure: TableStructure) -> ConceptScheme:
    """Dimensions by the titles that they have in the table."""
    named = {component_id(one.column): one.title for one in structure.dimensions} | _CONCEPTS
    return ConceptScheme(
        id=f"CS_{component_id(structure.id)}",
        name=f"Concepts of {structure.title}",
        agency=agency,
        version=version_of([structure.title, list(named.items())]),
        items=[Concept(id=name, name=words) for name, words in named.items()],
    )


def _definition(table: _Table) -> DataStructureDefinition:
    components = Components([*_dimensions(table), *_observation(table)])
    codes = [one.local_codes for one in components]
    content = [[one.id, one.version] for one in codes if isinstance(one, Codelist)]
    return DataStructureDefinition(
        id=f"DSD_{component_id(table.structure.id)}",
        name=table.structure.title,
        agency=table.concepts.agency,
        version=version_of([table.structure.title, content, table.concepts.version]),
        components=components,
    )


def _dimensions(table: _Table) -> Iterator[Component]:
    coded = {component_id(d.column): f"CL_{d.hierarchy.codelist}" for d in table.structure.dimensions}
    for name, codelist in (coded | {"MEASURE": _measures(table.structure)}).items():
        yield _component(name, Role.DIMENSION, table, codes=table.codelists[codelist])
    yield _component("TIME_PERIOD", Role.DIMENSION, table, DataType.PERIOD)


def _observation(table: _Table) -> Iterator[Component]:
    """A hidden cell has its statuses and no value."""
    yield _component("OBS_VALUE", Role.MEASURE, table, DataType.DECIMAL)
    for name in ("OBS_STATUS", "CONF_STATUS"):
        yield _component(name, Role.ATTRIBUTE, table, codes=table.codelists[f"CL_{name}"])
    for name in ("OBS_LOWER", "OBS_UPPER"):
        yield _component(name, Role.ATTRIBUTE, table, DataType.DECIMAL)
    yield _component("UNIT_MEASURE", Role.ATTRIBUTE, table, DataType.STRING)


def _component(
    name: str, role: Role, table: _Table, kind: DataType | None = None, *, codes: Codelist | None = None
) -> Component:
    """With codes it is never empty. Attributes are those of an observation."""
    return Component(
        name,
        required=role is Role.DIMENSION or codes is not None,
        role=role,
        concept=table.concept(name),
        local_dtype=kind,
        local_codes=codes,
        attachment_level="O" if role is Role.ATTRIBUTE else None,
    )


def _dataflow(structure: TableStructure, definition: DataStructureDefinition) -> Dataflow:
    """Its version is that of its structure and of what it says of itself."""
    return Dataflow(
        id=component_id(structure.id),
        name=structure.title,
        description=structure.summary,
        agency=definition.agency,
        version=version_of([definition.version, structure.summary]),
        structure=definition,
    )
