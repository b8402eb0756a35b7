"""Which cells are unsafe by themselves, and how wide their intervals must be. Exact: integers and fractions."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.errors import ProtectionError
from publisher.model.rules import Dominance, SuppressionRules
from publisher.suppression.system import number_label

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Claims = Literal["value", "quantity"]
Exact = npt.NDArray[Any]  # int64, or Python ints where 64 bits might not do

HUNDRED = Fraction(100)
ROOM = 2**60  # products below this leave room for a few sums in 64 bits


class Rule(IntFlag):
    """Which rule fired. Confidential."""

    FREQUENCY = 1
    P_PERCENT = 2
    DOMINANCE = 4
    REQUEST = 8
    CONTROLLED = 16


@dataclass(frozen=True)
class PrimaryCells:
    """One entry a row of the confidential table.

    unsafe        bool   a rule fired
    fired         int64  Rule flags
    upper_level   int64  UPL, 0 where safe
    lower_level   int64  LPL, 0 where safe
    """

    unsafe: Mask
    fired: Integers
    upper_level: Integers
    lower_level: Integers


@dataclass(frozen=True)
class _Cells:
    """The columns the rules look at, for one rule measure, in the notation of model.rules."""

    total: Exact  # X
    claimant: Exact  # s
    rival: Exact  # r
    request: Exact | None  # R, rounded up; None where it follows from s alone
    largest: tuple[Exact, ...]  # x1 >= x2 >= ...
    contributors: Integers
    claimed: Mask
    controlled: Mask


def find_primaries(
    cells: pa.Table,
    measure: str,
    measures: tuple[str, ...],
    rules: SuppressionRules,
    *,
    claims: Claims = "value",
    label: Callable[[int], tuple[str, ...]] = number_label,
) -> PrimaryCells:
    """Applies `rules` to `measure`, as model.rules defines them.

    `claims`: whose. Those to quantities count traders who asked for no quantity; where none did, they are the same.
    `measures` are all measures of the table: a cell where all of them are 0 is safe. `label` names a row in messages.
    Raises ProtectionError for negative values.
    """
    nothing = np.ones(len(cells), dtype=np.bool_)
    for name in measures:
        values = _column(cells, name)
        _refuse_negative(name, np.flatnonzero(values < 0), label)
        nothing &= values == 0
    looked_at = _looked_at(cells, measure, rules, "quantity_" if claims == "quantity" and judged_apart(cells) else "")
    fired, asked = _largest_level(looked_at, rules)
    unsafe = (fired != 0) & ~nothing
    return _levels(unsafe, fired, _slid(np.maximum(asked, 1), looked_at.total, rules), _column(cells, measure))


def judged_apart(cells: pa.Table) -> bool:
    """Whether claims to quantities are others than those to values."""
    return "quantity_claimants" in cells.column_names


def _refuse_negative(measure: str, rows: Integers, label: Callable[[int], tuple[str, ...]]) -> None:
    """p% and frequency rules compare contributions that only ever add to a cell; below zero they mean nothing."""
    if not len(rows):
        return
    named = tuple(label(row) for row in rows[:20].tolist())
    raise ProtectionError(
        f"measure {measure} has {len(rows)} negative cells, and no rule says how to protect those: "
        + "; ".join("/".join(codes) for codes in named[:10])
        + ("; ..." if len(rows) > 10 else "")
        + ".",
        cells=named,
        remedy="Ingest each correction as a higher version of the declaration it corrects, and take a new snapshot.",
    )


def shadow_levels(primary: PrimaryCells, total: Integers, shadow: Integers) -> tuple[Integers, Integers]:
    """Upper and lower levels of a measure that shadows the rule measure: UPL * Y / X, rounded up."""
    upper = np.zeros(len(total), dtype=np.int64)
    for row in np.flatnonzero(primary.unsafe & (shadow > 0)).tolist():
        level, x, y = int(primary.upper_level[row]), int(total[row]), int(shadow[row])
        upper[row] = max(1, -(-level * y // x)) if x else 1
    return upper, np.minimum(upper, shadow)


def _looked_at(cells: pa.Table, measure: str, rules: SuppressionRules, prefix: str) -> _Cells:
    widen, request = _widener(cells, measure, rules), f"{measure}_{prefix}request"
    return _Cells(
        total=widen(_column(cells, measure)),
        claimant=widen(_column(cells, f"{measure}_{prefix}claimant")),
        rival=widen(_column(cells, f"{measure}_{prefix}rival")),
        request=widen(_column(cells, request)) if request in cells.column_names else None,
        largest=tuple(
            widen(_column(cells, f"{measure}_largest_{rank}")) for rank in range(1, rules.largest_needed + 1)
        ),
        contributors=_column(cells, "contributors"),
        claimed=_column(cells, f"{prefix}claimants") > 0,
        controlled=np.asarray(cells.column("controlled").to_numpy(), dtype=np.bool_),
    )


def _widener(cells: pa.Table, measure: str, rules: SuppressionRules) -> Callable[[Integers], Exact]:
    """Python ints where a product with the rules' fractions might leave 64 bits."""
    factors = [rules.frequency_level_percent / HUNDRED, rules.request_share_percent / HUNDRED]
    if rules.p_percent is not None:
        factors.append(rules.p_percent / rules.q_percent)
    if rules.dominance is not None:
        factors.append(rules.dominance.k / HUNDRED)
    if rules.sliding_percent is not None:
        factors.append(rules.sliding_percent / HUNDRED)
    steepest = max(max(abs(factor.numerator), factor.denominator) for factor in factors)
    largest = int(_column(cells, measure).max(initial=0))
    if largest * steepest < ROOM:
        return lambda column: column
    return lambda column: column.astype(object)


