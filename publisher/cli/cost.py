"""query cost: what protection costs, for the statistician. Confidential: nothing of it may be published."""

from pathlib import Path
from typing import Annotated, cast

import typer

from publisher.aggregate.months import months_of
from publisher.catalogue.changed_rules import changed
from publisher.catalogue.load import load_queries
from publisher.catalogue.query import Query
from publisher.cli.console import bars, out, show_json
from publisher.cli.cost_json import cost_json
from publisher.cli.cost_report import CostReport, assess_all, latest_period, past_of
from publisher.cli.cost_tables import show_cost
from publisher.cli.identity import opened_store
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.cli.private_file import check_private, write_private
from publisher.cli.query_named import QueryArgument, query_named
from publisher.errors import UsageError
from publisher.model.rules import SuppressionRules
from publisher.settings import Workspace
from publisher.store.snapshot import take_snapshot
from publisher.suppression.heatmap import check_levels, heat_map
from publisher.suppression.picture import Format, draw

PICTURES = (".png", ".svg")


def cost(
    identifier: QueryArgument,
    period: Annotated[
        str | None, typer.Option("--period", "-p", help="YYYY-MM, YYYY-Qn or YYYY.", show_default="the latest month")
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            help="Other rules to compare with: 'p_percent=10,confidentiality=passive', 'dominance=1:75', "
            "'p_percent=none'. The keys are those of the file's protection section. May be repeated."
        ),
    ] = None,
    heatmap: Annotated[
        Path | None, typer.Option(help="Draw what is hidden into this confidential file, .png or .svg.")
    ] = None,
    levels: Annotated[
        str, typer.Option(help="The heat map's rows and columns: 'section,region'.", show_default="well-sized ones")
    ] = "",
    series: Annotated[
        str | None, typer.Option(help="Protect it together with the other tables of this series, as a build does.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what protecting a table costs, and which unsafe cells are to blame. Confidential: for your eyes only.

    A period that was published before is planned as its revision would be: what readers hold stays known.

    Example:  publisher query cost imports_by_office_mode --compare p_percent=10 --heatmap cost.png
    """
    here = workspace_at(workspace)
    query = suppressed_query(here, identifier)
    chosen = [level.strip() for level in levels.split(",")] if levels else []
    if period is not None:
        check_months(period)
    if heatmap is not None:
        check_private(heatmap, here, PICTURES)
        check_levels(query.structure, chosen)
    variants = [("", query), *((text, changed(here.queries / f"{query.id}.toml", text)) for text in compare or ())]
    with opened_store(here) as store, bars(quiet=as_json) as progress:
        snapshot = take_snapshot(store)
        period = period or latest_period(store, snapshot, query)
        past = past_of(store, snapshot, query, period, series, progress)
        assessed = tuple(assess_all(store, snapshot, period, variants, series, past, progress))
    if heatmap is not None:
        drawn = heat_map(assessed[0].costs[0].cells, chosen)
        write_private(heatmap, draw(drawn, period, cast(Format, heatmap.suffix.lower()[1:])))
    report = CostReport(query, period, snapshot.id, series, past, assessed, heatmap)
    if as_json:
        show_json(cost_json(report))
        return
    show_cost(report)
    if heatmap is not None:
        out.print(f"\nheat map: {heatmap} (confidential, readable by you alone)")


def suppressed_query(here: Workspace, identifier: str) -> Query:
    """Raises CatalogueError for an unknown query, UsageError for one under differential privacy."""
    query = query_named(here, identifier)
    if isinstance(query.protection, SuppressionRules):
        return query
    exact = sorted(name for name, each in load_queries(here).items() if each.method == "suppression")
    raise UsageError(
        "noise protects this table: no cell of it is hidden, so there is nothing to count.",
        place=identifier,
        remedy=f"See 'publisher query preview {identifier} PERIOD', or choose one of {', '.join(exact)}.",
    )


def check_months(period: str) -> None:
    try:
        months_of(period)
    except ValueError as wrong:
        raise UsageError("this is no reference period.", place=period, remedy=f"{wrong}.") from None
