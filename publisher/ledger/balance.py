"""What the entries of a ledger add up to, and which entry may follow. Rules only, no files.

A measurement key goes through: charged -> sealed, or charged -> abandoned -> charged (attempt + 1) -> ...
Every charge counts for ever, whatever became of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from publisher.errors import LedgerError
from publisher.ledger.chain import REMEDY
from publisher.ledger.limits import NOTHING, YearSpend, check_cap, overspent
from publisher.ledger.records import READABLE, Abandonment, Entry, Opening, Record, Seal
from publisher.model.privacy import Cap, Charge

Result = Literal["sealed", "not sealed", "given up"]


@dataclass
class Balance:
    """`charge`, `seal`: the newest of each key. `open_keys`: charged, neither sealed nor abandoned. `caps`: in force,
    by unit; `first_caps`: the first ever recorded. `places`: (query, period) -> keys, by their newest charge."""

    charges: list[Charge] = field(default_factory=list)
    charge: dict[str, Charge] = field(default_factory=dict)
    seal: dict[str, Seal] = field(default_factory=dict)
    open_keys: set[str] = field(default_factory=set)
    caps: dict[str, Cap] = field(default_factory=dict)
    first_caps: dict[str, Cap] = field(default_factory=dict)
    years: dict[tuple[str, int], YearSpend] = field(default_factory=dict)
    lifetimes: dict[str, Fraction] = field(default_factory=dict)
    places: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    format: int = 0

    def year(self, unit: str, year: int) -> YearSpend:
        return self.years.get((unit, year), YearSpend())

    def spent(self, unit: str, year: int) -> Fraction:
        """Sum of rho over all charges of one unit in one year."""
        return self.year(unit, year).total

    def lifetime(self, unit: str) -> Fraction:
        """The same over all years."""
        return self.lifetimes.get(unit, NOTHING)

    def measured(self, query: str, period: str) -> tuple[Charge, ...]:
        """The charges of a query in a period that are open or sealed, in order; those given up are not among them."""
        keys = self.places.get((query, period), [])
        return tuple(self.charge[key] for key in keys if key in self.open_keys or key in self.seal)

    def result_of(self, charge: Charge) -> Result:
        """What became of a charge of this ledger."""
        if charge.attempt == self.charge[charge.key].attempt:
            if charge.key in self.seal:
                return "sealed"
            if charge.key in self.open_keys:
                return "not sealed"
        return "given up"

    def highest_revisions(self) -> dict[tuple[str, str], int]:
        """(query, period) -> the highest revision that is open or sealed."""
        found: dict[tuple[str, str], int] = {}
        for key in {*self.open_keys, *self.seal}:
            charge = self.charge[key]
            place = charge.query, charge.period
            found[place] = max(found.get(place, 0), charge.revision)
        return found

    def take(self, record: Record) -> None:
        """Counts one more record. Raises LedgerError where it may not follow what is there."""
        self.check(record)
        match record:
            case Opening():
                self.format = record.format
            case Cap():
                self.caps[record.unit] = record
                self.first_caps.setdefault(record.unit, record)
            case Charge():
                self.charges.append(record)
                self.charge[record.key] = record
                keys = self.places.setdefault((record.query, record.period), [])
                self.places[record.query, record.period] = [*(key for key in keys if key != record.key), record.key]
                self.open_keys.add(record.key)
                self.years[record.unit, record.year] = self._with(record)
                self.lifetimes[record.unit] = self.lifetime(record.unit) + record.rho
            case Seal():
                self.seal[record.key] = record
                self.open_keys.discard(record.key)
            case Abandonment():
                self.seal.pop(record.key, None)
                self.open_keys.discard(record.key)

    def check(self, record: Record) -> None:
        """Raises LedgerError where `record` may not follow what is there."""
        if isinstance(record, Opening) == bool(self.format):
            raise LedgerError("the opening entry must be the first, and stand once.")
        match record:
            case Opening(format) if format not in READABLE:
                raise LedgerError(
                    f"a ledger of format {format} is none that this program reads.", remedy="Use a newer program."
                )
            case Cap():
                check_cap(record, self.caps.get(record.unit))
            case Charge():
                self._check_charge(record)
            case Seal(key, attempt, _) if key not in self.open_keys or self.charge[key].attempt != attempt:
                raise LedgerError("a result can be sealed once, for an open charge only.")
            case Abandonment(key, attempt, _):
                known = self.charge.get(key)
                if known is None or known.attempt != attempt or not (key in self.open_keys or key in self.seal):
                    raise LedgerError("only the newest charge of a key can be given up, and only once.")

    def overspent_by(self, charge: Charge) -> str:
        """Which limit `charge` would break, in words; "" where it breaks none, or its unit has no cap yet."""
        cap = self.caps.get(charge.unit)
        lifetime = self.lifetime(charge.unit) + charge.rho
        return overspent(cap, self._with(charge), lifetime, revision=charge.purpose == "revision") if cap else ""

    def _with(self, charge: Charge) -> YearSpend:
        before = self.year(charge.unit, charge.year)
        return before.plus(charge.query, charge.rho, revision=charge.purpose == "revision")

    def _check_charge(self, charge: Charge) -> None:
        if charge.rho <= 0:
            raise LedgerError("a charge must be positive.")
        if charge.key in self.open_keys or charge.key in self.seal:
            raise LedgerError("a measurement that is charged cannot be charged again.")
        if charge.attempt != self.next_attempt(charge.key):
            raise LedgerError("attempts of one measurement must count up by one.")
        if charge.period[:4] != f"{charge.year:04}":
            raise LedgerError("a charge counts in the calendar year of its period.")
        if self.format > 1 and not charge.terms:
            raise LedgerError("a charge must name what is measured.")
        if charge.terms:
            self._check_repeated(charge)
        if self.format > 1 and charge.unit not in self.caps:
            raise LedgerError("a unit without a cap cannot be charged.")
        problem = self.overspent_by(charge)
        if problem:
            raise LedgerError(f"a charge breaks the cap that was in force: {problem}.")

    def _check_repeated(self, charge: Charge) -> None:
        """What is measured already is measured again as a revision only, and each revision once. (Charges of format 1
        name no terms, and kept no such rule.)"""
        known = self.measured(charge.query, charge.period)
        if known and charge.purpose != "revision":
            raise LedgerError("what is measured can be measured again as a revision only.")
        if known and charge.revision <= max(one.revision for one in known):
            raise LedgerError("this revision is measured already.")

    def next_attempt(self, key: str) -> int:
        known = self.charge.get(key)
        return 1 if known is None else known.attempt + 1


def balances(entries: tuple[Entry, ...], place: str) -> Iterator[Balance]:
    """The balance after each entry (one object that changes). Raises LedgerError naming a line that breaks a rule."""
    balance = Balance()
    for entry in entries:
        try:
            balance.take(entry.record)
        except LedgerError as broken:
            newer = isinstance(entry.record, Opening) and broken.remedy
            raise LedgerError(
                f"line {entry.number} cannot stand there: {broken.message}", place=place, remedy=newer or REMEDY
            ) from broken
        yield balance
