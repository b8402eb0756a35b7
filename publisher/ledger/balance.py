"""What the entries of a ledger add up to, and which entry may follow. Rules only, no files.

A measurement key goes through: charged -> sealed, or charged -> abandoned -> charged (attempt + 1) -> ...
Every charge counts for ever, whatever became of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from publisher.errors import LedgerError
from publisher.ledger.records import Abandonment, Entry, Opening, Record, Seal
from publisher.model.privacy import Charge


@dataclass
class Balance:
    """`charge`, `seal`: the newest of each key. `open_keys`: charged, neither sealed nor abandoned."""

    charges: list[Charge] = field(default_factory=list)
    charge: dict[str, Charge] = field(default_factory=dict)
    seal: dict[str, Seal] = field(default_factory=dict)
    open_keys: set[str] = field(default_factory=set)
    started: bool = False

    def spent(self, unit: str, year: int) -> Fraction:
        """Sum of rho over all charges of one unit in one year."""
        return sum((c.rho for c in self.charges if (c.unit, c.year) == (unit, year)), Fraction(0))

    def take(self, record: Record) -> None:
        """Counts one more record. Raises LedgerError where it may not follow what is there."""
        self.check(record)
        match record:
            case Opening():
                self.started = True
            case Charge():
                self.charges.append(record)
                self.charge[record.key] = record
                self.open_keys.add(record.key)
            case Seal():
                self.seal[record.key] = record
                self.open_keys.discard(record.key)
            case Abandonment():
                self.seal.pop(record.key, None)
                self.open_keys.discard(record.key)

    def check(self, record: Record) -> None:
        """Raises LedgerError where `record` may not follow what is there."""
        if isinstance(record, Opening) == self.started:
            raise LedgerError("the opening entry must be the first, and stand once.")
        match record:
            case Charge():
                self._check_charge(record)
            case Seal(key, attempt, _) if key not in self.open_keys or self.charge[key].attempt != attempt:
                raise LedgerError("a result can be sealed once, for an open charge only.")
            case Abandonment(key, attempt, _):
                known = self.charge.get(key)
                if known is None or known.attempt != attempt or not (key in self.open_keys or key in self.seal):
                    raise LedgerError("only the newest charge of a key can be given up, and only once.")

    def _check_charge(self, charge: Charge) -> None:
        if charge.rho <= 0:
            raise LedgerError("a charge must be positive.")
        if charge.key in self.open_keys or charge.key in self.seal:
            raise LedgerError("a measurement that is charged cannot be charged again.")
        if charge.attempt != self.next_attempt(charge.key):
            raise LedgerError("attempts of one measurement must count up by one.")

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
            raise LedgerError(f"line {entry.number} cannot stand there: {broken.message}", place=place) from broken
        yield balance


def spent_by_unit(balance: Balance) -> Mapping[tuple[str, int], Fraction]:
    """(unit, year) -> rho spent."""
    pairs = sorted({(charge.unit, charge.year) for charge in balance.charges})
    return {pair: balance.spent(*pair) for pair in pairs}
