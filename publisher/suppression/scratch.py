"""What the compiled search reads and writes: the cells, the job, and working memory that is allocated once."""

from typing import NamedTuple

import numpy as np

from publisher.suppression.network import Network
from publisher.suppression.system import Integers, Mask

HOP = 1  # every arc of a cycle costs this, so that short witnesses win ties
UNIT = 64  # what one unit of a cell's cost weighs against hops
NONE = -1
UNLIMITED = 2**62
LIMIT, KEPT = 7, 8  # places in `stamp`: what a way must stay below, and the length of the best cycle so far
PATTERNS = 8  # patterns of planes that are tried
PROXIES, FEW_PROXIES = 6, 2  # arcs below a dependent that are tried; among hidden cells only

DETOUR = 2  # hops that a search rather makes than use a cell of a single contributor

# Which cells of single contributors a search may use: all, but rather none; all but those of banned contributors.
RATHER_NONE, NOT_BANNED = 0, 1
FREE, CLOSED, COUNTED = 0, 1, 2  # arcs that move a shown dependent: free of charge / shut / charged for it


class Cells(NamedTuple):
    """What the search knows of each cell. `hidden` runs over ties and grows as the search goes on."""

    down: Integers  # how far a cell can fall
    up: Integers  # how far it can rise
    weight: Integers  # what hiding it costs, times UNIT
    tie: Integers
    owner: Integers  # the only contributor, numbered from 1; 0 where there are several
    usable: Mask
    hidden: Mask


class Job(NamedTuple):
    """One search: the primary, the levels its cycle must carry, and what may be used.

    In a system of layers `pattern` says which planes move, `key` is the primary's cell in the plane that is searched,
    and `sign` how it moves there when the primary rises; elsewhere NONE, the primary itself, and 1.
    """

    cell: int
    upper: int
    lower: int
    singletons: int
    dependents: int
    hidden_only: bool
    pattern: int
    key: int
    sign: int


class Scratch(NamedTuple):
    """Working memory, allocated once. Index 0 is the search from the tail's side, 1 from the head's."""

    distance: Integers  # [2, nodes]
    seen: Integers  # [2, nodes] stamp of the search that wrote distance
    settled: Integers  # [2, nodes]
    via: Integers  # [2, nodes] arc by which the node was reached
    cursor: Integers  # [2, 2 * nodes] where each list of shown arcs is read on
    heap_key: Integers  # [2, room]
    heap_node: Integers  # [2, room]
    amount: Integers  # [n] by how much the found cycle moves each cell
    touched: Integers  # [n] stamp of the cycle that wrote amount
    barred: Integers  # [n] stamp of the search that must not use the arc
    residual: Integers  # [equations]
    balanced: Integers  # [equations] stamp
    support: Integers  # [n] the cells a cycle moves
    kept: Integers  # [n] the cells that the best cycle so far moves
    kept_amount: Integers  # [n] by how much
    banned: Integers  # [owners + 1] stamp of the search that must not use an owner's cells
    knows: Integers  # [owners + 1] stamp: the owner knows a cell of each witness of the primary so far
    insiders: Integers  # [owners + 1] list of those who do
    tried: Integers  # [PROXIES] entries below the primary that the search has gone through
    way: Integers  # [4] of the search under way: heap sizes of both sides, the best total, where it met
    stamp: (
        Integers  # [8] counters: searches, cycles, length of support, bans, knowledge, steps; most steps; see LIMIT
    )


def make_scratch(network: Network, equations: int, owners: int) -> Scratch:
    """Working memory for one network; owners are numbered from 1 to `owners`."""
    nodes, cells = len(network.fresh), len(network.tail)
    room = len(network.node_arcs) + 2 * nodes + 2  # every arc once from each end, and the lists
    return Scratch(
        np.zeros((2, nodes), np.int64),
        np.zeros((2, nodes), np.int64),
        np.zeros((2, nodes), np.int64),
        np.zeros((2, nodes), np.int64),
        np.zeros((2, 2 * nodes), np.int64),
        np.zeros((2, room), np.int64),
        np.zeros((2, room), np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(max(1, equations), np.int64),
        np.zeros(max(1, equations), np.int64),
        np.zeros(max(1, cells), np.int64),
        np.zeros(max(1, cells), np.int64),
        np.zeros(max(1, cells), np.int64),
        np.zeros(owners + 1, np.int64),
        np.zeros(owners + 1, np.int64),
        np.zeros(owners + 1, np.int64),
        np.zeros(PROXIES, np.int64),
        np.zeros(4, np.int64),
        np.array([0, 0, 0, 0, 0, 0, UNLIMITED, UNLIMITED, 0], dtype=np.int64),
    )
