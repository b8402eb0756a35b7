"""The linear attack on one edition and all that was published for its period before."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from publisher.audit.insider import Insiders, InsiderScope
from publisher.audit.prover import Outcome, Prover, Target, components
from publisher.audit.recheck import SecondOpinion, recheck, secret_seed
from publisher.audit.reduced import Reduced, reduce_system
from publisher.audit.simplex import Model
from publisher.audit.system import UNBOUNDED, Block, System, build_system
from publisher.audit.witness import Checker, WholeChecker
from publisher.model.audit_report import Finding
from publisher.model.progress import NO_PROGRESS, Progress

SAMPLE = 24  # published intervals
TWICE = "Check printed intervals"
UNDER = "an attacker narrows this cell down to less than its protection level"
EXACT = "an attacker computes this cell exactly"
INSIDER = "an insider who is alone in another hidden cell computes this cell exactly"
UNFINISHED = "the solver gave up on this cell: it is not proved safe"
MISSED = "a second, independent check narrows this cell down to less than its protection level"
UNION = "an attacker narrows the sum of these cells, in each of which one trader stands, down to less than its level"
OUTSIDE = "the published interval does not hold the true value"
NARROW = "the published interval is narrower than what the published cells imply"


@dataclass(frozen=True)
class Attack:
    """Findings, and counts of what was covered."""

    findings: tuple[Finding, ...]
    measured: tuple[tuple[str, int], ...]


def attack(
    blocks: Sequence[Block], seed: str, *, insiders: InsiderScope = "primaries", progress: Progress = NO_PROGRESS
) -> Attack:
    """Attacks every primary cell. `seed` and the hidden values choose the samples that are checked twice."""
    system, findings, dropped = build_system(blocks)
    outside = _outside(system)
    if outside:
        return Attack((*findings, *outside), (("hidden_cells", int((~system.known[: system.cells]).sum())),))
    reduced, checker = reduce_system(system), Checker.of(system)
    exact = [_finding(system, v, EXACT) for v in sorted(reduced.fixed) if system.up[v] or system.down[v]]
    needs, beyond = _needs(system, reduced)
    prover = Prover(reduced, checker, WholeChecker.of(system, reduced), needs)
    outcome = prover.run(progress)
    secret = secret_seed(system, seed)
    second = recheck(system, secret, progress=progress)
    narrow, intervals = _narrow_intervals(system, reduced, str(secret), progress)
    found = [*findings, *exact, *_refuted(system, reduced, outcome, beyond), *narrow]
    found += _missed(system, second, found)
    counts = {
        "primaries": int(((system.up > 0) | (system.down > 0))[: system.cells].sum()),
        "unions": len(system.sums),
        "hidden_cells": int((~system.known[: system.cells]).sum()),
        "equations": system.equations.count,
        "groups": len(reduced.members),
        "targets": len(needs),
        "proved_by_witness": outcome.by_witness,
        "proved_within_tolerance": outcome.by_tolerance,
        "lp_bounds": outcome.programs,
        "sample": second.levels,
        "sample_by_arithmetic": second.by_arithmetic,
        "sample_programs": second.programs,
        "interval_sample": intervals,
        "earlier_equations_dropped": dropped,
    }
    if insiders != "off":
        inside = Insiders(_cells_alone(system), reduced, checker, insiders).run(progress)
        found += [_finding(system, variable, INSIDER) for variable in inside.recovered]
        counts |= {"insiders": inside.insiders, "insider_pairs": inside.pairs, "insider_lps": inside.programs}
    return Attack(tuple(found), tuple(counts.items()))


def _cells_alone(system: System) -> System:
    """The same, where sums have no level: they are not promised against insiders."""
    cell = np.arange(len(system.truth)) < system.cells
    return replace(system, up=np.where(cell, system.up, 0), down=np.where(cell, system.down, 0))


def _finding(system: System, variable: int, problem: str) -> Finding:
    name = system.name(variable)
    if variable >= system.cells and problem != UNFINISHED:
        problem = UNION
    return Finding("feasibility", system.blocks[int(system.owner[variable])].edition, problem, name)


def _outside(system: System) -> list[Finding]:
    """Published bounds must hold the truth, or nothing that follows would mean anything."""
    flags = (system.truth < system.floor) | (system.truth > system.ceiling)
    return [_finding(system, v, OUTSIDE) for v in np.flatnonzero(flags & ~system.known).tolist()]


def _needs(system: System, reduced: Reduced) -> tuple[dict[Target, int], list[int]]:
    """The largest level of any variable of a group, by direction of the group; and variables that bounds refute.

    A variable cannot move further than the bounds of all that move with it. One level beyond them must not hide
    another of the same group that lies within them, and may be out of reach all the same.
    """
    up, down = system.up.tolist(), system.down.tolist()
    needs: dict[Target, int] = {}
    beyond: list[int] = []
    for group, members in reduced.members.items():
        for variable, sign in members:
            for level, upwards in ((up[variable], sign > 0), (down[variable], sign < 0)):
                if min(level, UNBOUNDED) > (reduced.upper[group] if upwards else -reduced.lower[group]):
                    beyond.append(variable)
                elif level > 0:
                    needs[group, upwards] = max(needs.get((group, upwards), 0), level)
    return needs, beyond


def _refuted(system: System, reduced: Reduced, outcome: Outcome, beyond: Sequence[int]) -> list[Finding]:
    findings = dict.fromkeys((variable, UNDER) for variable in beyond)
    for (group, upwards), reached in outcome.reached.items():
        for variable, sign in reduced.members[group]:
            level = int((system.up if (sign > 0) == upwards else system.down)[variable])
            if level > max(reached, 0.0):  # a solver may say -1e-12 where nothing moves
                findings[variable, UNDER] = None
    for group, upwards in outcome.unfinished:
        for variable, sign in reduced.members[group]:
            if (system.up if (sign > 0) == upwards else system.down)[variable]:
                findings[variable, UNFINISHED] = None
    return [_finding(system, variable, problem) for variable, problem in sorted(findings)]


def _missed(system: System, second: SecondOpinion, found: Sequence[Finding]) -> list[Finding]:
    """What the main attack did not say about these cells already."""
    known = {finding.cell for finding in found if finding.check == "feasibility"}
    missed = dict.fromkeys(second.refuted, MISSED) | dict.fromkeys(second.unfinished, UNFINISHED)
    return [_finding(system, v, problem) for v, problem in sorted(missed.items()) if system.name(v) not in known]


def _sample(targets: list[Target], seed: str, size: int) -> list[Target]:
    """The same sample for the same seed."""
    return sorted(targets, key=lambda t: hashlib.sha256(f"{seed}/{t[0]}/{t[1]}".encode()).digest())[:size]


def _narrow_intervals(system: System, reduced: Reduced, seed: str, progress: Progress) -> tuple[list[Finding], int]:
    """Published intervals of a sample of hidden cells against the attacker's own, made without any interval."""
    published = (system.shown_floor > 0) | (system.shown_ceiling < UNBOUNDED)
    if not np.any(published & ~system.known):
        return [], 0
    progress(TWICE, 0, SAMPLE)
    bare = _without_intervals(system, reduced)
    group_of = {v: (g, sign) for g, members in bare.members.items() for v, sign in members}
    candidates = [v for v in np.flatnonzero(published & ~system.known).tolist() if v in group_of]
    sample = [variable for variable, _ in _sample([(v, True) for v in candidates], seed, SAMPLE)]
    findings = []
    for component in components(bare, [group_of[variable][0] for variable in sample]):
        model, inside = Model(bare, component), set(component)
        for variable in (variable for variable in sample if group_of[variable][0] in inside):
            progress(TWICE, sample.index(variable), len(sample))
            if _is_narrow(system, model, variable, *group_of[variable]):
                findings.append(_finding(system, variable, NARROW))
    return findings, len(sample)


