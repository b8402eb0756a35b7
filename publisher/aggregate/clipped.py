"""clipped_sums(): the input of a noisy measurement. The argument for its sensitivity is in this room's README.md."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from publisher.aggregate.contributors import pseudonyms
from publisher.aggregate.spread_sums import spread
from publisher.aggregate.statements import run
from publisher.aggregate.trees import Codelists
from publisher.aggregate.vectors import LEVEL, VECTOR, collect_vectors, drop_vectors, lift_vectors, squares
from publisher.catalogue.codelists import codelist
from publisher.catalogue.query import Query
from publisher.errors import ProtectionError
from publisher.model.confidential import ClippedSums
from publisher.model.level_plan import LevelPlan

FINEST_SCALE = 1000
LARGEST_SENSITIVITY = 2**40  # clip * scale; beyond it no 64-bit sum would be safe
SHRINK_BITS = 60
LARGEST_SUM = 2**62
_UNNAMED = ""  # norms are of the snapshot that is exposed, whatever its name


def clipped_sums(
    connection: duckdb.DuckDBPyConnection,
    query: Query,
    time_period: str,
    snapshot_id: str,
    clip: int,
    plan: LevelPlan | None = None,
    *,
    codelists: Codelists = codelist,
) -> ClippedSums:
    """Every contributor's vector over the measured keys, clipped to L2 norm `clip`, rounded down, and summed.

    With a `plan`, there is such a vector for each level that it measures, clipped to that level's bound; all rows
    stand on all keys, and numbers are times the level's weight, `scale` 1. Every measure must add up.

    The vector has a coordinate for each finest cell and measure that adds up (counts, sums), and for each cell of
    *every* declared combination of levels and count of distinct traders, which does not add up. Margins of the
    former are sums of noisy cells and would only lengthen the vector.

    Rows, sorted by the dimension columns: the finest cells where every measure adds up; else all cells, and the
    measures that add up are 0 but in finest cells. Every public key has a row. `scale` is 1000, or the power of
    ten below it for which clip * scale stays within 2**40.

    Raises ProtectionError for a clip or key set out of range and for declarations that the table cannot place;
    ValueError for what is no period; StoreError where the database refuses.
    """
    scale = scale_of(query, clip) if plan is None else 1
    names = collect_vectors(connection, query, time_period, snapshot_id, codelists)
    vectors = Vectors(connection, query, names)
    parts = (vectors.sums(long) for long in vectors.of_period(clip, scale, plan))
    sums = spread(query.structure, parts, names, finest=plan is None)
    drop_vectors(connection, len(query.structure.dimensions))
    return ClippedSums(query.structure, time_period, snapshot_id, clip, scale, sums, plan)


def norms(
    connection: duckdb.DuckDBPyConnection, query: Query, time_period: str, *, codelists: Codelists = codelist
) -> pa.Table:
    """One row a contributor, in order of size: `norm` int64, the L2 norm of its unclipped vector, rounded up.

    Raises as clipped_sums does.
    """
    collect_vectors(connection, query, time_period, _UNNAMED, codelists)
    found = run(connection, "read_norms").to_arrow_table()
    drop_vectors(connection, len(query.structure.dimensions))
    run(connection, "drop", table=pseudonyms(connection, _UNNAMED))
    return found


def scale_of(query: Query, clip: int) -> int:
    """The largest power of ten up to FINEST_SCALE that keeps clip * scale within bounds."""
    if not 1 <= clip <= LARGEST_SENSITIVITY:
        raise ProtectionError(
            f"the clip must be a whole number from 1 to {LARGEST_SENSITIVITY}.",
            place=query.id,
            remedy="Set clip.at in the query's [protection].",
        )
    scale = FINEST_SCALE
    while clip * scale > LARGEST_SENSITIVITY:
        scale //= 10
    return scale


def _shrunken(sensitivity: int) -> float:
    """sensitivity * 2**SHRINK_BITS, less by far more than the floating-point errors that clip_vectors.sql makes."""
    return float(sensitivity) * 2.0**SHRINK_BITS * (1 - 2.0**-48)


def _clipped_columns(names: tuple[str, ...], clip: int, scale: int) -> str:
    """SQL: a vector within the clip is only scaled, exactly; a longer one is shrunk and rounded down."""
    return ", ".join(
        f"CASE WHEN norm_squared <= {clip**2} THEN CAST({name} AS HUGEINT) * {scale} "
        f"ELSE (CAST({name} AS HUGEINT) * shrink) >> {SHRINK_BITS} END AS {name}"
        for name in names
    )


@dataclass(frozen=True)
class Long:
    """Vectors in the table `source` that shall be clipped to L2 norm `clip` and multiplied by `scale`."""

    source: str
    clip: int
    scale: int


@dataclass(frozen=True)
class Vectors:
    """The contributors' vectors of one period in aggregate_vector, or such vectors in other tables."""

    connection: duckdb.DuckDBPyConnection
    query: Query
    names: tuple[str, ...]

    def of_period(self, clip: int, scale: int, plan: LevelPlan | None) -> Iterator[Long]:
        """The vectors of the finest cells, or of each level that a plan measures. Each is there until the next."""
        if plan is None:
            yield Long(VECTOR, clip, scale)
            return
        structure = self.query.structure
        finest = tuple(len(dimension.hierarchy.levels) - 1 for dimension in structure.dimensions)
        if plan.clips.get(finest) != clip or not all(measure.adds_up for measure in structure.measures):
            raise ProtectionError(
                "only what adds up can be measured at several levels, the finest with the query's clip.",
                place=self.query.id,
            )
        if plan.squared_sensitivity > LARGEST_SENSITIVITY**2:
            raise ProtectionError("the plan's weights are too large for 64-bit sums.", place=self.query.id)
        for cut, bound in plan.clips.items():
            lift_vectors(self.connection, structure, cut, self.names)
            yield Long(LEVEL, bound, plan.weight(cut))

    def sums(self, long: Long) -> pa.Table:
        """Over contributors, each clipped to norm clip * scale: d0, d1, ..., v0, v1, ..."""
        self.clip(long)
        placed = [f"d{number}" for number in range(len(self.query.structure.dimensions))]
        summed = ", ".join(f"CAST(least(sum({name}), {LARGEST_SUM}) AS BIGINT) AS {name}" for name in self.names)
        return run(self.connection, "sum_vectors", nodes=", ".join(placed), sums=summed).to_arrow_table()

    def clip(self, long: Long) -> None:
        """Makes the temporary table aggregate_clipped; aggregate_norm must be that of the source."""
        columns, bound = _clipped_columns(self.names, long.clip, long.scale), long.clip * long.scale
        run(self.connection, "clip_vectors", [_shrunken(bound)], columns=columns, source=long.source)
        self._check_norms(bound)

    def _check_norms(self, sensitivity: int) -> None:
        """Raises ProtectionError if any clipped vector is too long; in whole numbers, so as not to trust the root."""
        found = run(self.connection, "find_long_vectors", [sensitivity**2], squares=squares(self.names)).fetchone()
        if found is None or found[0]:
            raise ProtectionError(
                "a clipped vector is longer than the clip.",
                place=self.query.id,
                remedy="Nothing was drawn. This is a fault of the program: report it.",
            )
