"""Requests with a share limit, with less detail, and what is still claimed afterwards; waivers beside requests."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from publisher.aggregate.cells import aggregate
from publisher.errors import ProtectionError
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import CellRule, SuppressionRules
from publisher.model.structure import TableStructure
from publisher.suppression.primary import find_primaries
from tests.lib.tables import (
    ACTIVE,
    MASS,
    VALUE,
    codelist,
    declaration,
    dimension,
    memory_store,
    query,
    structure,
)

GOODS = codelist(
    "HS",
    {
        "section": {"XVII": TOTAL},
        "chapter": {"87": "XVII", "88": "XVII"},
        "heading": {"8703": "87", "8704": "87", "8799": "87", "8802": "88", "8899": "88"},
        "subheading": {
            "870310": "8703",
            "870320": "8703",
            "870410": "8704",
            "879999": "8799",
            "880210": "8802",
            "889999": "8899",
        },
    },
)
LAND = codelist("COUNTRY", {"region": {"150": TOTAL, "_X": TOTAL}, "country": {"DE": "150", "FR": "150", "QZ": "_X"}})
OFFICE = codelist("OFFICE", {"office": {"10": TOTAL, "20": TOTAL}})
CODELISTS = {"HS": GOODS, "COUNTRY": LAND, "OFFICE": OFFICE}.__getitem__
FULL = structure(dimension("commodity", GOODS), dimension("partner", LAND))
BY_CHAPTER = structure(dimension("commodity", GOODS, ["total", "chapter"]), dimension("office", OFFICE))
BY_PARTNER = structure(dimension("partner", LAND, ["total", "country"]))
PASSIVE = SuppressionRules("passive", 1)

DAY = date(2021, 1, 1)
EVER: tuple[Any, Any] = (None, None)


def asked(trader: str, commodity: str, treatment: str = "", share: str | None = None) -> tuple[Any, ...]:
    return (trader, "M", commodity, *EVER, share, treatment)


def sold(trader: str, commodity: str, partner: str, value: int, **more: Any) -> dict[str, Any]:
    return declaration(importer=trader, commodity=commodity, partner=partner, statistical_value=value, **more)


ROWS = [
    sold("A", "870310", "DE", 100),
    sold("B", "870310", "FR", 7),
    sold("B", "870320", "DE", 20),
    sold("C", "870410", "FR", 50, office="20"),
    sold("D", "880210", "DE", 900),
]


def table(
    asked_for: TableStructure, rules: SuppressionRules = PASSIVE, *, period: str = "2021-01", **lists: Any
) -> ConfidentialTable:
    connection = memory_store(lists.pop("rows", ROWS), **lists)
    return aggregate(connection, query(asked_for, rules), period, "s0001", codelists=CODELISTS)


def values(found: ConfidentialTable, column: str = "statistical_value") -> dict[str, Any]:
    """codes joined by / -> a column, without zeros."""
    dimensions = found.structure.dimensions
    return {
        "/".join(d.hierarchy.codes[row[d.column]] for d in dimensions): row[column]
        for row in found.cells.to_pylist()
        if row[column]
    }


def unsafe(found: ConfidentialTable, rules: SuppressionRules = PASSIVE) -> dict[str, int]:
    """Codes of primary cells with their upper level."""
    levels = find_primaries(found.cells, "statistical_value", ("statistical_value",), rules).upper_level.tolist()
    return {codes: level for codes, level in zip(values(found), levels, strict=True) if level}


class TestShares:
    """One heading; A has 60, B 30, C 10 of 100."""

    ROWS = (sold("A", "870310", "DE", 60), sold("B", "870310", "DE", 30), sold("C", "870310", "DE", 10))
    TABLE = structure(dimension("commodity", GOODS, ["total"]))

    @pytest.mark.parametrize(
        ("requests", "asked_total"),
        [
            ([asked("A", "", share="60")], 100),
            ([asked("A", "", share="59.999999")], 101),
            ([asked("A", "", share="40")], 150),
            ([asked("A", "", share="40"), asked("B", "", share="10")], 300),  # the strictest of both
            ([asked("A", "", share="90"), asked("A", "", share="50")], 120),  # of one trader, too
            ([asked("A", "", share="90"), asked("B", "")], 67),  # 60/0.9 = 66.7, and 30/0.7 = 42.9
            ([asked("A", ""), asked("B", "", share="90")], 86),  # 60/0.7 = 85.7
            ([asked("A", "88", share="1"), asked("B", "", share="90")], 34),  # other goods do not count
        ],
    )
    def test_the_total_that_limits_ask_for(self, requests: list[Any], asked_total: int) -> None:
        found = table(self.TABLE, requests=requests, rows=self.ROWS)
        assert found.cells["statistical_value_request"].to_pylist() == [asked_total]
        assert list(unsafe(found).values()) == ([asked_total - 100] if asked_total > 100 else [])

    def test_without_limits_of_their_own_nothing_is_added(self) -> None:
        found = table(self.TABLE, requests=[asked("A", "")], rows=self.ROWS)
        assert "statistical_value_request" not in found.cells.column_names
        other = table(self.TABLE, requests=[("A", "M", "", date(2021, 2, 1), None, "50", "")], rows=self.ROWS)
        assert "statistical_value_request" not in other.cells.column_names

    def test_the_share_of_the_query_may_be_any_fraction(self) -> None:
        rules = SuppressionRules("passive", 1, request_share_percent=Fraction(200, 3))
        found = table(self.TABLE, rules, requests=[asked("A", ""), asked("C", "", share="99")], rows=self.ROWS)
        assert found.cells["statistical_value_request"].to_pylist() == [90]
        with pytest.raises(ProtectionError, match="fewer digits"):
            table(self.TABLE, SuppressionRules("passive", 1, request_share_percent=Fraction(10**10, 10**9 + 7)))

    def test_no_contribution_is_too_large(self) -> None:
        rows = [sold("A", "870310", "DE", 2**61)]
        found = table(self.TABLE, requests=[asked("A", "", share="99.999999")], rows=rows)
        assert found.cells["statistical_value_request"].to_pylist() == [-(-(2**61) * 10**8 // 99_999_999)]
        found = table(self.TABLE, requests=[asked("A", "", share="1")], rows=rows)
        assert found.cells["statistical_value_request"].to_pylist() == [2**62]

    def test_the_strictest_limit_of_a_holding(self) -> None:
        rows = [sold(name, "870310", "DE", 30, enterprise_group="G") for name in "AB"]
        rows += self.ROWS[2:]
        requests = [asked("A", "", share="90"), asked("B", "", share="50")]
        connection = memory_store(rows, requests=requests)
        held = query(self.TABLE, PASSIVE, holding=True)
        cells = aggregate(connection, held, "2021-01", "s0001", codelists=CODELISTS).cells
        assert cells["statistical_value_request"].to_pylist() == [120]

    def test_active_confidentiality_has_no_use_for_shares(self) -> None:
        found = table(self.TABLE, ACTIVE, requests=[asked("A", "", share="50")], rows=self.ROWS)
        assert "statistical_value_request" not in found.cells.column_names


class TestNoPartner:
    def test_everybodys_goods_move_and_totals_stay(self) -> None:
        before, after = values(table(FULL)), values(table(FULL, requests=[asked("A", "8703", "no_partner")]))
        moved = {code for code in after if code.endswith(("/QZ", "/_X"))}
        assert {code: after[code] for code in moved if code.endswith("/QZ")} == {
            "_T/QZ": 127,
            "XVII/QZ": 127,
            "87/QZ": 127,
            "8703/QZ": 127,
            "870310/QZ": 107,
            "870320/QZ": 20,
        }
        assert {c: v for c, v in after.items() if c.endswith("/_T")} == {
            c: v for c, v in before.items() if c.endswith("/_T")
        }
        assert "870310/DE" not in after
        assert (before["_T/DE"], after["_T/DE"]) == (1020, 900)
        assert (before["87/FR"], after["87/FR"]) == (57, 50)

    def test_nothing_is_claimed_afterwards(self) -> None:
        """What is left are totals, which the trader agreed to."""
        assert values(table(FULL, requests=[asked("A", "8703", "no_partner")]), "claimants") == {}

    def test_a_suppressing_request_beside_it_claims_as_ever(self) -> None:
        requests = [asked("A", "8703", "no_partner"), asked("A", "8703")]
        assert unsafe(table(FULL, requests=requests))["870310/QZ"] > 0

    def test_all_tables_move_alike(self) -> None:
        requests = [asked("A", "870310", "no_partner")]
        assert values(table(BY_PARTNER, requests=requests)) == {"_T": 1077, "DE": 920, "FR": 50, "QZ": 107}
        assert values(table(BY_PARTNER, ACTIVE, requests=requests)) == {"_T": 1077, "DE": 920, "FR": 50, "QZ": 107}
        assert values(table(BY_CHAPTER, requests=requests)) == values(table(BY_CHAPTER))


class TestDumpCode:
    REQUEST = asked("A", "870310", "dump_code")

    def test_goods_move_within_their_chapter(self) -> None:
        after = values(table(FULL, requests=[self.REQUEST]))
        assert {c: v for c, v in after.items() if c.endswith("/_T")} == {
            "_T/_T": 1077,
            "XVII/_T": 1077,
            "87/_T": 177,
            "8703/_T": 20,
            "8704/_T": 50,
            "8799/_T": 107,
            "870320/_T": 20,
            "870410/_T": 50,
            "879999/_T": 107,
            "88/_T": 900,
            "8802/_T": 900,
            "880210/_T": 900,
        }
        assert (after["879999/DE"], after["879999/FR"], after["87/DE"]) == (100, 7, 120)

    def test_a_claim_stands_below_the_chapter_totals(self) -> None:
        """A has 100 of 107 in the dump code, which is unsafe, and 100 of 177 in the chapter."""
        found = table(FULL, requests=[self.REQUEST])
        claimed = set(values(found, "claimants"))
        assert claimed == {
            f"{goods}/{partner}"
            for goods in ("_T", "XVII", "87", "8799", "879999")
            for partner in ("_T", "150", "DE")
            if goods.startswith("8799") or partner != "_T"
        }
        assert {"8799/_T", "879999/_T", "879999/DE", "87/DE"} <= set(unsafe(found))

    def test_a_chapter_total_stays_even_where_the_trader_is_alone_in_it(self) -> None:
        rows = [sold("A", "870310", "DE", 100), sold("D", "880210", "DE", 5)]
        found = unsafe(table(FULL, requests=[self.REQUEST], rows=rows))
        assert {"8799/_T", "87/DE", "_T/DE"} <= set(found)
        assert not {"87/_T", "XVII/_T", "_T/_T"} & set(found)

    def test_totals_by_another_dimension_are_detail(self) -> None:
        claimed = set(values(table(BY_CHAPTER, requests=[self.REQUEST]), "claimants"))
        assert claimed == {"_T/10", "87/10"}

    def test_the_share_counts_in_the_dump_code(self) -> None:
        at = {"94": False, "93": True}  # 100 of 107 are 93.46 percent
        for share, fires in at.items():
            found = table(FULL, requests=[asked("A", "870310", "dump_code", share)])
            assert ("879999/_T" in unsafe(found)) is fires

    def test_a_chapter_may_move_as_a_whole(self) -> None:
        after = values(table(FULL, requests=[asked("A", "87", "dump_code")]))
        assert {code.split("/")[0] for code in after if code.startswith("87")} == {"87", "8799", "879999"}

    def test_both_treatments_together(self) -> None:
        requests = [self.REQUEST, asked("B", "8703", "no_partner")]
        after = values(table(FULL, requests=requests))
        assert (after["879999/QZ"], after["870320/QZ"], after["87/QZ"]) == (107, 20, 127)
        assert "879999/DE" not in after


class TestValidity:
    @pytest.mark.parametrize(
        ("first", "last", "moves"),
        [
            (date(2021, 1, 31), None, True),  # its first day is the month's last
            (date(2021, 2, 1), None, False),
            (None, date(2021, 1, 1), True),  # its last day is the month's first
            (None, date(2020, 12, 31), False),
            (date(2021, 1, 10), date(2021, 1, 10), True),
        ],
    )
    def test_goods_move_in_each_month_of_which_a_day_is_valid(self, first: Any, last: Any, moves: bool) -> None:
        requests = [("A", "M", "8703", first, last, None, "no_partner")]
        assert ("_T/QZ" in values(table(FULL, requests=requests))) is moves

    def test_a_year_is_the_sum_of_its_months(self) -> None:
        """The request ends with January: February keeps its partners, in the year as in the month."""
        rows = [*ROWS, sold("A", "870310", "DE", 1000, reference_period="2021-02")]
        requests = [("A", "M", "8703", None, date(2021, 1, 31), None, "no_partner")]
        year = values(table(FULL, period="2021", rows=rows, requests=requests))
        assert (year["870310/QZ"], year["870310/DE"], year["870310/_T"]) == (107, 1000, 1107)

    def test_the_other_flow_does_not_move(self) -> None:
        assert "_T/QZ" not in values(table(FULL, requests=[("A", "X", "8703", *EVER, None, "no_partner")]))

    @pytest.mark.parametrize(("prefix", "moves"), [("87", True), ("870310", True), ("870320", False), ("88", False)])
    def test_goods_under_the_prefix_move(self, prefix: str, moves: bool) -> None:
        rows = ROWS[:1]
        assert ("_T/QZ" in values(table(FULL, rows=rows, requests=[asked("Z", prefix, "no_partner")]))) is moves


class TestValueOnly:
    REQUEST = asked("A", "8703", "value_only")

    def test_quantities_by_commodity_are_refused_with_a_remedy(self) -> None:
        heavy = structure(*FULL.dimensions, measures=(VALUE, MASS))
        for rules in (PASSIVE, ACTIVE):
            with pytest.raises(ProtectionError, match="has net_mass by commodity") as refused:
                table(heavy, rules, requests=[self.REQUEST])
            assert "another treatment" in refused.value.remedy
        sums = structure(dimension("commodity", GOODS, ["total", "section"]), measures=(VALUE, MASS))
        assert len(table(sums, requests=[self.REQUEST]).cells) == 2

    def test_quantities_of_a_universe_of_chosen_goods_too(self) -> None:
        chosen = structure(dimension("office", OFFICE), measures=(VALUE, MASS), universe="commodity = '870310'")
        with pytest.raises(ProtectionError, match="has net_mass by commodity"):
            table(chosen, requests=[self.REQUEST])

    def test_the_value_is_shown_without_partners(self) -> None:
        found = table(FULL, requests=[self.REQUEST])
        assert values(found)["870310/QZ"] == 107
        assert values(found, "claimants") == {}

    def test_beside_quantities_of_all_goods_it_is_a_claim(self) -> None:
        """Office 10 deals in 870310 and others: a quantity of it could be the trader's alone."""
        by_office = structure(dimension("office", OFFICE), measures=(VALUE, MASS))
        assert set(values(table(by_office, requests=[self.REQUEST]), "claimants")) == {"_T", "10"}
        light = structure(dimension("office", OFFICE))
        assert values(table(light, requests=[self.REQUEST]), "claimants") == {}


