"""ledger show, ledger check, ledger abandon."""

from typing import Annotated

import typer

from publisher.cli.console import out, show_json, show_table
from publisher.cli.identity import opened_store
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.ledger.ledger import open_ledger

app = typer.Typer(no_args_is_help=True, help="The privacy ledger: what was spent, on what, and what is left.")


@app.command()
def show(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show every charge and the total by unit and year.

    Example:  publisher ledger show
    """
    here = workspace_at(workspace)
    with opened_store(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        charges = ledger.charges()
        totals = {key: ledger.spent(*key) for key in sorted({(charge.unit, charge.year) for charge in charges})}
    if as_json:
        rows = [{"query": c.query, "period": c.period, "unit": c.unit, "rho": str(c.rho)} for c in charges]
        spent = [{"unit": unit, "year": year, "rho": str(rho)} for (unit, year), rho in totals.items()]
        show_json({"charges": rows, "spent": spent})
        return
    show_table(
        "charges", ("query", "period", "unit", "rho"), [(c.query, c.period, c.unit, str(c.rho)) for c in charges]
    )
    out.print()
    show_table(
        "spent", ("unit", "year", "rho"), [(unit, str(year), str(rho)) for (unit, year), rho in totals.items()]
    )


@app.command()
def check(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Check the hash chain and every sealed result.

    Example:  publisher ledger check
    """
    here = workspace_at(workspace)
    with opened_store(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        ledger.verify()
        entries, head = len(ledger.entries()), ledger.head.sha256
    if as_json:
        show_json({"entries": entries, "head": head, "verdict": "whole"})
        return
    out.print(f"{entries} entries, every one as it was written; head {head[:16]}…")


@app.command()
def abandon(
    key: Annotated[str, typer.Argument(help="The measurement, as the error message names it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why: goes into the ledger for good.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give up a charge whose result was never sealed. Its budget stays spent; the measurement may be charged anew.

    Example:  publisher ledger abandon 3f9a... --reason "power cut during the build"
    """
    here = workspace_at(workspace)
    with opened_store(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        ledger.abandon(key, reason)
    if as_json:
        show_json({"abandoned": key})
        return
    out.print("given up. Its budget stays spent. Build again.")
