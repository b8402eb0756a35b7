"""A noisy measurement: what is sealed, and all that a build may read. No true number survives in it."""

import io
import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from publisher.dp.gaussian import GaussianNoise, draw
from publisher.dp.keys import is_additive, is_finest, key_columns, measured_keys
from publisher.model.confidential import ClippedSums
from publisher.model.progress import Progress
from publisher.model.structure import TableStructure

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class NoisyMeasurement:
    """`numbers` has one row a key of keys.measured_keys, in units of 1/`scale`, null where not measured:
    <dimension column> int32 node; <measure> int64. `sigma` is in the same units."""

    clip: int
    scale: int
    rho: Fraction
    sigma: float
    numbers: pa.Table

    def of(self, measure: str) -> Integers:
        """The measured numbers of one measure, in key order."""
        return cast(Integers, self.numbers.column(measure).drop_null().to_numpy())


def measure_noisily(clipped: ClippedSums, noise: GaussianNoise, progress: Progress) -> NoisyMeasurement:
    """Draws once for all cells and measures together: one vector, one loss."""
    structure = clipped.structure
    masks = _measured(structure)
    parts = [clipped.sums.column(m).to_numpy()[mask].astype(np.int64) for m, mask in masks.items()]
    noisy = draw(np.concatenate(parts), noise, progress)
    columns = key_columns(structure, measured_keys(structure))
    start = 0
    for measure, mask in masks.items():
        columns[measure] = _spread(noisy[start : start + mask.sum()], mask)
        start += mask.sum()
    return NoisyMeasurement(clipped.clip, clipped.scale, noise.rho, noise.sigma, pa.table(columns))


def as_parquet(measurement: NoisyMeasurement) -> bytes:
    fields = {
        "clip": measurement.clip,
        "scale": measurement.scale,
        "rho": str(measurement.rho),
        "sigma": measurement.sigma.hex(),
    }
    sink = io.BytesIO()
    table = measurement.numbers.replace_schema_metadata({"measurement": json.dumps(fields)})
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def from_parquet(payload: bytes) -> NoisyMeasurement:
    """The inverse of as_parquet."""
    table = pq.read_table(io.BytesIO(payload))
    fields = json.loads((table.schema.metadata or {})[b"measurement"])
    return NoisyMeasurement(
        clip=fields["clip"],
        scale=fields["scale"],
        rho=Fraction(fields["rho"]),
        sigma=float.fromhex(fields["sigma"]),
        numbers=table.replace_schema_metadata(None),
    )


def _measured(structure: TableStructure) -> dict[str, npt.NDArray[np.bool_]]:
    """measure -> which of the measured keys it is measured on"""
    keys = measured_keys(structure)
    finest = is_finest(structure, keys)
    every = np.ones(len(finest), dtype=np.bool_)
    return {measure.id: finest if is_additive(measure) else every for measure in structure.measures}


def _spread(numbers: Integers, mask: npt.NDArray[np.bool_]) -> "pa.Array[Any]":
    full = np.zeros(len(mask), dtype=np.int64)
    full[mask] = numbers
    return pa.array(full, pa.int64(), mask=~mask)
