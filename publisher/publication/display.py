"""A published cell as a person reads it: names beside codes, "not shown" for hidden, a margin for noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from publisher.model.codelist import TOTAL, Hierarchy
from publisher.model.status import ObsStatus
from publisher.model.structure import Dimension, Measure
from publisher.publication.numbers import grouped
from publisher.publication.published import Published

PAGE_ROWS = 100  # rows in the HTML of a table page, and on each page that the script shows
NAME_LENGTH = 90  # HS names run to 500 characters; the codelist file has them whole
HIDDEN_WORDS = {ObsStatus.SUPPRESSED.value: "not shown", ObsStatus.LOW_RELIABILITY.value: "too noisy to show"}


@dataclass(frozen=True)
class CodeCell:
    """`level` is the level's name in the files; `depth` 0 is the table's coarsest level."""

    name: str
    code: str
    level: str
    depth: int

    @property
    def tag(self) -> str:
        """ "0901 · heading"; the total has no code worth reading."""
        words = self.level.replace("_", " ")
        return words if self.code == TOTAL else f"{self.code} · {words}"


@dataclass(frozen=True)
class NumberCell:
    """`kind` says which of the texts are set. shown: text. hidden: text, range. noisy: text, margin, range."""

    kind: Literal["shown", "hidden", "noisy"]
    text: str
    margin: str = ""
    range: str = ""


@dataclass(frozen=True)
class Row:
    codes: tuple[CodeCell, ...]
    numbers: tuple[NumberCell, ...]


def level_words(level: str) -> str:
    """ "control_category" -> "Control category" """
    return level.replace("_", " ").capitalize()


def short_name(name: str) -> str:
    """At most NAME_LENGTH characters, cut at a word."""
    if len(name) <= NAME_LENGTH:
        return name
    return name[: NAME_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def first_rows(published: Published, count: int = PAGE_ROWS) -> tuple[Row, ...]:
    """The first `count` rows of the table, ready to print."""
    cells = published.cells.slice(0, count)
    statuses: list[str] = cells["obs_status"].cast("string").to_pylist()
    codes = [
        code_cells(dimension, cells[dimension.column].to_pylist()) for dimension in published.structure.dimensions
    ]
    numbers = [
        number_cells(
            measure,
            statuses,
            cells[measure.id].to_pylist(),
            cells[f"{measure.id}_lower"].to_pylist(),
            cells[f"{measure.id}_upper"].to_pylist(),
        )
        for measure in published.structure.measures
    ]
    return tuple(
        Row(tuple(column[row] for column in codes), tuple(column[row] for column in numbers))
        for row in range(len(statuses))
    )


def code_cells(dimension: Dimension, nodes: Sequence[int]) -> list[CodeCell]:
    hierarchy = dimension.hierarchy
    return [code_cell(hierarchy, node) for node in nodes]


def code_cell(hierarchy: Hierarchy, node: int) -> CodeCell:
    level = hierarchy.level_name(node)
    return CodeCell(short_name(hierarchy.names[node]), hierarchy.codes[node], level, hierarchy.level_of[node])


def number_cells(
    measure: Measure,
    statuses: Sequence[str],
    values: Sequence[int | None],
    lower: Sequence[int | None],
    upper: Sequence[int | None],
) -> list[NumberCell]:
    return [number_cell(measure.decimals, *cell) for cell in zip(statuses, values, lower, upper, strict=True)]


def number_cell(decimals: int, status: str, value: int | None, lower: int | None, upper: int | None) -> NumberCell:
    """The margin is the larger distance to an end of the interval: never smaller than the noise."""
    if value is None:
        return NumberCell("hidden", HIDDEN_WORDS[status], range=range_words(lower, upper, decimals))
    text = grouped(value, decimals)
    if lower is None or upper is None:
        return NumberCell("shown", text)
    margin = grouped(max(value - lower, upper - value), decimals)
    return NumberCell("noisy", text, margin=margin, range=range_words(lower, upper, decimals))


def range_words(lower: int | None, upper: int | None, decimals: int) -> str:
    """ "100 to 5,000", "at least 100", or nothing where nothing is known."""
    if upper is not None:
        return f"{grouped(lower or 0, decimals)} to {grouped(upper, decimals)}"
    return f"at least {grouped(lower, decimals)}" if lower else ""
