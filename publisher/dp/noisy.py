"""A noisy measurement: what is sealed, and all that a build may read. No true number survives in it."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from publisher.dp.gaussian import GaussianNoise, draw
from publisher.dp.keys import all_keys, is_additive, is_finest, key_columns, measured_keys
from publisher.dp.levels import Levels, LevelWeights, clip_by_level
from publisher.errors import ProtectionError
from publisher.model.confidential import ClippedSums
from publisher.model.progress import Progress
from publisher.model.structure import Measure

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class NoisyMeasurement:
    """`numbers` has one row a key of keys.all_keys, in units of 1/`scale`, null where not measured:
    <dimension column> int32 node; <measure> int64, times the cell's weight (levels.py). `sigma` is the noise's, in
    the same units, on every number. `clip` is that of the finest cells; `clip_by_level` has one entry for each level
    that was measured ("chapter x country"), and none where only the finest cells were, or every cell of a distinct
    count. `months`: of a year, the keys of the measurements whose vectors it added up."""

    clip: int
    scale: int
    weights: LevelWeights
    rho: Fraction
    sigma: float
    numbers: pa.Table
    clip_by_level: tuple[tuple[str, int], ...] = ()
    months: tuple[str, ...] = ()

    def of(self, measure: str) -> Integers:
        """The measured numbers of one measure, 0 where not measured."""
        numbers = self.numbers.column(measure)
        found = np.zeros(len(numbers), dtype=np.int64)
        found[numbers.is_valid().to_numpy()] = numbers.drop_null().to_numpy()
        return found


@dataclass(frozen=True)
class Measurable:
    """All that is about to be measured, in one vector. `masks`: measure -> which keys of keys.all_keys it holds.

    Holds true numbers: the repr shows none.
    """

    clipped: ClippedSums
    vector: Integers = field(repr=False)
    masks: Mapping[str, npt.NDArray[np.bool_]] = field(repr=False)


def measurable(clipped: ClippedSums) -> Measurable:
    """Everything that can go wrong goes wrong here, before a spend. Raises ProtectionError for missing sums."""
    vectors = {measure.id: _vector(clipped, measure) for measure in clipped.structure.measures}
    parts = [numbers[mask] for numbers, mask in vectors.values()]
    return Measurable(clipped, np.concatenate(parts), {name: mask for name, (_, mask) in vectors.items()})


def measure_noisily(what: Measurable, noise: GaussianNoise, progress: Progress) -> NoisyMeasurement:
    """Draws once for all cells, levels and measures together: one vector, one loss."""
    clipped = what.clipped
    noisy = draw(what.vector, noise, progress)
    columns = key_columns(clipped.structure, all_keys(clipped.structure))
    start = 0
    for measure, mask in what.masks.items():
        columns[measure] = _spread(noisy[start : start + mask.sum()], mask)
        start += mask.sum()
    clips = clip_by_level(clipped.structure, clipped.plan) if clipped.plan else ()
    return NoisyMeasurement(
        clipped.clip, clipped.scale, clipped.weights, noise.rho, noise.sigma, pa.table(columns), clip_by_level=clips
    )


def as_parquet(measurement: NoisyMeasurement) -> bytes:
    fields = {
        "clip": measurement.clip,
        "scale": measurement.scale,
        "weights": measurement.weights,
        "rho": str(measurement.rho),
        "sigma": measurement.sigma.hex(),
        **({"clip_by_level": measurement.clip_by_level} if measurement.clip_by_level else {}),
        **({"months": measurement.months} if measurement.months else {}),
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
        weights=tuple(tuple(weights) for weights in fields["weights"]),
        rho=Fraction(fields["rho"]),
        sigma=float.fromhex(fields["sigma"]),
        numbers=table.replace_schema_metadata(None),
        clip_by_level=tuple((level, clip) for level, clip in fields.get("clip_by_level", ())),
        months=tuple(fields.get("months", ())),
    )


def _vector(clipped: ClippedSums, measure: Measure) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """One number a key of keys.all_keys, and which of them are measured."""
    structure = clipped.structure
    if not is_additive(measure):
        return _sums(clipped, measure, None), np.ones(clipped.sums.num_rows, dtype=np.bool_)
    if clipped.plan is not None:
        return _sums(clipped, measure, None), Levels(structure, clipped.plan.weights).by_key() > 0
    finest = is_finest(structure, all_keys(structure))
    numbers = np.zeros(len(finest), dtype=np.int64)
    numbers[finest] = _sums(clipped, measure, is_finest(structure, measured_keys(structure)))
    return numbers, finest


def _sums(clipped: ClippedSums, measure: Measure, rows: npt.NDArray[np.bool_] | None) -> Integers:
    """One measure's sums, of all rows or of some."""
    if measure.id in clipped.sums.column_names:
        column = clipped.sums.column(measure.id)
        chosen = column if rows is None else column.filter(pa.array(rows))
        if not chosen.null_count and chosen.type == pa.int64():
            return chosen.to_numpy()
    raise ProtectionError(
        f"the sums of {measure.id} are not whole numbers for every public key.",
        place=clipped.structure.id,
        remedy="Nothing was drawn. This is a fault of the program: report it.",
    )


def _spread(numbers: Integers, mask: npt.NDArray[np.bool_]) -> "pa.Array[Any]":
    full = np.zeros(len(mask), dtype=np.int64)
    full[mask] = numbers
    return pa.array(full, pa.int64(), mask=~mask)
