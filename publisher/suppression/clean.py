"""Shows again what no primary needs any more, or what others, hidden in its place, undercut.

A later cycle often makes an earlier hidden cell superfluous; and a greedy search hides a dear cell early, when little
else is hidden, where its users may later find ways that cost less. So every primary whose witness moves the cell is
searched again without it: among hidden cells only, or hiding others. Only when all have a new witness, and what was
hidden for them costs less than the cell, is it shown; otherwise nothing has changed.
"""

from typing import Any, NamedTuple

import numpy as np

from publisher.suppression.batch import Book, find_guards, find_witness
from publisher.suppression.compiled import compiled
from publisher.suppression.network import begin_log
from publisher.suppression.scratch import NONE
from publisher.suppression.system import Integers


class Index(NamedTuple):
    """Who uses what, as linked lists.

    entry_head [ties], entry_next [entries]        the entries of the book that move a cell of a tie
    witness_of [entries]
    user_head [witnesses], user_next, user_before [n + links]    slot p: first of primary p; slot n + k: link k
    users, old_first, old_guard [n]                working memory
    marked, first_used [n]                         stamp of the drop that collected a primary, and its first witness
    counts [1]                                     the stamp
    """

    entry_head: Integers
    entry_next: Integers
    witness_of: Integers
    user_head: Integers
    user_next: Integers
    user_before: Integers
    users: Integers
    old_first: Integers
    old_guard: Integers
    marked: Integers
    first_used: Integers
    counts: Integers