class TestWaiversBesideRequests:
    """Passive: a trader who asked for all goods may agree to some of them being shown."""

    def test_what_is_waived_is_not_claimed(self) -> None:
        claims = values(table(FULL, requests=[asked("B", "")], waivers=[("B", "M", "870310", *EVER)]), "claimants")
        assert "870310/FR" not in claims
        assert {"870320/DE", "8703/DE", "87/DE", "_T/_T"} <= set(claims)

    @pytest.mark.parametrize(
        ("first", "last", "claimed"),
        [
            (date(2021, 1, 1), date(2021, 1, 31), False),
            (date(2021, 1, 2), date(2021, 1, 31), True),
            (date(2021, 1, 1), date(2021, 1, 30), True),
        ],
    )
    def test_it_must_hold_on_all_days(self, first: date, last: date, claimed: bool) -> None:
        found = table(FULL, requests=[asked("A", "")], waivers=[("A", "M", "", first, last)])
        assert bool(values(found, "claimants")) is claimed

    def test_it_moves_no_goods_back(self) -> None:
        requests, waivers = [asked("A", "8703", "dump_code")], [("A", "M", "", *EVER)]
        found = table(FULL, requests=requests, waivers=waivers)
        assert values(found)["879999/DE"] == 120
        assert values(found, "claimants") == {}

    def test_share_limits_end_with_the_claim(self) -> None:
        requests, waivers = [asked("A", "", share="1"), asked("C", "", share="99")], [("A", "M", "", *EVER)]
        found = values(table(FULL, requests=requests, waivers=waivers), "statistical_value_request")
        assert found["_T/_T"] == 51


