"""The universe of a query: a tiny subset of SQL, read by a parser of its own and never passed through.

    condition { AND condition }
    condition:  column = 'code'   column <> 'code'   column IN ('code', ...)   column NOT IN ('code', ...)

Only columns classed 'dimension' that have a codelist may stand here, and only codes of that codelist's finest
level, which is what a declaration holds. A declaration without a value in the column never matches.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from publisher.catalogue.codelists import codelist
from publisher.model.declaration import BY_NAME, DECLARATION

FILTERS: tuple[str, ...] = tuple(
    column.name
    for column in DECLARATION
    if column.classification == "dimension" and column.codelist and column.name != "flow"
)

_TOKEN = re.compile(r"\s*(?:(?P<word>[A-Za-z_]\w*)|(?P<text>'[^'\n]*')|(?P<sign><>|[=(),]))")
_GRAMMAR = "column = 'code', column <> 'code', column IN ('code', ...), column NOT IN ('code', ...), joined by AND"


class WhereError(ValueError):
    """The text is not in the subset. `allowed` says what would do."""

    def __init__(self, problem: str, allowed: str = _GRAMMAR) -> None:
        super().__init__(problem)
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Condition:
    """`column` holds one of `values` (sorted, each once), or none of them where `negated`."""

    column: str
    negated: bool
    values: tuple[str, ...]

    def admits(self, code: str) -> bool:
        return (code in self.values) != self.negated

    def __str__(self) -> str:
        if len(self.values) == 1:
            return f"{self.column} {'<>' if self.negated else '='} '{self.values[0]}'"
        listed = ",".join(f"'{value}'" for value in self.values)
        return f"{self.column} {'NOT IN' if self.negated else 'IN'} ({listed})"


_FLOWS = (Condition("flow", False, ("M",)), Condition("flow", False, ("X",)))


def parse_where(text: str) -> tuple[Condition, ...]:
    """The conditions in `text`, sorted by column; none for a blank text. Raises WhereError at the first bad token."""
    tokens = _Tokens(text)
    if tokens.next is None:
        return ()
    conditions = [_condition(tokens)]
    while tokens.next is not None:
        tokens.expect("AND")
        conditions.append(_condition(tokens))
    return tuple(sorted(conditions, key=lambda condition: condition.column))


def problems(conditions: Sequence[Condition]) -> list[WhereError]:
    """What is wrong with the columns and codes of parsed conditions: every fault, not the first."""
    found: list[WhereError] = []
    seen: set[str] = set()
    for condition in conditions:
        if condition.column in seen:
            found.append(WhereError(f"{condition.column} has two conditions", "one condition a column"))
        seen.add(condition.column)
        found.extend(_problems_of(condition))
    return found


def universe_text(flow: str, conditions: Sequence[Condition]) -> str:
    """The canonical text, "flow = 'M' AND procedure IN ('home_use','processing')": equal for equal universes."""
    return " AND ".join([f"flow = '{flow}'", *map(str, conditions)])


def to_sql(universe: str) -> tuple[str, list[str]]:
    """A canonical universe as (condition for a WHERE clause with ? placeholders, values to bind).

    Raises WhereError for a text that is no universe, whoever wrote it.
    """
    conditions = parse_where(universe)
    faults = problems([condition for condition in conditions if condition not in _FLOWS])
    if faults:
        raise faults[0]
    parts = [_sql(condition) for condition in conditions]
    return " AND ".join(parts) or "TRUE", [value for condition in conditions for value in condition.values]


def _sql(condition: Condition) -> str:
    marks = ", ".join("?" for _ in condition.values)
    return f'"{condition.column}" {"NOT IN" if condition.negated else "IN"} ({marks})'


class _Tokens:
    """The tokens of a text, one ahead. Keywords are upper-cased, texts keep their quotes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.next: str | None = self._read()

    def _read(self) -> str | None:
        if not self._text[self._at :].strip():
            return None
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            raise WhereError(f"cannot be read from character {self._at + 1}")
        self._at = match.end()
        word = match.group("word")
        if word:
            return word.upper() if word.upper() in {"AND", "IN", "NOT", "OR"} else word
        return match.group("text") or match.group("sign")

    def take(self) -> str:
        if self.next is None:
            raise WhereError("ends in the middle of a condition")
        token, self.next = self.next, self._read()
        return token

    def expect(self, wanted: str) -> None:
        token = self.take()
        if token != wanted:
            raise WhereError(f"has {token} where {wanted} is required")


def _condition(tokens: _Tokens) -> Condition:
    column = tokens.take()
    if not column[0].isalpha():
        raise WhereError(f"has {column} where a column is required")
    sign = tokens.take()
    if sign in {"=", "<>"}:
        return Condition(column, sign == "<>", (_value(tokens),))
    if sign == "NOT":
        tokens.expect("IN")
    elif sign != "IN":
        raise WhereError(f"has {sign} after {column}")
    return Condition(column, sign == "NOT", _values(tokens))


def _values(tokens: _Tokens) -> tuple[str, ...]:
    tokens.expect("(")
    values = {_value(tokens)}
    while tokens.next == ",":
        tokens.take()
        values.add(_value(tokens))
    tokens.expect(")")
    return tuple(sorted(values))


def _value(tokens: _Tokens) -> str:
    token = tokens.take()
    if not token.startswith("'"):
        raise WhereError(f"has {token} where a code in single quotes is required")
    return token[1:-1]


def _problems_of(condition: Condition) -> list[WhereError]:
    column = BY_NAME.get(condition.column)
    if column is None:
        return [WhereError(f"there is no column {condition.column}", ", ".join(FILTERS))]
    if condition.column == "flow":
        return [WhereError("flow may not stand here", "the key 'flow' of [universe]")]
    if column.classification != "dimension" or column.codelist is None:
        problem = f"{column.name} is classed '{column.classification}' and may not be filtered on"
        return [WhereError(problem, ", ".join(FILTERS))]
    listed = codelist(column.codelist)
    codes = [code.code for code in listed.at(listed.levels[-1])]
    allowed = ", ".join(codes[:20]) + (f" ... ({len(codes)} codes)" if len(codes) > 20 else "")
    return [
        WhereError(f"'{value}' is no {listed.levels[-1]} of the codelist {listed.id}", allowed)
        for value in condition.values
        if value not in set(codes)
    ]
