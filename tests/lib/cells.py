"""ConfidentialTables straight from records, without a database: for tests and benchmarks of suppression.

records = pd.DataFrame({"commodity": [...leaf codes], "partner": [...], "trader": [...], "statistical_value": [...]})
table = confidential_table(structure(...), records)
"""

from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa

from publisher.model.confidential import ConfidentialTable
from publisher.model.structure import Dimension, TableStructure

LARGEST = 3


def confidential_table(
    structure: TableStructure,
    records: pd.DataFrame,
    *,
    period: str = "2021-01",
    claimants: Collection[int] | None = None,
) -> ConfidentialTable:
    """The table of `records` (leaf codes, whole-numbered `trader` > 0, measures). `claimants` None: everybody."""
    frame = records
    for dimension in structure.dimensions:
        frame = _with_ancestors(frame, dimension)
    keys = list(structure.columns)
    measures = [measure.id for measure in structure.measures]
    traders = frame.groupby([*keys, "trader"], sort=True)[measures].sum().reset_index()
    asked = traders["trader"].isin(list(claimants)) if claimants is not None else pd.Series(True, index=traders.index)
    traders["claimant"] = asked
    cells = traders.groupby(keys)[measures].sum()
    cells["contributors"] = traders.groupby(keys).size()
    cells["declarations"] = cells["contributors"]
    cells["claimants"] = traders.groupby(keys)["claimant"].sum()
    cells["controlled"] = False
    for rank, measure in enumerate(m.id for m in structure.rule_measures):
        _largest(cells, traders, keys, measure, pseudonyms=rank == 0)
    return ConfidentialTable(structure, period, "s0001", _typed(cells.reset_index(), keys))


def _with_ancestors(frame: pd.DataFrame, dimension: Dimension) -> pd.DataFrame:
    """One row more for every node above the leaf."""
    hierarchy = dimension.hierarchy
    nodes = frame[dimension.column].map(hierarchy.node).to_numpy(np.int64)
    parent = np.array(hierarchy.parent)
    parts = []
    inside = np.arange(len(frame))
    while len(inside):
        parts.append(frame.iloc[inside].assign(**{dimension.column: nodes}))
        nodes = parent[nodes]
        inside, nodes = inside[nodes >= 0], nodes[nodes >= 0]
    return pd.concat(parts, ignore_index=True)


def _largest(cells: pd.DataFrame, traders: pd.DataFrame, keys: list[str], measure: str, pseudonyms: bool) -> None:
    falling = traders.sort_values([*keys, measure, "trader"], ascending=[True] * len(keys) + [False, True])
    rank = falling.groupby(keys).cumcount()
    for place in range(LARGEST):
        chosen = falling[rank == place].set_index(keys)
        cells[f"{measure}_largest_{place + 1}"] = chosen[measure].reindex(cells.index).fillna(0).astype(np.int64)
        if pseudonyms and place < 2:
            cells[f"contributor_{place + 1}"] = chosen["trader"].reindex(cells.index).fillna(0).astype(np.int64)
    claiming = falling[falling["claimant"]].groupby(keys).head(1).set_index(keys)
    cells[f"{measure}_claimant"] = claiming[measure].reindex(cells.index).fillna(0).astype(np.int64)
    top = claiming["trader"].reindex(cells.index).fillna(0)
    others = falling.join(top.rename("top"), on=keys)
    rivals = others[others["trader"] != others["top"]].groupby(keys).head(1).set_index(keys)
    cells[f"{measure}_rival"] = rivals[measure].reindex(cells.index).fillna(0).astype(np.int64)


def _typed(cells: pd.DataFrame, keys: list[str]) -> pa.Table:
    kinds = {name: np.int32 if name in keys else bool if name == "controlled" else np.int64 for name in cells.columns}
    return pa.Table.from_pandas(cells.sort_values(keys).astype(kinds), preserve_index=False)
