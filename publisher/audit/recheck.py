"""A second opinion on a random sample of protection levels: plain linear programs over the equations as published.

It shares nothing with the main attack (reduced.py, prover.py, simplex.py) but the system it starts from: no
contraction, no witness of another's, every equation of every table, the implied ones too.

The deviations d = y - (true value) obey M d = 0 within bounds. First only the hidden cells nearest to the target may
move, all others stay at the truth: what is possible then is possible. Only where that does not reach the level is
the program over all cells solved that hang together with the target; its word is final.
"""

import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from publisher.audit.system import UNBOUNDED, System
from publisher.audit.tree import Integers
from publisher.model.progress import NO_PROGRESS, Progress

STAGE = "Check a sample twice"
SAMPLE = 200  # levels, each the rise or the fall of one primary cell
NEAR = (60, 400, 3000, 20_000)  # how many hidden cells may move at first
FAR = 1e7  # in levels: no cell needs to move further, and leaving that out cannot make a cell look safer
SECONDS = 120.0  # for one program; a solver that needs longer has not finished, and that is a finding
TOLERANCE = 1e-6  # by which a program over everything may miss the level (solver tolerances)
PARTS = (1, 2, 3, 4, 6, 12)  # denominators with which a solution is tried in exact arithmetic

Level = tuple[int, bool]  # (variable, upwards)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SecondOpinion:
    """Variables whose level a program does not reach, or about which the solver gave up; counts of what was done.

    by_arithmetic   levels for which a solution was found that adds up exactly, in all equations
    """

    refuted: tuple[int, ...]
    unfinished: tuple[int, ...]
    levels: int
    by_arithmetic: int
    programs: int


def secret_seed(system: System, edition: str) -> int:
    """The same for the same numbers, so that a verdict can be repeated. Hidden values make it: nobody foresees it."""
    digest = hashlib.sha256(edition.encode())
    digest.update(np.ascontiguousarray(system.truth).tobytes())
    return int.from_bytes(digest.digest())


def recheck(system: System, seed: int, size: int = SAMPLE, progress: Progress = NO_PROGRESS) -> SecondOpinion:
    """Checks `size` levels drawn at random from those of all hidden primary cells (all, where there are fewer)."""
    sample = _sample(system, seed, size)
    programs = _Programs(system)
    refuted: list[int] = []
    unfinished: list[int] = []
    exact = 0
    for done, level in enumerate(sample):
        progress(STAGE, done, len(sample))
        verdict = programs.reaches(level)
        exact += verdict == "exactly"
        if verdict == "not":
            refuted.append(level[0])
        elif verdict == "unfinished":
            unfinished.append(level[0])
    progress(STAGE, len(sample), len(sample))
    return SecondOpinion(tuple(refuted), tuple(unfinished), len(sample), exact, programs.solved)


def _sample(system: System, seed: int, size: int) -> list[Level]:
    """Levels of primary cells that are shown are left to the check that finds them shown."""
    hidden = ~system.known
    ways = [np.flatnonzero(hidden & (level > 0)) for level in (system.up, system.down)]
    everything = [
        (variable, up) for cells, up in zip(ways, (True, False), strict=True) for variable in cells.tolist()
    ]
    chosen = np.random.default_rng(seed).choice(len(everything), min(size, len(everything)), replace=False)
    return [everything[number] for number in chosen.tolist()]


@dataclass(frozen=True)
class _Program:
    """M d = 0 over some hidden cells (columns of the whole matrix), all others held still."""

    columns: Integers = field(repr=False)
    matrix: sparse.csr_matrix = field(repr=False)


