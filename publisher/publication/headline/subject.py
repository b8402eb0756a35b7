"""What a sentence may call a figure: "imports" only where the query counts all of them, else its own title."""

from typing import Literal

from publisher.catalogue.where import Condition, WhereError, parse_where

Subject = Literal["imports", "exports", "count", "quantile", "amount"]
NO_TRADE = frozenset(("temporary", "transit"))  # admitted or sent out for a while, and passing through


def subject_of(aggregate: str, column: str | None, flow: str, universe: str) -> Subject:
    """`universe` as a table's metadata has it. A value of goods is the value of imports or of exports where every
    declaration counts, or every one but of goods that stay for a while or pass through, which statistics of
    merchandise trade leave out (United Nations, International Merchandise Trade Statistics 2010, chapter I)."""
    if aggregate == "quantile":
        return "quantile"
    if aggregate in ("count", "count_distinct"):
        return "count"
    if column == "statistical_value" and _is_all_trade(universe):
        return "imports" if flow == "M" else "exports"
    return "amount"


def _is_all_trade(universe: str) -> bool:
    try:
        conditions = parse_where(universe)
    except WhereError:
        return False
    return all(one.column == "flow" or _leaves_out_no_trade(one) for one in conditions)


def _leaves_out_no_trade(condition: Condition) -> bool:
    return condition.column == "procedure" and condition.negated and NO_TRADE.issuperset(condition.values)
