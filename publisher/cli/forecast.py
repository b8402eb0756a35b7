"""ledger forecast, and how other commands read what the ledger holds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from publisher.catalogue.load import load_plans, load_queries
from publisher.cli.console import err, out, show_json, show_table
from publisher.cli.identity import opened_store
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.ledger.forecast import Forecast, YearForecast
from publisher.ledger.forecast import forecast as foresee
from publisher.ledger.ledger import open_ledger
from publisher.ledger.standing import Standing
from publisher.settings import Workspace

MonthsOption = Annotated[int, typer.Option("--months", min=1, max=120, help="How far ahead.")]


def forecast(months: MonthsOption = 12, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show how many more editions the caps allow, and the first that would not fit.

    Set aside is what only a query or revisions may still spend; scheduled is what the plans still measure.

    Example:  publisher ledger forecast --months 24
    """
    here = workspace_at(workspace)
    found = forecast_of(here, standing_of(here), months)
    if as_json:
        show_json(found.as_json())
        return
    show_forecast(found)


def standing_of(here: Workspace) -> Standing:
    """What the ledger holds; nothing, and no passphrase asked, where there is none yet."""
    if not (here.ledger / "ledger.jsonl").exists():
        return Standing()
    with opened_store(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        return ledger.standing()


def forecast_of(here: Workspace, standing: Standing, months: int) -> Forecast:
    plans, queries = load_plans(here), load_queries(here)
    return foresee(list(plans.values()), queries, standing, datetime.now(UTC).date(), months)


def show_forecast(found: Forecast) -> None:
    columns = ("unit", "year", "spent", "set aside", "scheduled", "cap", "editions left", "editions planned")
    show_table("rho by unit and year", columns, [_account_row(years) for years in _alike(found.accounts)])
    ends = {a.unit: (a.unit, a.spent_all_years, a.lifetime) for a in found.accounts if a.lifetime is not None}
    if ends:
        show_table("over all years", ("unit", "spent", "cap"), list(ends.values()))
    for difference in found.differences:
        err.print(f"note: {difference}")
    for unit in dict.fromkeys(one.unit for one in found.shortfalls):
        first, *more = [one for one in found.shortfalls if one.unit == unit]
        too = f" Nor do all editions of {', '.join(str(one.year) for one in more)}." if more else ""
        out.print(f"does not fit: {first.query} for {first.period} ({unit}): {first.problem}.{too}")


def _alike(accounts: Sequence[YearForecast]) -> list[list[YearForecast]]:
    """Successive years of a unit with the same figures, together."""
    groups: list[list[YearForecast]] = []
    for one in accounts:
        if groups and replace(groups[-1][-1], year=one.year) == one and groups[-1][-1].year == one.year - 1:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _account_row(years: Sequence[YearForecast]) -> tuple[object, ...]:
    a, last = years[0], years[-1]
    when = str(a.year) if len(years) == 1 else f"{a.year} to {last.year}"
    return (a.unit, when, a.spent, a.set_aside, a.scheduled, a.per_year, a.editions_left, a.editions_planned)
