"""Blocks, whatever their size: the pattern stays proven, and its cost falls or stays."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.errors import ProtectionError
from publisher.suppression import blocks
from publisher.suppression.blocks import improve_blocks, proofs_of
from publisher.suppression.exact import Limits, Proposal
from publisher.suppression.proof import witnesses_of
from publisher.suppression.secondary import cost_of, suppress
from publisher.suppression.system import AdditiveSystem
from publisher.suppression.witness import unproven
from tests.lib.examples import examples
from tests.lib.least import Oracle, small_systems

MANY = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
ROOMY = small_systems(most_optional=100, largest=64)


def start(system: AdditiveSystem, insiders: bool) -> Proposal | None:
    try:
        found = suppress(system, insiders=insiders)
    except ProtectionError:
        return None
    return Proposal(found.suppressed, found.witnesses)


@MANY
@given(system=ROOMY, insiders=st.booleans(), ties=st.sampled_from([1, 4, 250]), users=st.sampled_from([0, 2, 120]))
def test_blocks_keep_every_promise(
    monkeypatch: pytest.MonkeyPatch, system: AdditiveSystem, insiders: bool, ties: int, users: int
) -> None:
    monkeypatch.setattr(blocks, "MOST_TIES", ties)
    monkeypatch.setattr(blocks, "MOST_USERS", users)
    first = start(system, insiders)
    if first is None:
        return
    better = improve_blocks(system, first, insiders=insiders, limits=Limits())
    assert cost_of(system, better.suppressed) <= cost_of(system, first.suppressed)
    assert len(unproven(system, better.suppressed, better.witnesses, insiders=insiders)) == 0
    assert list(Oracle(system, insiders=insiders).unprotected(better.suppressed)) == []
    assert not np.any(better.suppressed[np.isin(system.status, (2, 4))])


@MANY
@given(system=ROOMY, insiders=st.booleans())
def test_proofs_survive_the_way_there_and_back(system: AdditiveSystem, insiders: bool) -> None:
    first = start(system, insiders)
    if first is not None:
        again = witnesses_of(proofs_of(first.witnesses))
        assert len(unproven(system, first.suppressed, again, insiders=insiders)) == 0


@MANY
@given(system=ROOMY)
def test_the_same_system_gives_the_same_pattern(system: AdditiveSystem) -> None:
    first = start(system, True)
    if first is not None:
        one, other = (improve_blocks(system, first, insiders=True, limits=Limits()) for _ in range(2))
        assert one.suppressed.tolist() == other.suppressed.tolist()
