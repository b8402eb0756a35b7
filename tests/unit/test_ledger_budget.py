"""The ledger adds up exactly, refuses what does not fit, and has one way out of a lost result."""

from fractions import Fraction
from pathlib import Path

import pytest

from publisher.errors import LedgerError, PrivacyBudgetError
from publisher.ledger.ledger import open_ledger
from tests.lib.privacy_ledger import SEAL_KEY, UNIT, charge, key_of, ledger_file


@pytest.mark.parametrize(
    ("last", "fits"),
    [("1/50", True), ("199999999/10000000000", True), ("200000001/10000000000", False)],
)
def test_the_cap_is_exact(tmp_path: Path, last: str, fits: bool) -> None:
    """
    spent    asked                cap   fits
    49/50    1/50                 1     yes   (at the cap)
    49/50    1/50 - 1/10**10      1     yes
    49/50    1/50 + 1/10**10      1     no
    """
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        for month in range(49):
            charge(ledger, f"m{month}")
        before = ledger_file(tmp_path).read_bytes()
        if fits:
            charge(ledger, "last", rho=last)
            assert ledger.spent(UNIT, 2021) == Fraction(49, 50) + Fraction(last)
        else:
            with pytest.raises(PrivacyBudgetError, match="does not suffice"):
                charge(ledger, "last", rho=last)
            assert ledger_file(tmp_path).read_bytes() == before


def test_thirds_add_up_to_the_cap(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        for name in ("a", "b", "c"):
            charge(ledger, name, rho="1/3")
        assert ledger.spent(UNIT, 2021) == 1
        with pytest.raises(PrivacyBudgetError):
            charge(ledger, "d", rho="1/1000000000000")


def test_years_and_units_have_their_own_budget(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        charge(ledger, "a", rho="1", year=2021)
        charge(ledger, "b", rho="1", year=2022)
        assert ledger.spent(UNIT, 2021) == ledger.spent(UNIT, 2022) == 1
        assert ledger.spent("exporter per calendar year", 2021) == 0


@pytest.mark.parametrize("rho", ["0", "-1/50"])
def test_only_a_positive_spend_is_a_charge(tmp_path: Path, rho: str) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger, pytest.raises(LedgerError, match="positive"):
        charge(ledger, "a", rho=rho)


def test_what_is_written_is_there_after_reopening(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        charge(ledger, "a", rho="1/3")
        ledger.seal(key_of("a"), b"numbers")
        entries, head = ledger.entries(), ledger.head
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        assert (ledger.entries(), ledger.head, ledger.repaired) == (entries, head, 0)
        assert ledger.sealed(key_of("a")) == b"numbers"
        assert ledger.sealed(key_of("b")) is None
        ledger.verify()


def test_a_measurement_is_charged_once(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        charge(ledger, "a")
        with pytest.raises(PrivacyBudgetError, match="never sealed"):
            charge(ledger, "a")
        ledger.seal(key_of("a"), b"numbers")
        with pytest.raises(PrivacyBudgetError, match="drawn and sealed"):
            charge(ledger, "a")
        with pytest.raises(LedgerError):
            ledger.seal(key_of("a"), b"other numbers")
        assert ledger.sealed(key_of("a")) == b"numbers"


def test_a_charge_without_result_fails_closed_until_given_up(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        charge(ledger, "a")
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        with pytest.raises(PrivacyBudgetError, match="ledger abandon") as refused:
            ledger.sealed(key_of("a"))
        assert "attempt 2" in refused.value.remedy
        ledger.abandon(key_of("a"), "power failure")
        assert ledger.sealed(key_of("a")) is None
        assert charge(ledger, "a").attempt == 2
        assert ledger.spent(UNIT, 2021) == Fraction(2, 50)
        ledger.seal(key_of("a"), b"second")
        assert ledger.sealed(key_of("a")) == b"second"
        assert ledger.account(key_of("a")).charge.attempt == 2


def test_giving_up_is_refused_where_nothing_is_lost(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        with pytest.raises(PrivacyBudgetError, match="no charge that could be given up"):
            ledger.abandon(key_of("a"), "why not")
        charge(ledger, "a")
        ledger.seal(key_of("a"), b"numbers")
        with pytest.raises(PrivacyBudgetError, match="nothing is lost"):
            ledger.abandon(key_of("a"), "why not")


def test_an_account_stays_as_it_was_when_sealed(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        empty = ledger.head
        charge(ledger, "a")
        ledger.seal(key_of("a"), b"numbers")
        then, head = ledger.account(key_of("a")), ledger.head
        charge(ledger, "b")
        ledger.seal(key_of("b"), b"numbers")
        assert ledger.account(key_of("a")) == then
        assert then.spent_rho == Fraction(1, 50)
        assert ledger.head_of([]) == empty
        assert ledger.head_of([key_of("a")]) == head != ledger.head
        assert ledger.head_of([key_of("a"), key_of("b")]) == ledger.head


def test_the_seal_key_must_have_32_bytes(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="32 bytes"), open_ledger(tmp_path, b"short"):
        pass


def test_a_charge_can_be_given_up_by_the_first_digits_of_its_key(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        charge(ledger, "a")
        for too_short in ("", key_of("a")[:7]):
            with pytest.raises(PrivacyBudgetError, match="no charge that could be given up"):
                ledger.abandon(too_short, "power failure")
        ledger.abandon(key_of("a")[:8], "power failure")
        assert charge(ledger, "a").attempt == 2
