"""Protects primary cells one after another, in compiled code, and writes down a witness for each."""

from typing import Any, NamedTuple

import numpy as np

from publisher.suppression.compiled import compiled
from publisher.suppression.network import hide
from publisher.suppression.scratch import NONE, NOT_BANNED
from publisher.suppression.search import best_cycle, plain_job
from publisher.suppression.split import find_split, forget
from publisher.suppression.system import Integers, Mask

SEEN = 12  # witnesses of others that are tried as guards before one is searched


class Book(NamedTuple):
    """Witnesses as they are written: witnesses from 0 to counts[0], entries to counts[1], links to counts[2].

    A primary's guards are a list of links, from guard[primary] on by link_next.
    """

    start: Integers  # [room + 1]
    scale: Integers  # [room]
    cell: Integers  # [room]
    up: Integers
    down: Integers
    first: Integers  # [n] witness of each primary, NONE while it has none
    guard: Integers  # [n] the newest link of each primary, NONE while it has none
    link_witness: Integers  # [room]
    link_primary: Integers
    link_next: Integers
    seen: Integers  # [n, SEEN] the newest witnesses that move a primary, whosoever they were found for
    seen_count: Integers  # [n]
    failed: Mask  # [n] primaries that no cycle protects
    exposed: Mask  # [n] primaries that no cycles guard from every insider
    counts: Integers  # [3]


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
        np.zeros(room, np.int64),
        np.zeros(room, np.int64),
        np.zeros(room, np.int64),
        np.full((cells, SEEN), NONE, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.bool_),
        np.zeros(cells, np.bool_),
        np.zeros(3, np.int64),
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
        link_witness=np.concatenate([book.link_witness, fresh]),
        link_primary=np.concatenate([book.link_primary, fresh]),
        link_next=np.concatenate([book.link_next, fresh]),
    )


def enter(
    book: Book, primary: int, cell: Integers, up: Integers, down: Integers, scale: int, *, guard: bool = False
) -> Book:
    """The book with one witness more, found elsewhere; widened where it was full."""
    if book.counts[1] + len(cell) > len(book.cell):
        book = widened(book, len(cell))
    number, place = int(book.counts[0]), int(book.counts[1])
    entries = slice(place, place + len(cell))
    book.cell[entries], book.up[entries], book.down[entries] = cell, up, down
    book.scale[number], book.start[number] = scale, place
    book.start[number + 1] = place + len(cell)
    book.counts[:2] = number + 1, place + len(cell)
    if guard:
        _link(primary, number, book)
    else:
        book.first[primary], book.failed[primary] = number, False
    return book


def guards_of(book: Book, primary: int) -> list[int]:
    """The witnesses that guard a primary besides its first."""
    found, link = [], int(book.guard[primary])
    while link != NONE:
        found.append(int(book.link_witness[link]))
        link = int(book.link_next[link])
    return found


@compiled
def _see(cell: int, number: int, book: Any) -> None:
    """Notes that a witness moves a cell."""
    book.seen[cell, book.seen_count[cell] % SEEN] = number
    book.seen_count[cell] += 1


@compiled
def _write(upper: int, lower: int, network: Any, cells: Any, scratch: Any, book: Any) -> int:
    """Hides the cycle in the scratch and writes it down; returns the witness's number."""
    number, place = book.counts[0], book.counts[1]
    book.start[number], book.scale[number] = place, 1
    for k in range(scratch.stamp[2]):
        cell = scratch.support[k]
        by = scratch.amount[cell]
        if by != 0:
            if not cells.hidden[cells.tie[cell]]:
                hide(cells.tie[cell], network, cells)
            book.cell[place] = cell
            book.up[place] = by * upper
            book.down[place] = -by * lower
            _see(cell, number, book)
            place += 1
    book.start[number + 1] = place
    book.counts[0] = number + 1
    book.counts[1] = place
    return int(number)


@compiled
def _write_split(cells: Any, split: Any, book: Any) -> int:
    """Writes down the directions that were left in `split`, and clears it; returns the witness's number."""
    number, place = book.counts[0], book.counts[1]
    book.start[number], book.scale[number] = place, 1
    for k in range(split.counts[0]):
        cell = split.touched[k]
        if split.amount[0, cell] != 0 or split.amount[1, cell] != 0:
            book.cell[place] = cell
            book.up[place] = split.amount[0, cell]
            book.down[place] = split.amount[1, cell]
            _see(cell, number, book)
            place += 1
    book.start[number + 1] = place
    book.counts[0] = number + 1
    book.counts[1] = place
    forget(split)
    return int(number)


@compiled
def _lend(number: int, levels: Any, book: Any) -> None:
    """Lets a new witness stand for other primaries on it that it moves far enough."""
    upper, lower, _ = levels
    for k in range(book.start[number], book.start[number + 1]):
        cell = book.cell[k]
        if upper[cell] == 0 or book.first[cell] != NONE:
            continue
        rise, fall = max(book.up[k], book.down[k]), -min(book.up[k], book.down[k])
        if rise >= upper[cell] and fall >= lower[cell]:
            book.first[cell] = number


@compiled
def _link(cell: int, number: int, book: Any) -> None:
    """Makes a witness one of the guards of a primary."""
    link = book.counts[2]
    book.link_witness[link], book.link_primary[link], book.link_next[link] = number, cell, book.guard[cell]
    book.guard[cell] = link
    book.counts[2] = link + 1


