"""From a profile to SQL: each declaration column as text, as its type, and rounded.

Layers of the statement in sql/incoming.sql, each a projection, so that file order (and with it the row number)
is kept:

    source columns ->  text_<column>   trimmed, null if empty; a column that has a number or date type stays as it is
                   ->  <column>        translated and of its type, null if it cannot be
                   ->  derived columns, faults ('column:rule', see judge.py) and the raw row where there are faults
"""

from collections.abc import Iterator, Mapping
from datetime import date

from publisher.catalogue.codelists import codelist
from publisher.model.declaration import DECLARATION, Column
from publisher.store.confine import quoted
from publisher.store.judge import NUMBER, conditions
from publisher.store.profile import DERIVED, ColumnRule, Profile, Rounding, declared
from publisher.store.reader import identifier
from publisher.store.schema import COLUMNS
from publisher.store.statements import statement

Types = Mapping[str, str]

_WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")


def code_types() -> Iterator[str]:
    """Statements that make one temporary enum a codelist. Casting to it is the membership test."""
    for id in dict.fromkeys(column.codelist for column in DECLARATION if column.codelist):
        codes = ", ".join(quoted(code) for code in declared(codelist(id)))
        yield f"CREATE OR REPLACE TEMP TYPE {_enum(id)} AS ENUM ({codes})"


def incoming_sql(profile: Profile, types: Types, today: date) -> str:
    """The statement that fills the temporary table `incoming` from the relation `source_rows`."""
    stored = [column for column in DECLARATION if column.name not in DERIVED]
    plain = [column for column in stored if not _is_share(profile.columns.get(column.name))]
    tests = list(conditions(profile, today))
    return statement("incoming").format(
        raw=", ".join(f"{quoted(name)}: {identifier(name)}" for name in profile.sources),
        texts=_listed(f"{_text(c, profile, types)} AS text_{c.name}" for c in plain),
        typed=_listed(f"{_typed(c, profile, types)} AS {c.name}" for c in plain),
        shares="".join(f"{_share(c, profile.columns[c.name])} AS {c.name}, " for c in stored if c not in plain),
        columns=COLUMNS,
        broken=" OR ".join(f"({test.sql})" for test in tests),
        faults=_listed(f"CASE WHEN {t.sql} THEN {quoted(f'{t.column}:{t.rule}')} END" for t in tests),
    )


def _listed(parts: Iterator[str]) -> str:
    return ",\n        ".join(parts)


def _is_share(rule: ColumnRule | None) -> bool:
    return rule is not None and rule.percent_of is not None


def _text(column: Column, profile: Profile, types: Types) -> str:
    rule = profile.columns.get(column.name)
    if rule is None:
        return "NULL::VARCHAR"
    if rule.constant is not None:
        return quoted(rule.constant)
    if _kept_type(column, rule, types) != "VARCHAR":
        return identifier(rule.sources[0])
    return _joined([_trimmed(name, types) for name in rule.sources], rule.take)


def _kept_type(column: Column, rule: ColumnRule, types: Types) -> str:
    """The type of text_<column>: that of the source where both it and the target are numbers or dates."""
    plain = len(rule.sources) == 1 and rule.take is None and rule.codes is None and rule.exceptions is None
    return types[rule.sources[0]] if plain and column.sql_type != "VARCHAR" else "VARCHAR"


def _trimmed(name: str, types: Types) -> str:
    return f"trim({identifier(name)})" if types[name] == "VARCHAR" else f"{identifier(name)}::VARCHAR"


def _joined(texts: list[str], take: int | None) -> str:
    if len(texts) > 1:
        return " || '/' || ".join(f"coalesce({text}, '')" for text in texts)
    return f"nullif({texts[0] if take is None else f'left({texts[0]}, {take})'}, '')"


def _typed(column: Column, profile: Profile, types: Types) -> str:
    rule = profile.columns.get(column.name)
    if rule is None:
        return f"NULL::{column.sql_type}"
    text, kept = _translated(f"text_{column.name}", rule), _kept_type(column, rule, types)
    if column.codelist:
        return f"try_cast({text} AS {_enum(column.codelist)})"
    if column.sql_type == "DATE" and not kept.startswith(("DATE", "TIMESTAMP")):
        return f"try_strptime({text}::VARCHAR, {quoted(rule.format)})::DATE"
    if column.sql_type in ("INTEGER", "BIGINT") and not (rule.factor == 1 and kept in _WHOLE_TYPES):
        return f"try_cast({_whole(text, rule)} AS {column.sql_type})"
    return text if column.sql_type == "VARCHAR" else f"try_cast({text} AS {column.sql_type})"


def _translated(text: str, rule: ColumnRule) -> str:
    codes = rule.codes if rule.codes is not None else rule.exceptions
    translated = text
    if codes:
        branches = " ".join(f"WHEN {quoted(old)} THEN {quoted(new)}" for old, new in codes.items())
        translated = f"CASE {text} {branches} ELSE {'NULL' if rule.codes is not None else text} END"
    if rule.missing is None:
        return translated
    return f"CASE WHEN {text} IS NULL THEN {quoted(rule.missing)} ELSE {translated} END"


def _enum(codelist_id: str) -> str:
    return f"code_{codelist_id.lower()}"


def _whole(text: str, rule: ColumnRule) -> str:
    exact = f"try_cast({text} AS {NUMBER})"
    exact = exact if rule.factor == 1 else f"({exact} * {rule.factor}::DECIMAL(10,6))"
    return _rounded(exact, f"(try_cast({text} AS DOUBLE) * {rule.factor}::DOUBLE)", rule.rounding)


def _share(column: Column, rule: ColumnRule) -> str:
    """A `percent_of` column: amount x rate / 100, rounded like any other number."""
    if rule.percent_of is None:
        raise ValueError(column.name)
    amount, rate = rule.percent_of
    exact = f"({amount}::DECIMAL(22,0) * {rate}::DECIMAL(9,4) * 0.01::DECIMAL(2,2))"
    return f"try_cast({_rounded(exact, f'({amount}::DOUBLE * {rate}::DOUBLE / 100)', rule.rounding)} AS BIGINT)"


def _rounded(exact: str, near: str, rounding: Rounding) -> str:
    """A decimal to a whole number, ties to even; or null where it has a fraction.

    128-bit decimals are slow, so a double decides where it provably can: below 10**12 it lies within 0.001 of
    the exact number (two or three roundings of 2**-53 each), so a fraction more than 0.01 from one half, or a
    double without fraction, rounds to the same whole number. Everything else goes the exact way.
    """
    nearest = f"CAST({exact} AS HUGEINT)"  # DuckDB rounds ties away from zero
    if rounding == "refuse":
        sure, slow = f"{near} = round({near})", f"CASE WHEN {exact} = trunc({exact}) THEN {nearest} END"
    else:
        sure = f"abs({near} - floor({near}) - 0.5) > 0.01"
        tie_to_odd = f"abs({exact} - trunc({exact})) = 0.5 AND {nearest} % 2 <> 0"
        slow = f"CASE WHEN {tie_to_odd} THEN CAST(trunc({exact}) AS HUGEINT) ELSE {nearest} END"
    return f"CASE WHEN abs({near}) < 1e12 AND {sure} THEN CAST(round({near}) AS BIGINT) ELSE {slow} END"
