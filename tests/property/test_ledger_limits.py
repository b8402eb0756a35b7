"""Whatever is asked in whatever order: no cap is exceeded, no reserve taken by others, nothing refused in vain."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from publisher.errors import LedgerError
from publisher.ledger.balance import Balance
from publisher.ledger.records import Opening
from publisher.model.privacy import Cap, Charge
from tests.lib.privacy_ledger import UNIT, key_of

QUERIES = ("a", "b", "c")
YEARS = (2021, 2022)


def some(rng: random.Random, most: int = 8) -> Fraction:
    return Fraction(rng.randint(1, most), rng.choice((24, 30, 50)))


def random_cap(rng: random.Random) -> Cap:
    reserves = {query: some(rng, 4) for query in QUERIES if rng.random() < 0.5}
    lifetime = rng.choice((None, Fraction(3, 2)))
    return Cap(UNIT, Fraction(1), lifetime, reserves, rng.choice((Fraction(0), Fraction(1, 10))))


def started(cap: Cap) -> Balance:
    balance = Balance()
    balance.take(Opening())
    balance.take(cap)
    return balance


def asked(rng: random.Random, number: int) -> Charge:
    purpose = "revision" if rng.random() < 0.2 else "month"
    year, query = rng.choice(YEARS), rng.choice(QUERIES)
    return charge(number, year, some(rng), query, purpose)


def charge(number: int, year: int, rho: Fraction, query: str, purpose: str = "month") -> Charge:
    """One measurement for each number."""
    key = key_of(str(number))
    return Charge(key, UNIT, year, rho, query, f"{year}-{number}", "s0001", purpose=purpose, terms=key)  # type: ignore[arg-type]


def may(cap: Cap, taken: list[Charge], new: Charge) -> bool:
    """The rules once more, from the list of all charges and word for word from the README."""
    charges = [*taken, new]
    year = [charge for charge in charges if charge.year == new.year]
    revised = sum((c.rho for c in year if c.purpose == "revision"), Fraction(0))
    first = {q: sum((c.rho for c in year if c.query == q and c.purpose != "revision"), Fraction(0)) for q in QUERIES}
    left = sum(max(first[q], cap.per_query.get(q, Fraction(0))) for q in QUERIES) + max(revised, cap.revision_reserve)
    total = sum(charge.rho for charge in charges)
    return (
        left <= cap.per_year
        and (new.purpose != "revision" or revised <= cap.revision_reserve)
        and (cap.lifetime is None or total <= cap.lifetime)
    )


@pytest.mark.parametrize("seed", range(60))
def test_charges_fit_exactly_where_the_rules_say(seed: int) -> None:
    rng = random.Random(seed)
    cap = random_cap(rng)
    balance, taken = started(cap), []
    for number in range(40):
        if rng.random() < 0.1:
            cap = replace(cap, per_query={query: some(rng, 2) for query in QUERIES if rng.random() < 0.5})
            balance.take(cap)
        new = asked(rng, number)
        if may(cap, taken, new):
            balance.take(new)
            taken.append(new)
        else:
            with pytest.raises(LedgerError, match="breaks the cap"):
                balance.take(new)
        for year in YEARS:
            assert balance.spent(UNIT, year) == sum(c.rho for c in taken if c.year == year) <= cap.per_year
        assert balance.lifetime(UNIT) == sum(c.rho for c in taken) <= (cap.lifetime or 2)


@pytest.mark.parametrize("seed", range(30))
def test_what_is_reserved_can_still_be_spent_whatever_others_did(seed: int) -> None:
    rng = random.Random(1000 + seed)
    cap = replace(random_cap(rng), lifetime=None)
    balance = started(cap)
    for number in range(60):
        new = asked(rng, number)
        if not balance.overspent_by(new):
            balance.take(new)
    year = balance.year(UNIT, 2021)
    for number, (query, reserve) in enumerate(cap.per_query.items(), 100):
        rest = reserve - year.by_query.get(query, Fraction(0))
        if rest > 0:
            balance.take(charge(number, 2021, rest, query))
    rest = cap.revision_reserve - year.revisions
    if rest > 0:
        balance.take(charge(200, 2021, rest, "a", "revision"))
