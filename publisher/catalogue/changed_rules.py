"""A query as it would be if its file's [protection] said something else: 'p_percent=10,confidentiality=passive'.

The keys are those of [protection]; a key within a section has dots ('level_penalty.commodity.chapter=5'). Numbers are
exact: 12.5 is 25/2. (n,k) is short for its section: 'dominance=1:75'. 'none' takes a key away.
"""

from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args, get_type_hints

from publisher.catalogue.query import Query
from publisher.catalogue.query_file import read_query
from publisher.catalogue.section import read_toml
from publisher.errors import Fault, UsageError
from publisher.model.rules import SuppressionRules

ABSENT = "none"
Section = dict[str, Any]


def changed(path: Path, changes: str) -> Query:
    """The query of a file with `changes` made to its rules; the file stays as it is.

    They are read as strictly as the file itself. Raises UsageError with every fault, and what is allowed.
    """
    faults: list[Fault] = []
    data = dict(read_toml(path, faults) or {})
    protection = data.get("protection")
    if isinstance(protection, dict):
        data["protection"] = _overlaid(protection, changes)
    query = read_query(path, data, faults)
    if query is None or faults:
        told = [f"{fault.place.rpartition(': ')[2]} {fault.problem} (allowed: {fault.allowed})" for fault in faults]
        raise _refusal(changes, "; ".join(told))
    return query


def _overlaid(protection: Section, changes: str) -> Section:
    """A copy of [protection] with the changes."""
    made = _copied(protection)
    for key, text in _pairs(changes):
        *above, last = key.split(".")
        section = made
        for name in above:
            section = section.setdefault(name, {})
            if not isinstance(section, dict):
                raise _refusal(changes, f"{name} is no section, so {key} cannot be in it")
        section[last] = _value(text, get_type_hints(SuppressionRules).get(key))
        if text == ABSENT:
            del section[last]
    return made


def _pairs(changes: str) -> list[tuple[str, str]]:
    parted = [change.partition("=") for change in changes.split(",")]
    found = [(key.strip(), text.strip()) for key, _, text in parted]
    if any(not key or not text for key, text in found):
        raise _refusal(changes, "each change is key=value, with a comma between two of them")
    if len({key for key, _ in found}) < len(found):
        raise _refusal(changes, "a key stands twice")
    if "method" in (key for key, _ in found):
        raise _refusal(
            changes, "the method cannot be changed here: noise hides no cells, so there is nothing to compare"
        )
    return found


def _value(text: str, kind: Any) -> Any:
    """The TOML value that says the same in a query file; the text itself where the file's reader shall refuse it."""
    kinds = (kind, *get_args(kind))
    section = next((each for each in kinds if is_dataclass(each)), None)
    if section is not None and text.count(":") == len(fields(section)) - 1 > 0:
        hints = get_type_hints(section)
        named = zip((field.name for field in fields(section)), text.split(":"), strict=True)
        return {name: _value(part, hints[name]) for name, part in named}
    if str in kinds or any(isinstance(each, str) for each in kinds):
        return text
    try:
        number = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return text
    return number.numerator if number.denominator == 1 else str(number)


def _copied(section: Section) -> Section:
    return {key: _copied(value) if isinstance(value, dict) else value for key, value in section.items()}


def _refusal(changes: str, problem: str) -> UsageError:
    return UsageError(
        f"{problem}.",
        place=f"--compare '{changes}'",
        remedy="Write changes to [protection] of the query's file, for instance 'p_percent=10,dominance=1:75'.",
    )
