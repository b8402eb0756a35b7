"""True numbers. Nothing on the public side may import this module (checked by import-linter)."""

from dataclasses import dataclass, field

import pyarrow as pa

from publisher.model.level_plan import LevelPlan
from publisher.model.rules import CellRule
from publisher.model.structure import TableStructure


@dataclass(frozen=True)
class ConfidentialTable:
    """The non-empty cells of one query in one reference period.

    `cells` has one row a cell, sorted by the dimension columns, no zero cells (no declarations, no row):

    <dimension column>            int32   node of the dimension's hierarchy
    <measure>                     int64   sum, in 1/10**decimals units
    declarations                  int64   goods items in the cell
    contributors                  int64   traders, or holdings where known, with at least one declaration
    claimants                     int64   contributors entitled to protection: all that did not waive it
                                          (active), or those that asked for it (passive)
    controlled                    bool    holds a declaration of a controlled good
    contributor_1, contributor_2  int64   pseudonyms of the largest and second largest contributor by the first
                                          rule measure (0 for none). The same contributor has the same pseudonym
                                          in all tables of one snapshot; never published
    and for each rule measure m:
    m_largest_1 .. m_largest_k    int64   the largest contributions, summed within the cell by contributor (0-filled)
    m_claimant                    int64   largest contribution of a claimant
    m_rival                       int64   largest contribution of any other contributor than that claimant
    m_request                     int64   only where a request has a share limit of its own: R of SuppressionRules
    Where traders asked for the value to be shown without quantities (treatment no_quantity), also the same with
    these among the claimants, m a quantity or shadowed by one:
    quantity_claimants            int64
    m_quantity_claimant, m_quantity_rival, m_quantity_request

    `cell_rules` are the office's decisions about single cells, of which some may be empty in this period.
    Goods under a request for less detail stand under pooled codes (publisher/aggregate/README.md): so do the cells.
    The repr never shows a cell.
    """

    structure: TableStructure
    time_period: str
    snapshot: str
    cells: pa.Table = field(repr=False)
    cell_rules: tuple[CellRule, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class ClippedSums:
    """Sums over contributors of their L2-clipped vectors, the one input of a noisy measurement.

    `sums` has one row a key of the fixed public key set, zero where nobody contributed, sorted by the
    dimension columns: <dimension column> int32 node; <measure> int64 in units of 1/`scale`.
    Adding or removing one contributor changes the whole vector of all rows and measures by at most
    `clip * scale` in L2.

    With a `plan`, several levels were clipped, each by itself, and `sums` stands on all public keys: a cell of a
    level that is measured holds the sum times the level's weight, every other 0. A leaf above the finest level counts
    as finest. `clip` is that of the finest cells, `scale` is 1, and one contributor changes the whole vector by at
    most the root of `plan.squared_sensitivity`.
    """

    structure: TableStructure
    time_period: str
    snapshot: str
    clip: int
    scale: int
    sums: pa.Table = field(repr=False)
    plan: LevelPlan | None = None

    @property
    def weights(self) -> tuple[tuple[int, ...], ...]:
        """For each dimension one a level; () where only the finest cells are measured, or every cell as it is."""
        return () if self.plan is None else self.plan.weights

    @property
    def squared_sensitivity(self) -> int:
        """The squared L2 distance by which one contributor moves the vector, at most. Whole."""
        return (self.clip * self.scale) ** 2 if self.plan is None else self.plan.squared_sensitivity


@dataclass(frozen=True)
class BandSums:
    """True sums of one measure over the finest cells, unclipped: the one input of a measurement of value bands.

    `sums` has one row a key of the fixed public key set, zero where nobody contributed, sorted by the dimension
    columns: <dimension column> int32 node; <measure> int64 >= 0, in 1/10**decimals units.
    """

    structure: TableStructure
    time_period: str
    snapshot: str
    sums: pa.Table = field(repr=False)


@dataclass(frozen=True)
class QuantileRows:
    """The rows behind a table of quantiles, the one input of its measurement.

    `counts` has one row a combination of nodes, sorted by the dimension columns, zeros where there is nothing:
    <dimension column> int32 node; rows_0, rows_1, ... int64, the rows whose least candidate not below them is the
    first, the second, ... of the measures' candidates (the last: also all beyond). A row counts in every cell above
    it. Each contributor's numbers of rows in the cells have an L2 norm of at most `clip`.
    """

    structure: TableStructure
    time_period: str
    snapshot: str
    clip: int
    counts: pa.Table = field(repr=False)
