"""The privacy ledger: who spent what, and the sealed result of every spend.

Order of one measurement, each step on disk before the next begins:

    charge  ->  draw (the caller)  ->  write the sealed file  ->  enter its digest

See README.md in this package for why a crash anywhere in it can lose budget but never release twice.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from publisher.errors import LedgerError, PrivacyBudgetError
from publisher.ledger import refusals
from publisher.ledger.balance import Balance, Result, balances
from publisher.ledger.chain import REMEDY, Reading, next_line, read_chain
from publisher.ledger.journal import Journal, Step, no_step
from publisher.ledger.limits import YearSpend
from publisher.ledger.records import Abandonment, Entry, Opening, Record, Repair, Seal
from publisher.ledger.sealed import SealedResults
from publisher.ledger.standing import Standing
from publisher.model.privacy import Cap, Charge, LedgerHead, Purpose


@dataclass(frozen=True)
class Account:
    """A sealed measurement: its charge, and what its unit had spent (that year, and over all years) when it was
    sealed. `head` is the ledger's head at that moment, `cap` the limits then in force, or the first ever recorded.
    All stay the same for ever, so a rebuild prints the same.
    """

    charge: Charge
    spent_rho: Fraction
    lifetime_rho: Fraction
    head: LedgerHead
    cap: Cap


@dataclass(frozen=True)
class _Then:
    """What held when entry `number` sealed a result; `cap` is None in a ledger of format 1."""

    number: int
    spent_rho: Fraction
    lifetime_rho: Fraction
    cap: Cap | None


@contextmanager
def open_ledger(folder: Path, seal_key: bytes, *, step: Step = no_step) -> Iterator["Ledger"]:
    """The ledger in `folder`, for this process alone; made if it is not there.

    Raises LedgerError if another process holds it, if any line is not what was once written, or if a sealed
    result has no entry (the ledger is older than its results).
    """
    journal = Journal(folder, step)
    try:
        yield Ledger(
            journal, SealedResults(folder / "sealed", _derive(seal_key, b"sealed"), step), _derive(seal_key, b"chain")
        )
    finally:
        journal.close()


class Ledger:
    """An open ledger. `repaired` is the number of bytes of an incomplete last line that were dropped on opening."""

    def __init__(self, journal: Journal, results: SealedResults, mac_key: bytes) -> None:
        self._journal = journal
        self._results = results
        self._mac_key = mac_key
        self._entries: list[Entry] = []
        self._balance = Balance()
        self._sealings: dict[str, _Then] = {}
        self._witnessed = False
        self.repaired = 0
        self._load()

    # ---- reading

    @property
    def head(self) -> LedgerHead:
        return self._head_at(len(self._entries))

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)

    def charges(self) -> tuple[Charge, ...]:
        """Every spend so far, lost ones too, in order."""
        return tuple(self._balance.charges)

    def spent(self, unit: str, year: int) -> Fraction:
        """rho spent by one unit in one calendar year, lost attempts included."""
        return self._balance.spent(unit, year)

    def year(self, unit: str, year: int) -> YearSpend:
        """The same, by query, with revisions apart."""
        return self._balance.year(unit, year)

    def lifetime(self, unit: str) -> Fraction:
        """rho spent by one unit over all years."""
        return self._balance.lifetime(unit)

    def caps(self) -> Mapping[str, Cap]:
        """unit -> the limits in force."""
        return dict(self._balance.caps)

    def standing(self) -> Standing:
        """Caps, spends and what is measured, for a forecast."""
        balance = self._balance
        return Standing(dict(balance.caps), dict(balance.years), balance.highest_revisions())

    def measured(self, query: str, period: str) -> tuple[Charge, ...]:
        """The charges of a query in a period, in order, without those given up."""
        return self._balance.measured(query, period)

    def result_of(self, charge: Charge) -> Result:
        """What became of one of `charges()`."""
        return self._balance.result_of(charge)

    def account(self, key: str) -> Account:
        """What to tell about a sealed measurement. Raises LedgerError where `key` has no sealed result, or its unit
        never had a cap."""
        if key not in self._balance.seal:
            raise LedgerError("there is no sealed result under this key.", place=self._place)
        charge, then = self._balance.charge[key], self._sealings[key]
        cap = then.cap or self._balance.first_caps.get(charge.unit)
        if cap is None:
            raise refusals.no_cap(self._place, charge.unit)
        return Account(charge, then.spent_rho, then.lifetime_rho, self._head_at(then.number), cap)

    def head_of(self, keys: Collection[str]) -> LedgerHead:
        """The head when the last of these measurements was sealed: same for every rebuild that uses them.

        For no measurements: the head of the empty ledger.
        """
        return max((self.account(key).head for key in keys), key=lambda head: head.entries, default=self._head_at(1))

    def verify(self) -> None:
        """Reads everything from disk again. Raises LedgerError naming the line or the file that is wrong."""
        reading = read_chain(self._journal.read(), self._mac_key, self._place)
        if reading != Reading(self.entries()):
            raise LedgerError("the file is not what this process wrote.", place=self._place, remedy=REMEDY)
        for _ in balances(self.entries(), self._place):
            pass
        for seal in self._balance.seal.values():
            self._read_sealed(seal)

    # ---- spending

    def set_cap(self, cap: Cap) -> None:
        """Enters the limits of a unit. Lowering is free; raising needs `cap.by` and `cap.reason`.

        Raises LedgerError, with nothing written, for a raise without them or reserves above the cap.
        """
        if self._balance.caps.get(cap.unit) != cap:
            self._append(cap)

    def charge(
        self,
        key: str,
        *,
        unit: str,
        year: int,
        rho: Fraction,
        query: str,
        period: str,
        snapshot: str,
        purpose: Purpose = "month",
        revision: int = 0,
        terms: str,
    ) -> Charge:
        """Commits a spend: after this returns, and not before, noise may be drawn for `key`.

        Raises PrivacyBudgetError, with nothing written, if the key is charged already, if no cap is recorded for the
        unit, or if the charge would exceed a cap or a reserve; LedgerError before require_head has been asked.
        """
        if not self._witnessed:
            raise refusals.not_witnessed(self._place)
        self._results.path(key)
        attempt = self._balance.next_attempt(key)
        charge = Charge(key, unit, year, rho, query, period, snapshot, attempt, purpose, revision, terms)
        self._refuse_second(charge)
        self._refuse_overspending(charge)
        self._append(charge)
        return charge

    def require_head(self, heads: Mapping[str, str]) -> None:
        """`heads`: edition -> the head its signed manifest holds ("" for none). See README.md, old backups.

        Raises LedgerError naming an edition that was made with a later ledger than this one.
        """
        self._witnessed = False
        known = {"", *(entry.sha256 for entry in self._entries)}
        missing = [edition for edition, head in heads.items() if head not in known]
        if missing:
            raise refusals.older_than_published(self._place, missing)
        self._witnessed = True

    def sealed(self, key: str) -> bytes | None:
        """The result of a measurement; None if it may be charged and drawn.

        A result whose file was stored just before a crash is entered now. Raises PrivacyBudgetError for a charge
        without a result, LedgerError for a result that is lost or damaged.
        """
        seal = self._balance.seal.get(key)
        if seal is not None:
            return self._read_sealed(seal)
        if key not in self._balance.open_keys:
            return None
        charge = self._balance.charge[key]
        payload = self._results.read(key, charge.attempt)
        if payload is None:
            raise refusals.no_result(self._place, charge)
        self._append(Seal(key, charge.attempt, self._results.digest(key) or ""))
        return payload

    def seal(self, key: str, payload: bytes) -> None:
        """Stores the result of the open charge of `key`, then enters its digest."""
        if key not in self._balance.open_keys:
            raise LedgerError("a result without a charge cannot be sealed.", place=self._place)
        attempt = self._balance.charge[key].attempt
        if self._results.read(key, attempt) is not None:
            raise LedgerError("this measurement has a result already.", place=self._place)
        self._append(Seal(key, attempt, self._results.write(key, attempt, payload)))

    def abandon(self, key: str, reason: str) -> None:
        """Gives up a charge whose result is lost. Its rho stays spent; the next charge is attempt + 1.

        `key` may be cut to its first digits, at least eight, if they name one charge.

        Raises PrivacyBudgetError where there is nothing to give up or the result can still be read.
        """
        charge = self._charge_named(key)
        if self._results.read(charge.key, charge.attempt) is not None:
            raise PrivacyBudgetError(
                "this measurement has its result, so nothing is lost.",
                place=self._place,
                remedy="Build again and it will be used.",
            )
        self._append(Abandonment(charge.key, charge.attempt, reason))

    # ---- inside

    def _charge_named(self, key: str) -> Charge:
        """The newest charge of an open or sealed key. Raises PrivacyBudgetError unless there is exactly one."""
        live = self._balance.open_keys | self._balance.seal.keys()
        named = [full for full in live if full == key or (len(key) >= 8 and full.startswith(key))]
        if len(named) != 1:
            raise PrivacyBudgetError(
                "several measurements begin with these digits."
                if named
                else "no charge that could be given up begins with these digits (at least eight).",
                place=self._place,
                remedy="See 'publisher ledger show'.",
            )
        return self._balance.charge[named[0]]

    @property
    def _place(self) -> str:
        return str(self._journal.path)

    def _head_at(self, number: int) -> LedgerHead:
        return LedgerHead(number, self._entries[number - 1].sha256)

    def _load(self) -> None:
        reading = read_chain(self._journal.read(), self._mac_key, self._place)
        for entry, balance in zip(reading.entries, balances(reading.entries, self._place), strict=True):
            self._balance = balance
            self._note(entry)
        self._entries = list(reading.entries)
        self._refuse_older_than_results()
        if reading.unended:
            self._journal.append(b"\n")
        if reading.torn:
            self._journal.cut(reading.torn)
        if not self._entries:
            self._append(Opening())
        if reading.torn:
            self.repaired = reading.torn
            self._append(Repair(reading.torn))

    def _refuse_older_than_results(self) -> None:
        unknown = [key for key in self._results.stored() if key not in self._balance.charge]
        if unknown:
            raise refusals.older_than_results(self._place, unknown[0])

    def _append(self, record: Record) -> None:
        self._check(record)
        entry, line = next_line(record, self._entries, self._mac_key)
        self._journal.append(line)
        self._balance.take(record)
        self._entries.append(entry)
        self._note(entry)

    def _check(self, record: Record) -> None:
        try:
            self._balance.check(record)
        except LedgerError as broken:
            raise refusals.no_entry(self._place, broken) from broken

    def _note(self, entry: Entry) -> None:
        """Remembers what was spent when a result was sealed."""
        if isinstance(entry.record, Seal):
            charge, balance = self._balance.charge[entry.record.key], self._balance
            spent, lifetime = balance.spent(charge.unit, charge.year), balance.lifetime(charge.unit)
            self._sealings[charge.key] = _Then(entry.number, spent, lifetime, balance.caps.get(charge.unit))

    def _refuse_overspending(self, charge: Charge) -> None:
        if charge.unit not in self._balance.caps:
            raise refusals.no_cap(self._place, charge.unit)
        problem = self._balance.overspent_by(charge)
        if problem:
            raise refusals.overspending(self._place, charge, problem)

    def _refuse_second(self, charge: Charge) -> None:
        if charge.key in self._balance.seal:
            raise refusals.sealed_already(self._place)
        if charge.key in self._balance.open_keys:
            raise refusals.no_result(self._place, self._balance.charge[charge.key])

    def _read_sealed(self, seal: Seal) -> bytes:
        payload = self._results.read(seal.key, seal.attempt)
        if payload is None or self._results.digest(seal.key) != seal.sha256:
            raise refusals.result_lost(str(self._results.path(seal.key)), seal.key)
        return payload


def _derive(seal_key: bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose. Raises LedgerError for a key of the wrong length."""
    if len(seal_key) != 32:
        raise LedgerError("the seal key must have 32 bytes.", remedy="Open the ledger with the store's seal_key.")
    return HKDF(SHA256(), 32, salt=None, info=b"publisher ledger v1 " + purpose).derive(seal_key)
