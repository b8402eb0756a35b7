"""ledger show, check, cap, abandon."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from publisher.cli.console import out, show_json, show_table
from publisher.cli.identity import opened_store, signer_for
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.errors import UsageError
from publisher.ledger.ledger import open_ledger
from publisher.model.privacy import Cap
from publisher.release.heads import heads_below, published_heads

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
        caps = ledger.caps()
    if as_json:
        rows = [{"query": c.query, "period": c.period, "unit": c.unit, "rho": str(c.rho)} for c in charges]
        spent = [{"unit": unit, "year": year, "rho": str(rho)} for (unit, year), rho in totals.items()]
        show_json({"charges": rows, "spent": spent, "caps": [_cap_json(cap) for cap in caps.values()]})
        return
    show_table(
        "charges", ("query", "period", "unit", "rho"), [(c.query, c.period, c.unit, str(c.rho)) for c in charges]
    )
    out.print()
    show_table(
        "spent", ("unit", "year", "rho"), [(unit, str(year), str(rho)) for (unit, year), rho in totals.items()]
    )
    out.print()
    _show_caps(caps)


@app.command()
def check(
    releases: Annotated[
        Path | None,
        typer.Option("--releases", help="A copy of the site, or a folder of editions, to check against too."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the hash chain, every sealed result, and that no published edition was made with a later ledger.

    Example:  publisher ledger check --releases /srv/www/statistics
    """
    here = workspace_at(workspace)
    heads = dict(published_heads(here)) | (dict(heads_below(releases, here)) if releases else {})
    with opened_store(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        ledger.verify()
        ledger.require_head(heads)
        entries, head = len(ledger.entries()), ledger.head.sha256
    if as_json:
        show_json({"entries": entries, "head": head, "editions": len(heads), "verdict": "whole"})
        return
    out.print(f"{entries} entries, every one as it was written; head {head[:16]}…")
    out.print(f"{len(heads)} published editions, none made with entries that are not there.")


@app.command()
def cap(
    unit: Annotated[str, typer.Argument(help="The unit, as in 'publisher ledger show'.")],
    per_year: Annotated[str, typer.Option("--per-year", help="rho a calendar year, exact: 1 or 3/4.")] = "",
    lifetime: Annotated[str, typer.Option("--lifetime", help="rho over all years; 'none' for no limit.")] = "",
    revisions: Annotated[str, typer.Option("--revisions", help="rho a year set aside for revisions.")] = "",
    reserve: Annotated[
        list[str] | None, typer.Option("--reserve", help="QUERY=RHO a year set aside for a query; may be repeated.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why: goes into the ledger for good.")] = "",
    person: Annotated[str, typer.Option("--as", help="Who raises a limit: someone with the role 'approve'.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set the limits of a unit. Lowering is free; raising takes a person who may approve, and a reason.

    Example:  publisher ledger cap "importer per calendar year" --per-year 6/5 --as bob --reason "decision of 3 May"
    """
    here = workspace_at(workspace)
    given = _given(per_year, lifetime, revisions, reserve or [])
    with opened_store(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        before = ledger.caps().get(unit)
        if before is None and not per_year:
            raise UsageError("this unit has no cap yet.", place=unit, remedy="Give --per-year, or build an edition.")
        queries = {**(before.per_query if before else {}), **given.pop("per_query")}
        wanted = replace(before or Cap(unit, Fraction(0)), **given, per_query=queries, reason=reason, by=person)
        if person:
            signer_for(here, person, "approve")
        ledger.set_cap(wanted)
    if as_json:
        show_json(_cap_json(wanted))
        return
    _show_caps({unit: wanted})


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


def _given(per_year: str, lifetime: str, revisions: str, reserve: Sequence[str]) -> dict[str, Any]:
    """The fields of Cap that the words name."""
    given: dict[str, Any] = {"per_query": {}}
    if per_year:
        given["per_year"] = _exact(per_year)
    if lifetime:
        given["lifetime"] = None if lifetime == "none" else _exact(lifetime)
    if revisions:
        given["revision_reserve"] = _exact(revisions)
    for words in reserve:
        query, _, rho = words.partition("=")
        given["per_query"][query] = _exact(rho)
    return given


def _exact(words: str) -> Fraction:
    try:
        return Fraction(words) if not set(words) - set("0123456789/") else Fraction("")
    except (ValueError, ZeroDivisionError):
        raise UsageError("this is no exact fraction.", place=words, remedy="Write 1, 3/4 or 1/50.") from None


def _show_caps(caps: Mapping[str, Cap]) -> None:
    rows = [(c.unit, c.per_year, c.lifetime or "no limit", c.revision_reserve, c.by, c.reason) for c in caps.values()]
    show_table("caps", ("unit", "rho a year", "rho over all years", "for revisions", "raised by", "reason"), rows)
    reserves = [(c.unit, query, rho) for c in caps.values() for query, rho in c.per_query.items()]
    if reserves:
        show_table("reserves", ("unit", "query", "rho a year"), reserves)


def _cap_json(cap: Cap) -> dict[str, Any]:
    lifetime = None if cap.lifetime is None else str(cap.lifetime)
    queries = {query: str(rho) for query, rho in cap.per_query.items()}
    limits = {"per_year": str(cap.per_year), "lifetime": lifetime, "revision_reserve": str(cap.revision_reserve)}
    return {"unit": cap.unit, **limits, "per_query": queries, "reason": cap.reason, "by": cap.by}
