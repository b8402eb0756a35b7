"""The data dictionary: one entry a column of a published file. Data package, DCAT and dataset page share it."""

from dataclasses import dataclass
from typing import Literal

from publisher.model.structure import Measure, TableStructure
from publisher.publication.published import number_columns

ColumnType = Literal["string", "integer", "number"]


@dataclass(frozen=True)
class ColumnEntry:
    """`required`: never null. `codelist` names a file in metadata/codelists/."""

    name: str
    type: ColumnType
    title: str
    description: str
    unit: str = ""
    codelist: str = ""
    required: bool = False


def data_dictionary(structure: TableStructure, *, noisy: bool) -> tuple[ColumnEntry, ...]:
    """The columns in published order."""
    return (
        ColumnEntry("time_period", "string", "Reference period", "Month that the numbers describe.", required=True),
        *_dimension_entries(structure),
        *_level_entries(structure),
        *_number_entries(structure, noisy=noisy),
        ColumnEntry(
            "obs_status",
            "string",
            "Observation status",
            "SDMX CL_OBS_STATUS: A shown as measured, E shown with noise added, Q not shown, U too noisy to show.",
            required=True,
        ),
        ColumnEntry(
            "conf_status", "string", "Confidentiality status", "SDMX CL_CONF_STATUS: F free, C hidden.", required=True
        ),
    )


def _dimension_entries(structure: TableStructure) -> tuple[ColumnEntry, ...]:
    return tuple(
        ColumnEntry(
            dimension.column,
            "string",
            dimension.title,
            f"Code from codelist {dimension.hierarchy.codelist}; _T is the total.",
            codelist=dimension.hierarchy.codelist,
            required=True,
        )
        for dimension in structure.dimensions
    )


def _level_entries(structure: TableStructure) -> tuple[ColumnEntry, ...]:
    return tuple(
        ColumnEntry(
            f"{dimension.column}_level",
            "string",
            f"{dimension.title}: level",
            f"Level of the code: {', '.join(dimension.hierarchy.levels)}.",
            required=True,
        )
        for dimension in structure.dimensions
    )


def _number_entries(structure: TableStructure, *, noisy: bool) -> tuple[ColumnEntry, ...]:
    meaning = (
        "of the 95 % interval of the noise"
        if noisy
        else "of the range the other numbers imply (how exact: tables.json, ranges); hidden cells only"
    )
    entries = []
    for name, measure in number_columns(structure):
        end = name.removeprefix(measure.id).lstrip("_")  # "", "lower" or "upper"
        title = f"{measure.title}: {end} bound" if end else measure.title
        description = f"{end.capitalize()} end {meaning}." if end else _shown(measure)
        kind: ColumnType = "number" if measure.decimals else "integer"
        entries.append(ColumnEntry(name, kind, title, description, unit=measure.unit))
    return tuple(entries)


def _shown(measure: Measure) -> str:
    if measure.quantile is None:
        return "Empty where not shown."
    part = f"{measure.quantile.numerator} in {measure.quantile.denominator}"
    return f"What {part} goods items do not exceed, as one of the candidates in tables.json. Empty where not shown."
