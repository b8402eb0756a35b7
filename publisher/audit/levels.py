"""Which cells are primary and how far each must stay uncertain: the rules of model/rules.py, worked out anew.

Integers only: a percentage is a fraction a/b, so `S > (k/100) X` is `100 b S > a X`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from publisher.audit.tree import Integers
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules


@dataclass(frozen=True)
class Levels:
    """Protection levels of one measure, int64, one a row of ConfidentialTable.cells. Both 0: not primary."""

    upper: Integers = field(repr=False)
    lower: Integers = field(repr=False)


@dataclass(frozen=True)
class CellFigures:
    """One cell in one rule measure, in the notation of SuppressionRules."""

    total: int
    claimant: int
    rival: int
    largest: tuple[int, ...]
    contributors: int
    claimants: int
    controlled: bool
    request: int | None


def levels(table: ConfidentialTable, rules: SuppressionRules) -> Mapping[str, Levels]:
    """measure id -> its levels; a shadowing measure's follow from those of the measure it shadows."""
    found: dict[str, Levels] = {}
    trade = np.any([table.cells.column(m.id).to_numpy() != 0 for m in table.structure.measures], axis=0)
    for measure in table.structure.rule_measures:
        totals = _whole(table, measure.id)
        uppers = [
            level_of(cell, rules) if any_trade else 0
            for cell, any_trade in zip(_cells(table, measure.id, rules), trade.tolist(), strict=True)
        ]
        found[measure.id] = _levels(uppers, totals)
    for measure in table.structure.measures:
        if measure.shadows is not None:
            followed = found[measure.shadows].upper.tolist()
            bases, totals = _whole(table, measure.shadows), _whole(table, measure.id)
            uppers = [shadow_level(level, x, y) for level, x, y in zip(followed, bases, totals, strict=True)]
            found[measure.id] = _levels(uppers, totals)
    return found


def level_of(cell: CellFigures, rules: SuppressionRules) -> int:
    """The upper level of a cell in which there is any trade; 0 where no rule fires."""
    return _widened(_upper(_demand(cell, rules)), cell.total, rules)


def _whole(table: ConfidentialTable, measure: str) -> list[int]:
    values: list[int] = table.cells.column(measure).to_numpy().tolist()
    return values


def _levels(uppers: list[int], totals: list[int]) -> Levels:
    lowers = [min(upper, total) for upper, total in zip(uppers, totals, strict=True)]
    return Levels(np.array(uppers, dtype=np.int64), np.array(lowers, dtype=np.int64))


def _upper(demand: Fraction | None) -> int:
    """The level of a rule measure; 0 where no rule fires. A demand is rounded up and is at least 1."""
    return 0 if demand is None else max(1, -(-demand.numerator // demand.denominator))


def _widened(upper: int, total: int, rules: SuppressionRules) -> int:
    """The least level from `upper` on that spans, with min(level, X) below the value, the sliding range."""
    if upper == 0 or rules.sliding_percent is None:
        return upper
    span = rules.sliding_percent * total / 100
    if upper + min(upper, total) >= span:
        return upper
    width = -(-span.numerator // span.denominator)
    return width - width // 2 if 2 * total >= width else width - total


def shadow_level(level: int, base: int, total: int) -> int:
    """ceil(UPL * Y / X), at least 1 where there is something to protect."""
    if level == 0 or total == 0:
        return 0
    return 1 if base == 0 else max(1, -(-level * total // base))


def _cells(table: ConfidentialTable, measure: str, rules: SuppressionRules) -> Iterator[CellFigures]:
    largest = sorted(
        (name for name in table.cells.column_names if name.startswith(f"{measure}_largest_")),
        key=lambda name: int(name.rsplit("_", 1)[1]),
    )[: rules.dominance.n if rules.dominance else 0]
    names = [measure, f"{measure}_claimant", f"{measure}_rival", "contributors", "claimants", "controlled", *largest]
    columns = [table.cells.column(name).to_pylist() for name in names]
    own = f"{measure}_request"
    requests = table.cells.column(own).to_pylist() if own in table.cells.column_names else [None] * len(columns[0])
    for request, total, claimant, rival, contributors, claimants, controlled, *most in zip(
        requests, *columns, strict=True
    ):
        yield CellFigures(total, claimant, rival, tuple(most), contributors, claimants, controlled, request)


def _demand(cell: CellFigures, rules: SuppressionRules) -> Fraction | None:
    """The largest UPL of the rules that fire, exact; None where none does."""
    demands = []
    frequency = rules.frequency_level_percent
    if cell.controlled:
        demands.append(frequency * cell.total / 100)
    if cell.claimants > 0:
        if 0 < cell.contributors < rules.minimum_contributors:
            demands.append(frequency * cell.total / 100)
        demands += _prior_posterior(cell, rules)
        demands += _dominance(cell, rules) if rules.confidentiality == "active" else _request(cell, rules)
    return max(demands, default=None)


def _prior_posterior(cell: CellFigures, rules: SuppressionRules) -> list[Fraction]:
    """p% and pq: the rival's best guess of the claimant is off by the remainder X - s - r."""
    if rules.p_percent is None:
        return []
    remainder = cell.total - cell.claimant - cell.rival
    p, q = rules.p_percent, rules.q_percent
    if remainder * p.denominator * q.numerator >= p.numerator * q.denominator * cell.claimant:
        return []
    return [p / q * cell.claimant - remainder]


def _dominance(cell: CellFigures, rules: SuppressionRules) -> list[Fraction]:
    if rules.dominance is None or cell.claimant <= 0:
        return []
    k, most = rules.dominance.k, cell.largest[: rules.dominance.n]
    if len(most) == rules.dominance.n and cell.claimant < most[-1]:
        return []
    if 100 * k.denominator * sum(most) <= k.numerator * cell.total:
        return []
    return [100 / k * sum(most) - cell.total]


def _request(cell: CellFigures, rules: SuppressionRules) -> list[Fraction]:
    """Limits of their own come as the total below which some requester's share is too large."""
    if cell.request is not None:
        return [Fraction(cell.request - cell.total)] if cell.request > cell.total else []
    share = rules.request_share_percent
    if 100 * share.denominator * cell.claimant <= share.numerator * cell.total:
        return []
    return [100 / share * cell.claimant - cell.total]
