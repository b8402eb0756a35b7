"""access list, access confirm, pack: who has an edition before everyone."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from publisher.catalogue.load import load_plan, load_plans
from publisher.catalogue.plan import Plan
from publisher.cli.console import err, out, show_json, show_table
from publisher.cli.edition_named import EditionArgument, edition_named
from publisher.cli.identity import PersonOption, signer_for
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.errors import UsageError
from publisher.release.access import access_confirmed, confirm_access
from publisher.release.packs import make_packs
from publisher.release.transparency.log import read_log

app = typer.Typer(no_args_is_help=True, help="Who has editions before everyone.")

SeriesArgument = Annotated[str, typer.Argument(help="The series: a folder below releases/.")]


@app.command("list")
def list_access(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show who would get packs, and whether a person confirmed the list.

    Example:  publisher access list
    """
    here = workspace_at(workspace)
    log, plans = read_log(here), load_plans(here)
    rows = [
        (plan.id, one.organisation, one.post, one.lead_hours, _key(one.key), access_confirmed(log, plan))
        for plan in plans.values()
        for one in plan.access
    ]
    if as_json:
        names = ("series", "organisation", "post", "lead_hours", "key", "confirmed")
        show_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    if rows:
        show_table("", ("series", "organisation", "post", "hours before", "key", "confirmed"), rows)
    else:
        out.print("Nobody has early access. To give it, add an \\[\\[access]] section to a plan.toml.")
    for plan in plans.values():
        if not access_confirmed(log, plan):
            err.print(f"The list of {plan.id} changed. Next: publisher access confirm {plan.id} --as PERSON")


@app.command()
def confirm(
    series: SeriesArgument, person: PersonOption, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Sign the access list of a plan as it is now. Without that nobody on it gets anything.

    Example:  publisher access confirm monthly_trade --as ann
    """
    here = workspace_at(workspace)
    signer = signer_for(here, person, "publish")
    confirmed = confirm_access(here, load_plan(here, series), by=signer, now=datetime.now(UTC))
    if as_json:
        show_json({"series": series, "recipients": len(confirmed.recipients), "sha256": confirmed.digest})
        return
    out.print(f"confirmed: {len(confirmed.recipients)} recipients of {series}, list {confirmed.digest[:12]}")


def pack(
    edition: EditionArgument,
    person: PersonOption,
    recipient: Annotated[
        str | None, typer.Option("--for", help="Only for this organisation.", show_default="everyone on the list")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Encrypt an approved edition for those who have it before everyone, each for their own key.

    'publisher due' does this by itself from the hour on that the plan gives. Packs that lie here are not made again.

    Example:  publisher pack monthly_trade/2021-02 --as ann
    """
    here = workspace_at(workspace)
    found = edition_named(here, edition)
    plan = load_plan(here, found.series)
    wanted = None if recipient is None else [one for one in plan.access if one.organisation == recipient]
    if wanted == []:
        raise UsageError(
            "this organisation is not on the list.", place=recipient or "", remedy="See 'publisher access list'."
        )
    made = make_packs(found, plan, by=signer_for(here, person, "publish"), now=datetime.now(UTC), recipients=wanted)
    rows = [(one.recipient.organisation, one.recipient.post, str(one.path)) for one in made]
    if as_json:
        show_json([dict(zip(("organisation", "post", "file"), row, strict=True)) for row in rows])
    elif rows:
        show_table("", ("organisation", "post", "file"), rows)
    else:
        out.print(_why_none(plan))


def _why_none(plan: Plan) -> str:
    return "All packs lie here already." if plan.access else "Nobody has early access to this series."


def _key(key: str) -> str:
    """Enough of it to tell it from others."""
    return f"{key[:16]}…{key[-8:]}"
