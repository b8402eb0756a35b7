"""Small tables of quantiles for tests, from declarations in memory to the sealed measurement."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from publisher.aggregate.quantile_rows import quantile_rows
from publisher.catalogue.query import Query
from publisher.dp.quantiles import check_rows
from publisher.model.codelist import TOTAL
from publisher.model.confidential import QuantileRows
from publisher.model.privacy import Clip, PrivacyRules, QuantileRules
from publisher.model.structure import Measure
from tests.lib.noise import UNIT
from tests.lib.tables import PERIOD, codelist, dimension, memory_store, query, structure

OFFICES = codelist("OFFICES", {"office": {"10": TOTAL, "20": TOTAL, "30": TOTAL}})
MODES = codelist("MODES", {"mode": {"1": TOTAL, "4": TOTAL}})
CODELISTS = {"OFFICES": OFFICES, "MODES": MODES}
CANDIDATES = (1, 2, 4, 8, 16)

Integers = npt.NDArray[np.int64]


def median(id: str = "median_hours", quantile: str = "1/2") -> Measure:
    return Measure(
        id,
        "Median clearance time",
        "quantile",
        "hours",
        column="clearance_hours",
        quantile=Fraction(quantile),
        candidates=CANDIDATES,
    )


def quantile_query(
    rho: str = "1/2",
    at: int = 4,
    measures: Sequence[Measure] | None = None,
    *,
    share: str = "1/2",
    least: int = 10,
    two: bool = False,
    holding: bool = False,
) -> Query:
    """Offices, 4 cells; `two`: by mode, 12 cells."""
    dimensions = [dimension("office", OFFICES), *([dimension("transport_mode", MODES)] if two else [])]
    rules = PrivacyRules(UNIT, Fraction(rho), Clip(at), quantiles=QuantileRules(Fraction(share), least, 4))
    return query(structure(*dimensions, measures=measures or (median(),), name="clearance"), rules, holding=holding)


def rows_of(q: Query, declarations: Sequence[Mapping[str, Any]], clip: int = 4) -> QuantileRows:
    with memory_store(declarations) as connection:
        return quantile_rows(connection, q, PERIOD, "s0001", clip, codelists=CODELISTS.__getitem__)


def counts_of(q: Query, declarations: Sequence[Mapping[str, Any]], clip: int = 4) -> Integers:
    """(cell, candidate) -> rows"""
    return check_rows(rows_of(q, declarations, clip), q.structure, PERIOD, clip)
