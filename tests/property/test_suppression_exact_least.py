"""Every effort protects every cell; more effort never costs more; exact costs the least there is."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.errors import ProtectionError
from publisher.suppression.secondary import Pattern, suppress
from publisher.suppression.system import AdditiveSystem
from publisher.suppression.witness import unproven
from tests.lib.examples import examples
from tests.lib.least import Oracle, small_systems

MANY = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def pattern(system: AdditiveSystem, effort: str, insiders: bool) -> Pattern | None:
    try:
        return suppress(system, effort=effort, insiders=insiders)  # type: ignore[arg-type]
    except ProtectionError:
        return None


@MANY
@given(system=small_systems(), insiders=st.booleans())
def test_exact_equals_brute_force(system: AdditiveSystem, insiders: bool) -> None:
    oracle = Oracle(system, insiders=insiders)
    least = oracle.least_cost()
    found = pattern(system, "exact", insiders)
    assert (found is None) == (least is None)
    if found is not None:
        assert found.cost == least
        assert found.lower_bound == least
        assert found.gap == 0
        assert oracle.protects(found.suppressed)
        assert len(unproven(system, found.suppressed, found.witnesses, insiders=insiders)) == 0


@MANY
@given(system=small_systems(most_optional=100, largest=64), insiders=st.booleans())
def test_no_effort_leaves_a_cell_unprotected_and_more_effort_costs_no_more(
    system: AdditiveSystem, insiders: bool
) -> None:
    oracle = Oracle(system, insiders=insiders)
    found = [pattern(system, effort, insiders) for effort in ("fast", "thorough", "exact")]
    if found[0] is None:
        assert found == [None, None, None]
        return
    for each in found:
        assert each is not None
        assert list(oracle.unprotected(each.suppressed)) == []
        assert not np.any(each.suppressed[np.isin(system.status, (2, 4))])
    fast, thorough, exact = (each for each in found if each is not None)
    assert exact.cost <= thorough.cost <= fast.cost
    assert exact.lower_bound == exact.cost
    assert thorough.lower_bound is None or thorough.lower_bound <= exact.cost
