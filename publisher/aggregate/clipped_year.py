"""clipped_year(): the vectors that the months of a year measured, added up by contributor and clipped once more.

The argument for its sensitivity is in this room's README.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from publisher.aggregate.clipped import Long, Vectors, scale_of
from publisher.aggregate.contributors import pseudonyms
from publisher.aggregate.spread_sums import Integers, spread
from publisher.aggregate.statements import run
from publisher.aggregate.trees import Codelists
from publisher.aggregate.vectors import collect_vectors, drop_vectors, measure_norms
from publisher.catalogue.codelists import codelist
from publisher.catalogue.query import Query
from publisher.model.confidential import ClippedSums
from publisher.model.level_plan import LevelPlan

Expose = Callable[[str], None]  # makes the declarations of a snapshot, by name, the ones that are read
YEAR = "aggregate_year"
UNITS = "aggregate_year_unit"


def clipped_year(
    connection: duckdb.DuckDBPyConnection,
    query: Query,
    year: str,
    months: Mapping[str, str],
    expose: Expose,
    clip: int,
    clip_months: int,
    plan: LevelPlan | None = None,
    *,
    codelists: Codelists = codelist,
) -> ClippedSums:
    """Every contributor's sum over the months of what clipped_sums clips there, clipped to `clip_months` times the
    month's bound at each level, rounded down, and summed.

    `months`: "2021-02" -> the snapshot it is read at. Rows, scale and weights are those of the months; clips are
    `clip_months` times theirs, and `snapshot` is the newest. The snapshot read last stays exposed.

    Raises as clipped_sums does, and what `expose` raises.
    """
    snapshots = sorted(set(months.values()), key=lambda name: (len(name), name))
    _join_units(connection, query, snapshots, expose)
    names = tuple(f"v{number}" for number in range(len(query.structure.measures)))
    scale = scale_of(query, clip) if plan is None else 1
    year_vectors = _YearVectors(Vectors(connection, query, names), clip, scale, plan)
    year_vectors.make()
    for month, snapshot in months.items():
        expose(snapshot)
        collect_vectors(connection, query, month, snapshot, codelists)
        year_vectors.add(snapshots.index(snapshot))
    sums = spread(query.structure, year_vectors.sums(clip_months), names, finest=plan is None)
    year_vectors.drop()
    longer = plan and LevelPlan(plan.weights, {cut: bound * clip_months for cut, bound in plan.clips.items()})
    return ClippedSums(query.structure, year, snapshots[-1], clip * clip_months, scale, sums, longer)


@dataclass(frozen=True)
class _YearVectors:
    """The months' clipped vectors, a temporary table for each level that is measured."""

    vectors: Vectors
    clip: int
    scale: int
    plan: LevelPlan | None

    @property
    def _bounds(self) -> list[int]:
        """The largest norm of a contributor's vector of one month, a level each; in measured units."""
        if self.plan is None:
            return [self.clip * self.scale]
        return [bound * self.plan.weight(cut) for cut, bound in self.plan.clips.items()]

    def make(self) -> None:
        """Empty tables."""
        columns = [*(f"{node} INTEGER" for node in self._nodes), "unit INTEGER"]
        columns += [f"{name} HUGEINT" for name in self.vectors.names]
        for level in range(len(self._bounds)):
            self._run("make_year", table=_table(level), columns=", ".join(columns))

    def add(self, snapshot: int) -> None:
        """The month in aggregate_vector, clipped as it was when it was measured."""
        for level, long in enumerate(self.vectors.of_period(self.clip, self.scale, self.plan)):
            self.vectors.clip(long)
            values = ", ".join(self.vectors.names)
            self._run("add_month", [snapshot], table=_table(level), nodes=", ".join(self._nodes), values=values)

    def sums(self, clip_months: int) -> Iterator[pa.Table]:
        """Over contributors, each year clipped to so many times the bound of a month: a table a level."""
        values = ", ".join(f"CAST(sum({name}) AS HUGEINT) AS {name}" for name in self.vectors.names)
        for level, bound in enumerate(self._bounds):
            self._run("sum_months", table=_table(level), nodes=", ".join(self._nodes), values=values)
            measure_norms(self.vectors.connection, YEAR, self.vectors.names)
            yield self.vectors.sums(Long(YEAR, bound * clip_months, 1))

    def drop(self) -> None:
        """Gives back the memory."""
        drop_vectors(self.vectors.connection, len(self._nodes))
        for table in (YEAR, UNITS, *(_table(level) for level in range(len(self._bounds)))):
            self._run("drop", table=table)

    @property
    def _nodes(self) -> list[str]:
        return [f"d{number}" for number in range(len(self.vectors.query.structure.dimensions))]

    def _run(self, name: str, bound: Sequence[object] = (), **written: object) -> None:
        run(self.vectors.connection, name, bound, **written)


def _table(level: int) -> str:
    return f"aggregate_months_{level}"


def _join_units(
    connection: duckdb.DuckDBPyConnection, query: Query, snapshots: Sequence[str], expose: Expose
) -> None:
    """Makes the temporary table aggregate_year_unit: the units of each snapshot, and whose part they are in the year.

    Units that a trader was in belong together, directly or through others: no unit of a month is ever divided.
    """
    column = "holding" if query.contributor.holding else "own"
    parts = []
    for number, snapshot in enumerate(snapshots):
        expose(snapshot)
        table = pseudonyms(connection, snapshot)
        parts.append(f"SELECT CAST({number} AS INTEGER) AS snapshot, {column} AS pseudonym, trader FROM {table}")
    found = run(connection, "link_units", snapshots=" UNION ALL ".join(parts)).to_arrow_table()
    taken, pseudonym, trader = (cast(Integers, found.column(name).to_numpy()) for name in found.column_names)
    units, place = np.unique(taken << 32 | pseudonym, return_inverse=True)
    size = len(units) + int(trader.max(initial=-1)) + 1
    links = coo_array((np.ones(len(place), dtype=np.int8), (place, len(units) + trader)), shape=(size, size))
    _, joined = connected_components(links, directed=False)
    bound = [(units >> 32).tolist(), (units & 0xFFFFFFFF).tolist(), joined[: len(units)].tolist()]
    run(connection, "make_year_units", bound, table=UNITS)
