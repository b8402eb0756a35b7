"""The confidential numbers behind each published row, and whether the table is the one that was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from publisher.audit.decisions import read_decisions
from publisher.audit.levels import levels
from publisher.audit.public_table import PublicTable
from publisher.audit.relations import find, row_keys
from publisher.audit.tree import Integers
from publisher.audit.unions import Union, unions_of
from publisher.model.audit_report import Finding
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules


@dataclass(frozen=True)
class Truth:
    """For one published table, arrays of one entry a published row: by measure the true value and its levels.

    `lone` is the pseudonym of the cell's only contributor, 0 where there are several; `leader` that of the largest
    contributor where there are three or more, else 0. `least` and `most` are what everybody is said to know of a
    number beforehand, by measure; a measure that is missing there is not known of.
    """

    values: Mapping[str, Integers] = field(repr=False)
    upper: Mapping[str, Integers] = field(repr=False)
    lower: Mapping[str, Integers] = field(repr=False)
    lone: Integers = field(repr=False)
    leader: Integers = field(repr=False)
    least: Mapping[str, Integers] = field(default_factory=dict, repr=False)
    most: Mapping[str, Integers] = field(default_factory=dict, repr=False)
    unions: tuple[Union, ...] = field(default=(), repr=False)


def truth(
    public: PublicTable, confidential: ConfidentialTable, rules: SuppressionRules
) -> tuple[Truth | None, tuple[Finding, ...]]:
    """Aligns both by codes. Findings name what is missing, what differs, and primary cells that are shown.

    None where the published table is not over the cells that were asked for.
    """
    findings = _check_structure(public, confidential)
    if findings:
        return None, tuple(findings)
    rows = _rows_of_cells(public, confidential)
    demanded = levels(confidential, rules)
    decided = read_decisions(public, confidential)
    values, upper, lower, least, most = {}, {}, {}, {}, {}
    for measure in public.entry.measures:
        true = _column(confidential, measure.id)
        findings += _absent_cells(public, confidential, rows, true)
        values[measure.id] = _spread(public, rows, true)
        upper[measure.id] = _spread(public, rows, demanded[measure.id].upper)
        lower[measure.id] = _spread(public, rows, demanded[measure.id].lower)
        least[measure.id], most[measure.id] = decided.known_range(values[measure.id])
    count, largest = _column(confidential, "contributors"), _column(confidential, "contributor_1")
    lone = _spread(public, rows, np.where(count == 1, largest, 0))
    leader = _spread(public, rows, np.where(count >= 3, largest, 0))
    primary = demanded[confidential.structure.rule_measures[0].id].upper
    unions = unions_of(public, confidential, rules, rows, primary)
    aligned = Truth(values, upper, lower, lone, leader, least, most, unions)
    return aligned, (*findings, *decided.check(public), *_check_shown(public, aligned))


def _column(table: ConfidentialTable, name: str) -> Integers:
    return table.cells.column(name).to_numpy().astype(np.int64)


def _check_structure(public: PublicTable, confidential: ConfidentialTable) -> list[Finding]:
    """Whether tables.json and the codelists describe the table that was asked for."""
    structure, entry, place = confidential.structure, public.entry, f"metadata/tables.json: {public.entry.id}"
    said = [(m.id, m.aggregate, m.decimals, m.column, m.shadows) for m in entry.measures]
    asked = [(m.id, m.aggregate, m.decimals, m.column, m.shadows) for m in structure.measures]
    pairs = {
        "flow": (entry.flow, structure.flow),
        "universe": (entry.universe, structure.universe),
        "measures": (said, asked),
        "dimensions": ([d.column for d in entry.dimensions], list(structure.columns)),
        "levels": ([d.levels for d in entry.dimensions], [list(d.hierarchy.levels) for d in structure.dimensions]),
        "codelist": ([d.codelist for d in entry.dimensions], [d.hierarchy.codelist for d in structure.dimensions]),
        "period": (public.period, confidential.time_period),
        "snapshot": (entry.snapshot, confidential.snapshot),
    }
    findings = [
        Finding("completeness", place, f"the {what} differs from what was asked for")
        for what, (one, other) in pairs.items()
        if one != other
    ]
    for tree, dimension in zip(public.trees, structure.dimensions, strict=False):
        if not tree.same_as(dimension.hierarchy):
            name = f"metadata/codelists/{dimension.hierarchy.codelist}.csv"
            findings.append(Finding("completeness", name, "is not the codelist that the table was made with"))
    return findings


def _rows_of_cells(public: PublicTable, confidential: ConfidentialTable) -> Integers:
    """The published row of each confidential cell, -1 where it has none."""
    keys, weights = row_keys(public)
    wanted = np.zeros(confidential.cells.num_rows, dtype=np.int64)
    for tree, weight, dimension in zip(public.trees, weights, confidential.structure.dimensions, strict=True):
        theirs = np.array([tree.node[code] for code in dimension.hierarchy.codes], dtype=np.int64)
        wanted += theirs[_column(confidential, dimension.column)] * weight
    return find(keys, wanted)


def _spread(public: PublicTable, rows: Integers, of_cells: Integers) -> Integers:
    """From one entry a confidential cell to one a published row; rows without a cell are true zeros."""
    spread = np.zeros(public.rows, dtype=np.int64)
    spread[rows[rows >= 0]] = of_cells[rows >= 0]
    return spread


def _absent_cells(
    public: PublicTable, confidential: ConfidentialTable, rows: Integers, true: Integers
) -> list[Finding]:
    """Cells that are not zero but have no row: published as zeros, which they are not."""
    dimensions = confidential.structure.dimensions
    nodes = [_column(confidential, dimension.column) for dimension in dimensions]
    return [
        Finding(
            "completeness",
            f"data/{public.entry.id}.parquet",
            "the cell is not zero and has no row",
            (
                public.entry.id,
                public.period,
                *(d.hierarchy.codes[int(n[c])] for d, n in zip(dimensions, nodes, strict=True)),
            ),
        )
        for c in np.flatnonzero((rows < 0) & (true != 0)).tolist()
    ]


def _check_shown(public: PublicTable, aligned: Truth) -> list[Finding]:
    """Shown numbers are the true ones; primary cells are not shown; nothing is negative."""
    findings = []
    place = f"data/{public.entry.id}.parquet"
    for measure in public.entry.measures:
        true, shown = aligned.values[measure.id], ~public.hidden
        primary = (aligned.upper[measure.id] > 0) | (aligned.lower[measure.id] > 0)
        tests = {
            "the published number is not the true one": shown & (public.numbers[measure.id].whole != true),
            "a primary cell is shown": shown & primary,
            "the true value is negative: intervals here assume that nothing is below zero": true < 0,
        }
        for problem, flags in tests.items():
            findings += [
                Finding("completeness", place, problem, (*public.codes(row), measure.id))
                for row in np.flatnonzero(flags).tolist()
            ]
    return findings