class _Programs:
    """All equations over the hidden cells, and programs over neighbourhoods in them."""

    def __init__(self, system: System) -> None:
        self.solved = 0
        self._hidden = np.flatnonzero(~system.known)
        self._place = {variable: place for place, variable in enumerate(self._hidden.tolist())}
        equations = system.equations
        shape = (equations.count, len(system.truth))
        whole = sparse.csr_matrix((equations.signs, equations.cells, equations.starts), shape=shape)
        self._rows = whole[:, self._hidden].tocsr()
        self._columns = self._rows.tocsc()
        self._length: Sequence[int] = np.diff(self._rows.indptr).tolist()
        self._need = {True: system.up[self._hidden], False: system.down[self._hidden]}
        self._down = (np.maximum(system.floor, 0) - system.truth)[self._hidden]
        limited = system.ceiling < UNBOUNDED
        self._up = np.where(limited, system.ceiling - system.truth, UNBOUNDED)[self._hidden]

    def reaches(self, level: Level) -> str:
        """ "exactly", "nearly" (within tolerance), "not", or "unfinished"."""
        target, upwards = self._place[level[0]], level[1]
        need, sizes = int(self._need[upwards][target]), (*NEAR, len(self._hidden) + 1)
        verdict = "unfinished"
        for size in sizes:
            near = self._nearest(target, size)
            verdict = self._asked(target, need, upwards, near)
            if verdict == "exactly" or len(near) < size:
                break
        return verdict

    def _nearest(self, target: int, size: int) -> Integers:
        """The hidden cells nearest to the target, at most `size`, ascending. An equation is as long as its cells.

        So that one long sum does not use up the neighbourhood before short ones are followed.
        """
        found, seen = {target}, set[int]()
        queue = [(0, target)]
        while queue and len(found) < size:
            distance, cell = heapq.heappop(queue)
            for row in sorted(set(_entries(self._columns, cell)) - seen, key=self._length.__getitem__):
                seen.add(row)
                fresh = [column for column in _entries(self._rows, row) if column not in found][: size - len(found)]
                found.update(fresh)
                for column in fresh:
                    heapq.heappush(queue, (distance + self._length[row], column))
        return np.array(sorted(found), dtype=np.int64)

    def _asked(self, target: int, need: int, upwards: bool, near: Integers) -> str:
        matrix = self._columns[:, near].tocsr()
        program = _Program(near, matrix[np.diff(matrix.indptr) > 0])
        sign = 1 if upwards else -1
        own = int(np.searchsorted(near, target))
        deviations = self._solved(program, own, need, sign)
        if deviations is None:
            return "unfinished"
        if any(self._adds_up(program, own, need, sign, deviations, parts) for parts in PARTS):
            return "exactly"
        return "nearly" if sign * deviations[own] >= 1 - TOLERANCE else "not"

    def _solved(self, program: _Program, own: int, need: int, sign: int) -> Floats | None:
        """Deviations in units of `need` that move the target as far as may be, at most by `need`."""
        self.solved += 1
        low = np.maximum(self._down[program.columns] / need, -FAR)
        high = np.minimum(self._up[program.columns] / need, FAR)
        low[own], high[own] = max(low[own], -1.0), min(high[own], 1.0)
        aim = np.zeros(len(low))
        aim[own] = -sign
        right = np.zeros(program.matrix.shape[0])
        bounds = np.column_stack([low, high])
        equations, limit = program.matrix.astype(np.float64), {"time_limit": SECONDS}
        found = linprog(aim, A_eq=equations, b_eq=right, bounds=bounds, method="highs", options=limit)
        return np.asarray(found.x, dtype=np.float64) if found.status == 0 else None

    def _adds_up(self, program: _Program, own: int, need: int, sign: int, deviations: Floats, parts: int) -> bool:
        """Whether deviations, rounded to units / parts, keep all equations and bounds exactly and reach the level."""
        if np.abs(deviations).sum() * need * parts > 2.0**61:
            return False
        units = np.rint(deviations * (need * parts)).astype(np.int64)
        down, up = self._down[program.columns], self._up[program.columns]
        within = np.all(units >= down * parts) and np.all((up >= UNBOUNDED // 16) | (units <= up * parts))
        return bool(within and sign * units[own] >= need * parts and not np.any(program.matrix @ units))


def _entries(matrix: sparse.csr_matrix, number: int) -> Sequence[int]:
    entries: Sequence[int] = matrix.indices[matrix.indptr[number] : matrix.indptr[number + 1]].tolist()
    return entries