def _without_intervals(system: System, reduced: Reduced) -> Reduced:
    """The reduction of the same equations where no interval is published.

    Intervals play a part in contracting only where they pin a cell. Where none did, the groups are the same, and
    only their bounds are wider: nothing is below zero, nothing else is known.
    """
    if reduced.fixed:
        none = np.zeros_like(system.floor)
        return reduce_system(replace(system, floor=none, ceiling=np.full_like(system.ceiling, UNBOUNDED)))
    truth = system.truth.tolist()
    lower = {g: max(-truth[v] if s > 0 else -UNBOUNDED for v, s in m) for g, m in reduced.members.items()}
    upper = {g: min(UNBOUNDED if s > 0 else truth[v] for v, s in m) for g, m in reduced.members.items()}
    return replace(reduced, lower=lower, upper=upper)


def _is_narrow(system: System, model: Model, variable: int, group: int, sign: int) -> bool:
    """Whether an end lies inside what the cells imply, by more than one unit and 1e-9 of the value."""
    true = int(system.truth[variable])
    size = max(1, true)
    slack = 1 + 1e-9 * size
    up = model.reach(group, size, sign > 0, cap=False).reach
    down = model.reach(group, size, sign < 0, cap=False).reach
    high, low = int(system.shown_ceiling[variable]), int(system.shown_floor[variable])
    return (up is not None and high - true < up * size - slack) or (
        down is not None and true - low < down * size - slack
    )
