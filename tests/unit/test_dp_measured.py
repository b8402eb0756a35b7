"""Which measurement a build shows: changed data alone spend nothing; a revision is measured once."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from publisher.catalogue.query import Query
from publisher.dp import noisy
from publisher.dp.measured import Data, demand, measurement_of, privacy_rules
from publisher.dp.protect import protect
from publisher.errors import LedgerError, PrivacyBudgetError
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.ledger.records import Opening
from publisher.model.privacy import Charge
from publisher.model.protected import ProtectedTable
from tests.lib.noise import PERIOD, UNIT, data, no_norms, no_sums, noisy_query, sums_of
from tests.lib.privacy_ledger import SEAL_KEY, allow, written

RHO = Fraction(1, 50)
Q = noisy_query()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path, SEAL_KEY) as opened:
        allow(opened, revision_reserve="1/25")
        yield opened


def measured(
    ledger: Ledger, digest: str = "d1", revisions: int = 0, snapshot: str = "s0001", query: Query = Q
) -> ProtectedTable:
    return protect(query, PERIOD, data(digest, snapshot), ledger, sums_of(query), no_norms, revisions=revisions)


def test_changed_data_alone_spend_nothing_and_show_what_was_sealed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = measured(ledger)
    monkeypatch.setattr(noisy, "draw", None)
    for number in range(2, 6):
        again = protect(Q, PERIOD, data(f"d{number}", f"s000{number}"), ledger, no_sums, no_norms)
        assert (again.cells, again.noise) == (first.cells, first.noise)
    assert ledger.spent(UNIT, 2021) == RHO
    assert first.noise is not None
    assert "as they stood at snapshot s0001" in " ".join(first.noise.notes)


def test_what_readers_see_does_not_tell_whether_data_changed(ledger: Ledger) -> None:
    """Nothing published may differ with the digest: it depends on single declarations, and has no noise."""
    measured(ledger)
    same, other = (measured(ledger, digest, snapshot="s0002") for digest in ("d1", "d2"))
    assert same == other
    revised = [demand(Q, PERIOD, data(digest), ledger, 1).purpose for digest in ("d1", "d2")]
    assert revised == ["revision", "revision"]


def test_a_revision_is_measured_once_however_often_it_is_built(ledger: Ledger) -> None:
    first = measured(ledger)
    revised = measured(ledger, "d2", revisions=1, snapshot="s0002")
    assert revised.noise != first.noise
    for digest, asked in (("d2", 1), ("d3", 1), ("d1", 1), ("d1", 0)):
        assert measured(ledger, digest, asked).noise == revised.noise
    assert ledger.spent(UNIT, 2021) == 2 * RHO
    assert [(c.purpose, c.revision) for c in ledger.charges()] == [("month", 0), ("revision", 1)]


def test_revisions_stay_within_their_reserve(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """1/25 is set aside: two revisions at 1/50, though 1 - 3/50 of the year is left."""
    for asked in range(3):
        measured(ledger, f"d{asked}", asked)
    monkeypatch.setattr(noisy, "draw", None)
    with pytest.raises(PrivacyBudgetError, match="revisions of a year may cost 1/25, and would cost 3/50"):
        measured(ledger, "d3", 3)
    assert ledger.spent(UNIT, 2021) == 3 * RHO


def test_two_entries_at_once_buy_one_measurement(ledger: Ledger) -> None:
    measured(ledger)
    measured(ledger, "d2", 2)
    assert measured(ledger, "d3", 2).noise == measured(ledger, "d3", 1).noise
    assert len(ledger.charges()) == 2


def test_an_entry_before_the_first_measurement_is_no_revision(ledger: Ledger) -> None:
    measured(ledger, revisions=1)
    assert [charge.purpose for charge in ledger.charges()] == ["month"]
    measured(ledger, "d2", revisions=1)
    assert len(ledger.charges()) == 1


@pytest.mark.parametrize("changed", [noisy_query(rho="1/100"), noisy_query(at=9)])
def test_changed_terms_are_refused_until_they_are_asked_for(
    ledger: Ledger, changed: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(ledger)
    draw = noisy.draw
    monkeypatch.setattr(noisy, "draw", None)
    with pytest.raises(PrivacyBudgetError, match="under other terms") as refused:
        measured(ledger, query=changed)
    assert "[[revision]]" in refused.value.remedy
    monkeypatch.setattr(noisy, "draw", draw)
    measured(ledger, revisions=1, query=changed)
    assert ledger.charges()[-1].purpose == "revision"


def test_a_lost_revision_fails_closed_whatever_the_data(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    measured(ledger)
    monkeypatch.setattr(noisy, "draw", None)
    with pytest.raises(TypeError):
        measured(ledger, "d2", 1)
    monkeypatch.undo()
    for digest in ("d1", "d2", "d3"):
        with pytest.raises(PrivacyBudgetError, match="never sealed"):
            measured(ledger, digest, 1)
    ledger.abandon(ledger.charges()[-1].key, "crash")
    measured(ledger, "d3", 1)
    assert [(c.revision, c.attempt) for c in ledger.charges()] == [(0, 1), (1, 1), (1, 1)]
    assert ledger.spent(UNIT, 2021) == 3 * RHO


def test_the_ledger_itself_refuses_an_unasked_second_measurement(ledger: Ledger) -> None:
    measured(ledger)
    known = ledger.charges()[0]
    more = {"unit": UNIT, "year": 2021, "rho": RHO, "query": known.query, "period": PERIOD, "snapshot": "s0002"}
    for purpose, revision in (("month", 1), ("revision", 0)):
        with pytest.raises(LedgerError, match=r"again as a revision only|measured already"):
            ledger.charge("f" * 64, **more, terms=known.terms, purpose=purpose, revision=revision)  # type: ignore[arg-type]
    assert ledger.spent(UNIT, 2021) == RHO


def test_a_measurement_of_format_1_is_found_by_making_its_key_again(tmp_path: Path) -> None:
    """Its key held the digest of the whole month as of its snapshot; its charge names no terms."""
    whole = {"s0001": "m1", "s0002": "m2"}
    behind = Data("s0002", "d2", lambda name: whole.get(name, ""))
    old = replace(measurement_of(Q, privacy_rules(Q), PERIOD, "m1")).digest_1
    written(tmp_path, Opening(1), Charge(old, UNIT, 2021, RHO, Q.id, PERIOD, "s0001"))
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        ledger.seal(old, b"numbers")
        assert demand(Q, PERIOD, behind, ledger, 0).key == old
        assert demand(Q, PERIOD, behind, ledger, 0).changed
        assert not demand(Q, PERIOD, replace(behind, snapshot="s0001"), ledger, 0).changed
        assert demand(Q, PERIOD, behind, ledger, 1).purpose == "revision"
        with pytest.raises(PrivacyBudgetError, match="under other terms"):
            demand(noisy_query(at=9), PERIOD, behind, ledger, 0)
        with pytest.raises(PrivacyBudgetError, match="under other terms"):
            demand(Q, PERIOD, replace(behind, whole=lambda name: ""), ledger, 0)  # the snapshot is not in the store


def test_the_keys_of_format_1_are_what_they_were() -> None:
    """Recorded before format 2: a change here would lose every sealed measurement of an old ledger."""
    assert measurement_of(Q, privacy_rules(Q), PERIOD, "d1").digest_1 == RECORDED


RECORDED = "da21b5b1a8614ae967f0fd8796566561c5b4077efd98b85f692e3c13746446eb"
