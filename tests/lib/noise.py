"""Noisy tables in tests: small queries, their sums made by hand, and statistics with a stated false-alarm rate."""

import math
from collections.abc import Sequence
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pyarrow as pa

from publisher.catalogue.query import Query
from publisher.dp.keys import all_keys, finest_keys, key_columns, measured_keys
from publisher.dp.levels import Levels
from publisher.dp.margins import with_margins
from publisher.dp.measured import Data
from publisher.dp.protect import Sums
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ClippedSums
from publisher.model.level_plan import LevelPlan
from publisher.model.privacy import Clip, LevelRules, PrivacyRules
from publisher.model.structure import Measure
from tests.lib.tables import ITEMS, codelist, dimension, query, structure

UNIT = "importer per calendar year"
PERIOD = "2021-02"
GOODS = codelist(
    "GOODS",
    {
        "section": {"I": TOTAL, "II": TOTAL},
        "chapter": {"01": "I", "02": "I", "03": "II", "04": "II", "05": "II"},
    },
)
PLACES = codelist(
    "PLACES", {"region": {"002": TOTAL, "150": TOTAL, "ZZ": TOTAL}, "country": {"DE": "150", "FR": "150"}}
)


def noisy_query(
    rho: str = "1/50",
    at: int = 8,
    measures: Sequence[Measure] = (ITEMS,),
    clip: Clip | None = None,
    levels: tuple[LevelRules, ...] | None = None,
) -> Query:
    """Commodity x partner, 8 x 6 cells, of which 5 x 4 are finest."""
    table = structure(dimension("commodity", GOODS), dimension("partner", PLACES), measures=measures, name="noisy")
    return query(table, PrivacyRules(UNIT, Fraction(rho), clip or Clip(at), levels=levels))


def sums_of(q: Query, number: int = 0, scale: int = 1, period: str = PERIOD) -> Sums:
    """Every measured cell of every measure holds `number` (in units of 1/scale); with a plan, every finest cell does,
    every other of its levels the sum of them, each times its weight."""

    def sums(clip: int, plan: LevelPlan | None = None) -> ClippedSums:
        if plan is not None:
            keys = all_keys(q.structure)
            whole = with_margins(q.structure, np.full(len(finest_keys(q.structure)[0]), number))
            weighted = pa.array(whole * Levels(q.structure, plan.weights).by_key())
            columns = key_columns(q.structure, keys) | {m.id: weighted for m in q.structure.measures}
            return ClippedSums(q.structure, period, "s0001", clip, 1, pa.table(columns), plan)
        keys = measured_keys(q.structure)
        columns = key_columns(q.structure, keys)
        columns |= {m.id: pa.array(np.full(len(keys[0]), number)) for m in q.structure.measures}
        return ClippedSums(q.structure, period, "s0001", clip, scale, pa.table(columns))

    return sums


def data(digest: str = "d1", snapshot: str = "s0001") -> Data:
    """What protect() is told of the data behind a build; a ledger of format 1 finds nothing."""
    return Data(snapshot, digest, lambda name: "")


def no_norms() -> pa.Table:
    raise AssertionError("nobody asked for a private clip")


def no_sums(clip: int, plan: LevelPlan | None = None) -> ClippedSums:
    raise AssertionError("a rebuild must not look at the data")


def far_out(false_alarm: float) -> float:
    """How many standard deviations a normal statistic exceeds, in either direction, with this probability."""
    return -NormalDist().inv_cdf(false_alarm / 2)


def binomial_upper(n: int, p: float, false_alarm: float) -> float:
    """A count that Binomial(n, p) exceeds with at most this probability (Hoeffding)."""
    return n * p + math.sqrt(n * math.log(1 / false_alarm) / 2)
