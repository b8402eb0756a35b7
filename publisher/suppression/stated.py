"""The different numbers that earlier editions state of each cell, each once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from publisher.suppression.statements import Present, Statement
from publisher.suppression.system import UNBOUNDED, AdditiveSystem, Integers, Mask

NONE = -1


@dataclass(frozen=True)
class StatedNumbers:
    """One entry a pair (cell, number).

    identity   int64  the cell
    value      int64  the number
    known      bool   some edition shows it
    upper      int64  protection levels: the strictest of any edition; 0 where none found it unsafe
    lower      int64
    owner      int64  its only contributor, else 0
    floor      int64  what everybody knew of it beforehand: the closest of any edition
    ceiling    int64
    asked      int64  levels by claims to quantities, upper and lower, likewise; 0 where these ask for no more
    alone      bool   some edition hid this quantity and showed its value
    free       bool   a quantity that may be hidden alone
    present    int64  the cell's present variable, whatever its number now; NONE where it has none
    same       bool   its present number is this one
    first      int64  an entry of the statements, end to end, that states it
    of         for each statement, the pair of each of its entries
    """

    identity: Integers
    value: Integers = field(repr=False)
    known: Mask
    upper: Integers = field(repr=False)
    lower: Integers = field(repr=False)
    owner: Integers = field(repr=False)
    floor: Integers = field(repr=False)
    ceiling: Integers = field(repr=False)
    asked: tuple[Integers, Integers] = field(repr=False)
    alone: Mask = field(repr=False)
    free: Mask = field(repr=False)
    present: Integers
    same: Mask
    first: Integers
    of: tuple[Integers, ...]

    @property
    def count(self) -> int:
        return len(self.identity)


def numbers_stated(system: AdditiveSystem, present: Present, statements: Sequence[Statement]) -> StatedNumbers:
    """Collects them. `system` is that of the present edition."""
    identity = _joined([said.identity for said in statements])
    value = _joined([said.value for said in statements])
    first, pair = _pairs(identity, value)
    variable = present.variable[identity[first]]
    asked = [_largest([said.asked[side] for said in statements], pair) for side in (0, 1)]
    free = _largest([(~said.free).astype(np.int64) for said in statements], pair) == 0
    upper = _largest([said.upper for said in statements], pair)
    lower = _largest([said.lower for said in statements], pair)
    return StatedNumbers(
        identity[first],
        value[first],
        known=_largest([(~said.hidden).astype(np.int64) for said in statements], pair) > 0,
        upper=np.where(free, upper, np.maximum(upper, asked[0])),
        lower=np.where(free, lower, np.maximum(lower, asked[1])),
        owner=_largest([np.where(said.hidden, said.owner, 0) for said in statements], pair),
        floor=_largest([said.floor for said in statements], pair),
        ceiling=-_largest([-said.ceiling for said in statements], pair, least=-UNBOUNDED),
        asked=(asked[0], asked[1]),
        alone=_largest([said.alone.astype(np.int64) for said in statements], pair) > 0,
        free=free,
        present=variable,
        same=(variable >= 0) & (system.values[variable] == value[first]),
        first=first,
        of=tuple(np.split(pair, np.cumsum([len(said.identity) for said in statements])[:-1])),
    )


def _pairs(identity: Integers, value: Integers) -> tuple[Integers, Integers]:
    """The first entry of each different pair, and the pair of each entry."""
    order = np.lexsort((value, identity))
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = (np.diff(identity[order]) != 0) | (np.diff(value[order]) != 0)
    pair = np.zeros(len(order), dtype=np.int64)
    pair[order] = np.cumsum(fresh) - 1
    return order[fresh].astype(np.int64), pair


def _largest(columns: Sequence[Integers], pair: Integers, *, least: int = 0) -> Integers:
    largest = np.full(int(pair.max(initial=NONE)) + 1, least, dtype=np.int64)
    np.maximum.at(largest, pair, _joined(columns))
    return largest


def _joined(arrays: Sequence[Integers]) -> Integers:
    return np.concatenate([np.zeros(0, dtype=np.int64), *arrays])
