"""The data dictionary: one entry a column of a published file. Data package, DCAT and dataset page share it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from publisher.model.protected import ProtectedTable
from publisher.model.structure import Measure, TableStructure
from publisher.publication.tables.published import number_columns
from publisher.publication.words import ENGLISH, Words

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


def data_dictionary(table: ProtectedTable, words: Words = ENGLISH) -> tuple[ColumnEntry, ...]:
    """The columns in published order."""
    structure, noisy, say = table.structure, table.noise is not None, words.gettext
    return (
        ColumnEntry(
            "time_period", "string", say("Reference period"), say("Month that the numbers describe."), required=True
        ),
        *_dimension_entries(structure, words),
        *_level_entries(structure, words),
        *_number_entries(structure, words, noisy=noisy),
        ColumnEntry(
            "obs_status",
            "string",
            say("Observation status"),
            say(
                "SDMX CL_OBS_STATUS: A shown as measured, E shown with noise added, Q not shown, U too noisy to show."
            ),
            required=True,
        ),
        ColumnEntry(
            "conf_status",
            "string",
            say("Confidentiality status"),
            say("SDMX CL_CONF_STATUS: F free, C hidden."),
            required=True,
        ),
        *_own_statuses(table, words),
    )


def _own_statuses(table: ProtectedTable, words: Words) -> Iterator[ColumnEntry]:
    """Of measures that are hidden in other cells: the statuses of the row are not about them."""
    say = words.gettext
    titles = {measure.id: words.own(measure.title) for measure in table.structure.measures}
    for measure in table.own_status:
        yield ColumnEntry(
            f"{measure}_obs_status",
            "string",
            say("%(measure)s: observation status", measure=titles[measure]),
            say("SDMX CL_OBS_STATUS: A shown, Q not shown; of this number alone, in place of obs_status."),
            required=True,
        )
        yield ColumnEntry(
            f"{measure}_conf_status",
            "string",
            say("%(measure)s: confidentiality status", measure=titles[measure]),
            say("SDMX CL_CONF_STATUS: F free, C hidden; of this number alone, in place of conf_status."),
            required=True,
        )


def _dimension_entries(structure: TableStructure, words: Words) -> tuple[ColumnEntry, ...]:
    return tuple(
        ColumnEntry(
            dimension.column,
            "string",
            words.own(dimension.title),
            words.gettext("Code from codelist %(codelist)s; _T is the total.", codelist=dimension.hierarchy.codelist),
            codelist=dimension.hierarchy.codelist,
            required=True,
        )
        for dimension in structure.dimensions
    )


def _level_entries(structure: TableStructure, words: Words) -> tuple[ColumnEntry, ...]:
    return tuple(
        ColumnEntry(
            f"{dimension.column}_level",
            "string",
            words.gettext("%(dimension)s: level", dimension=words.own(dimension.title)),
            words.gettext("Level of the code: %(levels)s.", levels=", ".join(dimension.hierarchy.levels)),
            required=True,
        )
        for dimension in structure.dimensions
    )


def _number_entries(structure: TableStructure, words: Words, *, noisy: bool) -> tuple[ColumnEntry, ...]:
    entries = []
    for name, measure in number_columns(structure):
        end = name.removeprefix(measure.id).lstrip("_")  # "", "lower" or "upper"
        title = _bound_title(words.own(measure.title), end, words)
        description = _bound_meaning(end, words, noisy=noisy) if end else _meaning(measure, words)
        kind: ColumnType = "number" if measure.decimals else "integer"
        entries.append(ColumnEntry(name, kind, title, description, unit=words.own(measure.unit)))
    return tuple(entries)


def _bound_title(title: str, end: str, words: Words) -> str:
    if end == "lower":
        return words.gettext("%(measure)s: lower bound", measure=title)
    return words.gettext("%(measure)s: upper bound", measure=title) if end else title


def _bound_meaning(end: str, words: Words, *, noisy: bool) -> str:
    if noisy and end == "lower":
        return words.gettext("Lower end of the 95 %% interval of the noise.")
    if noisy:
        return words.gettext("Upper end of the 95 %% interval of the noise.")
    if end == "lower":
        return words.gettext(
            "Lower end of the range the other numbers imply (how exact: tables.json, ranges); hidden cells only."
        )
    return words.gettext(
        "Upper end of the range the other numbers imply (how exact: tables.json, ranges); hidden cells only."
    )


def _meaning(measure: Measure, words: Words) -> str:
    """Of a distinct count, what its totals count; of a quantile, what it is."""
    if measure.quantile is not None:
        return words.gettext(
            "What %(part)s in %(whole)s goods items do not exceed, as one of the candidates in tables.json. Empty "
            "where not shown.",
            part=measure.quantile.numerator,
            whole=measure.quantile.denominator,
        )
    if measure.aggregate != "count_distinct":
        return words.gettext("Empty where not shown.")
    if measure.margins == "own":
        return words.gettext(
            "Each is counted once in every cell and every total it belongs to, so parts add up to more than the "
            "whole. Empty where not shown."
        )
    return words.gettext("Counted once in each finest cell; totals are the sums of these. Empty where not shown.")
