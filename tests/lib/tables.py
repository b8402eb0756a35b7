"""Small codelists, structures, queries and declarations for tests, built from the model's types.

GOODS = codelist("GOODS", {"chapter": {"01": TOTAL, "02": TOTAL}, "heading": {"0101": "01", "0102": "01"}})
table = structure(dimension("commodity", GOODS), measures=(VALUE,))
connection = memory_store([declaration(commodity="0101", importer="A", statistical_value=7)])
aggregate(connection, query(table), "2021-01", "s0001", codelists={"GOODS": GOODS}.__getitem__)
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import duckdb

from publisher.catalogue.query import Contributor, Query
from publisher.model.codelist import TOTAL, Code, Codelist
from publisher.model.declaration import DECLARATION
from publisher.model.privacy import Clip, PrivacyRules
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Dimension, Measure, TableStructure

PERIOD = "2021-01"
VALUE = Measure("statistical_value", "Value", "sum", "KRW", column="statistical_value")
MASS = Measure("net_mass", "Mass", "sum", "kg", decimals=3, column="net_mass", shadows="statistical_value")
ITEMS = Measure("declarations", "Declarations", "count", "declarations")
TRADERS = Measure("traders", "Traders", "count_distinct", "traders", column="importer")
ACTIVE = SuppressionRules(confidentiality="active", minimum_contributors=3, p_percent=Fraction(15))
PASSIVE = SuppressionRules(confidentiality="passive", minimum_contributors=3, p_percent=Fraction(15))


def codelist(name: str, parents: Mapping[str, Mapping[str, str]]) -> Codelist:
    """Levels from coarse to fine, each {code: parent}; the total is added. A branch may skip a level."""
    codes = [Code(TOTAL, "Total", "total", None)]
    codes += [Code(code, code, level, parent) for level, below in parents.items() for code, parent in below.items()]
    return Codelist(name, name, "1", "tests", ("total", *parents), tuple(codes))


def dimension(column: str, codes: Codelist, levels: Sequence[str] | None = None) -> Dimension:
    """A dimension over all levels of `codes`, or over `levels`."""
    return Dimension(column, column, codes.hierarchy(levels or codes.levels))


def structure(
    *dimensions: Dimension, measures: Sequence[Measure] = (VALUE,), universe: str = "", name: str = "t"
) -> TableStructure:
    """A table of imports."""
    return TableStructure(name, name, "", "M", universe, tuple(dimensions), tuple(measures))


def query(
    table: TableStructure, protection: SuppressionRules | PrivacyRules = ACTIVE, *, holding: bool = False
) -> Query:
    """A query over importers, or over their holdings."""
    contributor = Contributor("importer", "enterprise_group" if holding else None)
    return Query(table, contributor, protection, digest="0" * 64, policy_digest="1" * 64)


def privacy_rules(rho: str = "1/20", at: int = 8) -> PrivacyRules:
    return PrivacyRules("importer per calendar year", Fraction(rho), Clip(at))


_DEFAULTS: dict[str, Any] = {
    "item_number": 1,
    "version": 1,
    "flow": "M",
    "acceptance_date": date(2021, 1, 15),
    "reference_period": PERIOD,
    "importer": "A",
    "office": "10",
    "procedure": "home_use",
    "transport_mode": "1",
    "commodity": "0101",
    "origin": "DE",
    "partner": "DE",
    "statistical_value": 1,
    "net_mass": 1,
    "preference": "A",
    "control_category": "NONE",
    "outcome": "not_inspected",
}


def declaration(**columns: Any) -> dict[str, Any]:
    """One goods item; every column that is not named has a plain default."""
    unknown = columns.keys() - {column.name for column in DECLARATION}
    if unknown:
        raise KeyError(f"no such column: {sorted(unknown)}")
    return {**_DEFAULTS, **columns}


def memory_store(
    declarations: Sequence[Mapping[str, Any]],
    *,
    requests: Iterable[tuple[Any, ...]] = (),
    waivers: Iterable[tuple[Any, ...]] = (),
    controlled: Iterable[tuple[str, str]] = (),
    cell_rules: Iterable[tuple[Any, ...]] = (),
) -> duckdb.DuckDBPyConnection:
    """An in-memory database with what a stage finds in an opened store: view `declaration`, policy tables.

    `requests` and `waivers` are rows (trader, flow, commodity, valid_from, valid_to), `controlled` (commodity, flow),
    `cell_rules` (query, period, codes, rule, amount). A request may have two entries more: share and treatment.
    """
    connection = duckdb.connect(config={"threads": 1})
    typed = ", ".join(f"{column.name} {column.sql_type}" for column in DECLARATION)
    connection.execute(f"CREATE TABLE item ({typed}); CREATE TEMP VIEW declaration AS SELECT * FROM item")
    _insert(connection, "item", [_row(number, given) for number, given in enumerate(declarations)])
    for table, rows in (("protection_request", ()), ("waiver", waivers)):
        connection.execute(
            f"CREATE TABLE {table} (trader VARCHAR, flow VARCHAR, commodity VARCHAR, valid_from DATE, valid_to DATE)"
        )
        _insert(connection, table, list(rows))
    connection.execute("ALTER TABLE protection_request ADD COLUMN share DECIMAL(8, 6)")
    connection.execute("ALTER TABLE protection_request ADD COLUMN treatment VARCHAR")
    _insert(connection, "protection_request", [(*row, *(None, "")[len(row) - 5 :]) for row in requests])
    connection.execute(
        "CREATE TABLE cell_rule (query VARCHAR, period VARCHAR, codes VARCHAR, rule VARCHAR, amount DECIMAL(13, 6))"
    )
    _insert(connection, "cell_rule", list(cell_rules))
    connection.execute("CREATE TABLE controlled_good (commodity VARCHAR, flow VARCHAR)")
    _insert(connection, "controlled_good", list(controlled))
    return connection


def _row(number: int, given: Mapping[str, Any]) -> tuple[Any, ...]:
    named = {"declaration_id": f"D{number}", **given}
    return tuple(named.get(column.name) for column in DECLARATION)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        values = ", ".join(f"({marks})" for _ in rows)
        connection.execute(f"INSERT INTO {table} VALUES {values}", [value for row in rows for value in row])
