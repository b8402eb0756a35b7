"""Tables of values within a band: whole, additive, alone with their measure, and with a curve that tells enough.

The loss is worked out anew from c, a and rho, in exact fractions: nothing is taken from the code that published it.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isqrt, prod

import numpy as np

from publisher.audit.description import PLACE, BandEntry, CurvePoint, TableEntry
from publisher.audit.edition import Edition
from publisher.audit.numbers import numbers
from publisher.audit.public_table import PublicTable
from publisher.audit.relations import relations
from publisher.model.audit_report import Finding


def check_bands(read: Edition, earlier: Sequence[Edition]) -> list[Finding]:
    """Findings of kinds `ledger`, `completeness` and `additivity`. `earlier`: editions of the same period."""
    if read.entry is None:
        return []
    others = [table for one in (read, *earlier) if one.entry for table in one.entry.tables]
    findings: list[Finding] = []
    for entry in read.entry.tables:
        if entry.method == "band":
            findings += [Finding("ledger", f"{PLACE}: {entry.id}", problem) for problem in _promise(entry)]
            findings += _twins(entry, others)
            if entry.id in read.tables:
                findings += _numbers(read.tables[entry.id])
    return findings


def _promise(entry: TableEntry) -> Iterator[str]:
    """What is wrong with what the table says of its loss."""
    band = entry.noise.band if entry.noise else None
    rho = entry.noise.exact_rho if entry.noise else None
    if band is None or not rho or entry.noise is None:
        yield "a table of values within a band does not state its band and its rho"
        return
    if [(measure.id, measure.aggregate) for measure in entry.measures] != [(band.measure, "sum")]:
        yield "a table of values within a band has one measure, a sum, and its band is of that"
    if f"c = {band.c}," not in entry.noise.unit:
        yield "the account that was charged is not that of the band it states"
    values = [point.value for point in band.curve]
    if not values or values != sorted(set(values)):
        yield "the loss curve has no points, or not in order"
    if any(_out_of_place(band, point) for point in band.curve):
        yield "the loss curve has points that the data could have chosen, or whose band is not within c"
    if any(_understated(band, rho, point.value, point.exact_rho) for point in band.curve):
        yield "the loss curve states less than what presence loses"


def told_by_curves(read: Edition) -> set[str]:
    """The numbers that loss curves are made of: none is from the data, once `check_bands` has passed them."""
    noise = [table.noise for table in read.entry.tables] if read.entry else []
    bands = [one.band for one in noise if one is not None and one.band is not None]
    told = [number for band in bands for point in band.curve for number in (point.value, point.low, point.high)]
    return numbers("\n".join(f"{number}\n{number:,}" for number in (*told, *(band.a for band in bands))))


def _out_of_place(band: BandEntry, point: CurvePoint) -> bool:
    """A point is a power of ten, and its band the whole w with |sqrt(w) - sqrt(value)| <= c."""
    middle, step = point.value + band.c**2, isqrt(4 * band.c**2 * point.value)
    low = middle - step if point.value > band.c**2 else 0
    return str(point.value).strip("0") != "1" or (point.low, point.high) != (low, middle + step)


def _understated(band: BandEntry, rho: Fraction, value: int, stated: Fraction | None) -> bool:
    """Whether stated < rho (sqrt(value + a) - sqrt(a))^2 / c^2, with the root taken to the other side and squared."""
    if stated is None:
        return True
    rest = value + 2 * band.a - stated * band.c**2 / rho
    return rest > 0 and rest**2 > 4 * band.a * (value + band.a)


def _twins(entry: TableEntry, others: Sequence[TableEntry]) -> list[Finding]:
    """An exact number, or one under another promise, cancels the band; whatever its universe."""
    place = f"{PLACE}: {entry.id}"
    mine = {(entry.flow, measure.aggregate, measure.column) for measure in entry.measures}
    return [
        Finding("ledger", place, f"measure {measure.id} of {other.id} is the same number, protected otherwise")
        for other in others
        if other.method != "band"
        for measure in other.measures
        if (other.flow, measure.aggregate, measure.column) in mine
    ]


def _numbers(table: PublicTable) -> Iterator[Finding]:
    """Every combination of codes has a row; margins add up; intervals hold their values and nothing is negative."""
    place = f"data/{table.entry.id}.parquet"
    if table.rows != prod(len(np.unique(column)) for column in table.nodes.T):
        yield Finding("completeness", place, "not every combination of codes has a row")
        return
    equations, _ = relations(table)
    for measure in table.entry.measures:
        value, lower, upper = (each[measure.id].whole for each in (table.numbers, table.lower, table.upper))
        if np.any(equations.residuals(value)):
            yield Finding("additivity", place, "a margin is not the sum of its parts")
        if np.any((lower < 0) | (lower > value) | (value > upper)):
            yield Finding("completeness", place, "an interval does not hold its value, or goes below 0")
