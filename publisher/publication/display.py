"""A published cell as a person reads it: names beside codes, "not shown" for hidden, a margin for noise."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from publisher.model.codelist import TOTAL, Hierarchy
from publisher.model.status import ObsStatus
from publisher.model.structure import Measure
from publisher.publication.numbers import grouped
from publisher.publication.published import Published

PAGE_ROWS = 100  # rows in the HTML of a table page, and on each page that the script shows
HEADLINE_LENGTH = 48  # of a name in a sentence or beside a bar
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

    @property
    def is_total(self) -> bool:
        """The cell that is total in every dimension: all others of its table are parts of it."""
        return all(cell.code == TOTAL for cell in self.codes)


def level_words(level: str) -> str:
    """ "control_category" -> "Control category" """
    return level.replace("_", " ").capitalize()


def short_name(name: str, length: int = NAME_LENGTH) -> str:
    """At most `length` characters, cut at a word."""
    if len(name) <= length:
        return name
    return name[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def first_rows(published: Published, count: int = PAGE_ROWS) -> tuple[Row, ...]:
    """The first `count` rows of the table, ready to print."""
    first = published.part(np.arange(min(count, published.rows)))
    codes = [
        [code_cell(dimension.hierarchy, node) for node in first.nodes(dimension).tolist()]
        for dimension in first.structure.dimensions
    ]
    numbers = [number_cells(first, measure) for measure in first.structure.measures]
    return tuple(
        Row(tuple(column[row] for column in codes), tuple(column[row] for column in numbers))
        for row in range(first.rows)
    )


def number_cells(published: Published, measure: Measure) -> list[NumberCell]:
    columns = (published.numbers(name) for name in (measure.id, f"{measure.id}_lower", f"{measure.id}_upper"))
    cells = zip(published.statuses(measure.id), *columns, strict=True)
    return [number_cell(measure.decimals, *cell, lopsided=measure.quantile is not None) for cell in cells]


def code_cell(hierarchy: Hierarchy, node: int) -> CodeCell:
    level = hierarchy.level_name(node)
    return CodeCell(short_name(hierarchy.names[node]), hierarchy.codes[node], level, hierarchy.level_of[node])


def number_cell(
    decimals: int, status: str, value: int | None, lower: int | None, upper: int | None, *, lopsided: bool = False
) -> NumberCell:
    """The margin is the larger distance to an end of the interval: never smaller than the noise. There is none where
    `lopsided`: one end of a quantile's interval can be many times as far as the other."""
    if value is None:
        return NumberCell("hidden", HIDDEN_WORDS[status], range=range_words(lower, upper, decimals))
    text = grouped(value, decimals)
    if lower is None or upper is None:
        return NumberCell("shown", text)
    margin = "" if lopsided else grouped(max(value - lower, upper - value), decimals)
    return NumberCell("noisy", text, margin=margin, range=range_words(lower, upper, decimals))


def spread_words(measure: Measure, value: int, lower: int, upper: int) -> str:
    """What stands behind a noisy number in a sentence: "± 13", or "95 %: 3 to 18" for a quantile."""
    if measure.quantile is not None:
        return f"95 %: {range_words(lower, upper, measure.decimals)}"
    return f"± {grouped(max(value - lower, upper - value), measure.decimals)}"


def range_words(lower: int | None, upper: int | None, decimals: int) -> str:
    """ "100 to 5,000", "at least 100", or nothing where nothing is known."""
    if upper is not None:
        return f"{grouped(lower or 0, decimals)} to {grouped(upper, decimals)}"
    return f"at least {grouped(lower, decimals)}" if lower else ""
