"""The data dictionary: one entry a column of a published file. Data package, DCAT and dataset page share it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from publisher.model.protected import ProtectedTable
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


def data_dictionary(table: ProtectedTable) -> tuple[ColumnEntry, ...]:
    """The columns in published order."""
    structure, noisy = table.structure, table.noise is not None
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
        *_own_statuses(table),
    )


def _own_statuses(table: ProtectedTable) -> Iterator[ColumnEntry]:
    """Of measures that are hidden in other cells: the statuses of the row are not about them."""
    titles = {measure.id: measure.title for measure in table.structure.measures}
    for measure in table.own_status:
        for kind, title, meaning in (
            ("obs", "observation status", "SDMX CL_OBS_STATUS: A shown, Q not shown"),
            ("conf", "confidentiality status", "SDMX CL_CONF_STATUS: F free, C hidden"),
        ):
            described = f"{meaning}; of this number alone, in place of {kind}_status."
            yield ColumnEntry(
                f"{measure}_{kind}_status", "string", f"{titles[measure]}: {title}", described, required=True
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
        description = f"{end.capitalize()} end {meaning}." if end else f"{_meaning(measure)}Empty where not shown."
        kind: ColumnType = "number" if measure.decimals else "integer"
        entries.append(ColumnEntry(name, kind, title, description, unit=measure.unit))
    return tuple(entries)


def _meaning(measure: Measure) -> str:
    """Of a distinct count, what its totals count; of a quantile, what it is."""
    if measure.quantile is not None:
        part = f"{measure.quantile.numerator} in {measure.quantile.denominator}"
        return f"What {part} goods items do not exceed, as one of the candidates in tables.json. "
    if measure.aggregate != "count_distinct":
        return ""
    if measure.margins == "own":
        return "Whom a cell or total holds counts once in it; parts add up to more than the whole. "
    return "Counted once in each finest cell; totals are the sums of these. "
