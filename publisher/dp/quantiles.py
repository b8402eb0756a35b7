"""The measurement of a table of quantiles: a candidate for each cell and quantile, and noisy counts by candidate.

Let m_j be the numbers of rows that one contributor has in the cells j, with sum m_j^2 <= T^2
(aggregate.quantile_rows).

- Each cell's quantile is a draw of its own at scale b. Without the contributor its cell j has m_j rows less, which
  costs (D m_j / b)^2 / 2 with D = max(q, 1 - q) (quantile.py); over all cells at most (D T)^2 / (2 b^2).
- The counts by cell and candidate are one vector. The contributor's part has an L2 norm of at most T, because
  splitting m_j over candidates shortens it; discrete Gaussian noise costs T^2 / (2 sigma^2) (gaussian.py).

Quantiles and counts compose: their rho add up to the query's.
"""

import io
import json
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from publisher.dp.gaussian import GaussianNoise, calibrate, draw
from publisher.dp.keys import all_keys
from publisher.dp.quantile import quantile_mechanism, quantile_scale
from publisher.errors import ProtectionError
from publisher.model.confidential import QuantileRows
from publisher.model.privacy import PrivacyRules
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.structure import TableStructure

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class NoisyQuantiles:
    """`numbers` has one row a key of keys.all_keys: <dimension column> int32 node; <measure> int64, the number of the
    candidate that was drawn; rows_0, rows_1, ... int64, noisy counts by candidate with noise `sigma`. `scales`: of
    the draws, one a measure. No true number survives in it."""

    clip: int
    rho: Fraction
    sigma: float
    scales: tuple[float, ...]
    numbers: pa.Table

    @property
    def counts(self) -> Integers:
        """(key, candidate) -> noisy rows"""
        names = [name for name in self.numbers.column_names if name.startswith("rows_")]
        return np.column_stack([self.numbers.column(name).to_numpy() for name in names])


@dataclass(frozen=True)
class QuantileNoise:
    """Ready to draw; everything that can be refused has been. `mechanisms`, `scales`: one a measure."""

    clip: int
    rho: Fraction
    mechanisms: tuple[Any, ...] = field(repr=False)
    scales: tuple[float, ...]
    counting: GaussianNoise


def quantile_noise(structure: TableStructure, rules: PrivacyRules) -> QuantileNoise:
    """Raises ProtectionError where the rules are not those of quantiles, or OpenDP's maps exceed them."""
    if rules.quantiles is None or not isinstance(rules.clip.at, int):
        raise ProtectionError("quantiles need a fixed clip and rules of their own.", place=structure.id)
    counting = calibrate(rules.clip.at, rules.rho * rules.quantiles.range_share)
    each = (rules.rho - counting.rho) / len(structure.measures)
    wanted = [(measure, measure.quantile or Fraction(1, 2)) for measure in structure.measures]
    return QuantileNoise(
        clip=rules.clip.at,
        rho=rules.rho,
        mechanisms=tuple(
            quantile_mechanism(_between(len(measure.candidates)), q, each, numbers=rules.clip.at)
            for measure, q in wanted
        ),
        scales=tuple(quantile_scale(q, each, rules.clip.at) for _, q in wanted),
        counting=counting,
    )


def check_rows(rows: QuantileRows, structure: TableStructure, period: str, clip: int) -> Integers:
    """(key, candidate) -> rows. Raises ProtectionError unless these are the rows that were asked for, on all public
    keys: a key set that followed the data would itself tell who declared what."""
    asked = (rows.structure, rows.time_period, rows.clip) == (structure, period, clip)
    names = [f"rows_{number}" for number in range(len(structure.measures[0].candidates))]
    keys = zip(structure.columns, all_keys(structure), strict=True)
    if not asked or any(not np.array_equal(rows.counts.column(name).to_numpy(), nodes) for name, nodes in keys):
        raise ProtectionError(
            "the rows are not those of this query, period and clip, on its public keys.",
            place=structure.id,
            remedy="Nothing was drawn. This is a fault of the program: report it.",
        )
    return np.column_stack([rows.counts.column(name).to_numpy() for name in names])


def measure_quantiles(
    structure: TableStructure, counts: Integers, noise: QuantileNoise, progress: Progress = NO_PROGRESS
) -> NoisyQuantiles:
    """Draws once: every cell, with rows or without. `counts` as check_rows gives them."""
    columns: dict[str, pa.Array[Any]] = {
        name: pa.array(nodes, pa.int32()) for name, nodes in zip(structure.columns, all_keys(structure), strict=True)
    }
    for measure, mechanism in zip(structure.measures, noise.mechanisms, strict=True):
        drawn = [(int(mechanism(_rows(cell))) - 1) // 2 for cell in counts]
        columns[measure.id] = pa.array(drawn, pa.int64())
    noisy = draw(counts.ravel(), noise.counting, progress).reshape(counts.shape)
    columns |= {f"rows_{number}": pa.array(column) for number, column in enumerate(noisy.T)}
    return NoisyQuantiles(noise.clip, noise.rho, noise.counting.sigma, noise.scales, pa.table(columns))


def _rows(counts: Integers) -> Integers:
    """A cell's rows for OpenDP: those of candidate k are 2 k."""
    return np.repeat(np.arange(0, 2 * len(counts), 2, dtype=np.int64), counts)


def _between(candidates: int) -> list[int]:
    """Candidate k is 2 k + 1 for OpenDP: above the rows that are at most k, below the others. So no row ties with a
    candidate, and the score of k is |#{at most k} - q n|."""
    return [2 * number + 1 for number in range(candidates)]


def as_parquet(measured: NoisyQuantiles) -> bytes:
    fields = {
        "clip": measured.clip,
        "rho": str(measured.rho),
        "sigma": measured.sigma.hex(),
        "scales": [scale.hex() for scale in measured.scales],
    }
    sink = io.BytesIO()
    table = measured.numbers.replace_schema_metadata({"quantiles": json.dumps(fields)})
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def from_parquet(payload: bytes) -> NoisyQuantiles:
    """The inverse of as_parquet."""
    table = pq.read_table(io.BytesIO(payload))
    fields = json.loads((table.schema.metadata or {})[b"quantiles"])
    return NoisyQuantiles(
        clip=fields["clip"],
        rho=Fraction(fields["rho"]),
        sigma=float.fromhex(fields["sigma"]),
        scales=tuple(float.fromhex(scale) for scale in fields["scales"]),
        numbers=table.replace_schema_metadata(None),
    )
