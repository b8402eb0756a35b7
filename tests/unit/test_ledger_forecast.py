"""What the caps still allow, months ahead: the same arithmetic as the ledger's own."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from publisher.catalogue.plan import Plan, Revision
from publisher.catalogue.query import Query
from publisher.errors import PrivacyBudgetError
from publisher.ledger.adopt import adopt
from publisher.ledger.forecast import Forecast, YearForecast, forecast
from publisher.ledger.ledger import open_ledger
from publisher.ledger.limits import YearSpend
from publisher.ledger.standing import Standing
from publisher.model.privacy import Cap
from tests.lib.noise import UNIT, noisy_query
from tests.lib.privacy_ledger import SEAL_KEY, charge
from tests.lib.release import PLAN as BASE
from tests.lib.years import with_year

TODAY = date(2024, 3, 10)
NOISY: Query = noisy_query(rho="1/20")
QUERIES = {"noisy": NOISY}
PLAN = replace(BASE, first_period="2024-01", queries=("noisy",), rho_per_year=Fraction(1))


def foretold(plan: Plan = PLAN, months: int = 1, standing: Standing | None = None) -> Forecast:
    return forecast([plan], QUERIES, standing or Standing(), TODAY, months)


def of(found: Forecast, year: int = 2024) -> YearForecast:
    return next(account for account in found.accounts if account.year == year)


def test_a_year_is_counted_to_its_december(tmp_path: Path) -> None:
    """Editions due by 10 April 2024 end with February's; the year they belong to is counted whole."""
    found = foretold()
    assert [account.year for account in found.accounts] == [2024]
    year = of(found)
    assert (year.scheduled, year.editions_planned, year.edition_rho) == (Fraction(12, 20), 12, Fraction(1, 20))
    assert (year.editions_left, year.spent, found.shortfalls) == (20, 0, ())
    assert [account.year for account in foretold(months=12).accounts] == [2024, 2025]
    assert foretold(replace(PLAN, first_period="2024-06")).accounts == ()


@pytest.mark.parametrize(
    ("spent", "left", "lacks"), [("8/20", 12, None), ("9/20", 11, "2024-12"), ("1", 0, "2024-01")]
)
def test_the_first_period_that_does_not_fit_is_named(spent: str, left: int, lacks: str | None) -> None:
    """12 editions at 1/20 beside what other tables of the unit spent, of 1."""
    years = {(UNIT, 2024): YearSpend({"other": Fraction(spent)})}
    found = foretold(standing=Standing({UNIT: Cap(UNIT, Fraction(1))}, years))
    assert of(found).editions_left == left
    assert [one.period for one in found.shortfalls] == ([lacks] if lacks else [])


def test_what_is_measured_is_not_counted_again() -> None:
    years = {(UNIT, 2024): YearSpend({"noisy": Fraction(2, 20)})}
    standing = Standing({UNIT: Cap(UNIT, Fraction(1))}, years, {("noisy", "2024-01"): 0, ("noisy", "2024-02"): 0})
    year = of(foretold(standing=standing))
    assert (year.editions_planned, year.scheduled, year.editions_left) == (10, Fraction(10, 20), 18)


def test_reserves_are_not_for_others() -> None:
    plan = replace(PLAN, revision_reserve=Fraction(1, 4), query_reserves={"other": Fraction(1, 4)})
    cap = Cap(UNIT, Fraction(1), per_query={"other": Fraction(1, 4)}, revision_reserve=Fraction(1, 4))
    found = foretold(plan, standing=Standing({UNIT: cap}))
    assert (of(found).set_aside, of(found).editions_left) == (Fraction(1, 2), 10)
    assert [one.period for one in found.shortfalls] == ["2024-11"]


def test_a_revision_is_scheduled_once_its_period_is_measured() -> None:
    plan = replace(PLAN, revisions=(Revision("2024-01", ("noisy",), "late"),), revision_reserve=Fraction(1, 20))
    cap = Cap(UNIT, Fraction(1), revision_reserve=Fraction(1, 20))
    for measured, scheduled in (({}, 12), ({("noisy", "2024-01"): 0}, 12), ({("noisy", "2024-01"): 1}, 11)):
        found = foretold(plan, standing=Standing({UNIT: cap}, {}, measured))
        assert (of(found).scheduled * 20, found.shortfalls) == (scheduled, ())
    (short,) = foretold(
        plan, standing=Standing({UNIT: Cap(UNIT, Fraction(1))}, {}, {("noisy", "2024-01"): 0})
    ).shortfalls
    assert short.period == "2024-01"
    assert "revisions of a year may cost 0" in short.problem


