"""Tables of values within a band in tests: a small query, its sums made by hand, and the file of a real one."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pyarrow as pa

from publisher.catalogue.band_section import band_unit
from publisher.catalogue.query import Query
from publisher.dp.keys import finest_keys, key_columns
from publisher.model.band import BandRules
from publisher.model.confidential import BandSums
from publisher.model.structure import Measure
from tests.lib.noise import GOODS, PERIOD, PLACES
from tests.lib.tables import VALUE, dimension, query, structure

C, A, RHO = 50, 2500, Fraction(1)


def rules_of(measure: Measure = VALUE, c: int = C, a: int = A, rho: str = "1") -> BandRules:
    unit = band_unit(query(structure()).contributor, measure, c)
    return BandRules(unit, c, a, Fraction(rho))


def band_query(measure: Measure = VALUE, c: int = C, a: int = A, rho: str = "1") -> Query:
    """Commodity x partner, 8 x 6 cells, of which 5 x 4 are finest."""
    table = structure(dimension("commodity", GOODS), dimension("partner", PLACES), measures=(measure,), name="bands")
    return query(table, rules_of(measure, c, a, rho))


def values_of(q: Query, numbers: Sequence[int], period: str = PERIOD) -> Callable[[], BandSums]:
    """The finest cells in order."""

    def sums() -> BandSums:
        columns = key_columns(q.structure, finest_keys(q.structure))
        columns[q.structure.measures[0].id] = pa.array(np.array(numbers, dtype=np.int64))
        return BandSums(q.structure, period, "s0001", pa.table(columns))

    return sums


def no_values() -> BandSums:
    raise AssertionError("a rebuild must not look at the data")


BANDS = """\
id = "bands"
title = "Import value by chapter and region of origin"
summary = "Customs value of imports. Noise is added to protect how much each importer declared, within a band."
[universe]
flow = "M"
[[dimension]]
column = "commodity"
codelist = "HS"
levels = ["total", "section", "chapter"]
[[dimension]]
column = "partner"
codelist = "COUNTRY"
levels = ["total", "region"]
[[measure]]
id = "statistical_value"
aggregate = "sum"
unit = "KRW"
[contributor]
column = "importer"
[protection]
method = "band"
unit = "importer's statistical_value within c = 1500, per calendar year"
c = 1500
a = 2250000
rho = "1/2"
"""
