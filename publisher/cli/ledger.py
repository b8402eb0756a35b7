"""ledger show, check, abandon."""

from pathlib import Path
from typing import Annotated, Any

import typer

from publisher.cli.caps import cap, cap_json, show_caps
from publisher.cli.console import out, show_json, show_table
from publisher.cli.forecast import forecast
from publisher.cli.identity import opened_store
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.errors import UsageError
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.privacy import Charge
from publisher.release.edition.heads import built_heads, heads_below, published_heads

SHOWN_DIGITS = 12  # of a measurement's key, which abandon takes: so many stay on one line of 80 columns
app = typer.Typer(no_args_is_help=True, help="The privacy ledger: what was spent, on what, and what is left.")


@app.command()
def show(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show every charge with what became of it, the total by unit and year, and the caps.

    Example:  publisher ledger show
    """
    here = workspace_at(workspace)
    with opened_store(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        charges = [_charge_fields(ledger, charge) for charge in ledger.charges()]
        years = sorted({(charge.unit, charge.year) for charge in ledger.charges()})
        spent = [{"unit": unit, "year": year, "rho": str(ledger.spent(unit, year))} for unit, year in years]
        caps = ledger.caps()
    if as_json:
        show_json({"charges": charges, "spent": spent, "caps": [cap_json(cap) for cap in caps.values()]})
        return
    columns = ("measurement", "query", "period", "unit", "rho", "revision", "attempt", "result")
    rows = [[str(one[name]) for name in columns] for one in charges]
    show_table("charges", columns, [[key[:SHOWN_DIGITS], *rest] for key, *rest in rows])
    out.print()
    show_table("spent", ("unit", "year", "rho"), [(one["unit"], str(one["year"]), one["rho"]) for one in spent])
    out.print()
    show_caps(caps)


def _charge_fields(ledger: Ledger, charge: Charge) -> dict[str, Any]:
    return {
        "measurement": charge.key,
        "query": charge.query,
        "period": charge.period,
        "unit": charge.unit,
        "rho": str(charge.rho),
        "revision": charge.revision,
        "attempt": charge.attempt,
        "result": ledger.result_of(charge),
    }


@app.command()
def check(
    releases: Annotated[
        Path | None,
        typer.Option(
            "--releases",
            help="A copy of the site, or a folder of editions: from outside, in case the workspace was put back too.",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the hash chain, every sealed result, and that no edition was made with a later ledger.

    A ledger from an old backup would spend again; what was published says how far it had come.

    Example:  publisher ledger check --releases /srv/www/statistics
    """
    here = workspace_at(workspace)
    heads = {**built_heads(here), **published_heads(here)}
    heads |= heads_below(releases, here) if releases else {}
    with opened_store(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        ledger.verify()
        ledger.require_head(heads)
        entries, head = len(ledger.entries()), ledger.head.sha256
    if as_json:
        show_json({"entries": entries, "head": head, "editions": len(heads), "verdict": "whole"})
        return
    out.print(f"entries: {entries}, each as it was written; head {head[:16]}…")
    out.print(f"editions: {len(heads)}, none made with entries that are not there.")


@app.command()
def abandon(
    key: Annotated[
        str, typer.Argument(help="The measurement, as the error message and 'publisher ledger show' name it.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why: goes into the ledger for good.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give up a charge whose result was never sealed. Its budget stays spent; the measurement may be charged anew.

    Example:  publisher ledger abandon 3f9a... --reason "power cut during the build"
    """
    here = workspace_at(workspace)
    if not reason.strip():
        raise UsageError("a reason is needed: it stays in the ledger.", place="--reason", remedy="Say what happened.")
    with opened_store(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        ledger.abandon(key, reason)
    if as_json:
        show_json({"abandoned": key})
        return
    out.print("given up. Its budget stays spent. Build again.")


app.command()(forecast)
app.command()(cap)
