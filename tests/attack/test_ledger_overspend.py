"""Someone wants more noise than the cap allows: by other names, clocks, crashes, edits and restored files."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from publisher.catalogue.query import Query
from publisher.dp import noisy
from publisher.dp.protect import protect
from publisher.errors import LedgerError, PrivacyBudgetError, PublisherError
from publisher.ledger import chain
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.ledger.sealed import SUFFIX
from tests.lib.noise import PERIOD, UNIT, data, no_norms, noisy_query, sums_of
from tests.lib.privacy_ledger import SEAL_KEY, allow, charge, key_of, ledger_file

RHO = Fraction(1, 50)
Q = noisy_query()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A year allows four measurements, of which revisions get two."""
    with open_ledger(tmp_path / "ledger", SEAL_KEY) as ledger:
        allow(ledger, "4/50", revision_reserve="2/50")
    return tmp_path / "ledger"


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """One item a draw."""
    real, seen = noisy.draw, list[int]()

    def counted(*arguments: object) -> object:
        seen.append(1)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(noisy, "draw", counted)
    yield seen


def measure(ledger: Ledger, query: Query = Q, revisions: int = 0, digest: str = "d1", period: str = PERIOD) -> bool:
    """Whether there is a result."""
    ledger.require_head({})
    sums = sums_of(query, period=period)
    try:
        protect(query, period, data(digest), ledger, sums, no_norms, revisions=revisions)
    except PrivacyBudgetError as refused:
        assert refused.place
        assert refused.remedy
        return False
    return True


def renamed(name: str) -> Query:
    return replace(Q, structure=replace(Q.structure, id=name))


def paid(ledger: Ledger, draws: list[int], most: str) -> int:
    """How many measurements were charged: no fewer than were drawn, and no more than the cap allows."""
    ledger.verify()
    spent = ledger.spent(UNIT, 2021)
    assert len(draws) * RHO <= spent == RHO * len(ledger.charges()) <= Fraction(most)
    return len(ledger.charges())


def test_another_name_is_another_measurement_and_costs(folder: Path, draws: list[int]) -> None:
    with open_ledger(folder, SEAL_KEY) as ledger:
        assert [measure(ledger, renamed(name)) for name in "abcd"] == [True, True, False, False]
        assert paid(ledger, draws, "2/50") == 2  # the rest is set aside for revisions


@pytest.mark.parametrize("now", [datetime(1999, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)])
def test_the_clock_has_no_say(folder: Path, draws: list[int], now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return now

    with open_ledger(folder, SEAL_KEY) as ledger:
        assert [measure(ledger, renamed(name)) for name in "ab"] == [True, True]
    monkeypatch.setattr(chain, "datetime", Clock)
    with open_ledger(folder, SEAL_KEY) as ledger:
        assert not measure(ledger, renamed("c"))
        allow(ledger, "4/50")
        assert measure(ledger, renamed("c"))
        assert paid(ledger, draws, "4/50") == 3


@pytest.mark.parametrize("year", [2020, 2022])
def test_a_measurement_cannot_be_booked_on_another_year(folder: Path, year: int) -> None:
    terms = {"query": "q", "period": PERIOD, "snapshot": "s0001", "terms": "t"}
    with open_ledger(folder, SEAL_KEY) as ledger:
        ledger.require_head({})
        before = ledger_file(folder).read_bytes()
        with pytest.raises(LedgerError, match="the calendar year of its period"):
            ledger.charge(key_of("a"), unit=UNIT, year=year, rho=RHO, **terms)  # type: ignore[arg-type]
        assert ledger_file(folder).read_bytes() == before


EDITS = {
    "a revision": (Q, 1),
    "two revisions": (Q, 2),
    "a smaller rho": (noisy_query(rho="1/100"), 0),
    "another clip": (noisy_query(at=9), 0),
    "another clip as a revision": (noisy_query(at=9), 1),
    "another name": (renamed("other"), 0),
    "nothing": (Q, 0),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("digest", ["d1", "d2"])
def test_a_plan_edited_between_charge_and_seal_frees_nothing(
    folder: Path, draws: list[int], edit: str, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The noise was drawn, the seal never came: what was drawn stays paid, whatever is asked next, and next."""
    query, revisions = EDITS[edit]
    with open_ledger(folder, SEAL_KEY) as ledger:
        with monkeypatch.context() as crash, pytest.raises(TypeError):
            crash.setattr(ledger, "seal", None)
            measure(ledger)
        assert (len(draws), len(ledger.charges())) == (1, 1)
    for asked, more in ((query, revisions), (Q, 0), (query, revisions), (Q, 0)):
        with open_ledger(folder, SEAL_KEY) as ledger:
            measure(ledger, asked, more, digest)
            paid(ledger, draws, "4/50")
    assert len(draws) <= 2


def test_giving_up_again_and_again_ends_at_the_cap(folder: Path, draws: list[int]) -> None:
    """Each draw is paid, lost by hand and drawn anew: in the end the budget is gone, not the rule."""
    with open_ledger(folder, SEAL_KEY) as ledger:
        for number in range(10):
            if not measure(ledger, revisions=number, digest=f"d{number}"):
                break
            newest = ledger.charges()[-1].key
            (folder / "sealed" / f"{newest}{SUFFIX}").unlink()
            ledger.abandon(newest, "I want other numbers")
        assert paid(ledger, draws, "4/50") == 2
        assert number == 2


def test_a_charge_given_up_in_flight_cannot_be_sealed(folder: Path) -> None:
    with open_ledger(folder, SEAL_KEY) as ledger:
        charge(ledger, "a")
        with pytest.raises(LedgerError, match="another process"), open_ledger(folder, SEAL_KEY) as other:
            other.abandon(key_of("a"), "impatient")
        ledger.abandon(key_of("a"), "impatient")
        with pytest.raises(LedgerError, match="without a charge"):
            ledger.seal(key_of("a"), b"numbers")
        assert ledger.sealed(key_of("a")) is None
        charge(ledger, "a")
        ledger.seal(key_of("a"), b"numbers")
        assert ledger.spent(UNIT, 2021) == 2 * RHO


def test_entries_that_come_and_go_buy_each_revision_once(folder: Path, draws: list[int]) -> None:
    with open_ledger(folder, SEAL_KEY) as ledger:
        for asked in (0, 1, 0, 1, 0, 2, 1, 0, 2):
            assert measure(ledger, revisions=asked, digest=f"d{asked}")
        assert not measure(ledger, revisions=3)
        assert measure(ledger, revisions=2)
        assert paid(ledger, draws, "3/50") == 3
        assert [one.revision for one in ledger.charges()] == [0, 1, 2]


@pytest.mark.parametrize("swap", ["the file", "the folder"])
def test_files_put_back_while_a_build_runs_stop_it(folder: Path, draws: list[int], swap: str) -> None:
    old = ledger_file(folder).read_bytes()
    with open_ledger(folder, SEAL_KEY) as ledger:
        measure(ledger, renamed("a"))
        if swap == "the folder":
            folder.rename(folder.with_name("aside"))
            (folder / "sealed").mkdir(parents=True)
        else:
            ledger_file(folder).unlink()
        ledger_file(folder).write_bytes(old)
        with pytest.raises(PublisherError, match="changed under the process"):
            measure(ledger, renamed("b"))
    assert len(draws) == 1
    assert ledger_file(folder).read_bytes() == old
