"""Ways round a dear secondary: shown again, where those who need it are protected for less by others.

A greedy search hides a dear cell early, when little else is hidden. Later its users may find ways that cost less,
some cells hidden anew for them: then these are hidden in its place.
"""

from typing import Any

from publisher.suppression.clean import all_find_others, collect_users, take_back, take_over
from publisher.suppression.compiled import compiled


@compiled
def _shut(group: int, network: Any, cells: Any, usable: bool) -> None:
    """Takes the cells of a tie out of all searches, or lets them in again."""
    for k in range(network.tie_start[group], network.tie_start[group + 1]):
        cells.usable[network.tie_cells[k]] = usable


@compiled
def _spent(network: Any, cells: Any) -> int:
    """What the ties hidden since the log began cost, each once; shows none of them."""
    total = 0
    for k in range(network.logged[0]):
        tie = network.log[k]
        repeated = False
        for before in range(k):
            repeated = repeated or network.log[before] == tie
        if cells.hidden[tie] and not repeated:
            total += cells.weight[tie]
    return total


@compiled
def _reroute(
    group: int,
    levels: Any,
    insiders: bool,
    network: Any,
    cells: Any,
    scratch: Any,
    split: Any,
    book: Any,
    index: Any,
) -> bool:
    """Shows one tie if all its users find ways that cost less; leaves everything as it was if not."""
    users = collect_users(group, book, index)
    before, entries, links = book.counts[0], book.counts[1], book.counts[2]
    cells.hidden[group] = False
    _shut(group, network, cells, users < 0)
    network.logged[0] = 0
    hidden_only = users < 0  # never; a value of the run, because each literal would be compiled apart
    found = all_find_others(users, levels, insiders, hidden_only, network, cells, scratch, split, book, index)
    _shut(group, network, cells, users >= 0)
    if found and _spent(network, cells) < cells.weight[group]:
        take_over(users, before, cells, book, index)
        return True
    for k in range(network.logged[0]):
        cells.hidden[network.log[k]] = False
    cells.hidden[group] = True
    take_back(users, before, entries, links, book, index)
    return False


@compiled
def reroute_batch(
    candidates: Any,
    begin: int,
    stop: int,
    levels: Any,
    insiders: bool,
    network: Any,
    cells: Any,
    scratch: Any,
    split: Any,
    book: Any,
    index: Any,
) -> tuple[int, int]:
    """Tries to go round candidates[begin:stop]; returns what drop_batch() does."""
    shown = 0
    for turn in range(begin, stop):
        if book.counts[1] + 4 * len(scratch.amount) > len(book.cell):
            return turn, shown
        if scratch.stamp[5] > scratch.stamp[6]:
            return stop, shown
        if cells.hidden[candidates[turn]]:
            shown += _reroute(candidates[turn], levels, insiders, network, cells, scratch, split, book, index)
    return stop, shown
