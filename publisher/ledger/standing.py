"""What a ledger holds, as values: for arithmetic without the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from publisher.ledger.limits import NOTHING, YearSpend
from publisher.model.privacy import Cap


@dataclass(frozen=True)
class Standing:
    """`caps` by unit; `years`: (unit, year) -> spent; `measured`: (query, period) -> highest revision."""

    caps: Mapping[str, Cap] = field(default_factory=dict)
    years: Mapping[tuple[str, int], YearSpend] = field(default_factory=dict)
    measured: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def lifetime(self, unit: str) -> Fraction:
        return sum((spend.total for (of, _), spend in self.years.items() if of == unit), NOTHING)
