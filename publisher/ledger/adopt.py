"""What a build does to the caps: enters the plan's where there is none, and lowers them to it; never raises them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from publisher.catalogue.plan import Plan
from publisher.catalogue.plan_rules import caps_of
from publisher.catalogue.query import Query
from publisher.ledger.ledger import Ledger
from publisher.model.privacy import Cap


def adopt(ledger: Ledger, caps: Iterable[Cap]) -> None:
    """Enters what a plan promises. Raises LedgerError where reserves of several plans exceed the cap of a year."""
    for cap in adopted(ledger.caps(), caps).values():
        ledger.set_cap(cap)


def adopted(known: Mapping[str, Cap], planned: Iterable[Cap]) -> dict[str, Cap]:
    """unit -> the limits in force after a build with these plans, for the units that are planned."""
    return {cap.unit: _lowered(known[cap.unit], cap) if cap.unit in known else cap for cap in planned}


def after_builds(known: Mapping[str, Cap], plans: Iterable[Plan], queries: Mapping[str, Query]) -> dict[str, Cap]:
    """unit -> the limits in force once an edition of each plan was built, planned or not."""
    caps = dict(known)
    for plan in plans:
        caps |= adopted(caps, caps_of(plan, [queries[name] for name in plan.queries]))
    return caps


def _lowered(known: Cap, planned: Cap) -> Cap:
    """`known` where it is the lower, with the plan's reserves for its own queries. The reserve for revisions stays:
    what one plan sets aside another need not mention."""
    ends = [end for end in (known.lifetime, planned.lifetime) if end is not None]
    lower = replace(
        known,
        per_year=min(known.per_year, planned.per_year),
        lifetime=min(ends, default=None),
        per_query={**known.per_query, **planned.per_query},
    )
    return known if lower == known else replace(lower, reason="", by="")
