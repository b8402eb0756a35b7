"""All that an attacker knows, as one linear system over all tables, measures and versions of one period.

A *variable* is one number: the same flow, universe, aggregate and column, and non-total codes, wherever it stands,
and the same true value. Versions of a revised cell are therefore different variables; versions of an unchanged one
are tied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from publisher.audit.public_table import Flags, PublicTable
from publisher.audit.relations import Equations, joined, relations
from publisher.audit.tree import Integers
from publisher.audit.truth import Truth
from publisher.model.audit_report import Finding
from publisher.model.codelist import TOTAL

UNBOUNDED = 2**62


@dataclass(frozen=True)
class Block:
    """One measure of one published table with what the auditor knows of it. `trusted`: values are all known true.

    An earlier table without its confidential twin is not trusted: its hidden values are guessed to be
    today's, and equations that contradict the guess are left out.
    """

    table: PublicTable
    measure: str
    truth: Truth = field(repr=False)
    edition: str
    trusted: bool = True

    @property
    def hidden(self) -> Flags:
        """bool[rows]"""
        return self.table.hidden[self.measure]


@dataclass(frozen=True)
class System:
    """Arrays of one entry a variable; `blocks[owner[v]]`, row `row[v]`, is one place where variable v stands.

    known          some version or table shows the number
    floor, ceiling bounds of the number, published or known beforehand (0 and UNBOUNDED where there are none)
    shown_floor, shown_ceiling  the published ones alone
    up, down       protection levels (0: not primary)
    lone           pseudonym of the only contributor, else 0
    leader         pseudonym of the largest of three or more contributors, else 0
    sums           the variables that each of the last len(sums) variables is the sum of: a trader's union (unions.py)
    """

    blocks: Sequence[Block] = field(repr=False)
    owner: Integers = field(repr=False)
    row: Integers = field(repr=False)
    truth: Integers = field(repr=False)
    known: Flags = field(repr=False)
    floor: Integers = field(repr=False)
    ceiling: Integers = field(repr=False)
    shown_floor: Integers = field(repr=False)
    shown_ceiling: Integers = field(repr=False)
    up: Integers = field(repr=False)
    down: Integers = field(repr=False)
    lone: Integers = field(repr=False)
    leader: Integers = field(repr=False)
    equations: Equations = field(repr=False)
    sums: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    @property
    def cells(self) -> int:
        """How many variables are cells; the others are sums of them."""
        return len(self.truth) - len(self.sums)

    def name(self, variable: int) -> tuple[str, ...]:
        """(table, period, codes, measure): codes only. A sum has those of all its cells, joined by +."""
        if variable >= self.cells:
            parts = zip(*map(self.name, self.sums[variable - self.cells]), strict=True)
            return tuple("+".join(dict.fromkeys(codes)) for codes in parts)
        block = self.blocks[int(self.owner[variable])]
        return (*block.table.codes(int(self.row[variable])), block.measure)


def build_system(blocks: Sequence[Block]) -> tuple[System, tuple[Finding, ...], int]:
    """The system, what does not add up, and the number of equations of earlier versions that were left out."""
    sizes = [block.table.rows for block in blocks]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    values = _stacked([block.truth.values[block.measure] for block in blocks])
    variable, first = _variables(blocks, values)
    equations, findings, dropped = _equations(blocks, starts, values)
    shown = _stacked([(~block.hidden).astype(np.int64) for block in blocks])
    zero = _zero_elsewhere(blocks, variable, first, values)
    owner = np.repeat(np.arange(len(blocks)), sizes)[first]
    count = len(first)
    floor = _folded(np.maximum, _stacked([_floor(block) for block in blocks]), variable, count, 0)
    ceiling = _folded(np.minimum, _stacked([_ceiling(block) for block in blocks]), variable, count, UNBOUNDED)
    least, most = (_stacked([_known(block, end) for block in blocks]) for end in ("least", "most"))
    system = System(
        blocks=blocks,
        owner=owner,
        row=first - starts[owner],
        truth=values[first],
        known=(_folded(np.maximum, shown, variable, count, 0) > 0) | zero,
        floor=np.maximum(floor, _folded(np.maximum, least, variable, count, 0)),
        ceiling=np.minimum(ceiling, _folded(np.minimum, most, variable, count, UNBOUNDED)),
        shown_floor=floor,
        shown_ceiling=ceiling,
        up=_folded(np.maximum, _stacked([b.truth.upper[b.measure] for b in blocks]), variable, count, 0),
        down=_folded(np.maximum, _stacked([b.truth.lower[b.measure] for b in blocks]), variable, count, 0),
        lone=_folded(np.maximum, _stacked([block.truth.lone for block in blocks]), variable, count, 0),
        leader=_folded(np.maximum, _stacked([block.truth.leader for block in blocks]), variable, count, 0),
        equations=Equations(equations.starts, variable[equations.cells], equations.signs, equations.needed),
    )
    return _with_sums(system, _sums(system, starts, variable)), findings, dropped


def _sums(system: System, starts: Integers, variable: Integers) -> dict[tuple[int, ...], int]:
    """The unions of the present edition's tables, with their levels; not those with a number that a reader knows."""
    found: dict[tuple[int, ...], int] = {}
    for block, start in zip(system.blocks, starts.tolist(), strict=False):
        if block.edition == system.blocks[0].edition:
            for union in block.truth.unions:
                cells = tuple(sorted(variable[start + np.array(union.rows, dtype=np.int64)].tolist()))
                level = union.upper.get(block.measure, 0)
                if level and not np.any(system.known[list(cells)]):
                    found[cells] = max(found.get(cells, 0), level)
    return found


