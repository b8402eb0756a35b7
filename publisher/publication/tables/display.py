"""A published cell as a person reads it: names beside codes, "not shown" for hidden, a margin for noise."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from publisher.model.codelist import TOTAL, Hierarchy
from publisher.model.status import ObsStatus
from publisher.model.structure import Measure
from publisher.publication.level_names import level_name
from publisher.publication.tables.published import Published
from publisher.publication.words import ENGLISH, Words

PAGE_ROWS = 100  # rows in the HTML of a table page, and on each page that the script shows
HEADLINE_LENGTH = 48  # of a name in a sentence or beside a bar
NAME_LENGTH = 90  # HS names run to 500 characters; the codelist file has them whole


@dataclass(frozen=True)
class CodeCell:
    """`level` is the level's name in the files, `level_name` the same in words; `depth` 0 is the coarsest level."""

    name: str
    code: str
    level: str
    depth: int
    level_name: str

    @property
    def tag(self) -> str:
        """ "0901 · heading"; the total has no code worth reading."""
        return self.level_name if self.code == TOTAL else f"{self.code} · {self.level_name}"


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


def level_words(level: str, words: Words = ENGLISH) -> str:
    """ "control_category" -> "Control category" """
    name = level_name(level, words)
    return name[:1].upper() + name[1:]


def short_name(name: str, length: int = NAME_LENGTH) -> str:
    """At most `length` characters, cut at a word."""
    if len(name) <= length:
        return name
    return type(name)(name[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…")


def first_rows(published: Published, count: int = PAGE_ROWS, words: Words = ENGLISH) -> tuple[Row, ...]:
    """The first `count` rows of the table, ready to print."""
    first = published.part(np.arange(min(count, published.rows)))
    codes = [
        [code_cell(dimension.hierarchy, node, words) for node in first.nodes(dimension).tolist()]
        for dimension in first.structure.dimensions
    ]
    numbers = [number_cells(first, measure, words) for measure in first.structure.measures]
    return tuple(
        Row(tuple(column[row] for column in codes), tuple(column[row] for column in numbers))
        for row in range(first.rows)
    )


def number_cells(published: Published, measure: Measure, words: Words = ENGLISH) -> list[NumberCell]:
    columns = (published.numbers(name) for name in (measure.id, f"{measure.id}_lower", f"{measure.id}_upper"))
    cells = zip(published.statuses(measure.id), *columns, strict=True)
    lopsided = measure.quantile is not None
    return [number_cell(measure.decimals, *cell, lopsided=lopsided, words=words) for cell in cells]


def code_cell(hierarchy: Hierarchy, node: int, words: Words = ENGLISH) -> CodeCell:
    name = node_name(hierarchy, node, words)
    level = hierarchy.level_name(node)
    told = level_name(level, words)
    return CodeCell(short_name(name), hierarchy.codes[node], level, hierarchy.level_of[node], told)


def node_name(hierarchy: Hierarchy, node: int, words: Words = ENGLISH) -> str:
    return words.code_name(hierarchy.codelist, hierarchy.codes[node], hierarchy.names[node])


def hidden_words(status: str, words: Words = ENGLISH) -> str:
    """In place of a number."""
    return words.gettext("too noisy to show") if status == ObsStatus.LOW_RELIABILITY else words.gettext("not shown")


def number_cell(
    decimals: int,
    status: str,
    value: int | None,
    lower: int | None,
    upper: int | None,
    *,
    lopsided: bool = False,
    words: Words = ENGLISH,
) -> NumberCell:
    """The margin is the larger distance to an end of the interval: never smaller than the noise. There is none where
    `lopsided`: one end of a quantile's interval can be many times as far as the other."""
    if value is None:
        return NumberCell("hidden", hidden_words(status, words), range=range_words(lower, upper, decimals, words))
    text = words.number(value, decimals)
    if lower is None or upper is None:
        return NumberCell("shown", text)
    margin = "" if lopsided else words.number(max(value - lower, upper - value), decimals)
    return NumberCell("noisy", text, margin=margin, range=range_words(lower, upper, decimals, words))


def spread_words(measure: Measure, value: int, lower: int, upper: int, words: Words = ENGLISH) -> str:
    """What stands behind a noisy number in a sentence: "± 13", or "95 %: 3 to 18" for a quantile."""
    if measure.quantile is not None:
        return words.gettext("95 %%: %(range)s", range=range_words(lower, upper, measure.decimals, words))
    return f"± {words.number(max(value - lower, upper - value), measure.decimals)}"


def range_words(lower: int | None, upper: int | None, decimals: int, words: Words = ENGLISH) -> str:
    """ "100 to 5,000", "at least 100", or nothing where nothing is known."""
    if upper is not None:
        low, high = words.number(lower or 0, decimals), words.number(upper, decimals)
        return words.gettext("%(lower)s to %(upper)s", lower=low, upper=high)
    return words.gettext("at least %(lower)s", lower=words.number(lower, decimals)) if lower else ""
