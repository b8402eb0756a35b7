"""The equations of earlier editions, over present cells, old numbers and revisions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.aggregate.relations import relations
from publisher.model.structure import TableStructure
from publisher.suppression.identity import Rows
from publisher.suppression.network import LINK
from publisher.suppression.stated import NONE, StatedNumbers
from publisher.suppression.statements import Present, Statement
from publisher.suppression.system import AdditiveSystem, Integers

Signs = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Equations:
    """Compressed rows, as in AdditiveSystem."""

    indptr: Integers
    indices: Integers
    signs: Signs
    family: Integers


def old_equations(
    system: AdditiveSystem,
    present: Present,
    statements: Sequence[Statement],
    stated: StatedNumbers,
    number: Integers,
    revision: Integers,
) -> Equations:
    """`old = present + revision` for each revised cell, and what each earlier table adds up, each equation once.

    number, revision   int64[stated]  the cells of the joined system, NONE where a number was not revised
    """
    parts, seen = [_ties(stated, number, revision)], set[bytes]()
    for said, pairs in zip(statements, stated.of, strict=True):
        twin = _twin(said, present)
        if twin is None:
            seen = seen or set(_keys(system.indptr, system.indices))
            parts.append(_sums(said.rows, said.rows.nodes, number[pairs[: said.rows.count]]))
        else:
            parts.append(_revised_sums(said, pairs, twin, revision))
    return _each_once(parts, seen)


def _ties(stated: StatedNumbers, number: Integers, revision: Integers) -> Equations:
    """One equation a revised cell. `old` stands alone with its sign: it follows the present one."""
    revised = np.flatnonzero((revision != NONE) & (revision != number))
    cells = np.stack([number[revised], stated.present[revised], revision[revised]], axis=1)
    signs = np.tile(np.array([1, -1, -1], dtype=np.int8), len(revised))
    starts = 3 * np.arange(len(revised) + 1, dtype=np.int64)
    return Equations(starts, cells.reshape(-1), signs, np.full(len(revised), LINK, dtype=np.int64))


def _twin(said: Statement, present: Present) -> tuple[Rows, Integers] | None:
    """The present rows of the same measure over the same hierarchies, and their identities."""
    for rows, identity in zip(present.rows, present.identity, strict=True):
        if rows.quantity == said.rows.quantity and _shape(rows.table.structure) == _shape(said.rows.table.structure):
            return rows, identity
    return None


def _shape(structure: TableStructure) -> list[tuple[str, tuple[str, ...], tuple[int, ...]]]:
    return [(d.column, d.hierarchy.codes, d.hierarchy.parent) for d in structure.dimensions]


def _revised_sums(said: Statement, pairs: Integers, twin: tuple[Rows, Integers], revision: Integers) -> Equations:
    """An earlier equation less the present one: what is unchanged falls out of it."""
    rows, identity = twin
    both = np.concatenate([said.identity[: said.rows.count], identity])
    union, first = np.unique(both, return_index=True)
    nodes = tuple(np.concatenate([old, new])[first] for old, new in zip(said.rows.nodes, rows.nodes, strict=True))
    order = np.argsort(said.identity, kind="stable")
    pair = pairs[order[np.searchsorted(said.identity, union, sorter=order)]]
    return _sums(said.rows, nodes, revision[pair])


def _sums(rows: Rows, nodes: Sequence[Integers], cells: Integers) -> Equations:
    """The sums of a table with these nodes; `cells` NONE fall out, and equations with them that lose every cell."""
    structure = rows.table.structure
    columns = {name: pa.array(column, pa.int32()) for name, column in zip(structure.columns, nodes, strict=True)}
    related = relations(structure, pa.table(columns))
    family = np.zeros(related.equations, dtype=np.int64)
    parent, child = related.indices[related.indptr[:-1]], related.indices[related.indptr[:-1] + 1]
    for number, column in enumerate(nodes):
        family[column[parent] != column[child]] = number
    kept = cells[related.indices] != NONE
    equation = np.repeat(np.arange(related.equations), np.diff(related.indptr))[kept]
    lengths = np.bincount(equation, minlength=related.equations)
    indptr = np.concatenate([[0], np.cumsum(lengths[lengths > 0])]).astype(np.int64)
    return Equations(indptr, cells[related.indices[kept]], related.signs[kept], family[lengths > 0])


def _keys(indptr: Integers, indices: Integers) -> Iterator[bytes]:
    """One a row: its cells."""
    for begin, end in zip(indptr[:-1].tolist(), indptr[1:].tolist(), strict=True):
        yield np.sort(indices[begin:end]).tobytes()


def _each_once(parts: Sequence[Equations], seen: set[bytes]) -> Equations:
    """All parts end to end, without an equation over the same cells as one before or one in `seen`."""
    lengths, chosen, family = [], [], []
    for part in parts:
        fresh = np.zeros(len(part.family), dtype=np.bool_)
        for e, key in enumerate(_keys(part.indptr, part.indices)):
            fresh[e] = key not in seen
            seen.add(key)
        entries = np.repeat(fresh, np.diff(part.indptr))
        chosen.append((part.indices[entries], part.signs[entries]))
        lengths.append(np.diff(part.indptr)[fresh])
        family.append(part.family[fresh])
    return Equations(
        np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64),
        np.concatenate([indices for indices, _ in chosen]),
        np.concatenate([signs for _, signs in chosen]).astype(np.int8),
        np.concatenate(family),
    )