def _with_sums(system: System, levels: Mapping[tuple[int, ...], int]) -> System:
    """Each sum as one more unknown number, and the equation that makes it one."""
    sums, none = tuple(levels), np.zeros(len(levels), dtype=np.int64)
    first = np.array([cells[0] for cells in sums], dtype=np.int64)
    truth = np.array([system.truth[list(cells)].sum() for cells in sums], dtype=np.int64)
    up, old = np.array(list(levels.values()), dtype=np.int64), system.equations
    entries = [np.array([len(system.truth) + place, *cells]) for place, cells in enumerate(sums)]
    signs = [np.array([1, *[-1] * len(cells)]) for cells in sums]
    ends = old.starts[-1] + np.cumsum([len(cells) + 1 for cells in sums], dtype=np.int64)
    return replace(
        system,
        owner=np.append(system.owner, system.owner[first]),
        row=np.append(system.row, system.row[first]),
        truth=np.append(system.truth, truth),
        known=np.append(system.known, none > 0),
        floor=np.append(system.floor, none),
        ceiling=np.append(system.ceiling, none + UNBOUNDED),
        shown_floor=np.append(system.shown_floor, none),
        shown_ceiling=np.append(system.shown_ceiling, none + UNBOUNDED),
        up=np.append(system.up, up),
        down=np.append(system.down, np.minimum(up, truth)),
        lone=np.append(system.lone, none),
        leader=np.append(system.leader, none),
        equations=Equations(
            np.append(old.starts, ends),
            np.concatenate([old.cells, *entries]).astype(np.int64),
            np.concatenate([old.signs, *signs]).astype(np.int64),
            np.append(old.needed, none == 0),
        ),
        sums=sums,
    )


def _stacked(parts: Sequence[Integers]) -> Integers:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _folded(how: np.ufunc, values: Integers, variable: Integers, count: int, start: int) -> Integers:
    folded = np.full(count, start, dtype=np.int64)
    how.at(folded, variable, values)
    return folded


def _floor(block: Block) -> Integers:
    bounds = block.table.lower[block.measure]
    return np.where(bounds.given & block.hidden, bounds.whole, 0)


def _ceiling(block: Block) -> Integers:
    bounds = block.table.upper[block.measure]
    return np.where(bounds.given & block.hidden, bounds.whole, UNBOUNDED)


def _known(block: Block, end: str) -> Integers:
    """What everybody knows of each number beforehand."""
    known = (block.truth.least if end == "least" else block.truth.most).get(block.measure)
    nothing = 0 if end == "least" else UNBOUNDED
    return np.full(block.table.rows, nothing, dtype=np.int64) if known is None else known


def family(table: PublicTable, measure_id: str) -> tuple[str, ...]:
    """What two measures must share for their cells to be the same numbers."""
    entry = table.entry
    measure = next(measure for measure in entry.measures if measure.id == measure_id)
    universe = " ".join(entry.universe.split())
    return (entry.flow, universe, measure.aggregate, measure.column or "", str(measure.decimals), table.period)


def _family(block: Block) -> tuple[str, ...]:
    return family(block.table, block.measure)


def _variables(blocks: Sequence[Block], values: Integers) -> tuple[Integers, Integers]:
    """Variable of each stacked row, and the first stacked row of each variable."""
    columns = sorted({d.column for block in blocks for d in block.table.entry.dimensions})
    families = {name: place for place, name in enumerate(sorted({_family(block) for block in blocks}))}
    codes: dict[tuple[str, str], int] = {}
    parts = [np.zeros((0, len(columns) + 1), dtype=np.int64)]
    for block in blocks:
        part = np.zeros((block.table.rows, len(columns) + 1), dtype=np.int64)
        part[:, -1] = families[_family(block)]
        for number, dimension in enumerate(block.table.entry.dimensions):
            ids = _code_ids(dimension.column, block.table.trees[number].codes, codes)
            part[:, columns.index(dimension.column)] = ids[block.table.nodes[:, number]]
        parts.append(part)
    identity = np.column_stack([np.concatenate(parts), values])
    _, first, variable = np.unique(identity, axis=0, return_index=True, return_inverse=True)
    return variable.reshape(-1).astype(np.int64), first.astype(np.int64)


