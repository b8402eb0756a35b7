"""Protects primary cells one after another, in compiled code, and writes down a witness for each."""

from typing import Any, NamedTuple

import numpy as np

from publisher.suppression.compiled import compiled
from publisher.suppression.search import (
    ANY,
    FIRST_OF_PAIR,
    FREE,
    LAST_OF_PAIR,
    NO_FOREIGN,
    NO_SINGLETON,
    NONE,
    Job,
    best_cycle,
)
from publisher.suppression.system import Integers, Mask


class Book(NamedTuple):
    """Witnesses as they are written: entries from 0 to counts[1], witnesses from 0 to counts[0]."""

    start: Integers  # [room + 1]
    scale: Integers  # [room]
    cell: Integers  # [room]
    up: Integers
    down: Integers
    first: Integers  # [n] witness of each primary, NONE while it has none
    second: Integers  # [n]
    failed: Mask  # [n] primaries that no cycle protects
    counts: Integers  # [2]


def make_book(cells: int, primaries: int) -> Book:
    """An empty book. Room is kept for two witnesses that move every cell."""
    room = 4 * cells + 8 * primaries + 4
    return Book(
        np.zeros(room + 1, np.int64),
        np.ones(room, np.int64),
        np.zeros(room, np.int64),
        np.zeros(room, np.int64),
        np.zeros(room, np.int64),
        np.full(cells, NONE, np.int64),
        np.full(cells, NONE, np.int64),
        np.zeros(cells, np.bool_),
        np.zeros(2, np.int64),
    )


def widened(book: Book, more: int = 0) -> Book:
    """The same book with twice the room, and `more`."""
    fresh = np.zeros(len(book.cell) + more, np.int64)
    return book._replace(
        start=np.concatenate([book.start, fresh]),
        scale=np.concatenate([book.scale, np.ones_like(fresh)]),
        cell=np.concatenate([book.cell, fresh]),
        up=np.concatenate([book.up, fresh]),
        down=np.concatenate([book.down, fresh]),
    )


def enter(book: Book, primary: int, cell: Integers, up: Integers, down: Integers, scale: int) -> Book:
    """The book with one witness more, found elsewhere; widened where it was full."""
    if book.counts[1] + len(cell) > len(book.cell):
        book = widened(book, len(cell))
    number, place = int(book.counts[0]), int(book.counts[1])
    entries = slice(place, place + len(cell))
    book.cell[entries], book.up[entries], book.down[entries] = cell, up, down
    book.scale[number], book.start[number] = scale, place
    book.start[number + 1] = place + len(cell)
    book.counts[:] = number + 1, place + len(cell)
    book.first[primary], book.failed[primary] = number, False
    return book


@compiled
def _write(upper: int, lower: int, cells: Any, scratch: Any, book: Any) -> int:
    """Hides the cycle in the scratch and writes it down; returns the witness's number."""
    number, place = book.counts[0], book.counts[1]
    book.start[number], book.scale[number] = place, 1
    for k in range(scratch.stamp[2]):
        cell = scratch.support[k]
        by = scratch.amount[cell]
        if by != 0:
            cells.hidden[cells.tie[cell]] = True
            book.cell[place] = cell
            book.up[place] = by * upper
            book.down[place] = -by * lower
            place += 1
    book.start[number + 1] = place
    book.counts[0] = number + 1
    book.counts[1] = place
    return int(number)


@compiled
def _lend(number: int, levels: Any, cells: Any, book: Any, insiders: bool) -> None:
    """Lets a new witness stand for other primaries on it that it moves far enough."""
    upper, lower = levels
    owners, owner = 0, 0
    for k in range(book.start[number], book.start[number + 1]):
        if cells.owner[book.cell[k]] != 0 and cells.owner[book.cell[k]] != owner:
            owners += 1
            owner = cells.owner[book.cell[k]]
    for k in range(book.start[number], book.start[number + 1]):
        cell = book.cell[k]
        if upper[cell] == 0 or book.first[cell] != NONE:
            continue
        if insiders and cells.owner[cell] != 0 and (owners > 1 or owner != cells.owner[cell]):
            continue
        rise, fall = max(book.up[k], book.down[k]), -min(book.up[k], book.down[k])
        if rise >= upper[cell] and fall >= lower[cell]:
            book.first[cell] = number


@compiled
def _ban_owners(cell: int, cells: Any, scratch: Any) -> bool:
    """Notes the other single contributors of the cycle in the scratch; false where they are too many to note."""
    scratch.stamp[3] = 0
    for k in range(scratch.stamp[2]):
        owner = cells.owner[scratch.support[k]]
        if owner == 0 or owner == cells.owner[cell] or scratch.amount[scratch.support[k]] == 0:
            continue
        if scratch.stamp[3] == len(scratch.banned):
            return False
        scratch.banned[scratch.stamp[3]] = owner
        scratch.stamp[3] += 1
    return True


@compiled
def find_witness(
    cell: int, levels: Any, insiders: bool, hidden_only: bool, network: Any, cells: Any, scratch: Any, book: Any
) -> bool:
    """Finds a cycle for one primary and writes it down.

    A single contributor's cell needs one without cells of other single contributors, or two that share none
    (not looked for among hidden cells only).
    """
    upper, lower = levels[0][cell], levels[1][cell]
    alone = insiders and cells.owner[cell] != 0
    last = (NO_FOREIGN if hidden_only else LAST_OF_PAIR) if alone else ANY
    for attempt in range(NO_SINGLETON if alone else ANY, last + 1):
        price = best_cycle(Job(cell, upper, lower, attempt, FREE, hidden_only), network, cells, scratch)
        if price == NONE:
            if attempt >= FIRST_OF_PAIR:
                break
            continue
        if attempt == FIRST_OF_PAIR and not _ban_owners(cell, cells, scratch):
            break
        number = _write(upper, lower, cells, scratch, book)
        if attempt == LAST_OF_PAIR:
            book.second[cell] = number
        elif attempt == FIRST_OF_PAIR:
            book.first[cell] = number
            continue
        else:
            book.first[cell] = number
            _lend(number, levels, cells, book, insiders)
        return True
    book.first[cell] = NONE
    return False


@compiled
def protect_batch(
    order: Any, begin: int, stop: int, levels: Any, insiders: bool, network: Any, cells: Any, scratch: Any, book: Any
) -> int:
    """Protects order[begin:stop]; returns how far it came, less than `stop` only where the book is full."""
    for turn in range(begin, stop):
        cell = order[turn]
        if book.first[cell] != NONE:
            continue
        if book.counts[1] + 2 * len(scratch.amount) > len(book.cell):
            return turn
        if not find_witness(cell, levels, insiders, False, network, cells, scratch, book):
            book.failed[cell] = True
    return stop
