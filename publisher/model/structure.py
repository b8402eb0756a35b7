"""What a table looks like, without any number in it. Public: it is printed beside the table."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from publisher.model.codelist import Hierarchy

Flow = Literal["M", "X"]
Aggregate = Literal["sum", "count", "count_distinct", "quantile"]


@dataclass(frozen=True)
class Dimension:
    """`column` names the store's column and the published column."""

    column: str
    title: str
    hierarchy: Hierarchy


@dataclass(frozen=True)
class Measure:
    """A published column.

    Inside the program a measure is a whole number of `1 / 10**decimals` units (grams for kg with three
    decimals), so that sums are exact. `column` is the store's column: None for counts of declarations, the
    counted identifier for count_distinct. `shadows` names the measure whose hidden cells this one shares.

    For aggregate "quantile" alone: `quantile` is the share of goods items at or below the number (1/2: the median),
    `candidates` the numbers that can be printed, ascending; an item counts as the least one not below it.
    """

    id: str
    title: str
    aggregate: Aggregate
    unit: str
    decimals: int = 0
    column: str | None = None
    shadows: str | None = None
    quantile: Fraction | None = None
    candidates: tuple[int, ...] = ()


@dataclass(frozen=True)
class TableStructure:
    """One published table. `universe` is the public description of what is counted, in the catalogue's SQL subset."""

    id: str
    title: str
    summary: str
    flow: Flow
    universe: str
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]

    @property
    def rule_measures(self) -> tuple[Measure, ...]:
        """The measures that decide what is hidden: those that shadow no other."""
        return tuple(measure for measure in self.measures if measure.shadows is None)

    @property
    def of_quantiles(self) -> bool:
        """Whether its numbers are quantiles; then all of them are."""
        return any(measure.aggregate == "quantile" for measure in self.measures)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dimension.column for dimension in self.dimensions)
