"""An alternative table: deviations that change some hidden cells and break no published equation.

Whatever found it, it is proved by adding up: if `holds`, then the true table plus the witness is a table that an
attacker cannot tell from the true one. So a hidden cell that it moves by +u has an interval that reaches at least
u above the truth. Intervals are convex: every smaller deviation is possible too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from publisher.audit.reduced import Reduced
from publisher.audit.relations import Equations
from publisher.audit.system import UNBOUNDED, System
from publisher.audit.tree import Integers

Deviation = int | Fraction
Witness = Mapping[int, Deviation]  # variable or group -> deviation, never 0


@dataclass(frozen=True)
class Checker:
    """The original equations by variable: what a witness is held against."""

    floor: Sequence[int] = field(repr=False)
    ceiling: Sequence[int] = field(repr=False)
    truth: Sequence[int] = field(repr=False)
    known: Sequence[bool] = field(repr=False)
    starts: Sequence[int] = field(repr=False)
    equations: Sequence[int] = field(repr=False)
    signs: Sequence[int] = field(repr=False)

    @classmethod
    def of(cls, system: System) -> "Checker":
        number = np.repeat(np.arange(system.equations.count), np.diff(system.equations.starts))
        order = np.argsort(system.equations.cells, kind="stable")
        counts = np.bincount(system.equations.cells, minlength=len(system.truth))
        return cls(
            floor=np.maximum(system.floor, 0).tolist(),
            ceiling=system.ceiling.tolist(),
            truth=system.truth.tolist(),
            known=system.known.tolist(),
            starts=[0, *np.cumsum(counts).tolist()],
            equations=number[order].tolist(),
            signs=system.equations.signs[order].tolist(),
        )

    def holds(self, witness: Witness) -> bool:
        """Exact: no published cell moves, every bound is kept, every touched equation still sums to zero."""
        sums: dict[int, Deviation] = {}
        for variable, deviation in witness.items():
            value = self.truth[variable] + deviation
            too_high = self.ceiling[variable] < UNBOUNDED and value > self.ceiling[variable]
            if self.known[variable] or too_high or value < self.floor[variable]:
                return False
            for entry in range(self.starts[variable], self.starts[variable + 1]):
                equation = self.equations[entry]
                sums[equation] = sums.get(equation, 0) + self.signs[entry] * deviation
        return not any(sums.values())


def unfolded(reduced: Reduced, of_groups: Witness) -> dict[int, Deviation]:
    """Deviations of groups as deviations of their variables."""
    return {
        variable: sign * deviation
        for group, deviation in of_groups.items()
        for variable, sign in reduced.members[group]
        if deviation
    }


@dataclass(frozen=True)
class WholeChecker:
    """The same test for witnesses that move thousands of groups by whole units: arrays, int64, no rounding.

    group, sign   of each variable: its deviation is sign * deviation of the group; sign 0: it never moves
    down, up      how far each variable may go, down <= 0 <= up
    """

    places: Mapping[int, int] = field(repr=False)
    group: Integers = field(repr=False)
    sign: Integers = field(repr=False)
    down: Integers = field(repr=False)
    up: Integers = field(repr=False)
    equations: Equations = field(repr=False)

    @classmethod
    def of(cls, system: System, reduced: Reduced) -> "WholeChecker":
        places = {group: place for place, group in enumerate(reduced.members)}
        group, sign = np.zeros((2, len(system.truth)), dtype=np.int64)
        for one, members in reduced.members.items():
            for variable, its in members:
                group[variable], sign[variable] = places[one], its
        free = ~system.known
        return cls(
            places=places,
            group=group,
            sign=sign,
            down=np.where(free, np.maximum(system.floor, 0) - system.truth, 0),
            up=np.where(free, np.where(system.ceiling >= UNBOUNDED, UNBOUNDED, system.ceiling - system.truth), 0),
            equations=system.equations,
        )

    def holds(self, of_groups: Mapping[int, int]) -> bool:
        """Exact. False also where the sum of an equation might leave 64 bits: then nothing is proved."""
        longest = int(np.diff(self.equations.starts).max(initial=1))
        if max(map(abs, of_groups.values()), default=0) * longest >= 2**62:
            return False
        if not of_groups:
            return True
        deviations = np.zeros(len(self.places), dtype=np.int64)
        deviations[[self.places[group] for group in of_groups]] = list(of_groups.values())
        moved = self.sign * deviations[self.group] if len(self.places) else self.sign
        within = bool(np.all((self.down <= moved) & (moved <= self.up)))
        return within and not np.any(self.equations.residuals(moved))
