"""Editions of a few cells that a test writes by hand: codes -> numbers, hidden where there is None."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from publisher.model.protected import ProtectedTable
from publisher.model.structure import TableStructure
from publisher.release.edition.manifest import Manifest
from tests.lib.protected_samples import COMMODITY, MASS, ORIGIN, TRADERS, VALUE, noise_statement, structure
from tests.lib.published_site import write_sample

Codes = tuple[str, str]
Numbers = tuple[int | None, int | None]
EXACT = structure("imports", "Imports", (COMMODITY, ORIGIN), (VALUE, MASS))
NOISY = structure("traders", "Traders", (COMMODITY, ORIGIN), (TRADERS,))


def exact(cells: Mapping[Codes, Numbers], period: str = "2021-03", table: TableStructure = EXACT) -> ProtectedTable:
    """Value and mass (in grams). A mass hidden beside a value that is shown gets a status of its own."""
    apart = any(mass is None and value is not None for value, mass in cells.values())
    rows = []
    for codes, (value, mass) in cells.items():
        row = _row(codes) | {"statistical_value": value, "net_mass": mass}
        row |= {f"{m}_{end}": None for m in ("statistical_value", "net_mass") for end in ("lower", "upper")}
        row |= _status("", value is None) | (_status("net_mass_", mass is None) if apart else {})
        rows.append(row)
    return ProtectedTable(table, period, "s0001", "suppression", _table(table, rows, apart))


def noisy(cells: Mapping[Codes, tuple[int | None, int, int]], period: str = "2021-03") -> ProtectedTable:
    """Number, lower, upper; a number that is None is too noisy to show."""
    rows = []
    for codes, (value, lower, upper) in cells.items():
        ends = {"traders_lower": None, "traders_upper": None} if value is None else {}
        row = _row(codes) | {"traders": value, "traders_lower": lower, "traders_upper": upper} | ends
        rows.append(row | {"obs_status": "U" if value is None else "E", "conf_status": "C" if value is None else "F"})
    return ProtectedTable(NOISY, period, "s0001", "dp", _table(NOISY, rows, False), noise_statement())


def edition(public: Path, *tables: ProtectedTable, version: int = 1) -> Manifest:
    """Writes the public files; the period is that of the tables."""
    return write_sample(public, tables[0].time_period, version, tables)


def _row(codes: Codes) -> dict[str, object]:
    return {"commodity": COMMODITY.hierarchy.node[codes[0]], "partner": ORIGIN.hierarchy.node[codes[1]]}


def _status(prefix: str, hidden: bool) -> dict[str, object]:
    return {f"{prefix}obs_status": "Q" if hidden else "A", f"{prefix}conf_status": "C" if hidden else "F"}


def _table(table: TableStructure, rows: list[dict[str, object]], apart: bool) -> pa.Table:
    numbers = [f"{m.id}{end}" for m in table.measures for end in ("", "_lower", "_upper")]
    fields = [*((c, pa.int32()) for c in table.columns), *((name, pa.int64()) for name in numbers)]
    prefixes = ("", "net_mass_") if apart else ("",)
    fields += [(f"{prefix}{kind}_status", pa.string()) for prefix in prefixes for kind in ("obs", "conf")]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))
