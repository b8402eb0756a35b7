"""ledger cap: the limits of a unit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Any

import typer

from publisher.catalogue.load import load_plans, load_queries
from publisher.catalogue.query import Query
from publisher.cli.console import err, show_json, show_table
from publisher.cli.identity import opened_store, signer_for
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.errors import UsageError
from publisher.ledger.adopt import adopt, after_builds
from publisher.ledger.forecast import differences
from publisher.ledger.ledger import open_ledger
from publisher.model.band import BandRules
from publisher.model.privacy import Cap, PrivacyRules


def cap(
    unit: Annotated[str, typer.Argument(help="Whom the limits protect, as 'publisher ledger forecast' names it.")],
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
    """Set the limits of a unit; those not named stay. Raising one takes a person who may approve, and a reason.

    A build lowers the caps of a year and of all years to what its plan says. To raise one, write it in plan.toml too.

    Example:  publisher ledger cap "importer per calendar year" --per-year 6/5 --as bob --reason "decision of 3 May"
    """
    here = workspace_at(workspace)
    asked, reserves = _limits(per_year, lifetime, revisions), _reserves(reserve or [])
    if not asked and not reserves:
        raise UsageError(
            "no limit is named.", place=unit, remedy="Give --per-year, --lifetime, --revisions or --reserve."
        )
    queries, plans = load_queries(here), load_plans(here)
    with opened_store(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        before = _before(unit, {**after_builds({}, plans.values(), queries), **ledger.caps()})
        _refuse_unknown(reserves, before, queries)
        if person:
            signer_for(here, person, "approve")
        adopt(ledger, [before])
        ledger.set_cap(replace(before, **asked, per_query={**before.per_query, **reserves}, reason=reason, by=person))
        standing = ledger.standing()
    if as_json:
        show_json(cap_json(standing.caps[unit]))
    else:
        show_caps({unit: standing.caps[unit]})
    for one in differences(plans.values(), queries, standing):
        err.print(f"note: {one}")


def show_caps(caps: Mapping[str, Cap]) -> None:
    rows = [(c.unit, c.per_year, c.lifetime or "no limit", c.revision_reserve, c.by, c.reason) for c in caps.values()]
    show_table("caps", ("unit", "rho a year", "rho over all years", "for revisions", "raised by", "reason"), rows)
    reserves = [(c.unit, query, rho) for c in caps.values() for query, rho in c.per_query.items()]
    if reserves:
        show_table("reserves", ("unit", "query", "rho a year"), reserves)


def cap_json(cap: Cap) -> dict[str, Any]:
    lifetime = None if cap.lifetime is None else str(cap.lifetime)
    queries = {query: str(rho) for query, rho in cap.per_query.items()}
    limits = {"per_year": str(cap.per_year), "lifetime": lifetime, "revision_reserve": str(cap.revision_reserve)}
    return {"unit": cap.unit, **limits, "per_query": queries, "reason": cap.reason, "by": cap.by}


def _before(unit: str, caps: Mapping[str, Cap]) -> Cap:
    """The limits of a unit so far: the ledger's, or what the plans promise. Raises UsageError for an unknown unit."""
    if unit not in caps:
        raise UsageError(
            "no plan measures this unit.",
            place=unit,
            remedy=f"Write one of: {', '.join(sorted(caps)) or 'none yet'}.",
        )
    return caps[unit]


def _refuse_unknown(reserves: Mapping[str, Fraction], before: Cap, queries: Mapping[str, Query]) -> None:
    """Raises UsageError for a reserve of what spends nothing on this unit: it would lie there for nobody."""
    rules = {name: query.protection for name, query in queries.items()}
    known = {
        name for name, one in rules.items() if isinstance(one, PrivacyRules | BandRules) and one.unit == before.unit
    }
    for name in reserves:
        if name not in known | before.per_query.keys():
            raise UsageError(
                f"no noisy query of '{before.unit}' has this name.",
                place=name,
                remedy=f"Write one of: {', '.join(sorted(known))}.",
            )


def _limits(per_year: str, lifetime: str, revisions: str) -> dict[str, Any]:
    """The fields of Cap that the words name."""
    asked: dict[str, Any] = {}
    if per_year:
        asked["per_year"] = _exact("--per-year", per_year)
    if lifetime:
        asked["lifetime"] = None if lifetime == "none" else _exact("--lifetime", lifetime)
    if revisions:
        asked["revision_reserve"] = _exact("--revisions", revisions)
    return asked


def _reserves(words: Sequence[str]) -> dict[str, Fraction]:
    """Query -> what is set aside for it."""
    pairs = [one.partition("=") for one in words]
    return {query: _exact("--reserve", rho) for query, _, rho in pairs}


def _exact(option: str, words: str) -> Fraction:
    try:
        return Fraction(words) if not set(words) - set("0123456789/") else Fraction("")
    except (ValueError, ZeroDivisionError):
        form = "QUERY=RHO with a rho such as 1/8" if option == "--reserve" else "a fraction such as 1, 3/4 or 1/50"
        raise UsageError(f"'{words}' is no exact fraction.", place=option, remedy=f"Write {form}.") from None
