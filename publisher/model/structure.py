"""What a table looks like, without any number in it. Public: it is printed beside the table."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from publisher.model.codelist import Hierarchy

Flow = Literal["M", "X"]
Aggregate = Literal["sum", "count", "count_distinct", "quantile"]
Margins = Literal["own", "sum"]

QUANTITIES = ("net_mass", "supplementary_quantity")  # columns of the store


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

    `margins` of a count_distinct: "own" counts in each cell, total or not, whom it holds, once; "sum" counts once in
    each finest cell, and a total is the sum of the finest cells below it.

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
    margins: Margins = "own"
    quantile: Fraction | None = None
    candidates: tuple[int, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether a total is the sum of what lies below it."""
        return self.aggregate in ("sum", "count") or (self.aggregate == "count_distinct" and self.margins == "sum")

    @property
    def is_quantity(self) -> bool:
        """Whether a request for the value without the quantity is about it."""
        return self.column in QUANTITIES


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
    def quantity_rules(self) -> tuple[Measure, ...]:
        """The rule measures that are quantities, or that a quantity shadows."""
        about = {measure.shadows or measure.id for measure in self.measures if measure.is_quantity}
        return tuple(measure for measure in self.rule_measures if measure.id in about)

    @property
    def of_quantiles(self) -> bool:
        """Whether its numbers are quantiles; then all of them are."""
        return any(measure.aggregate == "quantile" for measure in self.measures)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dimension.column for dimension in self.dimensions)
