"""What a build does to the caps: enters the plan's where there is none, and lowers them to it; never raises them."""

from collections.abc import Iterable
from dataclasses import replace

from publisher.ledger.ledger import Ledger
from publisher.model.privacy import Cap


def adopt(ledger: Ledger, caps: Iterable[Cap]) -> None:
    """Enters what a plan promises. Raises LedgerError where reserves of several plans exceed the cap of a year."""
    known = ledger.caps()
    for cap in caps:
        ledger.set_cap(lowered(known[cap.unit], cap) if cap.unit in known else cap)


def lowered(known: Cap, planned: Cap) -> Cap:
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
