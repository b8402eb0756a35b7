"""The office's decisions about single cells, put into the system: frozen, bounded beforehand, dearer or cheaper."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from publisher.errors import ProtectionError
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import CellRule
from publisher.suppression.shared import Part
from publisher.suppression.system import LARGEST_COST, UNBOUNDED, AdditiveSystem, Integers, Mask, Status


@dataclass(frozen=True)
class _Decision:
    """A rule and the variables that it is about: all measures of one cell."""

    rule: CellRule
    variables: tuple[int, ...] = field(repr=False)


def decide(system: AdditiveSystem, tables: Sequence[ConfidentialTable], parts: Sequence[Part]) -> AdditiveSystem:
    """The system with the rules of its tables for single cells; rules about empty cells change nothing.

    Raises ProtectionError where an unsafe cell, or one to be hidden, is to be shown; where a level lies beyond what
    everybody knows beforehand; or where a rule names a code that its query does not have.
    """
    decisions = [one for place, table in enumerate(tables) for one in _decisions(table, place, parts)]
    if not decisions:
        return system
    decided = replace(
        system,
        costs=_costs(system, decisions),
        lower_bound=_lower_bounds(system, decisions),
        upper_bound=_upper_bounds(system, decisions),
        status=_status(system, decisions),
    )
    _refuse_beyond(decided)
    return decided


def as_readers_know(system: AdditiveSystem) -> AdditiveSystem:
    """The system without bounds that were stated beforehand: these follow from true values, and are not published."""
    none = np.zeros(system.cells, dtype=np.int64)
    return replace(system, lower_bound=none, upper_bound=np.full(system.cells, UNBOUNDED, dtype=np.int64))


def _decisions(table: ConfidentialTable, place: int, parts: Sequence[Part]) -> Iterator[_Decision]:
    if not table.cell_rules:
        return
    own = [part.variables for part in parts if part.table == place]
    rules: dict[tuple[int, ...], list[CellRule]] = defaultdict(list)
    for rule in table.cell_rules:
        rules[_nodes(table, rule)].append(rule)
    nodes = np.column_stack([table.cells.column(name).to_numpy() for name in table.structure.columns])
    candidates = np.all([np.isin(nodes[:, k], [key[k] for key in rules]) for k in range(nodes.shape[1])], axis=0)
    for row in np.flatnonzero(candidates).tolist():
        for rule in rules.get(tuple(nodes[row].tolist()), ()):
            yield _Decision(rule, tuple(int(variables[row]) for variables in own))


def _nodes(table: ConfidentialTable, rule: CellRule) -> tuple[int, ...]:
    dimensions = table.structure.dimensions
    known = len(rule.codes) == len(dimensions) and all(
        code in dimension.hierarchy.node for code, dimension in zip(rule.codes, dimensions, strict=True)
    )
    if not known:
        raise ProtectionError(
            f"a rule for the cell {'/'.join(rule.codes)} does not fit the query's dimensions.",
            place=table.structure.id,
            remedy="Load the list again with 'publisher store policy cell_rule FILE', then take a new snapshot.",
        )
    return tuple(d.hierarchy.node[code] for code, d in zip(rule.codes, dimensions, strict=True))


def _about(decisions: Sequence[_Decision], kind: str) -> Iterator[tuple[int, Fraction]]:
    """(variable, amount) of one kind of rule."""
    for one in decisions:
        if one.rule.kind == kind:
            yield from ((variable, one.rule.amount or Fraction(0)) for variable in one.variables)


def _costs(system: AdditiveSystem, decisions: Sequence[_Decision]) -> Integers:
    """The highest multiple counts, for all that is tied to the cell."""
    times: dict[int, Fraction] = {}
    for variable, amount in _about(decisions, "cost"):
        tie = int(system.tie[variable])
        times[tie] = max(amount, times.get(tie, amount))
    costs = system.costs.copy()
    for variable in np.flatnonzero(np.isin(system.tie, list(times))).tolist():
        dearer = int(costs[variable] * times[int(system.tie[variable])])
        costs[variable] = min(max(dearer, 1), LARGEST_COST)
    return costs


def _lower_bounds(system: AdditiveSystem, decisions: Sequence[_Decision]) -> Integers:
    """The least whole value not more than `amount` percent below."""
    bounds = system.lower_bound.copy()
    for variable, percent in _about(decisions, "lower"):
        value = int(system.values[variable])
        bounds[variable] = max(int(bounds[variable]), value - int(value * percent / 100))
    return bounds


def _upper_bounds(system: AdditiveSystem, decisions: Sequence[_Decision]) -> Integers:
    """The largest whole value not more than `amount` percent above."""
    bounds = system.upper_bound.copy()
    for variable, percent in _about(decisions, "upper"):
        value = int(system.values[variable])
        bounds[variable] = min(int(bounds[variable]), value + int(value * percent / 100))
    return bounds


def _status(system: AdditiveSystem, decisions: Sequence[_Decision]) -> "np.ndarray[tuple[int], np.dtype[np.int8]]":
    shown, hidden = _marked(system, decisions, "freeze_shown"), _marked(system, decisions, "freeze_hidden")
    unsafe = np.zeros(system.cells, dtype=np.bool_)
    unsafe[system.tie[np.isin(system.status, (Status.PRIMARY, Status.FROZEN_SUPPRESSED))]] = True
    _refuse(
        system,
        shown & unsafe[system.tie],
        "are unsafe and to be shown",
        "Take freeze_shown away from them in the list cell_rule, or ask their traders for a waiver.",
    )
    _refuse(system, shown & hidden, "are to be shown and to be hidden", "Keep one of both in the list cell_rule.")
    status = system.status.copy()
    status[hidden & (status == Status.CANDIDATE)] = Status.FROZEN_SUPPRESSED
    status[shown & (status == Status.CANDIDATE)] = Status.FROZEN_PUBLISHED
    return status


def _marked(system: AdditiveSystem, decisions: Sequence[_Decision], kind: str) -> Mask:
    """bool[n]: a rule of this kind is about the cell, or about one that it is tied to."""
    tied = np.zeros(system.cells, dtype=np.bool_)
    tied[system.tie[[variable for variable, _ in _about(decisions, kind)]]] = True
    return np.asarray(tied[system.tie], dtype=np.bool_)


def _refuse_beyond(system: AdditiveSystem) -> None:
    """An interval never reaches a level that everybody knows to be out of the question."""
    short = (system.values + system.upper_level > system.upper_bound) | (
        system.values - system.lower_level < system.lower_bound
    )
    _refuse(
        system,
        short & (system.status == Status.PRIMARY),
        "are known more closely beforehand than they must be protected",
        "Widen lower and upper of them in the list cell_rule.",
    )


def _refuse(system: AdditiveSystem, wrong: Mask, problem: str, remedy: str) -> None:
    cells = tuple(system.label(cell) for cell in np.flatnonzero(wrong).tolist())
    if cells:
        raise ProtectionError(
            f"{len(cells)} numbers {problem}: "
            + "; ".join("/".join(codes) for codes in cells[:10])
            + ("; ..." if len(cells) > 10 else "")
            + ".",
            cells=cells,
            remedy=remedy,
        )
