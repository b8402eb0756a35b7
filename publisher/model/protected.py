"""What may be seen. Made by suppression.protect or dp.protect and by nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from publisher.model.privacy import NoiseStatement
from publisher.model.structure import TableStructure

Method = Literal["suppression", "dp", "band"]


@dataclass(frozen=True)
class PrintedRanges:
    """How close the printed ranges of one measure's hidden cells are. Public: it follows from published cells alone.

    hidden  cells of the table that are hidden in this measure
    exact   those whose `_lower` and `_upper` are the ends of what the published cells of the edition imply, rounded
            outwards to whole units; the ranges of the others hold too, but may be wider than that
    """

    measure: str
    hidden: int
    exact: int


@dataclass(frozen=True)
class ProtectedTable:
    """The publishable cells of one query in one reference period.

    `cells` has one row a cell, sorted by the dimension columns:

    <dimension column>              int32   node of the dimension's hierarchy
    <measure>                       int64   in 1/10**decimals units; null where hidden
    <measure>_lower, _upper         int64   null where exact. Hidden: what the other published cells already
                                            imply. Noisy: 95 % interval of the noise
    obs_status, conf_status         string  SDMX codes, see model.status
    <measure>_obs_status, _conf_status      string  only where the measure is hidden in other cells than the first
                                            rule measure, as a quantity may be: then the row's are not about it

    Under suppression a combination of codes that has no row is a true zero, published as such; with noise every key
    of the public key set has a row.
    `noise` is set if and only if method is "dp" or "band"; `ranges`, one a measure in order, only under suppression.
    """

    structure: TableStructure
    time_period: str
    snapshot: str
    method: Method
    cells: pa.Table
    noise: NoiseStatement | None = None
    ranges: tuple[PrintedRanges, ...] = ()

    def __post_init__(self) -> None:
        if (self.noise is not None) != (self.method != "suppression"):
            raise ValueError("a table carries a noise statement exactly when its method is dp or band")
        if self.noise is not None and (self.noise.band is not None) != (self.method == "band"):
            raise ValueError("a table states a band exactly when its method is band")
        if self.ranges and tuple(one.measure for one in self.ranges) != tuple(m.id for m in self.structure.measures):
            raise ValueError("printed ranges are stated for each measure, in order, or for none")

    @property
    def own_status(self) -> tuple[str, ...]:
        """The measures that have status columns of their own."""
        names = self.cells.column_names
        return tuple(m.id for m in self.structure.measures if status_column(names, m.id) != "obs_status")


def status_column(names: Collection[str], measure: str) -> str:
    """The column among `names` that says whether a measure is shown."""
    own = f"{measure}_obs_status"
    return own if own in names else "obs_status"
