"""Demands that no pattern can meet, found before any search. Quick, and never wrong when it says so.

What outer bounds cannot decide is left to the search; `refusal` then says which equations hold a cell fast.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from publisher.errors import ProtectionError
from publisher.suppression.pinned import pinning_equations, pinning_program
from publisher.suppression.reach import Reach, movable, outer_reach
from publisher.suppression.system import UNBOUNDED, AdditiveSystem, Integers, Status
from publisher.suppression.witness import insider_level

NAMED, TOLD, CHAIN, PARTS = 10, 3, 6, 4  # cells, equations (told, looked at), parts of one that a message names
INSIDER_ROUNDS = 4


def refuse_infeasible(system: AdditiveSystem, *, insiders: bool = True) -> None:
    """Raises ProtectionError where a primary cell surely cannot reach its levels, whatever is hidden.

    Returns at once where nothing is frozen or bounded: hiding everything is then enough (README.md, section 3).
    """
    short, reach = _beyond(system, insiders)
    if len(short) and reach is not None:
        raise _refusal(system, short, list(islice(pinning_equations(reach, short[:1].tolist()), CHAIN)))


def beyond_reach(system: AdditiveSystem, *, insiders: bool = True) -> Integers:
    """The primary cells, int64, that surely cannot reach their levels, whatever is hidden."""
    return _beyond(system, insiders)[0]


def _beyond(system: AdditiveSystem, insiders: bool) -> tuple[Integers, Reach | None]:
    if not len(system.primaries) or not _anything_given(system):
        return np.zeros(0, dtype=np.int64), None
    reach = outer_reach(system)
    short = _short(system, reach)
    if not len(short) and insiders:
        short = _known_to_insiders(system, reach)
    return short, reach


def refusal(system: AdditiveSystem, cells: Integers) -> ProtectionError:
    """The error for cells that the search found no way to protect, with the equations that hold the first of them."""
    return _refusal(system, cells, list(islice(pinning_program(system, cells[:TOLD].tolist()), CHAIN)))


def _anything_given(system: AdditiveSystem) -> bool:
    """Whether anything keeps a cell from moving as far as nothing below zero allows."""
    return bool(
        np.any(np.isin(system.status, (Status.FROZEN_PUBLISHED, Status.ZERO)))
        or np.any(system.lower_bound > 0)
        or np.any(system.upper_bound < UNBOUNDED)
    )


def _short(system: AdditiveSystem, reach: Reach) -> Integers:
    cells = system.primaries
    up = reach.high[cells] < np.minimum(system.upper_level[cells], reach.free)
    down = -reach.low[cells] < np.minimum(system.lower_level[cells], reach.free)
    return cells[up | down]


def _known_to_insiders(system: AdditiveSystem, reach: Reach) -> Integers:
    """Primaries that a contributor bounds too closely who holds still all cells of which it is the only one."""
    least = np.minimum(insider_level(system), reach.free)
    found: set[int] = set()
    for owner, equations in _exposed(system, reach):
        own = np.flatnonzero(system.owner == owner)
        with reach.holding(own):
            moved = reach.narrow(np.union1d(equations, reach.beside(own)), INSIDER_ROUNDS)
            others = moved[(system.status[moved] == Status.PRIMARY) & (system.owner[moved] != owner)]
            wide = np.maximum(reach.high[others], -reach.low[others])
            found.update(others[wide < least[others]].tolist())
    return np.array(sorted(found), dtype=np.int64)


def _exposed(system: AdditiveSystem, reach: Reach) -> Iterator[tuple[int, Integers]]:
    """Contributors, and the equations in which all cells that move but one are theirs alone."""
    moves = ((reach.low < 0) | (reach.high > 0))[system.indices]
    count = np.bincount(system.equation_of_entry[moves], minlength=system.equations)
    theirs = np.flatnonzero(moves & (system.owner[system.indices] != 0))
    owner, number = np.unique(system.owner[system.indices[theirs]], return_inverse=True)
    pair = number.reshape(-1) * system.equations + system.equation_of_entry[theirs]
    pairs, owned = np.unique(pair, return_counts=True)
    left = pairs[count[pairs % max(1, system.equations)] - owned == 1]
    places = left // max(1, system.equations)
    for place in np.unique(places).tolist():
        yield int(owner[place]), left[places == place] % system.equations


def _refusal(system: AdditiveSystem, cells: Integers, equations: list[int]) -> ProtectionError:
    named = tuple(system.label(int(cell)) for cell in np.sort(cells).tolist())
    told = " ".join(f"{_told(system, equation)}." for equation in equations[:TOLD])
    return ProtectionError(
        f"{len(named)} unsafe cells cannot reach their protection levels: {_listed(named, NAMED)}."
        + (f" They are held by these sums: {told}" if told else ""),
        cells=named,
        remedy=_remedy(system, cells, equations),
    )


def _told(system: AdditiveSystem, equation: int) -> str:
    """`a/b/_T/value is the sum over _T of 3 cells, of which 2 cannot move: a/b/x/value; a/b/y/value`."""
    entries = slice(int(system.indptr[equation]), int(system.indptr[equation + 1]))
    cells, plus = system.indices[entries], system.signs[entries] > 0
    alone = next((side for side in (plus, ~plus) if np.count_nonzero(side) == 1), plus)
    margin, parts = system.label(int(cells[alone][0])), cells[~alone]
    fixed = [system.label(cell) for cell in cells[~movable(system)[cells]].tolist()]
    over = _differs(margin, system.label(int(parts[0]))) if len(parts) else ""
    still = f", of which these stand: {_listed(tuple(fixed), PARTS)}" if fixed else ""
    return f"{'/'.join(margin)} is the sum{over} of {len(parts)} cells{still}"


def _differs(margin: tuple[str, ...], part: tuple[str, ...]) -> str:
    """Which of the margin's codes the equation sums over, where the two differ in one."""
    codes = [code for code, other in zip(margin, part, strict=False) if code != other]
    return f" over {codes[0]}" if len(codes) == 1 and len(margin) == len(part) else ""


def _listed(names: tuple[tuple[str, ...], ...], most: int) -> str:
    return "; ".join("/".join(codes) for codes in names[:most]) + ("; ..." if len(names) > most else "")


def _remedy(system: AdditiveSystem, unsafe: Integers, equations: list[int]) -> str:
    """What could be given up, by what holds the cells."""
    inside = [system.indices[system.indptr[e] : system.indptr[e + 1]] for e in equations]
    cells = np.unique(np.concatenate([unsafe, *inside]))
    frozen = cells[system.status[cells] == Status.FROZEN_PUBLISHED]
    bounded = cells[(system.lower_bound[cells] > 0) | (system.upper_bound[cells] < UNBOUNDED)]
    ways = []
    if len(frozen):
        ways.append(f"let one of these be hidden: {_listed(tuple(map(system.label, frozen.tolist())), PARTS)}")
    if len(bounded):
        ways.append(f"say less to be known of {_listed(tuple(map(system.label, bounded.tolist())), PARTS)}")
    said = "; ".join([*ways, "drop the table, or the level of its codes that holds these cells, from the plan"])
    return f"{said[0].upper()}{said[1:]}. What an earlier edition of the period shows stays known."
