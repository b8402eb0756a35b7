"""query list, show, check, preview; plan check."""

import math
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from publisher.catalogue.load import load_plans, load_queries
from publisher.catalogue.plan_rules import rho_a_year
from publisher.catalogue.query import Query
from publisher.cli.console import bars, out, show_json, show_table
from publisher.cli.editions import check_period
from publisher.cli.identity import opened_store
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.errors import CatalogueError, Fault
from publisher.model.privacy import PrivacyRules
from publisher.pipeline import aggregate_exact
from publisher.settings import Workspace
from publisher.store.snapshot import take_snapshot
from publisher.suppression.cost import TableCost, assess

app = typer.Typer(no_args_is_help=True, help="The predefined queries: one file, one published table.")
plans_app = typer.Typer(no_args_is_help=True, help="The release plans.")

QueryArgument = Annotated[str, typer.Argument(metavar="ID", help="The query's id: its file name without .toml.")]


@app.command("list")
def list_queries(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show all queries of the workspace.

    Example:  publisher query list
    """
    queries = load_queries(workspace_at(workspace)).values()
    if as_json:
        show_json([_summary(query) for query in queries])
        return
    rows = [(q.id, q.structure.flow, q.method, _possible_cells(q), q.structure.title) for q in queries]
    show_table("", ("id", "flow", "method", "possible cells", "title"), rows)


@app.command()
def show(identifier: QueryArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show what one query publishes. Rule parameters are confidential and stay in its file.

    Example:  publisher query show imports_by_commodity_origin
    """
    query = query_named(workspace_at(workspace), identifier)
    if as_json:
        show_json(_summary(query))
        return
    out.print(f"[bold]{query.structure.title}[/bold]\n{query.structure.summary}\n")
    out.print(f"counts {query.structure.universe or 'everything'}; method {query.method}\n")
    rows = [(d.column, d.hierarchy.codelist, ", ".join(d.hierarchy.levels)) for d in query.structure.dimensions]
    show_table("dimensions", ("column", "codelist", "levels"), rows)
    out.print()
    measures = [(m.id, m.aggregate, m.unit, m.shadows or "") for m in query.structure.measures]
    show_table("measures", ("id", "aggregate", "unit", "shadows"), measures)


@app.command()
def check(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Check every query and plan; every fault of every file at once.

    Example:  publisher query check
    """
    here = workspace_at(workspace)
    queries, plans = load_queries(here), load_plans(here)
    if as_json:
        show_json({"queries": sorted(queries), "plans": sorted(plans), "faults": []})
        return
    out.print(f"{len(queries)} queries and {len(plans)} plans, no fault.")


@app.command()
def preview(
    identifier: QueryArgument,
    period: Annotated[str, typer.Argument(help="The reference month, YYYY-MM.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the shape of a table, which rules would fire and what protection would cost. Confidential; no file.

    Example:  publisher query preview imports_by_office_mode 2021-02
    """
    here = workspace_at(workspace)
    check_period(period)
    query = query_named(here, identifier)
    if isinstance(query.protection, PrivacyRules):
        _show_noise(query, query.protection, as_json)
        return
    with opened_store(here) as store, bars(quiet=as_json) as progress:
        exact = aggregate_exact(store, [query], period, take_snapshot(store), progress)
        costs = assess(exact, progress=progress)
    if as_json:
        show_json({"query": query.id, "period": period, "cost": [_cost_json(cost) for cost in costs]})
        return
    for cost in costs:
        _show_cost(cost)


@plans_app.command("check")
def check_plans(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Check the release plans and show what privacy loss a year of editions adds up to.

    Example:  publisher plan check
    """
    here = workspace_at(workspace)
    queries, plans = load_queries(here), load_plans(here)
    rows = [
        (plan.id, unit, str(rho), str(plan.rho_per_year))
        for plan in plans.values()
        for unit, rho in rho_a_year(plan, [queries[name] for name in plan.queries]).items()
    ]
    if as_json:
        show_json([dict(zip(("series", "unit", "rho_a_year", "cap"), row, strict=True)) for row in rows])
        return
    show_table("", ("series", "unit", "rho a year", "cap"), rows)
    out.print(f"{len(plans)} plans, no fault.")


def query_named(workspace: Workspace, identifier: str) -> Query:
    queries = load_queries(workspace)
    if identifier not in queries:
        raise CatalogueError(
            [Fault(f"queries/{identifier}.toml", "there is no such query", ", ".join(sorted(queries)))]
        )
    return queries[identifier]


def _possible_cells(query: Query) -> int:
    return math.prod(len(dimension.hierarchy.codes) for dimension in query.structure.dimensions)


def _summary(query: Query) -> dict[str, Any]:
    structure = query.structure
    return {
        "id": query.id,
        "title": structure.title,
        "summary": structure.summary,
        "flow": structure.flow,
        "universe": structure.universe,
        "method": query.method,
        "possible_cells": _possible_cells(query),
        "dimensions": [
            {"column": d.column, "codelist": d.hierarchy.codelist, "levels": d.hierarchy.levels}
            for d in structure.dimensions
        ],
        "measures": [{"id": m.id, "aggregate": m.aggregate, "unit": m.unit} for m in structure.measures],
    }


def _show_noise(query: Query, rules: PrivacyRules, as_json: bool) -> None:
    """What the noise will be like is known before any data are read."""
    clip = rules.clip.at
    sigma = f"{clip / math.sqrt(2 * rules.rho):.1f}" if isinstance(clip, int) else "known after the private clip"
    shown = {"query": query.id, "keys": _possible_cells(query), "rho": str(rules.rho), "clip": clip, "sigma": sigma}
    if as_json:
        show_json(shown)
        return
    out.print(f"[bold]{query.id}[/bold]: {shown['keys']:,} public keys, protects one {rules.unit}")
    out.print(f"rho {rules.rho} a period, clip {clip}, standard deviation of the noise on one measured cell {sigma}")


def _cost_json(cost: TableCost) -> dict[str, Any]:
    levels: Sequence[dict[str, Any]] = [
        {
            "levels": level.levels,
            "cells": level.cells,
            "primary": level.primary,
            "secondary": level.secondary,
            "visible_share": level.visible_share,
        }
        for level in cost.levels
    ]
    return {"measure": cost.measure, "rules_fired": dict(cost.by_rule), "levels": levels}


def _show_cost(cost: TableCost) -> None:
    out.print(
        f"[bold]{cost.query}[/bold], {cost.measure}: {cost.primary:,} primary, {cost.secondary:,} secondary cells"
    )
    show_table("rules", ("rule", "cells"), [row for row in cost.by_rule if row[1]])
    out.print()
    rows = [
        (" x ".join(level.levels), level.cells, level.primary, level.secondary, f"{level.visible_share:.1%}")
        for level in cost.levels
    ]
    show_table("levels", ("levels", "cells", "primary", "secondary", "value visible"), rows)
