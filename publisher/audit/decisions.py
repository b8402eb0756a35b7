"""What the office decided about single cells: held against what is published, and taken for common knowledge."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from publisher.audit.public_table import PublicTable
from publisher.audit.tree import Integers
from publisher.model.audit_report import Finding
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import CellRule

UNKNOWN = 2**62


@dataclass(frozen=True)
class Decisions:
    """Published row -> the rules about its cell."""

    rules: Mapping[int, tuple[CellRule, ...]] = field(repr=False)

    def known_range(self, true: Integers) -> tuple[Integers, Integers]:
        """The whole numbers that everybody knows to lie at or below, at or above each true one; 0 and UNKNOWN."""
        least, most = np.zeros(len(true), dtype=np.int64), np.full(len(true), UNKNOWN, dtype=np.int64)
        for row, rules in self.rules.items():
            value = int(true[row])
            for rule in rules:
                share = (rule.amount or Fraction(0)) / 100
                if rule.kind == "lower":
                    low = value * (1 - share)
                    least[row] = max(int(least[row]), -(-low.numerator // low.denominator))
                elif rule.kind == "upper":
                    high = value * (1 + share)
                    most[row] = min(int(most[row]), high.numerator // high.denominator)
        return least, most

    def check(self, public: PublicTable) -> list[Finding]:
        """A cell that was to be shown is shown, and one that was to be hidden hidden, in all measures."""
        count = np.sum(list(public.hidden.values()), axis=0)
        frozen = {"freeze_shown": count > 0, "freeze_hidden": count < len(public.hidden)}
        place = f"data/{public.entry.id}.parquet"
        wrong = {
            "freeze_shown": "a cell that was to be shown is hidden",
            "freeze_hidden": "a cell to be hidden is shown",
        }
        return [
            Finding("completeness", place, wrong[rule.kind], public.codes(row))
            for row, rules in self.rules.items()
            for rule in rules
            if rule.kind in wrong and frozen[rule.kind][row]
        ]


def read_decisions(public: PublicTable, confidential: ConfidentialTable) -> Decisions:
    """Rules about cells without a published row have nothing to say."""
    wanted: dict[tuple[str, ...], tuple[CellRule, ...]] = defaultdict(tuple)
    for rule in confidential.cell_rules:
        wanted[rule.codes] += (rule,)
    rows = range(public.rows) if wanted else range(0)
    return Decisions({row: wanted[codes] for row in rows if (codes := public.codes(row)[2:]) in wanted})