@compiled
def _note_insiders(number: int, cell: int, known: int, cells: Any, scratch: Any, book: Any) -> int:
    """Lists who knows a cell of this witness and, if `known` is 0 or more, is among the first `known` listed.

    Returns how many they are; negative `known`: lists all. The primary's own contributor is none of them.
    """
    before = scratch.stamp[4]
    scratch.stamp[4] += 1
    found = 0
    for k in range(book.start[number], book.start[number + 1]):
        owner = cells.owner[book.cell[k]]
        if owner == 0 or owner == cells.owner[cell] or scratch.knows[owner] == scratch.stamp[4]:
            continue
        if known < 0 or scratch.knows[owner] == before:
            scratch.knows[owner] = scratch.stamp[4]
            scratch.insiders[found] = owner
            found += 1
    return found


@compiled
def _guard_against(banned: int, cell: int, levels: Any, hidden_only: bool, parts: Any) -> bool:
    """Finds and links a guard without cells of the first `banned` insiders listed."""
    network, cells, scratch, book = parts
    scratch.stamp[3] += 1
    for k in range(banned):
        scratch.banned[scratch.insiders[k]] = scratch.stamp[3]
    for turn in range(2):
        upper, lower = (levels[2][cell], 0) if turn == 0 else (0, levels[2][cell])
        if best_cycle(plain_job(cell, upper, lower, NOT_BANNED, hidden_only), network, cells, scratch) != NONE:
            if book.counts[1] + scratch.stamp[2] > len(book.cell):
                return False
            _link(cell, _write(upper, lower, network, cells, scratch, book), book)
            return True
    return False


@compiled
def _guard_by_seen(cell: int, left: int, levels: Any, parts: Any) -> int:
    """Links witnesses found for others that move the primary far enough; returns how many insiders are left."""
    _, cells, scratch, book = parts
    for k in range(SEEN):
        number = book.seen[cell, k]
        if left == 0 or number == NONE or number == book.first[cell] or not _stands(number, cells, book):
            continue
        if not _moves(number, cell, levels[2][cell], book):
            continue
        still = _note_insiders(number, cell, left, cells, scratch, book)
        if still < left:
            _link(cell, number, book)
            left = still
    return int(left)


@compiled
def _stands(number: int, cells: Any, book: Any) -> bool:
    """Whether a witness seen before is still one: in the book, and of hidden cells only."""
    stands = number < book.counts[0]
    for k in range(book.start[number], book.start[number + 1] if stands else 0):
        stands = stands and cells.hidden[cells.tie[book.cell[k]]]
    return bool(stands)


@compiled
def _moves(number: int, cell: int, need: int, book: Any) -> bool:
    """Whether a witness moves a cell by `need`, up or down."""
    for k in range(book.start[number], book.start[number + 1]):
        if book.cell[k] == cell:
            return bool(max(abs(book.up[k]), abs(book.down[k])) >= need * book.scale[number])
    return False


@compiled
def find_guards(cell: int, levels: Any, hidden_only: bool, network: Any, cells: Any, scratch: Any, book: Any) -> bool:
    """Guards for a primary with a first witness, until no insider knows a cell of each of them.

    One that avoids all insiders at once is looked for first, then one that avoids the first of them; among hidden
    cells before others.
    """
    parts = (network, cells, scratch, book)
    everybody = min(NONE, scratch.stamp[0])  # a value of the run: literals would be compiled apart
    left = _note_insiders(book.first[cell], cell, everybody, cells, scratch, book)
    if left > 0 and not hidden_only:
        left = _guard_by_seen(cell, left, levels, parts)
    while left > 0:
        found = False
        for free in range(1, -1 if not hidden_only else 0, -1):
            found = _guard_against(left, cell, levels, free == 1, parts)
            if not found and left > 1:
                found = _guard_against(min(left, 1), cell, levels, free == 1, parts)
            if found:
                break
        if not found:
            return False
        left = _note_insiders(book.counts[0] - 1, cell, left, cells, scratch, book)
    return True


@compiled
def find_witness(
    cell: int, levels: Any, hidden_only: bool, network: Any, cells: Any, scratch: Any, split: Any, book: Any
) -> bool:
    """Finds cycles that together carry the levels of one primary, and writes them down. Guards are found later."""
    upper, lower = levels[0][cell], levels[1][cell]
    if not find_split(cell, upper, lower, hidden_only, network, cells, scratch, split):
        book.first[cell] = NONE
        return False
    book.first[cell] = _write_split(cells, split, book)
    _lend(book.first[cell], levels, book)
    return True


@compiled
def protect_batch(
    order: Any, begin: int, stop: int, levels: Any, network: Any, cells: Any, scratch: Any, split: Any, book: Any
) -> int:
    """Protects order[begin:stop]; returns how far it came, less than `stop` only where the book is full."""
    hidden_only = stop < begin  # never; a value of the run, because each literal would be compiled apart
    for turn in range(begin, stop):
        cell = order[turn]
        if book.first[cell] != NONE:
            continue
        if book.counts[1] + 2 * len(scratch.amount) > len(book.cell):
            return turn
        if not find_witness(cell, levels, hidden_only, network, cells, scratch, split, book):
            book.failed[cell] = True
    return stop


@compiled
def guard_batch(
    order: Any, begin: int, stop: int, levels: Any, network: Any, cells: Any, scratch: Any, book: Any
) -> int:
    """Guards order[begin:stop] from insiders; returns as protect_batch() does."""
    hidden_only = stop < begin  # never; as in protect_batch()
    for turn in range(begin, stop):
        cell = order[turn]
        if book.counts[1] + 2 * len(scratch.amount) > len(book.cell):
            return turn
        if not find_guards(cell, levels, hidden_only, network, cells, scratch, book):
            book.exposed[cell] = True
    return stop
