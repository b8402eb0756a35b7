"""status: the dashboard."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from publisher.catalogue.load import load_plans
from publisher.cli.console import err, out, show_json, show_table
from publisher.cli.forecast import forecast_of, standing_of
from publisher.cli.identity import named_in_environment
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.errors import PublisherError
from publisher.ledger.forecast import Forecast
from publisher.release.schedule.candidates import candidates
from publisher.release.schedule.dashboard import Dashboard, NextRelease, dashboard
from publisher.release.status import EditionStatus
from publisher.release.status import status as status_of
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace

STORE_VARIABLE = "PUBLISHER_STORE_KEY"
SHOWN = 6  # releases to come, and editions that are out; --all shows the rest


def status(
    everything: Annotated[bool, typer.Option("--all", help="Every release to come and every edition.")] = False,
    budget: Annotated[
        bool, typer.Option("--budget/--no-budget", help="Whether to open the ledger for what budget is left.")
    ] = True,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """What is to come and what stands before it, what lies here, and the privacy budget that is left.

    Example:  publisher status --no-budget
    """
    here, now = workspace_at(workspace), datetime.now(UTC)
    plans, log = load_plans(here), read_log(here)
    rows = status_of(here, plans.values(), now)
    found = dashboard(here, log, plans, candidates(here, log, plans.values()), rows, now)
    left, why_not = _budget(here) if budget else (None, "")
    if as_json:
        show_json({**found.as_json(), "budget": _accounts(left), "budget_problem": why_not})
        return
    _show(found, everything)
    _show_budget(left, why_not, now)
    _show_log(found)


def _budget(here: Workspace) -> tuple[Forecast | None, str]:
    """What the ledger holds; a sentence where it cannot be read. Nobody is asked for a passphrase here."""
    if (here.ledger / "ledger.jsonl").exists() and not named_in_environment(STORE_VARIABLE):
        return None, f"name the store's key in ${STORE_VARIABLE}_FILE to see it"
    try:
        return forecast_of(here, standing_of(here), 12), ""
    except PublisherError as fault:
        return None, fault.message


def _accounts(left: Forecast | None) -> list[dict[str, Any]] | None:
    if left is None:
        return None
    return [
        {
            "unit": account.unit,
            "year": account.year,
            "spent": str(account.spent),
            "cap": str(account.per_year),
            "editions_left": account.editions_left,
            "editions_planned": account.editions_planned,
        }
        for account in left.accounts
    ]


def _show(found: Dashboard, everything: bool) -> None:
    if found.clock_doubt:
        err.print(f"Nothing is published: {found.clock_doubt}", markup=False)
    releases = found.releases if everything else _near(found.releases)
    zones = {one.zone for one in releases}
    title = f"To come (times of {zones.pop()})" if len(zones) == 1 else "To come"
    if releases:
        show_table(
            title, ("due", "release", "stage", "what stands before it"), [_row(one, found.now) for one in releases]
        )
    if len(releases) < len(found.releases):
        out.print(f"… and {len(found.releases) - len(releases)} more until {found.releases[-1].due[:10]} (--all)")
    for series in sorted({one.series for one in found.releases if not one.access_confirmed}):
        out.print(f"The access list of {series} changed. Next: publisher access confirm {series} --as PERSON")
    editions = found.editions if everything else _recent(found.editions)
    if editions:
        out.print()
        columns = ("edition", "state", "audit", "last audit", "approved by")
        show_table("Editions here", columns, _rows(found, editions))
    for row in editions:
        if row.state == "damaged":
            err.print(f"{row.edition}: {'; '.join(row.missing)}", markup=False)
    if len(editions) < len(found.editions):
        out.print(f"… and {len(found.editions) - len(editions)} older (--all)")
    if not found.editions:
        out.print("No edition yet. Next: publisher build SERIES PERIOD --as PERSON")


def _near(releases: Sequence[NextRelease]) -> tuple[NextRelease, ...]:
    """The first few, and any later one that somebody already works on."""
    return tuple(one for place, one in enumerate(releases) if place < SHOWN or one.stage != "planned")


def _recent(editions: Sequence[EditionStatus]) -> tuple[EditionStatus, ...]:
    """All that is not out, and the last that are."""
    out_now = [row.edition for row in editions if row.state in ("published", "superseded", "withdrawn")]
    return tuple(row for row in editions if row.edition not in out_now[:-SHOWN])


def _row(one: NextRelease, now: str) -> tuple[str, str, str, str]:
    kind = "" if one.kind == "first" else f" {one.kind}"
    return one.due[:16].replace("T", " "), f"{one.series} {one.period}{kind}", one.stage, "; ".join(_before(one, now))


def _before(one: NextRelease, now: str) -> list[str]:
    if one.delayed:
        return [one.missing[0]]
    found = list(one.missing)
    if "data" in one.blocked_by and one.data_by and one.data_by > now:
        found[found.index("data not in")] = f"data by {one.data_by[:10]}"
    if one.edition and not one.missing:
        found.append("only its time" if "due" in one.blocked_by else "nothing: run 'publisher due'")
    if one.packs:
        found.append(f"{one.packs} of {one.recipients} packs given")
    return found


def _rows(found: Dashboard, editions: Sequence[EditionStatus]) -> list[tuple[str, ...]]:
    audited = {audit.edition: audit.time[:10] for audit in found.audits}
    return [
        (row.edition, row.state, row.audit, audited.get(row.edition, ""), ", ".join(row.approvals) or "nobody")
        for row in editions
    ]


def _show_budget(left: Forecast | None, why_not: str, now: datetime) -> None:
    if why_not:
        out.print(f"\nBudget: {why_not}.")
    accounts = [] if left is None else [one for one in left.accounts if one.year in (now.year, now.year + 1)]
    if accounts:
        out.print()
        rows = [
            (one.unit, str(one.year), str(one.spent), str(one.per_year), one.editions_left, one.editions_planned)
            for one in accounts
        ]
        columns = ("unit", "year", "spent", "cap", "editions left", "editions planned")
        show_table("Privacy budget (rho)", columns, rows)


def _show_log(found: Dashboard) -> None:
    head = found.log
    if head.lines:
        out.print(f"\nLog: {head.lines} lines, {head.public_lines} public; checkpoint {head.checkpoint_sha256[:12]}.")
        out.print(f"Keep a copy of {head.checkpoint} elsewhere.", markup=False)
