"""What of the declarations a query reads."""

from publisher.catalogue.query import Query
from publisher.catalogue.where import to_sql
from publisher.store.snapshot import Used

BY_VALUE = ("count_distinct", "quantile")  # not their sum but each of them matters


def used_by(query: Query) -> Used:
    """Equal values of these, added up, are equal numbers of the query, up to traders that change their holding."""
    structure, contributor = query.structure, query.contributor
    columns = [dimension.column for dimension in structure.dimensions]
    columns += [contributor.column, *([contributor.holding] if contributor.holding else [])]
    columns += [m.column for m in structure.measures if m.aggregate in BY_VALUE and m.column]
    sums = [m.column for m in structure.measures if m.aggregate == "sum" and m.column]
    universe, values = to_sql(structure.universe)
    return Used(
        columns=tuple(sorted(set(columns))),
        sums=tuple(sorted(set(sums))),
        universe=f"flow = ? AND {universe}",
        values=(structure.flow, *values),
    )