def test_the_cap_over_all_years_ends_the_schedule_years_ahead() -> None:
    """1/20 a month, 1 over all years: the 21st edition, 2025-09, is the first that is refused."""
    found = foretold(replace(PLAN, rho_lifetime=Fraction(1)), months=24)
    assert [one.period for one in found.shortfalls] == ["2025-09", "2026-01"]
    assert "over all years" in found.shortfalls[0].problem


def test_two_series_measure_a_shared_query_once_and_the_lower_cap_counts() -> None:
    other = replace(PLAN, id="second", rho_per_year=Fraction(1, 2))
    found = forecast([PLAN, other], QUERIES, Standing({UNIT: Cap(UNIT, Fraction(2))}), TODAY, 1)
    assert (of(found).scheduled, of(found).per_year) == (Fraction(12, 20), Fraction(1, 2))
    assert [one.period for one in found.shortfalls] == ["2024-11"]
    assert [("monthly_trade" in words, "second" in words) for words in found.differences] == [
        (True, False),
        (False, True),
    ]
    assert "rho_per_year = 1/2" in found.differences[1]


def test_the_ledger_refuses_exactly_what_was_foretold(tmp_path: Path) -> None:
    """Every edition of the year is charged in turn: the first refusal is the one that the forecast named."""
    plan = replace(PLAN, rho_per_year=Fraction(1, 3), revision_reserve=Fraction(1, 50))
    (short,) = foretold(plan).shortfalls
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        adopt(ledger, [Cap(UNIT, Fraction(1, 3), revision_reserve=Fraction(1, 50))])
        for month in range(1, 13):
            left = of(foretold(plan, standing=ledger.standing())).editions_left
            try:
                charge(ledger, str(month), "1/20", 2024, "noisy")
            except PrivacyBudgetError:
                assert f"2024-{month:02}" == short.period
                assert left == 0
                break
            assert left >= 1
    assert short.period == "2024-07"


def test_as_json_is_exact() -> None:
    rows = foretold().as_json()
    assert rows["accounts"][0] | {"scheduled": "3/5", "edition_rho": "1/20", "lifetime": None} == rows["accounts"][0]


def test_a_quarterly_series_is_no_spend() -> None:
    quarterly = replace(PLAN, id="quarters", frequency="quarterly", first_period="2024-Q1", rho_per_year=Fraction(0))
    assert foretold(quarterly).accounts == ()
    assert forecast([PLAN, quarterly], QUERIES, Standing(), TODAY, 1) == foretold()


ANNUAL = replace(PLAN, id="years", frequency="annual", first_period="2024", rho_per_year=Fraction(0))


def foretold_with_year(standing: Standing | None = None, rho: str = "2/5", **changes: object) -> Forecast:
    queries = {"noisy": with_year(NOISY, rho)}
    return forecast([ANNUAL, replace(PLAN, **changes)], queries, standing or Standing(), TODAY, 1)  # type: ignore[arg-type]


def test_a_year_is_scheduled_once_and_keeps_its_room() -> None:
    """12/20 for the months and 2/5 for the year are all of 1."""
    year = of(foretold_with_year())
    assert (year.scheduled, year.editions_planned, year.editions_left) == (Fraction(1), 12, 12)
    assert foretold_with_year().shortfalls == ()
    later = foretold_with_year(first_period="2024-02")
    assert of(later).scheduled == Fraction(11, 20) + Fraction(2, 5)
    done = Standing({}, {}, {("noisy", "2024"): 0})
    assert (of(foretold_with_year(done)).scheduled, of(foretold_with_year(done)).editions_left) == (
        Fraction(12, 20),
        20,
    )


def test_a_year_that_does_not_fit_is_named_after_its_months() -> None:
    (short,) = foretold_with_year(rho="201/500").shortfalls
    assert (short.period, short.query) == ("2024", "noisy")


def test_a_year_that_no_series_shows_or_no_months_make_is_not_scheduled() -> None:
    queries = {"noisy": with_year(NOISY)}
    alone = forecast([PLAN], queries, Standing(), TODAY, 1)
    assert of(alone).scheduled == Fraction(12, 20)
    assert forecast([ANNUAL], queries, Standing(), TODAY, 1).accounts == ()
    later = forecast([PLAN, replace(ANNUAL, first_period="2025")], queries, Standing(), TODAY, 1)
    assert of(later).scheduled == Fraction(12, 20)
