"""`query cost --json`: everything that was found. Confidential, and the document says so first."""

from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from publisher.cli.cost_report import Assessed, CostReport
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Measure, TableStructure
from publisher.suppression.cost import TableCost
from publisher.suppression.dearest import NamedCell
from publisher.suppression.marked import Tally

Json = dict[str, Any]


def cost_json(report: CostReport) -> Json:
    """Values in units of the measure, shares from 0 to 1, differences to the rules as written."""
    first, *others = report.assessed
    structure = report.query.structure
    return {
        "confidential": True,
        "query": report.query.id,
        "title": structure.title,
        "period": report.period,
        "snapshot": report.snapshot,
        "series": report.series,
        "earlier_editions": report.past.editions,
        "follows": report.past.previous.name if report.past.previous else None,
        "rules": _rules(first.rules),
        "seconds": round(first.seconds, 3),
        "measures": [_table(structure, cost) for cost in first.costs],
        "compare": [_compared(other, first, structure) for other in others],
        "heatmap": str(report.picture) if report.picture else None,
    }


def _rules(rules: SuppressionRules) -> Json:
    """Fractions stay exact, as texts."""
    return {key: _exact(value) for key, value in asdict(rules).items()}


def _exact(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, dict):
        return {key: _exact(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_exact(each) for each in value]
    return value


def _table(structure: TableStructure, cost: TableCost) -> Json:
    measure = cost.cells.measure
    return {
        "measure": measure.id,
        "unit": measure.unit,
        "rules_fired": dict(cost.by_rule),
        "total": _tally(cost.total, measure),
        "most_detailed": _tally(cost.finest, measure),
        "kept_hidden": {"cells": cost.kept.secondary, "value": _amount(cost.kept.value_secondary, measure)},
        "already_public": cost.already_public,
        "levels": [{"levels": level.levels} | _tally(level, measure) for level in cost.levels],
        "groups": [
            {"column": group.column, "code": group.code, "name": group.name} | _tally(group, measure)
            for group in cost.groups
        ],
        "dearest_protections": [
            {
                "cells": _cells(structure, protection.cells, measure, "secondary_cells_used"),
                "value_share": protection.share / 10**measure.decimals,
                "value_alone": _amount(protection.alone, measure),
                "forced": _cells(structure, protection.forced, measure, "primary_cells_using_it"),
            }
            for protection in cost.protections
        ],
        "dearest_secondary_cells": [
            {
                **_cells(structure, (hidden.cell,), measure, "primary_cells_using_it")[0],
                "forced_by": _cells(structure, hidden.forced_by, measure, "secondary_cells_used"),
            }
            for hidden in cost.hidden
        ],
        "secondary_cells_without_use": cost.unused,
    }


def _tally(tally: Tally, measure: Measure) -> Json:
    return {
        "cells": tally.cells,
        "primary": tally.primary,
        "secondary": tally.secondary,
        "value": _amount(tally.value, measure),
        "value_primary": _amount(tally.value_primary, measure),
        "value_secondary": _amount(tally.value_secondary, measure),
        "visible_cells": tally.visible_cells,
        "visible_value": tally.visible_share,
    }


def _cells(structure: TableStructure, cells: Sequence[NamedCell], measure: Measure, uses: str) -> list[Json]:
    return [
        {
            "codes": cell.codes,
            "names": cell_names(structure, cell),
            "rules": cell.rules,
            uses: cell.uses,
            "value": _amount(cell.value, measure),
        }
        for cell in cells
    ]


def cell_names(structure: TableStructure, cell: NamedCell) -> tuple[str, ...]:
    """The names of its codes; () for a cell of another table."""
    if len(cell.codes) != len(structure.dimensions):
        return ()
    hierarchies = [dimension.hierarchy for dimension in structure.dimensions]
    return tuple(h.names[h.node[code]] for h, code in zip(hierarchies, cell.codes, strict=True))


def _compared(other: Assessed, first: Assessed, structure: TableStructure) -> Json:
    bases = {base.measure: base for base in first.costs}
    return {
        "changes": other.changes,
        "rules": _rules(other.rules),
        "seconds": round(other.seconds, 3),
        "measures": [_table(structure, cost) | _difference(cost, bases.get(cost.measure)) for cost in other.costs],
    }


def _difference(cost: TableCost, base: TableCost | None) -> Json:
    """How much more than with the rules as written; nothing where these judge no such quantity by itself."""
    if base is None:
        return {}
    now, then = cost.total, base.total
    difference = {
        "primary": now.primary - then.primary,
        "secondary": now.secondary - then.secondary,
        "visible_cells": now.visible_cells - then.visible_cells,
        "visible_value": now.visible_share - then.visible_share,
        "visible_value_most_detailed": cost.finest.visible_share - base.finest.visible_share,
    }
    return {"difference": difference}


def _amount(value: int, measure: Measure) -> int | float:
    """In units of the measure, as readers know it."""
    return value / 10**measure.decimals if measure.decimals else value
