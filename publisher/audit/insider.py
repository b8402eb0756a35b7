"""A contributor who is alone in a hidden cell knows that cell. Does it thereby know another primary cell exactly?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from publisher.audit.cycles import Cycles
from publisher.audit.prover import Outcome, ball, components
from publisher.audit.reduced import Reduced
from publisher.audit.simplex import Model
from publisher.audit.system import System
from publisher.audit.witness import Checker, unfolded

BALL = 300


@dataclass
class InsiderOutcome:
    """`recovered`: primary variables that some single contributor computes exactly. `pairs`: what was tried."""

    recovered: list[int] = field(default_factory=list)
    insiders: int = 0
    pairs: int = 0
    programs: int = 0


class Insiders:
    """A witness that moves none of an insider's cells is an alternative for the insider too.

    So only insiders whose cells lie on a primary cell's witnesses need a second look: a cycle, then a program over
    a neighbourhood, then one over the component, each with the insider's groups held still. A cell is exactly
    recovered when it can then move neither up nor down by half a unit.
    """

    def __init__(self, system: System, reduced: Reduced, checker: Checker, outcome: Outcome) -> None:
        self._reduced, self._checker, self._system = reduced, checker, system
        self._cycles = Cycles(reduced)
        self._supports = outcome.supports
        self._models: dict[int, Model] = {}
        self._owned: dict[int, set[int]] = {}
        self._holders: dict[int, set[int]] = {}
        for group, members in reduced.members.items():
            for variable, _ in members:
                insider = int(system.lone[variable])
                if insider:
                    self._owned.setdefault(insider, set()).add(group)
                    self._holders.setdefault(group, set()).add(insider)

    def run(self) -> InsiderOutcome:
        result = InsiderOutcome(insiders=len(self._owned))
        primaries = self._primaries()
        for group, variables in primaries.items():
            for insider in sorted(self._concerned(group)):
                others = [variable for variable in variables if self._system.lone[variable] != insider]
                if not others:
                    continue
                result.pairs += 1
                if group in self._owned[insider] or not self._free(group, frozenset(self._owned[insider]), result):
                    result.recovered += others
        result.recovered = sorted(set(result.recovered))
        return result

    def _primaries(self) -> Mapping[int, list[int]]:
        system = self._system
        found = {
            group: [v for v, _ in members if system.up[v] > 0 or system.down[v] > 0]
            for group, members in self._reduced.members.items()
        }
        return {group: variables for group, variables in found.items() if variables}

    def _concerned(self, group: int) -> set[int]:
        """Insiders that stand on every witness of the group, or in the group itself."""
        sets = [
            {insider for one in self._supports[target] for insider in self._holders.get(one, ())}
            for target in ((group, True), (group, False))
            if target in self._supports
        ]
        return set.intersection(*sets) if sets else set(self._holders.get(group, ()))

    def _free(self, group: int, barred: frozenset[int], result: InsiderOutcome) -> bool:
        """Whether the group can still move while the insider's groups stand still."""
        for up in (True, False):
            found = self._cycles.find(group, 1, up=up, barred=barred)
            if found is not None and self._checker.holds(unfolded(self._reduced, found)):
                return True
        near = Model(self._reduced, ball(self._reduced, group, BALL))
        return self._moves(near, group, barred, result) or self._moves(self._whole(group), group, barred, result)

    def _moves(self, model: Model, group: int, barred: frozenset[int], result: InsiderOutcome) -> bool:
        for up in (True, False):
            result.programs += 1
            reach = model.reach(group, 1, up, barred).reach
            if reach is not None and reach >= 0.5:
                return True
        return False

    def _whole(self, group: int) -> Model:
        if group not in self._models:
            (component,) = components(self._reduced, [group])
            model = Model(self._reduced, component)
            self._models.update(dict.fromkeys(component, model))
        return self._models[group]


def insider_names(system: System, result: InsiderOutcome) -> Iterator[tuple[str, ...]]:
    """The recovered cells by codes."""
    return (system.name(variable) for variable in result.recovered)
