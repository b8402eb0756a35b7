"""Square roots of true sums, with noise: what is sealed of a measurement of value bands, and all a build reads."""

import io
import json
import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from publisher.dp.band.loss import K, inner, sensitivity
from publisher.dp.gaussian import GaussianNoise, at_least, draw, loss_by_opendp
from publisher.dp.keys import finest_keys
from publisher.errors import ProtectionError
from publisher.model.band import BandRules
from publisher.model.confidential import BandSums
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.structure import TableStructure

Integers = npt.NDArray[np.int64]
LARGEST_SIGMA = 2.0**56  # roots stay below 2**56; beyond it noise could reach the ends of 64 bits


@dataclass(frozen=True)
class NoisyRoots:
    """`roots`: one number a key of keys.finest_keys: K times the square root of sum plus a, with noise of `sigma`.

    What is rooted is in units of 1/10**decimals.
    """

    rho: Fraction
    sigma: float
    roots: Integers


@dataclass(frozen=True)
class Roots:
    """The same without noise. True numbers: the repr shows none."""

    whole: Integers = field(repr=False)


def noise_for(structure: TableStructure, rules: BandRules) -> GaussianNoise:
    """The least sigma for which values within the band lose at most rho, in exact fractions and by OpenDP's map.

    Depends on no data. Raises ProtectionError where there is none.
    """
    (measure,) = structure.measures
    c_squared, _ = inner(rules, measure)
    cells = math.prod(len(dimension.hierarchy.leaves) for dimension in structure.dimensions)
    moved = sensitivity(c_squared, cells)
    sigma = at_least(Fraction(moved), rules.rho)
    for _ in range(64):
        if sigma <= LARGEST_SIGMA and loss_by_opendp(moved, sigma) <= rules.rho:
            return GaussianNoise(moved**2, rules.rho, sigma)
        sigma = math.nextafter(sigma, math.inf)
    raise ProtectionError(
        "there is no noise for this band.", place=structure.id, remedy="Lower c or raise rho in the query."
    )


def roots_of(sums: BandSums, rules: BandRules) -> Roots:
    """floor(K sqrt(sum + a)) of each cell, in whole numbers. Raises ProtectionError for sums on any but the public
    keys, missing or negative ones; nothing was drawn then."""
    (measure,) = sums.structure.measures
    _, a = inner(rules, measure)
    column = sums.sums.column(measure.id)
    _check_keys(sums)
    if column.null_count or column.type != pa.int64() or (column.to_numpy() < 0).any():
        raise ProtectionError("the sums are not whole numbers of at least 0.", place=sums.structure.id)
    return Roots(roots(column.to_numpy().tolist(), a))


def roots(sums: list[int], a: int, k: int = K) -> Integers:
    """floor(k sqrt(sum + a)), exactly."""
    return np.array([math.isqrt(k * k * (one + a)) for one in sums], dtype=np.int64)


def measure_noisily(true: Roots, noise: GaussianNoise, progress: Progress = NO_PROGRESS) -> NoisyRoots:
    """Draws once for all cells: one vector, one loss."""
    return NoisyRoots(noise.rho, noise.sigma, draw(true.whole, noise, progress))


def as_parquet(measured: NoisyRoots) -> bytes:
    sink = io.BytesIO()
    fields = json.dumps({"rho": str(measured.rho), "sigma": measured.sigma.hex()})
    table = pa.table({"roots": pa.array(measured.roots)}).replace_schema_metadata({"measurement": fields})
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def from_parquet(payload: bytes) -> NoisyRoots:
    """The inverse of as_parquet."""
    table = pq.read_table(io.BytesIO(payload))
    fields = json.loads((table.schema.metadata or {})[b"measurement"])
    return NoisyRoots(Fraction(fields["rho"]), float.fromhex(fields["sigma"]), table.column("roots").to_numpy())


def _check_keys(sums: BandSums) -> None:
    """A key set that followed the data would itself tell who declared what."""
    for dimension, nodes in zip(sums.structure.dimensions, finest_keys(sums.structure), strict=True):
        given = sums.sums.column(dimension.column)
        if given.null_count or not np.array_equal(given.to_numpy(), nodes):
            raise ProtectionError(
                f"the sums do not stand on the public keys of {dimension.column}.",
                place=sums.structure.id,
                remedy="Nothing was drawn. This is a fault of the program: report it.",
            )