def make_index(book: Book, tie: Integers) -> Index:
    """The index of all witnesses in the book."""
    cells, room = len(tie), len(book.cell)
    index = Index(
        np.full(cells, NONE, np.int64),
        np.full(room, NONE, np.int64),
        np.full(room, NONE, np.int64),
        np.full(room + 1, NONE, np.int64),
        np.full(cells + room, NONE, np.int64),
        np.full(cells + room, NONE, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(1, np.int64),
    )
    index_entries(0, tie, book, index)
    index_users(np.flatnonzero(book.first >= 0), book, index)
    return index


@compiled
def index_entries(first: int, tie: Any, book: Any, index: Any) -> None:
    """Adds the witnesses from `first` on to the lists of their ties."""
    for witness in range(first, book.counts[0]):
        for entry in range(book.start[witness], book.start[witness + 1]):
            group = tie[book.cell[entry]]
            index.witness_of[entry] = witness
            index.entry_next[entry] = index.entry_head[group]
            index.entry_head[group] = entry


@compiled
def _add_user(slot: int, witness: int, index: Any) -> None:
    """Puts a slot at the head of the list of its witness."""
    follower = index.user_head[witness]
    index.user_next[slot], index.user_before[slot] = follower, NONE
    if follower != NONE:
        index.user_before[follower] = slot
    index.user_head[witness] = slot


@compiled
def index_users(primaries: Any, book: Any, index: Any) -> None:
    """Adds primaries to the lists of their witnesses."""
    for primary in primaries:
        _add_user(primary, book.first[primary], index)
        link = book.guard[primary]
        while link != NONE:
            _add_user(len(book.first) + link, book.link_witness[link], index)
            link = book.link_next[link]


@compiled
def _forget_user(slot: int, witness: int, index: Any) -> None:
    """Takes a slot out of the list of its witness."""
    before, follower = index.user_before[slot], index.user_next[slot]
    if before != NONE:
        index.user_next[before] = follower
    else:
        index.user_head[witness] = follower
    if follower != NONE:
        index.user_before[follower] = before


@compiled
def _collect_users(group: int, book: Any, index: Any) -> int:
    """Notes the primaries whose witnesses move a cell of the tie; returns how many."""
    index.counts[0] += 1
    found = 0
    entry = index.entry_head[group]
    while entry != NONE:
        witness = index.witness_of[entry]
        slot = index.user_head[witness]
        while slot != NONE:
            is_first = slot < len(book.first)
            primary = slot if is_first else book.link_primary[slot - len(book.first)]
            if is_first:
                index.first_used[primary] = index.counts[0]
            if index.marked[primary] != index.counts[0]:
                index.marked[primary] = index.counts[0]
                index.users[found] = primary
                found += 1
            slot = index.user_next[slot]
        entry = index.entry_next[entry]
    return found


@compiled
def _all_find_others(
    users: int,
    levels: Any,
    insiders: bool,
    hidden_only: bool,
    network: Any,
    cells: Any,
    scratch: Any,
    split: Any,
    book: Any,
    index: Any,
) -> bool:
    """New witnesses and guards for the users noted; false at the first that has none."""
    for k in range(users):
        primary = index.users[k]
        index.old_first[k], index.old_guard[k] = book.first[primary], book.guard[primary]
        book.guard[primary] = NONE
        if index.first_used[primary] == index.counts[0]:
            book.first[primary] = NONE
    for k in range(users - 1, -1, -1):  # the oldest last listed: whom the cell was hidden for, and likeliest to fail
        if book.first[index.users[k]] != NONE:
            continue
        if book.counts[1] + 2 * len(scratch.amount) > len(book.cell) or scratch.stamp[5] > scratch.stamp[6]:
            return False
        if not find_witness(index.users[k], levels, hidden_only, network, cells, scratch, split, book):
            return False
    for k in range(users if insiders else 0):
        if book.counts[1] + 2 * len(scratch.amount) > len(book.cell) or scratch.stamp[5] > scratch.stamp[6]:
            return False
        if not find_guards(index.users[k], levels, hidden_only, network, cells, scratch, book):
            return False
    return True


@compiled
def _forget_users(users: int, book: Any, index: Any) -> None:
    """Takes the users noted out of the lists of the witnesses that they had."""
    for k in range(users):
        _forget_user(index.users[k], index.old_first[k], index)
        link = index.old_guard[k]
        while link != NONE:
            _forget_user(len(book.first) + link, book.link_witness[link], index)
            link = book.link_next[link]


@compiled
def _take_back(users: int, witnesses: int, entries: int, links: int, book: Any, index: Any) -> None:
    """Gives the users noted their old witnesses again; the book ends where it did."""
    book.counts[0], book.counts[1], book.counts[2] = witnesses, entries, links
    for k in range(users):
        book.first[index.users[k]], book.guard[index.users[k]] = index.old_first[k], index.old_guard[k]


@compiled
def _take_over(users: int, witnesses: int, cells: Any, book: Any, index: Any) -> None:
    """Indexes the witnesses from that number on, and the users noted as theirs."""
    _forget_users(users, book, index)
    for witness in range(witnesses, book.counts[0]):
        index.user_head[witness] = NONE
    index_entries(witnesses, cells.tie, book, index)
    index_users(index.users[:users], book, index)


@compiled
def _shut(group: int, network: Any, cells: Any, usable: bool) -> None:
    """Takes the cells of a tie out of all searches, or lets them in again."""
    for k in range(network.tie_start[group], network.tie_start[group + 1]):
        cells.usable[network.tie_cells[k]] = usable


@compiled
def _spent(network: Any, cells: Any) -> int:
    """What the ties hidden since the log began cost; shows none of them."""
    total = 0
    for k in range(network.logged[0]):
        if cells.hidden[network.log[k]]:
            total += cells.weight[network.log[k]]
    return total


@compiled
def _drop(
    group: int,
    levels: Any,
    insiders: bool,
    hidden_only: bool,
    network: Any,
    cells: Any,
    scratch: Any,
    split: Any,
    book: Any,
    index: Any,
) -> bool:
    """Shows one tie if all its users find ways that cost less; leaves everything as it was if not."""
    users = _collect_users(group, book, index)
    before, entries, links = book.counts[0], book.counts[1], book.counts[2]
    cells.hidden[group] = False
    _shut(group, network, cells, users < 0)  # a value of the run, because each literal would be compiled apart
    begin_log(network)
    found = _all_find_others(users, levels, insiders, hidden_only, network, cells, scratch, split, book, index)
    _shut(group, network, cells, users >= 0)
    if found and _spent(network, cells) < cells.weight[group]:
        _take_over(users, before, cells, book, index)
        return True
    for k in range(network.logged[0]):
        cells.hidden[network.log[k]] = False
    cells.hidden[group] = True
    _take_back(users, before, entries, links, book, index)
    return False


@compiled
def drop_batch(
    candidates: Any,
    begin: int,
    stop: int,
    levels: Any,
    insiders: bool,
    hidden_only: bool,
    network: Any,
    cells: Any,
    scratch: Any,
    split: Any,
    book: Any,
    index: Any,
) -> tuple[int, int]:
    """Tries to show candidates[begin:stop]; returns how far it came, and how many it showed.

    `hidden_only`: nothing is hidden for them. It comes less far than `stop` only where the book is full.
    """
    dropped = 0
    for turn in range(begin, stop):
        if book.counts[1] + 4 * len(scratch.amount) > len(book.cell):
            return turn, dropped
        if scratch.stamp[5] > scratch.stamp[6]:
            return stop, dropped
        if cells.hidden[candidates[turn]]:
            dropped += _drop(
                candidates[turn], levels, insiders, hidden_only, network, cells, scratch, split, book, index
            )
    return stop, dropped