def _column(cells: pa.Table, name: str) -> Integers:
    return np.asarray(cells.column(name).to_numpy(), dtype=np.int64)


def _largest_level(cells: _Cells, rules: SuppressionRules) -> tuple[Integers, Exact]:
    """The flags of the rules that fire, and the largest level they ask for (0 where none does)."""
    fired = np.zeros(len(cells.contributors), dtype=np.int64)
    level = cells.total * 0
    for rule, (fires, asks) in _each_rule(cells, rules):
        fired |= np.where(fires, int(rule), 0)
        level = np.where(fires, np.maximum(level, asks), level)
    return fired, level


def _each_rule(cells: _Cells, rules: SuppressionRules) -> list[tuple[Rule, tuple[Mask, Exact]]]:
    share = _times(cells.total, rules.frequency_level_percent / HUNDRED)
    few = cells.claimed & (cells.contributors > 0) & (cells.contributors < rules.minimum_contributors)
    found = [(Rule.FREQUENCY, (few, share)), (Rule.CONTROLLED, (cells.controlled, share))]
    if rules.p_percent is not None:
        found.append((Rule.P_PERCENT, _p_percent(cells, rules.p_percent / rules.q_percent)))
    if rules.dominance is not None and rules.confidentiality == "active":
        found.append((Rule.DOMINANCE, _dominance(cells, rules.dominance)))
    if rules.confidentiality == "passive":
        found.append((Rule.REQUEST, _request(cells, rules.request_share_percent / HUNDRED)))
    return found


def _p_percent(cells: _Cells, ratio: Fraction) -> tuple[Mask, Exact]:
    """X - s - r < (p/q) s; level (p/q) s - (X - s - r)."""
    rest = cells.total - cells.claimant - cells.rival
    gap = cells.claimant * ratio.numerator - rest * ratio.denominator
    return cells.claimed & _true(gap > 0), _rounded_up(gap, ratio.denominator)


def _dominance(cells: _Cells, rule: Dominance) -> tuple[Mask, Exact]:
    """S > (k/100) X with a claimant among the n largest; level (100/k) S - X."""
    share = rule.k / HUNDRED
    top = cells.largest[0]
    for contribution in cells.largest[1 : rule.n]:
        top = top + contribution
    among = _true(cells.claimant > 0) & _true(cells.claimant >= cells.largest[rule.n - 1])
    gap = top * share.denominator - cells.total * share.numerator
    return cells.claimed & among & _true(gap > 0), _rounded_up(gap, share.numerator)


def _request(cells: _Cells, share: Fraction) -> tuple[Mask, Exact]:
    """R > X; level R - X, where R is s / share unless requests have limits of their own."""
    if cells.request is not None:
        return cells.claimed & _true(cells.request > cells.total), cells.request - cells.total
    gap = cells.claimant * share.denominator - cells.total * share.numerator
    return cells.claimed & _true(gap > 0), _rounded_up(gap, share.numerator)


def _slid(upper: Exact, total: Exact, rules: SuppressionRules) -> Exact:
    """Raised until UPL + min(UPL, X) reach the sliding range."""
    if rules.sliding_percent is None:
        return upper
    width = _times(total, rules.sliding_percent / HUNDRED)
    return np.asarray(np.maximum(np.maximum(upper, _rounded_up(width, 2)), width - total))


def _levels(unsafe: Mask, fired: Integers, upper: Exact, total: Integers) -> PrimaryCells:
    level = np.where(unsafe, upper, 0).astype(np.int64)
    return PrimaryCells(unsafe, np.where(unsafe, fired, 0), level, np.minimum(level, total))


def _times(column: Exact, ratio: Fraction) -> Exact:
    return _rounded_up(column * ratio.numerator, ratio.denominator)


def _rounded_up(numerator: Exact, denominator: int) -> Exact:
    return -(-numerator // denominator)


def _true(condition: Exact) -> Mask:
    return np.asarray(condition, dtype=np.bool_)
