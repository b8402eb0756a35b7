"""One process at a time, and two can never both spend the last of a budget."""

import multiprocessing
import os
from fractions import Fraction
from pathlib import Path

import pytest

from publisher.errors import LedgerError, PrivacyBudgetError
from publisher.ledger.ledger import open_ledger
from tests.lib.privacy_ledger import SEAL_KEY, UNIT, allow, charge, ledger_file


def test_a_second_opening_is_refused_and_says_who_holds_it(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY):
        with pytest.raises(LedgerError, match=f"number {os.getpid()}") as refused, open_ledger(tmp_path, SEAL_KEY):
            pass
        assert "Wait until it has ended" in refused.value.remedy
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        charge(ledger, "a")


def test_a_replaced_file_is_noticed_before_the_next_entry(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        content = ledger_file(tmp_path).read_bytes()
        ledger_file(tmp_path).unlink()
        ledger_file(tmp_path).write_bytes(content)
        with pytest.raises(LedgerError, match="changed under"):
            charge(ledger, "a")


LIMITS: dict[str, dict[str, object]] = {
    "month": {"per_year": "1"},
    "lifetime": {"per_year": "9", "lifetime": "1"},
    "reserve": {"per_year": "2", "per_query": {"other": Fraction(1)}},
    "revision": {"per_year": "9", "revision_reserve": "1"},
}


def _spend_last(folder: Path, name: str, limit: str, start: object, results: object) -> None:
    purpose = "revision" if limit == "revision" else "month"
    start.wait()  # type: ignore[attr-defined]
    while True:
        try:
            with open_ledger(folder, SEAL_KEY) as ledger:
                charge(ledger, name, rho="1/2", purpose=purpose)
            return results.put("spent")  # type: ignore[attr-defined]
        except PrivacyBudgetError:
            return results.put("refused")  # type: ignore[attr-defined]
        except LedgerError:
            continue


@pytest.mark.parametrize("limit", LIMITS)
def test_two_processes_cannot_both_spend_the_last(tmp_path: Path, limit: str) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        allow(ledger, **LIMITS[limit])  # type: ignore[arg-type]
        charge(ledger, "before", rho="1/2", purpose="revision" if limit == "revision" else "month")
    context = multiprocessing.get_context("fork")
    start, results = context.Event(), context.Queue()
    racers = [context.Process(target=_spend_last, args=(tmp_path, n, limit, start, results)) for n in ("a", "b")]
    for racer in racers:
        racer.start()
    start.set()
    outcomes = sorted(results.get(timeout=60) for _ in racers)
    for racer in racers:
        racer.join()
    assert outcomes == ["refused", "spent"]
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        assert ledger.spent(UNIT, 2021) == Fraction(1)