@pytest.mark.parametrize("rules", [PASSIVE, ACTIVE])
def test_controlled_goods_stay_controlled_under_pooled_codes(rules: SuppressionRules) -> None:
    found = table(FULL, rules, requests=[asked("A", "870310", "dump_code")], controlled=[("870310", "M")])
    assert {"879999/_T", "879999/DE", "8799/FR", "87/_T", "_T/_T"} <= set(values(found, "controlled"))
    assert "8703/_T" not in values(found, "controlled")


def test_cell_rules_of_the_query_and_the_period() -> None:
    rules = [
        ("t", "", "87/DE", "freeze_shown", None),
        ("t", "2021-01", "88/DE", "lower", "12.5"),
        ("t", "2021-02", "88/DE", "upper", "1"),
        ("other", "", "88/DE", "cost", "1"),
    ]
    assert table(FULL, cell_rules=rules).cell_rules == (
        CellRule(("87", "DE"), "freeze_shown"),
        CellRule(("88", "DE"), "lower", Fraction(25, 2)),
    )


def test_no_rule_of_a_cell_shows_in_its_repr() -> None:
    assert "12.5" not in repr(CellRule(("88", "DE"), "lower", Fraction(25, 2)))
    assert "25" not in repr(CellRule(("88", "DE"), "lower", Fraction(25, 2)))
