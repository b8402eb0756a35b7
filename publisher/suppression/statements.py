"""What earlier editions of a period say about single cells: shown or hidden, which number, how unsafe."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from publisher.model.codelist import TOTAL
from publisher.model.structure import Measure
from publisher.suppression.assemble import Assembly, Demand, assemble
from publisher.suppression.history import EarlierTable
from publisher.suppression.identity import Rows, identify
from publisher.suppression.shown import nodes_of
from publisher.suppression.system import Integers, Mask


@dataclass(frozen=True)
class Statement:
    """One measure of one earlier table. Arrays of one entry a cell: its rows, then cells it shows by having no row.

    rows      those of the table
    identity  int64  number of the cell, see identity.identify
    value, hidden, upper, lower (protection levels), owner (its only contributor, else 0)
    floor, ceiling   what everybody knew of it beforehand
    asked     int64  the same as upper, lower by claims to quantities: 0 where these ask for no more
    alone     bool   a quantity hidden while its value was shown
    free      bool   a quantity that may be
    """

    earlier: EarlierTable
    rows: Rows
    identity: Integers
    value: Integers = field(repr=False)
    hidden: Mask = field(repr=False)
    upper: Integers = field(repr=False)
    lower: Integers = field(repr=False)
    owner: Integers = field(repr=False)
    floor: Integers = field(repr=False)
    ceiling: Integers = field(repr=False)
    asked: tuple[Integers, Integers] = field(repr=False)
    alone: Mask = field(repr=False)
    free: Mask = field(repr=False)


@dataclass(frozen=True)
class Present:
    """The present edition's cells by identity.

    rows      of each part of the assembly, and the identity of each row
    variable  int64[identities]  the cell's variable, -1 where no table has a row for it
    """

    rows: tuple[Rows, ...]
    identity: tuple[Integers, ...]
    variable: Integers


def state(
    assembly: Assembly, demands: Sequence[Demand], earlier: Sequence[EarlierTable]
) -> tuple[Present, tuple[Statement, ...]]:
    """Present cells and earlier statements, over one numbering of identities."""
    now = tuple(_rows(demands[part.table], part.measure) for part in assembly.parts)
    judged = [assemble([(table.table, table.rules)]) for table in earlier]
    places = [(place, part) for place, one in enumerate(judged) for part in one.parts]
    then = tuple(_rows((earlier[place].table, earlier[place].rules), part.measure) for place, part in places)
    numbers = identify((*now, *then))
    variable = np.full(1 + max((int(ids.max(initial=-1)) for ids in numbers), default=-1), -1, dtype=np.int64)
    for part, ids in zip(assembly.parts, numbers, strict=False):
        variable[ids] = part.variables
    present = Present(now, numbers[: len(now)], variable)
    return present, tuple(
        _with_zeros(_statement(earlier[place], rows, ids, judged[place], part.variables), present)
        for (place, part), rows, ids in zip(places, then, numbers[len(now) :], strict=True)
    )


def _rows(demand: Demand, measure: str) -> Rows:
    table, _ = demand
    found = next(one for one in table.structure.measures if one.id == measure)
    return Rows(table, found, nodes_of(table.structure, table.cells))


def _statement(
    earlier: EarlierTable, rows: Rows, identity: Integers, judged: Assembly, variables: Integers
) -> Statement:
    system, asked, measure = judged.system, judged.quantities, rows.measure
    return Statement(
        earlier,
        rows,
        identity,
        value=system.values[variables],
        hidden=earlier.hidden[measure.id],
        upper=system.upper_level[variables],
        lower=system.lower_level[variables],
        owner=system.owner[variables],
        floor=system.lower_bound[variables],
        ceiling=system.upper_bound[variables],
        asked=(asked.upper[variables], asked.lower[variables]),
        alone=earlier.hidden[measure.id] & ~earlier.hidden[measure.shadows or measure.id],
        free=asked.free[variables],
    )


def _with_zeros(said: Statement, present: Present) -> Statement:
    """Adds the present cells that lie within the earlier table and had no row: shown, and zero."""
    within = [
        ids[_covered(rows, said.rows)]
        for rows, ids in zip(present.rows, present.identity, strict=True)
        if rows.quantity == said.rows.quantity
    ]
    absent = np.setdiff1d(np.concatenate([np.zeros(0, dtype=np.int64), *within]), said.identity)
    none = np.zeros(len(absent), dtype=np.int64)
    return Statement(
        said.earlier,
        said.rows,
        np.concatenate([said.identity, absent]),
        value=np.concatenate([said.value, none]),
        hidden=np.concatenate([said.hidden, none.astype(np.bool_)]),
        upper=np.concatenate([said.upper, none]),
        lower=np.concatenate([said.lower, none]),
        owner=np.concatenate([said.owner, none]),
        floor=np.concatenate([said.floor, none]),
        ceiling=np.concatenate([said.ceiling, none]),
        asked=(np.concatenate([said.asked[0], none]), np.concatenate([said.asked[1], none])),
        alone=np.concatenate([said.alone, none.astype(np.bool_)]),
        free=np.concatenate([said.free, np.full(len(none), _may_be_alone(said.rows.measure))]),
    )


def _may_be_alone(measure: Measure) -> bool:
    return measure.is_quantity and measure.shadows is not None


def _covered(rows: Rows, other: Rows) -> Mask:
    """bool[rows]: the other table has a place for the cell, whether or not it has a row there."""
    inside = np.ones(rows.count, dtype=np.bool_)
    theirs = {(d.column, d.hierarchy.codelist): d.hierarchy.node for d in other.table.structure.dimensions}
    for dimension, nodes in zip(rows.table.structure.dimensions, rows.nodes, strict=True):
        codes = theirs.pop((dimension.column, dimension.hierarchy.codelist), {TOTAL: 0})
        inside &= np.array([code in codes for code in dimension.hierarchy.codes], dtype=np.bool_)[nodes]
    return inside if all(TOTAL in codes for codes in theirs.values()) else np.zeros(rows.count, dtype=np.bool_)
