"""Small editions of one table over several periods, cell by cell, for what joins periods."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from publisher.model.protected import ProtectedTable
from publisher.model.structure import Dimension
from publisher.release.publish.index import PublishedEdition, place_in_series
from tests.lib.protected_samples import COMMODITY, ORIGIN, PLAN, VALUE, noise_statement, structure
from tests.lib.published_site import write_sample

Cell = int | None | tuple[int, int, int]  # a number, hidden, or a noisy one with the ends of its interval
Cells = Mapping[tuple[str, str], Cell]  # (commodity, partner) -> its value

EVERYTHING: Cells = {
    ("_T", "_T"): 1000, ("_T", "BR"): 700, ("_T", "VN"): None, ("_T", "KE"): None,
    ("II", "_T"): 1000, ("09", "_T"): 600, ("09", "BR"): 400, ("09", "VN"): None, ("09", "KE"): None,
    ("10", "_T"): 400, ("10", "BR"): 300, ("10", "VN"): 100,
}  # fmt: skip


def small(
    period: str,
    cells: Cells = EVERYTHING,
    *,
    decimals: int = 0,
    noise: bool = False,
    name: str = "imports",
    goods: Dimension = COMMODITY,
) -> ProtectedTable:
    """One measure; hidden cells have the range 0 to 900."""
    codes, places = goods.hierarchy.codes, ORIGIN.hierarchy.codes
    told = structure(name, name.capitalize(), (goods, ORIGIN), (replace(VALUE, decimals=decimals),))
    rows = sorted((codes.index(good), places.index(place), cell) for (good, place), cell in cells.items())
    value = [cell[0] if isinstance(cell, tuple) else cell for _, _, cell in rows]
    ends = [
        cell[1:] if isinstance(cell, tuple) else (0, 900) if cell is None else (None, None) for _, _, cell in rows
    ]
    hidden = [cell is None for _, _, cell in rows]
    columns = {
        "commodity": pa.array([good for good, _, _ in rows], pa.int32()),
        "partner": pa.array([place for _, place, _ in rows], pa.int32()),
        "statistical_value": pa.array(value, pa.int64()),
        "statistical_value_lower": pa.array([end[0] for end in ends], pa.int64()),
        "statistical_value_upper": pa.array([end[1] for end in ends], pa.int64()),
        "obs_status": pa.array([("U" if noise else "Q") if each else "A" for each in hidden]),
        "conf_status": pa.array(["C" if each else "F" for each in hidden]),
    }
    statement = noise_statement() if noise else None
    return ProtectedTable(told, period, "s0001", "dp" if noise else "suppression", pa.table(columns), statement)


def months(
    site: Path, tables: Mapping[str, ProtectedTable | tuple[ProtectedTable, ...]]
) -> tuple[PublishedEdition, ...]:
    """The first version of each period below a site's folder."""
    manifests = [
        write_sample(
            site / "releases" / PLAN.id / period / "v1", period, 1, table if isinstance(table, tuple) else (table,)
        )
        for period, table in tables.items()
    ]
    return place_in_series(manifests)
