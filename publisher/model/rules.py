"""Parameters of cell suppression. Confidential: a published p tells an attacker how wide the interval is."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Confidentiality = Literal["active", "passive"]
SecondaryCost = Literal["one", "value", "log_value", "contributors", "measure"]
AlreadyPublished = Literal["refuse", "hide"]
PrintedRanges = Literal["auto", "exact", "quick"]
CellRuleKind = Literal["freeze_shown", "freeze_hidden", "lower", "upper", "cost"]


@dataclass(frozen=True)
class Dominance:
    """(n,k): unsafe when the n largest contributors hold more than k percent of the cell."""

    n: int
    k: Fraction


@dataclass(frozen=True)
class LevelPenalty:
    """Hiding a cell whose code in dimension `column` is of `level` costs so many `times` as much."""

    column: str
    level: str
    times: Fraction


@dataclass(frozen=True)
class CellRule:
    """What the office decided about one cell. `codes` in the order of the table's dimensions.

    freeze_shown    never hidden; refused where the cell is unsafe
    freeze_hidden   hidden whatever the rules say, at no cost
    lower, upper    everybody knows beforehand that the cell lies at most `amount` percent below (above) its value
    cost            hiding the cell costs `amount` times as much
    """

    codes: tuple[str, ...]
    kind: CellRuleKind
    amount: Fraction | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SuppressionRules:
    """Rules of one query. Percentages are exact fractions of 100 (p_percent = 15 means 15 %).

    Notation, for one cell and one rule measure: X its value, c its contributors, s the largest contribution of
    a claimant and r the largest of anyone else (columns m_claimant, m_rival of ConfidentialTable), S the sum of
    its n largest contributions. A rule is looked at only if the cell has a claimant. Each rule gives an *upper
    protection level* UPL when it fires:

    =============  =========================================================  =============================
    rule           fires if                                                   UPL
    =============  =========================================================  =============================
    frequency      0 < c < minimum_contributors                               frequency_level_percent % of X
    p% and pq      p_percent set and X - s - r < (p/q) s                      (p/q) s - (X - s - r)
    (n,k)          active; s among the n largest, s > 0 and S > (k/100) X     (100/k) S - X
    request        passive; R > X                                             R - X
    controlled     the cell holds a controlled good (claimant or not)         frequency_level_percent % of X
    =============  =========================================================  =============================

    R is the total at which no claimant's share would exceed its limit: the largest (100/share) x over the
    claimants' contributions x, where `share` is the limit of the claimant's own request, or request_share_percent.
    Where no request has a limit of its own, R = (100/request_share_percent) s; else column m_request holds R,
    rounded up.

    The cell's UPL is the largest of those that fire, rounded up to a whole unit and at least 1; its lower
    level LPL is the smaller of UPL and X. A cell whose measures are all 0 is safe and has no published row.
    With `sliding_percent`, UPL is raised until UPL + LPL reach the stated share of X, L = sliding_percent % of X
    rounded up: to the largest of UPL, L/2 rounded up, and L - X. That is sufficient: an interval that reaches
    X + UPL and X - LPL is at least UPL + LPL wide. It is not necessary, as another pair of the same width would do.
    A measure that shadows the rule measure is hidden in the same cells; with value Y there, its own UPL is
    UPL * Y / X rounded up (1 where X = 0), at least 1, and 0 where Y = 0; its LPL the smaller of that and Y.

    Some requests let the value be shown without the quantity (treatment no_quantity; passive alone). Quantities
    (mass, supplementary units) are then judged with these traders among the claimants: s, r and R are columns
    m_quantity_claimant and so on. A quantity is hidden wherever that finds the cell unsafe, and its level follows
    from the UPL found so. More claimants never make a cell safer: so it is hidden wherever the measure it shadows
    is, with at least as wide a level, but not the other way round.

    `request_share_percent` and passive confidentiality: Handbook on Statistical Disclosure Control, ch. 4, and
    IMTS 2010, 10.3. `secondary_cost` is what hiding a cell that is itself safe costs: 1, its value, the logarithm
    of 1 + value, its contributors, or its value in the measure `cost_measure`. That is multiplied by a penalty for
    each dimension: that of the code's level in `level_penalty` where it stands there; else 3 for each level of
    margins below the code where the cost is "one" or "log_value" (at most 8 levels in all), 1 where it adds up.
    What was hidden in the edition before costs `stability` (a share of 1) less.

    `already_published` is about an unsafe cell whose very number an earlier edition of the period shows: no hiding
    takes that back. "refuse" builds nothing; "hide" hides it from now on, without a level to reach.

    `intervals` is how closely the range that is printed beside a hidden cell is worked out from what is published:
    "exact" to a unit, "quick" a range that may be wider, "auto" exact where the edition hides up to 20,000 cells.
    """

    confidentiality: Confidentiality
    minimum_contributors: int
    p_percent: Fraction | None = None
    q_percent: Fraction = Fraction(100)
    dominance: Dominance | None = None
    frequency_level_percent: Fraction = Fraction(20)
    request_share_percent: Fraction = Fraction(70)
    secondary_cost: SecondaryCost = "value"
    sliding_percent: Fraction | None = None
    cost_measure: str | None = None
    level_penalty: tuple[LevelPenalty, ...] = ()
    stability: Fraction = Fraction(0)
    already_published: AlreadyPublished = "refuse"
    intervals: PrintedRanges = "auto"

    @property
    def largest_needed(self) -> int:
        """How many of a cell's largest contributions the rules look at."""
        return max(2, self.dominance.n if self.dominance else 0)
