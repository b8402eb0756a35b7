"""query list, show, check, preview, cost."""

import math
from typing import Annotated, Any

import typer

from publisher.catalogue.load import load_plans, load_queries
from publisher.catalogue.query import Query
from publisher.cli import cost
from publisher.cli.console import bars, out, show_json, show_table
from publisher.cli.edition_named import check_period
from publisher.cli.identity import opened_store
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.cli.query_named import QueryArgument, query_named
from publisher.dp.band.loss import curve
from publisher.dp.levels import clip_by_level, sigma_by_level
from publisher.dp.strategy import level_plan
from publisher.model.band import BandRules
from publisher.model.privacy import PrivacyRules
from publisher.pipeline import aggregate_exact
from publisher.store.snapshot import take_snapshot
from publisher.suppression.preview import Preview, preview_of

app = typer.Typer(no_args_is_help=True, help="The predefined queries: one file, one published table.")

app.command()(cost.cost)


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
    """Show how many cells a table has and which rules would fire, before anything is protected. Confidential.

    What protection then costs tells 'publisher query cost'.

    Example:  publisher query preview imports_by_office_mode 2021-02
    """
    here = workspace_at(workspace)
    check_period(period)
    query = query_named(here, identifier)
    if isinstance(query.protection, PrivacyRules):
        _show_noise(query, query.protection, as_json)
        return
    if isinstance(query.protection, BandRules):
        _show_band(query, query.protection, as_json)
        return
    with opened_store(here) as store, bars(quiet=as_json) as progress:
        ((table, rules),) = aggregate_exact(store, [query], period, take_snapshot(store), progress)
    found = preview_of(table, rules)
    if as_json:
        show_json({"query": query.id, "period": period, "measures": [_preview_json(each) for each in found]})
        return
    for each in found:
        _show_preview(query, each)
    out.print(f"\nNext: publisher query cost {query.id} --period {period}")


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
    clip: int | str = rules.clip.at
    plan = level_plan(query.structure, rules)
    rho = rules.rho if rules.quantiles is None else rules.rho * rules.quantiles.range_share
    sigma = f"{clip / math.sqrt(2 * rho):.1f}" if isinstance(clip, int) else "known after the private clip"
    if plan is not None:
        together = math.sqrt(plan.squared_sensitivity / (2 * rules.rho))
        levels = sigma_by_level(query.structure, plan.weights, together)
        sigma = ", ".join(f"{sigma:.1f} ({level})" for level, sigma in levels)
        clip = ", ".join(f"{bound} ({level})" for level, bound in clip_by_level(query.structure, plan))
    shown = {"query": query.id, "keys": _possible_cells(query), "rho": str(rules.rho), "clip": clip, "sigma": sigma}
    if as_json:
        show_json(shown)
        return
    out.print(f"[bold]{query.id}[/bold]: {shown['keys']:,} public keys, protects one {rules.unit}")
    counted = "one measured cell" if rules.quantiles is None else "the rows of one candidate in a cell"
    out.print(f"rho {rules.rho} a period, clip {clip}, standard deviation of the noise on {counted} {sigma}")


def _show_band(query: Query, rules: BandRules, as_json: bool) -> None:
    """The noise, and what it does not hide, are known before any data are read."""
    (measure,) = query.structure.measures
    points = [
        (point.value, point.low, point.high, float(point.rho), point.epsilon) for point in curve(rules, measure)
    ]
    shown = {"query": query.id, "keys": _possible_cells(query), "rho": str(rules.rho), "c": rules.c, "a": rules.a}
    if as_json:
        show_json(shown | {"curve": points})
        return
    out.print(f"[bold]{query.id}[/bold]: {shown['keys']:,} public keys, protects {rules.unit}")
    out.print(f"rho {rules.rho} a period within the band; the presence of a trader loses, by its value:")
    rows = [(f"{v:,}", f"{low:,} to {high:,}", f"{rho:.3g}", f"{eps:,.4g}") for v, low, high, rho, eps in points]
    show_table("curve", (measure.unit, "its band", "rho", "epsilon"), rows)


def _preview_json(found: Preview) -> dict[str, Any]:
    levels = [{"levels": levels, "cells": cells, "unsafe": unsafe} for levels, cells, unsafe in found.levels]
    return {"measure": found.measure, "rules_fired": dict(found.by_rule), "levels": levels}


def _show_preview(query: Query, found: Preview) -> None:
    unsafe = sum(unsafe for _, _, unsafe in found.levels)
    out.print(f"[bold]{query.id}[/bold], {found.measure}: {unsafe:,} cells unsafe by themselves")
    show_table("rules", ("rule", "cells"), [row for row in found.by_rule if row[1]])
    out.print()
    rows = [(" x ".join(levels), cells, unsafe) for levels, cells, unsafe in found.levels]
    show_table("levels", ("levels", "cells", "unsafe"), rows)
