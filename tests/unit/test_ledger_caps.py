"""Caps and reserves: recorded in the ledger, exact, lowered freely, raised by name."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from publisher.errors import LedgerError, PrivacyBudgetError
from publisher.ledger.adopt import adopt
from publisher.ledger.ledger import open_ledger
from publisher.ledger.records import Opening
from publisher.model.privacy import Cap, Charge
from tests.lib.privacy_ledger import SEAL_KEY, UNIT, allow, charge, key_of, ledger_file, written

TINY = Fraction(1, 10**12)
CAP = Cap(UNIT, Fraction(1))


def entered(folder: Path, spends: list[tuple[str, str, str]], **caps: object) -> list[bool]:
    """Which of the spends (query, rho, purpose or year) fit, one after the other."""
    fits = []
    with open_ledger(folder, SEAL_KEY) as ledger:
        allow(ledger, **caps)  # type: ignore[arg-type]
        for number, (query, rho, what) in enumerate(spends):
            year = int(what) if what.isdigit() else 2021
            purpose = "revision" if what == "revision" else "month"
            before = ledger_file(folder).read_bytes()
            try:
                charge(ledger, str(number), rho, year, query, purpose=purpose)
                fits.append(True)
            except PrivacyBudgetError as refused:
                assert "forecast" in refused.remedy
                assert ledger_file(folder).read_bytes() == before
                fits.append(False)
        ledger.verify()
    return fits


@pytest.mark.parametrize(
    ("over", "fits"), [(-TINY, True), (Fraction(0), True), (TINY, False)], ids=["below", "at", "above"]
)
@pytest.mark.parametrize(
    ("limit", "what"),
    [
        ({"per_year": "1"}, "month"),  # 3/4 spent of 1 a year
        ({"per_year": "5", "lifetime": "1"}, "2022"),  # 3/4 spent of 1 over all years, in another year
        ({"per_year": "3/2", "per_query": {"other": Fraction(1, 2)}}, "month"),  # 1/2 is another's
        ({"per_year": "5/4", "revision_reserve": "1/4"}, "month"),  # 1/4 is for revisions
        ({"per_year": "5", "revision_reserve": "1/4"}, "revision"),  # revisions have no more than their reserve
    ],
)
def test_every_limit_is_exact(
    tmp_path: Path, limit: dict[str, object], what: str, over: Fraction, fits: bool
) -> None:
    """Each limit leaves exactly 1/4 for the second spend."""
    spends = [("mine", "3/4", "month"), ("mine", str(Fraction(1, 4) + over), what)]
    assert entered(tmp_path, spends, **limit) == [True, fits]


def test_a_reserve_is_for_its_query_and_more_comes_from_what_is_left(tmp_path: Path) -> None:
    """
    cap 1 a year, reserves: a 1/2, revisions 1/8
    spend       a      b      revisions   set aside or spent        fits
    a 1/2       1/2    0      0           1/2 + 0   + 1/8           yes
    b 3/8       1/2    3/8    0           1/2 + 3/8 + 1/8 = 1       yes
    b tiny      1/2    3/8+   0           above 1                   no
    a tiny      1/2+   3/8    0           above 1                   no
    rev. 1/8    1/2    3/8    1/8         1                         yes
    rev. tiny                             above its reserve         no
    """
    tiny = str(TINY)
    spends = [
        ("a", "1/2", "month"),
        ("b", "3/8", "month"),
        ("b", tiny, "month"),
        ("a", tiny, "month"),
        ("b", "1/8", "revision"),
        ("b", tiny, "revision"),
    ]
    limits = {"per_query": {"a": Fraction(1, 2)}, "revision_reserve": "1/8"}
    assert entered(tmp_path, spends, **limits) == [True, True, False, False, True, False]


def test_a_lost_attempt_counts_in_its_year_and_over_all_years(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        allow(ledger, "5", lifetime="1/25")
        charge(ledger, "a")
        ledger.abandon(key_of("a"), "power cut")
        charge(ledger, "a")
        assert ledger.lifetime(UNIT) == ledger.spent(UNIT, 2021) == Fraction(1, 25)
        with pytest.raises(PrivacyBudgetError, match="over all years"):
            charge(ledger, "b", str(TINY), 2030)


def test_two_series_share_the_caps_of_a_unit(tmp_path: Path) -> None:
    """One plan says 1 a year, another 5: whichever builds first, together they spend 1."""
    five = replace(CAP, per_year=Fraction(5))
    for number, order in enumerate([(five, CAP), (CAP, five)]):
        with open_ledger(tmp_path / str(number), SEAL_KEY) as ledger:
            for cap in order:
                adopt(ledger, [cap])
            assert ledger.caps()[UNIT].per_year == 1
            charge(ledger, "a", "1")
            adopt(ledger, [five])
            with pytest.raises(PrivacyBudgetError):
                charge(ledger, "b", str(TINY))


def test_adopting_lowers_adds_reserves_and_never_raises(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        adopt(ledger, [replace(CAP, lifetime=None, revision_reserve=Fraction(1, 8), per_query={"a": Fraction(1, 8)})])
        adopt(ledger, [replace(CAP, per_year=Fraction(2), lifetime=Fraction(9), per_query={"b": Fraction(1, 4)})])
        found = ledger.caps()[UNIT]
        assert (found.per_year, found.lifetime, found.revision_reserve) == (1, 9, Fraction(1, 8))
        assert found.per_query == {"a": Fraction(1, 8), "b": Fraction(1, 4)}
        entries = ledger.entries()
        adopt(ledger, [replace(CAP, per_year=Fraction(3))])
        assert ledger.entries() == entries  # nothing to lower: nothing written


def test_reserves_above_the_cap_are_refused(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        for queries, revisions in (({"a": Fraction(2, 3), "b": Fraction(1, 2)}, 0), ({"a": Fraction(1)}, TINY)):
            with pytest.raises(LedgerError, match="reserves add up"):
                ledger.set_cap(replace(CAP, per_query=queries, revision_reserve=Fraction(revisions)))
        assert ledger.caps() == {}


RAISES = [
    {"per_year": Fraction(1) + TINY},
    {"lifetime": Fraction(3) + TINY},
    {"lifetime": None},
    {"revision_reserve": Fraction(1, 8) + TINY},
]


@pytest.mark.parametrize("higher", RAISES, ids=lambda change: " ".join(change))
@pytest.mark.parametrize(("by", "reason"), [("", ""), ("ann", ""), ("", "why"), ("ann", "  "), ("ann", "why")])
def test_only_a_named_person_with_a_reason_raises(
    tmp_path: Path, higher: dict[str, Fraction], by: str, reason: str
) -> None:
    start = replace(CAP, lifetime=Fraction(3), revision_reserve=Fraction(1, 8))
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        ledger.set_cap(start)
        wanted = replace(start, by=by, reason=reason, **higher)  # type: ignore[arg-type]
        if by and reason.strip():
            ledger.set_cap(wanted)
            assert ledger.caps()[UNIT] == wanted
            return
        with pytest.raises(LedgerError, match="needs a person and a reason"):
            ledger.set_cap(wanted)
        assert ledger.caps()[UNIT] == start


def test_lowering_is_free_even_below_what_is_spent(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        charge(ledger, "a", "1/2")
        ledger.set_cap(replace(CAP, per_year=Fraction(1, 4)))
        with pytest.raises(PrivacyBudgetError):
            charge(ledger, "b", str(TINY))
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        ledger.verify()
        assert ledger.caps()[UNIT].per_year == Fraction(1, 4)


def test_nothing_is_charged_before_the_ledger_was_held_against_what_is_published(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        ledger.set_cap(CAP)
        more = {"unit": UNIT, "year": 2021, "rho": TINY, "query": "q", "period": "2021-01"}
        more |= {"snapshot": "s0001", "terms": "t"}
        with pytest.raises(LedgerError, match="held against"):
            ledger.charge(key_of("a"), **more)  # type: ignore[arg-type]
        ledger.require_head({"series/2021-01/v1": ledger.head.sha256})
        with pytest.raises(LedgerError, match="series/2021-02/v1"):
            ledger.require_head({"series/2021-02/v1": "0" * 64})
        with pytest.raises(LedgerError, match="held against"):
            ledger.charge(key_of("a"), **more)  # type: ignore[arg-type]
        assert ledger.charges() == ()


def test_without_a_cap_nothing_is_charged(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger, pytest.raises(PrivacyBudgetError, match="no cap is recorded"):
        ledger.require_head({})
        place = {"query": "q", "period": "2021-01", "snapshot": "s0001", "terms": "t"}
        ledger.charge(key_of("a"), unit=UNIT, year=2021, rho=TINY, **place)  # type: ignore[arg-type]


def test_a_ledger_of_format_1_is_read_and_gets_its_cap_once(tmp_path: Path) -> None:
    old = Charge(key_of("a"), UNIT, 2021, Fraction(1, 2), "q", "2021-01", "s0001")
    written(tmp_path, Opening(1), old)
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        ledger.seal(key_of("a"), b"numbers")
        with pytest.raises(PrivacyBudgetError, match="no cap is recorded"):
            ledger.account(key_of("a"))
        adopt(ledger, [CAP])
        assert (ledger.account(key_of("a")).cap, ledger.spent(UNIT, 2021)) == (CAP, Fraction(1, 2))
        adopt(ledger, [replace(CAP, per_year=Fraction(3, 4))])
        assert ledger.account(key_of("a")).cap == CAP  # a rebuild prints the same
        with pytest.raises(PrivacyBudgetError):
            charge(ledger, "b", "1/3")


def test_a_charge_line_of_format_1_is_read(tmp_path: Path) -> None:
    """Without the fields that format 2 added."""
    import hashlib
    import hmac
    import json

    written(tmp_path, Opening(1))
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        key, head = ledger._mac_key, ledger.head
    fields = {"kind": "charge", "key": key_of("a"), "unit": UNIT, "year": 2021, "rho": "1/50", "query": "q"}
    fields |= {"period": "2021-01", "snapshot": "s0001", "attempt": 1}
    body = {"number": 2, "at": "2024-01-01T00:00:00+00:00", "before": head.sha256, "record": fields}
    mac = hmac.new(key, json.dumps(body, sort_keys=True, separators=(",", ":")).encode(), hashlib.sha256).hexdigest()
    line = json.dumps({**body, "mac": mac}, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    ledger_file(tmp_path).write_bytes(ledger_file(tmp_path).read_bytes() + line)
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        (found,) = ledger.charges()
        assert (found.rho, found.purpose, found.revision, found.terms) == (Fraction(1, 50), "month", 0, "")


@pytest.mark.parametrize(
    ("records", "problem"),
    [
        ((Opening(3),), "line 1 cannot stand there: a ledger of format 3"),
        (
            (Opening(2), Charge(key_of("a"), UNIT, 2021, TINY, "q", "2021-01", "s", terms="t")),
            "line 2 .* without a cap",
        ),
        ((Opening(2), CAP, Charge(key_of("a"), UNIT, 2021, TINY, "q", "2021-01", "s")), "line 3 .* what is measured"),
        (
            (Opening(2), CAP, Charge(key_of("a"), UNIT, 2022, TINY, "q", "2021-12", "s", terms="t")),
            "line 3 .* the calendar year of its period",
        ),
        ((Opening(2), CAP, replace(CAP, per_year=Fraction(2))), "line 3 .* needs a person"),
        (
            (Opening(2), CAP, Charge(key_of("a"), UNIT, 2021, 1 + TINY, "q", "2021-01", "s", terms="t")),
            "line 3 .* breaks the cap",
        ),
    ],
)
def test_a_chain_that_breaks_a_rule_does_not_open(tmp_path: Path, records: tuple[object, ...], problem: str) -> None:
    written(tmp_path, *records)
    with pytest.raises(LedgerError, match=problem), open_ledger(tmp_path, SEAL_KEY):
        pass
