"""plan check, plan announce, plan cancel."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from publisher.catalogue.load import load_plans, load_queries
from publisher.catalogue.plan_rules import rho_a_year
from publisher.cli.announce import announce, cancel
from publisher.cli.console import out, show_json, show_table
from publisher.cli.forecast import MonthsOption, forecast_of, show_forecast, standing_of
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.cli.plan_dates import dates_json, dates_of, show_dates
from publisher.errors import PrivacyBudgetError
from publisher.ledger.forecast import Forecast
from publisher.ledger.standing import Standing
from publisher.release.transparency.log import read_log

app = typer.Typer(no_args_is_help=True, help="The release plans.")


@app.callback()
def plans() -> None:
    """The release plans."""


@app.command()
def check(
    months: MonthsOption = 12,
    plans_only: Annotated[
        bool, typer.Option("--plans-only", help="Leave out what the ledger holds; no passphrase is asked.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the release plans: their faults, the dates of the months ahead, what must be in by then, what a year
    costs, and whether the caps will last. Dates that were announced hold; where the plan would say another, a note
    names both.

    Example:  publisher plan check --months 18
    """
    here = workspace_at(workspace)
    queries, plans = load_queries(here), load_plans(here)
    rows = [
        (plan.id, unit, str(rho), str(plan.rho_per_year))
        for plan in plans.values()
        for unit, rho in rho_a_year(plan, [queries[name] for name in plan.queries]).items()
    ]
    dates = dates_of(plans, read_log(here).leaves, datetime.now(UTC), months)
    found = forecast_of(here, Standing() if plans_only else standing_of(here), months)
    if as_json:
        names = ("series", "unit", "rho_a_year", "cap")
        plan_rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in rows]
        show_json({"plans": plan_rows, **dates_json(dates), **found.as_json()})
    else:
        show_table("", ("series", "unit", "rho a year", "cap"), rows)
        show_dates(dates)
        show_forecast(found)
    _refuse(found)
    if not as_json:
        out.print(f"plans: {', '.join(plans)}. No fault.")


def _refuse(found: Forecast) -> None:
    """Raises PrivacyBudgetError naming the first edition that the ledger would refuse."""
    if found.shortfalls:
        first = min(found.shortfalls, key=lambda one: one.period)
        raise PrivacyBudgetError(
            f"the schedule does not fit: {first.query} for {first.period} would be refused, because {first.problem}.",
            place=f"{first.unit}, {first.year}",
            remedy="Lower a rho, plan fewer queries or revisions, or raise the cap by name: in plan.toml and with "
            "'publisher ledger cap'.",
        )


app.command()(announce)
app.command()(cancel)
