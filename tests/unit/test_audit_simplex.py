"""A program that runs out of time is solved once more, from the start and with time of its own."""

from publisher.audit.reduced import Reduced
from publisher.audit.simplex import Model

ROOM = {0: -10, 1: -10, 2: -10}
THREE = Reduced({}, ROOM, dict.fromkeys(ROOM, 10), [{0: 1, 1: 1, 2: -1}], {group: [0] for group in ROOM}, [])


def attempts(model: Model, out_of_time: int) -> list[float]:
    """Lets the machine stand still in the first attempts; the time limit of each further one is noted."""
    solver, solve, limits = model._solver, model._solver.run, list[float]()

    def run() -> object:
        nonlocal out_of_time
        if out_of_time:
            out_of_time -= 1
            solver.setOptionValue("time_limit", 0.0)
        limits.append(solver.getOptionValue("time_limit")[1] - solver.getRunTime())
        return solve()

    solver.run = run
    return limits


def test_the_second_attempt_has_its_own_time() -> None:
    """It had what the first one left: nothing, and the audit refused a correct release."""
    model = Model(THREE, (0, 1, 2), seconds=3600.0)
    limits = attempts(model, 1)
    assert model.reach(2, 5, up=True).reach == 1.0
    assert len(limits) == 2 and 1800.0 < limits[1] <= 3600.0


def test_who_runs_out_of_time_twice_has_no_answer() -> None:
    model = Model(THREE, (0, 1, 2))
    attempts(model, 2)
    assert model.reach(2, 5, up=True).reach is None
    assert model.reach(2, 5, up=True).reach == 1.0
