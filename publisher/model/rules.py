"""Parameters of cell suppression. Confidential: a published p tells an attacker how wide the interval is."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Confidentiality = Literal["active", "passive"]
SecondaryCost = Literal["one", "value", "log_value", "contributors"]


@dataclass(frozen=True)
class Dominance:
    """(n,k): unsafe when the n largest contributors hold more than k percent of the cell."""

    n: int
    k: Fraction


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
    request        passive; s > (request_share_percent/100) X                 (100/share) s - X
    controlled     the cell holds a controlled good (claimant or not)         frequency_level_percent % of X
    =============  =========================================================  =============================

    The cell's UPL is the largest of those that fire, rounded up to a whole unit and at least 1; its lower
    level LPL is the smaller of UPL and X. A cell whose measures are all 0 is safe and has no published row.
    A measure that shadows the rule measure is hidden in the same cells; with value Y there, its own UPL is
    UPL * Y / X rounded up (1 where X = 0), at least 1, and 0 where Y = 0; its LPL the smaller of that and Y.

    `request_share_percent` and passive confidentiality: Handbook on Statistical Disclosure Control, ch. 4, and
    IMTS 2010, 10.3. `secondary_cost` is what hiding a cell that is itself safe costs.
    """

    confidentiality: Confidentiality
    minimum_contributors: int
    p_percent: Fraction | None = None
    q_percent: Fraction = Fraction(100)
    dominance: Dominance | None = None
    frequency_level_percent: Fraction = Fraction(20)
    request_share_percent: Fraction = Fraction(70)
    secondary_cost: SecondaryCost = "value"

    @property
    def largest_needed(self) -> int:
        """How many of a cell's largest contributions the rules look at."""
        return max(2, self.dominance.n if self.dominance else 0)