def _code_ids(column: str, codes: Sequence[str], known: dict[tuple[str, str], int]) -> Integers:
    """A number for each (column, code), 0 for the total: a missing dimension and its total are the same."""
    numbers = [0 if code == TOTAL else known.setdefault((column, code), len(known) + 1) for code in codes]
    return np.array(numbers, dtype=np.int64)


def _equations(
    blocks: Sequence[Block], starts: Integers, values: Integers
) -> tuple[Equations, tuple[Finding, ...], int]:
    parts: list[Equations] = []
    findings: list[Finding] = []
    dropped = 0
    known: dict[int, tuple[Equations, tuple[Finding, ...]]] = {}
    for block, start in zip(blocks, starts.tolist(), strict=False):
        if id(block.table) not in known:
            known[id(block.table)] = _checked_relations(block)
            findings += known[id(block.table)][1] if block.trusted else ()
        own = known[id(block.table)][0]
        broken = np.flatnonzero(own.residuals(values[start : start + block.table.rows]))
        if block.trusted:
            findings += [_does_not_add(block, own, equation) for equation in broken.tolist()]
        dropped += 0 if block.trusted else len(broken)
        good = own.of(np.setdiff1d(np.arange(own.count), broken))
        needed = good.needed if len(broken) == 0 else np.ones(good.count, dtype=np.bool_)
        parts.append(Equations(good.starts, good.cells + start, good.signs, needed))
    return joined(parts), tuple(findings), dropped


def _checked_relations(block: Block) -> tuple[Equations, tuple[Finding, ...]]:
    """The table's equations; a row whose margin is missing or empty must itself be all zero."""
    equations, broken = relations(block.table)
    table = block.table
    zero = np.all([~table.hidden[name] & (number.whole == 0) for name, number in table.numbers.items()], axis=0)
    place = f"data/{block.table.entry.id}.parquet"
    findings = [
        Finding("additivity", place, problem, block.table.codes(row))
        for rows, problem in (
            (broken.orphans, "the cell is not zero, but a margin above it has no row"),
            (broken.childless, "the margin is not zero, but no cell below it has a row"),
        )
        for row in rows
        if not zero[row]
    ]
    return equations, tuple(findings)


def _does_not_add(block: Block, equations: Equations, equation: int) -> Finding:
    margin = int(equations.cells[equations.starts[equation]])
    cell = (*block.table.codes(margin), block.measure)
    return Finding(
        "additivity", f"data/{block.table.entry.id}.parquet", "the margin is not the sum of its parts", cell
    )


def _zero_elsewhere(blocks: Sequence[Block], variable: Integers, first: Integers, values: Integers) -> Flags:
    """Hidden zeros that another table of the same family covers without a row: published there as zeros.

    A row of another number (an earlier version, hidden there too) says nothing of the zero.
    """
    zero = np.zeros(len(first), dtype=np.bool_)
    candidates = set(np.flatnonzero(values[first] == 0).tolist())
    start = 0
    places: dict[int, list[tuple[Block, int]]] = {}
    for block in blocks:
        for row, one in enumerate(variable[start : start + block.table.rows].tolist()):
            if one in candidates:
                places.setdefault(one, []).append((block, row))
        start += block.table.rows
    for one, stands in places.items():
        own = {id(block) for block, _ in stands}
        codes = dict(stands[0][0].table.non_total(stands[0][1]))
        rest = (other for other in blocks if id(other) not in own and _family(other) == _family(stands[0][0]))
        zero[one] = any(_without_row(other.table, codes) for other in rest if other.trusted)
    return zero


def _without_row(table: PublicTable, codes: Mapping[str, str]) -> bool:
    """Whether the combination, total in all else, lies within the table and has no row there."""
    columns = [dimension.column for dimension in table.entry.dimensions]
    wanted = [codes.get(column, TOTAL) for column in columns]
    trees = zip(wanted, table.trees, strict=True)
    if not set(codes) <= set(columns) or any(code not in tree.node for code, tree in trees):
        return False
    nodes = [tree.node[code] for code, tree in zip(wanted, table.trees, strict=True)]
    return not np.any(np.all(table.nodes == np.array(nodes, dtype=np.int64), axis=1))
