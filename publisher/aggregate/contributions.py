"""From declarations to contributions: what each contributor declared in each finest cell."""

from dataclasses import dataclass

import duckdb

from publisher.aggregate.contributors import pseudonyms
from publisher.aggregate.months import Months
from publisher.aggregate.policy import Policy, flag_items, make_recodes
from publisher.aggregate.statements import run
from publisher.aggregate.trees import Codelists, place_codes
from publisher.catalogue.query import Query
from publisher.catalogue.where import to_sql
from publisher.errors import ProtectionError
from publisher.model.structure import Measure, TableStructure

FINEST = "aggregate_contribution"


@dataclass(frozen=True)
class Layout:
    """The columns of a table of contributions.

    d0, d1, ...    INTEGER  node in each dimension, in the structure's order
    contributor    INTEGER  pseudonym
    declarations   BIGINT   goods items
    m0, m1, ...    BIGINT   sums of `summed`, the store's columns
    flags          UTINYINT where `flagged`: see policy
    share_limit, quantity_limit  BIGINT  those of `limits`: see policy
    """

    dimensions: int
    summed: tuple[str, ...]
    flagged: bool
    limits: tuple[str, ...]

    @classmethod
    def of(cls, structure: TableStructure, policy: Policy | None) -> "Layout":
        summed = dict.fromkeys(m.column for m in structure.measures if m.aggregate == "sum" and m.column)
        flagged = policy is not None and policy.flagged
        return cls(len(structure.dimensions), tuple(summed), flagged, policy.limits if policy is not None else ())

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(f"d{number}" for number in range(self.dimensions))

    @property
    def sums(self) -> tuple[str, ...]:
        """The columns that add up."""
        return ("declarations", *(f"m{number}" for number in range(len(self.summed))))

    def column(self, measure: Measure) -> str:
        """Where a sum or a count stands."""
        return "declarations" if measure.column is None else f"m{self.summed.index(measure.column)}"

    @property
    def added(self) -> str:
        """SQL that adds contributions up."""
        parts = [f"CAST(sum({column}) AS BIGINT) AS {column}" for column in self.sums]
        parts += ["bit_or(flags) AS flags"] if self.flagged else []
        parts += [f"min({limit}) AS {limit}" for limit in self.limits]
        return ", ".join(parts)


def collect_contributions(
    connection: duckdb.DuckDBPyConnection,
    query: Query,
    months: Months,
    snapshot_id: str,
    policy: Policy | None,
    codelists: Codelists,
) -> Layout:
    """Makes the temporary table FINEST, one row a (leaf in each dimension, contributor), and returns its layout.

    Without `policy` nothing is flagged, and nothing counted under pooled codes. Raises ProtectionError where a
    declaration has a code that the table cannot place, or a contributor's sum is negative; StoreError where the
    database refuses.
    """
    layout = Layout.of(query.structure, policy)
    _collapse(connection, query, months, layout, recoded=policy is not None and policy.recoded)
    if policy is not None and layout.flagged:
        flag_items(connection, policy, query.structure.flow, months)
    place_codes(connection, query.structure, codelists)
    run(
        connection,
        "place_items",
        table=FINEST,
        nodes=", ".join(f"place_{n}.node AS d{n}" for n in range(layout.dimensions)),
        contributor="holding" if query.contributor.holding else "own",
        added=layout.added,
        source="aggregate_flagged" if layout.flagged else "aggregate_item",
        places=" ".join(
            f"LEFT JOIN aggregate_place_{n} AS place_{n} ON place_{n}.code = item.c{n}"
            for n in range(layout.dimensions)
        ),
        traders=pseudonyms(connection, snapshot_id),
    )
    _check(connection, query, layout)
    return layout


def _collapse(
    connection: duckdb.DuckDBPyConnection, query: Query, months: Months, layout: Layout, *, recoded: bool
) -> None:
    """Makes the temporary table aggregate_item; the commodity goes in where flags depend on it."""
    structure = query.structure
    if recoded:
        make_recodes(connection, structure.flow, months)
    names = [_pooled(d.column) if recoded else d.column for d in structure.dimensions]
    columns = [f"{name} AS c{number}" for number, name in enumerate(names)]
    universe, values = to_sql(structure.universe)
    run(
        connection,
        "collapse",
        [*months.names, structure.flow, *values],
        columns=", ".join([*columns, *(["commodity"] if layout.flagged else [])]),
        trader=query.contributor.column,
        sums="".join(f", CAST(coalesce(sum({c}), 0) AS BIGINT) AS m{n}" for n, c in enumerate(layout.summed)),
        months=", ".join("?" for _ in months.names),
        universe=universe,
        recoded=" LEFT JOIN aggregate_recode AS recode USING (commodity, reference_period)" if recoded else "",
    )


def _pooled(column: str) -> str:
    return f"coalesce(recode.pooled_{column}, {column})" if column in ("commodity", "partner") else column


def _check(connection: duckdb.DuckDBPyConnection, query: Query, layout: Layout) -> None:
    """Raises ProtectionError for what would break the relations or the rules. Never tells how many or which."""
    faults = [f"coalesce(bool_or({column} IS NULL), false)" for column in (*layout.nodes, "contributor")]
    faults += [f"coalesce(min({column}) < 0, false)" for column in layout.sums]
    row = run(connection, "find_faults", table=FINEST, faults=", ".join(faults)).fetchone() or ()
    words = [
        f"a declaration has a {d.column} that is no leaf of the table's levels" for d in query.structure.dimensions
    ]
    words += [f"a declaration has no {query.contributor.column}", "a count is negative"]
    words += [f"a contributor has a negative {column}" for column in layout.summed]
    for wrong, problem in zip(row, words, strict=True):
        if wrong:
            raise ProtectionError(
                f"{problem}.",
                place=query.id,
                remedy="Look with 'publisher store review', correct the declarations and take a new snapshot.",
            )
