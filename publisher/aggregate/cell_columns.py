"""The columns of a confidential table: how each is aggregated from contributions, and how it is read."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from publisher.aggregate.contributions import Layout
from publisher.aggregate.policy import CLAIM, CONTROLLED, DETAIL, QUANTITY, Policy
from publisher.model.structure import Measure, TableStructure

SHIFT = 32  # size and maker of a contribution are ranked as one number, size * 2**32 + pseudonym: no tie is left open
LARGEST_REQUEST = 2**62  # beyond any cell: what a share limit asks for is cut to it


@dataclass(frozen=True, slots=True)
class Stored:
    """A column of aggregate_cell. `aggregated` is SQL over the contributions of one cell."""

    name: str
    sql_type: str
    aggregated: str


@dataclass(frozen=True, slots=True)
class Read:
    """A column of the result. `sql` is over the stored columns."""

    name: str
    sql: str
    type: pa.DataType


@dataclass(frozen=True, slots=True)
class _Claims:
    """Claims that count together. `prefix` is that of the columns about them."""

    prefix: str
    flags: int
    limit: str

    def among(self, *, chapter_totals: bool) -> str:
        """SQL: a contribution has such a claim."""
        return f"flags & {self.flags & ~DETAIL if chapter_totals else self.flags} <> 0"


_VALUES = _Claims("", CLAIM | DETAIL, "share_limit")
_QUANTITIES = _Claims("quantity_", CLAIM | DETAIL | QUANTITY, "quantity_limit")


@dataclass(frozen=True)
class CellColumns:
    """`largest`: how many of the largest contributions are kept, at least 2."""

    structure: TableStructure
    layout: Layout
    policy: Policy
    largest: int

    def stored(self, *, chapter_totals: bool) -> Iterator[Stored]:
        """For one cut; `chapter_totals`: claims to detail alone do not count in it."""
        claims = _VALUES.among(chapter_totals=chapter_totals)
        for node in self.layout.nodes:
            yield Stored(node, "INTEGER", node)
        for column in self.layout.sums:
            yield Stored(column, "BIGINT", f"CAST(sum({column}) AS BIGINT)")
        yield Stored("contributors", "BIGINT", "count(*)")
        claimants = {"all": "count(*)", "none": "0", "some": f"count(*) FILTER ({claims})"}[self.policy.claims]
        yield Stored("claimants", "BIGINT", claimants)
        controlled = f"bool_or(flags & {CONTROLLED} <> 0)" if self.policy.controlled else "false"
        yield Stored("controlled", "BOOLEAN", controlled)
        if self.policy.apart:
            among = _QUANTITIES.among(chapter_totals=chapter_totals)
            yield Stored("quantity_claimants", "BIGINT", f"count(*) FILTER ({among})")
        for number, measure in enumerate(self.structure.rule_measures):
            yield from self._stored_ranks(number, self.layout.column(measure))
            for kind in self._kinds(measure):
                yield from self._stored_claims(number, measure, kind, kind.among(chapter_totals=chapter_totals))

    def _kinds(self, measure: Measure) -> Iterator[_Claims]:
        """The claims by which the cells of a rule measure are judged, where claimants are told from others."""
        if self.policy.claims == "some":
            yield _VALUES
        if self.policy.apart and measure in self.structure.quantity_rules:
            yield _QUANTITIES

    def _stored_ranks(self, number: int, column: str) -> Iterator[Stored]:
        """largest_0 holds packed numbers (HUGEINT), largest_1 and so on the contributions themselves."""
        if number == 0:
            packed = f"CAST({column} AS HUGEINT) * {2**SHIFT} + contributor"
            yield Stored("largest_0", "HUGEINT[]", f"max({packed}, {self.largest})")
        else:
            yield Stored(f"largest_{number}", "BIGINT[]", f"max({column}, {self.largest})")

    def _stored_claims(self, number: int, measure: Measure, kind: _Claims, among: str) -> Iterator[Stored]:
        """The largest contribution with such a claim, and the largest total that a share limit asks for."""
        column = self.layout.column(measure)
        yield Stored(f"{kind.prefix}claimant_{number}", "BIGINT", f"max({column}) FILTER ({among})")
        if kind.limit in self.layout.limits:
            unit = self.policy.share_unit
            asked = f"(CAST({column} AS HUGEINT) * {unit} + {kind.limit} - 1) // {kind.limit}"
            least = f"CAST(least({asked}, {LARGEST_REQUEST}) AS BIGINT)"
            yield Stored(f"{kind.prefix}request_{number}", "BIGINT", f"max({least}) FILTER ({among})")

    def read(self) -> Iterator[Read]:
        for dimension, node in zip(self.structure.dimensions, self.layout.nodes, strict=True):
            yield Read(dimension.column, node, pa.int32())
        for measure in self.structure.measures:
            if measure.id != "declarations":
                yield Read(measure.id, self.layout.column(measure), pa.int64())
        for name in ("declarations", "contributors", "claimants", *(["quantity_claimants"] * self.policy.apart)):
            yield Read(name, name, pa.int64())
        yield Read("controlled", "controlled", pa.bool_())
        for place in (1, 2):
            maker = f"CAST(coalesce(largest_0[{place}] & {2**SHIFT - 1}, 0) AS BIGINT)"
            yield Read(f"contributor_{place}", maker, pa.int64())
        for number, measure in enumerate(self.structure.rule_measures):
            yield from self._read_ranks(number, measure)

    def _read_ranks(self, number: int, measure: Measure) -> Iterator[Read]:
        for place in range(1, self.largest + 1):
            yield Read(f"{measure.id}_largest_{place}", _ranked(number, place), pa.int64())
        for kind in list(self._kinds(measure)) or [_VALUES]:
            yield from self._read_claims(number, measure, kind)

    def _read_claims(self, number: int, measure: Measure, kind: _Claims) -> Iterator[Read]:
        some = f"coalesce({kind.prefix}claimant_{number}, 0)"
        claimant = {"all": _ranked(number, 1), "none": "0", "some": some}[self.policy.claims]
        yield Read(f"{measure.id}_{kind.prefix}claimant", claimant, pa.int64())
        first, second = _ranked(number, 1), _ranked(number, 2)
        rival = f"CASE WHEN {claimant} = {first} THEN {second} ELSE {first} END"
        yield Read(f"{measure.id}_{kind.prefix}rival", rival, pa.int64())
        if kind.limit in self.layout.limits:
            asked = f"coalesce({kind.prefix}request_{number}, 0)"
            yield Read(f"{measure.id}_{kind.prefix}request", asked, pa.int64())


def _ranked(number: int, place: int) -> str:
    """SQL for the contribution at a place (from 1) among the largest, 0 where there are fewer."""
    shifted = f" >> {SHIFT}" if number == 0 else ""
    return f"CAST(coalesce(largest_{number}[{place}]{shifted}, 0) AS BIGINT)"
