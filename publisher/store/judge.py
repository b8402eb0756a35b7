"""The tests that each row stands, as SQL conditions over the layers of sql/incoming.sql."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from publisher.model.declaration import DECLARATION, Column
from publisher.store.confine import quoted
from publisher.store.profile import ColumnRule, Profile
from publisher.store.rules import EARLIEST_DATE, LARGEST_WHOLE, LONGEST_TEXT

NUMBER = "DECIMAL(28,9)"  # 19 digits before the point; times a factor of DECIMAL(10,6) it still fits DECIMAL(38,15)


@dataclass(frozen=True)
class Condition:
    """A row breaks `rule` (a key of rules.RULES) in `column` where `sql` is true; it is never null."""

    column: str
    rule: str
    sql: str


def conditions(profile: Profile, today: date) -> Iterator[Condition]:
    """All tests of a profile, in the order of the register."""
    for column in DECLARATION:
        rule = profile.columns.get(column.name)
        if rule is None:
            continue
        if rule.percent_of is None:
            yield from _presence(column, rule)
            yield from _type(column, rule)
        yield from _range(column, today)
    yield Condition("flow", "missing_trader", _by_flow("importer IS NULL", "exporter IS NULL"))
    yield Condition("partner", "missing_partner", _by_flow(_absent("origin"), _absent("consignment")))
    if "commodity_national" in profile.columns:
        yield Condition("commodity_national", "national_mismatch", _NATIONAL)


_NATIONAL = (
    "CASE WHEN commodity_national IS NULL OR commodity IS NULL THEN false"
    " ELSE left(commodity_national, 6) <> commodity::VARCHAR"
    " OR NOT regexp_full_match(commodity_national, '[0-9]{6,10}') END"
)


def _by_flow(imports: str, exports: str) -> str:
    return f"CASE flow WHEN 'M' THEN {imports} WHEN 'X' THEN {exports} ELSE false END"


def _absent(column: str) -> str:
    return f"text_{column} IS NULL AND {column} IS NULL"


def _presence(column: Column, rule: ColumnRule) -> Iterator[Condition]:
    if column.required and rule.missing is None:
        yield Condition(column.name, "missing", f"text_{column.name} IS NULL")


def _type(column: Column, rule: ColumnRule) -> Iterator[Condition]:
    """Where there is a text but no value."""
    text = f"text_{column.name}"
    if column.codelist == "HS":
        letters = f"regexp_matches({text}, '[^0-9]')"
        yield _unread(column, "letters", letters)
        yield _unread(column, "digits", f"NOT {letters} AND length({text}) <> 6")
        yield _unread(column, "unknown_code", f"NOT {letters} AND length({text}) = 6")
    elif column.codelist:
        yield _unread(column, "unknown_code", "true")
    elif column.sql_type == "DATE":
        yield _unread(column, "not_a_date", "true")
    elif column.sql_type in ("INTEGER", "BIGINT"):
        number = f"try_cast({text} AS {NUMBER})"
        whole = (
            "true" if rule.rounding == "half_even" else f"{number} * {rule.factor} = trunc({number} * {rule.factor})"
        )
        yield _unread(column, "not_a_number", f"{number} IS NULL")
        yield _unread(column, "fraction", f"coalesce(NOT ({whole}), false)")
        yield _unread(column, "too_large", f"coalesce({whole}, false)")
    elif column.sql_type != "VARCHAR":
        yield _unread(column, "not_a_number", "true")


def _unread(column: Column, rule: str, when: str) -> Condition:
    """CASE, not AND: DuckDB evaluates a CASE branch only for the rows that reach it."""
    name = column.name
    return Condition(name, rule, f"CASE WHEN {name} IS NULL AND text_{name} IS NOT NULL THEN {when} ELSE false END")


def _range(column: Column, today: date) -> Iterator[Condition]:
    name = column.name
    if column.sql_type == "VARCHAR" and column.codelist is None:
        yield Condition(name, "too_long", f"coalesce(length({name}) > {LONGEST_TEXT}, false)")
    elif column.sql_type == "DATE":
        yield Condition(name, "future_date", f"coalesce({name} > DATE {quoted(today.isoformat())}, false)")
        yield Condition(name, "ancient_date", f"coalesce({name} < DATE {quoted(EARLIEST_DATE)}, false)")
    elif column.sql_type == "INTEGER":
        yield Condition(name, "not_positive", f"coalesce({name} < 1, false)")
    elif column.codelist is None:
        yield Condition(name, "negative", f"coalesce({name} < 0, false)")
        yield Condition(name, "too_large", f"coalesce({name} > {LARGEST_WHOLE}, false)")
