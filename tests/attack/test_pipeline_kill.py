"""kill -9 at each stage boundary of build and publish, then again: as if nothing had happened.

The child process is forked and killed by its own progress callback. After a second run the exact tables are those of
an undisturbed build, no measurement was drawn twice, and the site shows one whole edition. A kill between charge and
seal is the one that costs: the next build refuses to draw until a person gives the lost spend up.

All stages come with one exact and one noisy query. That they come once more for each query is left to the slow tests.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.errors import PrivacyBudgetError, PublisherError
from publisher.ledger.ledger import open_ledger
from publisher.release.edition.edition import Edition
from publisher.release.edition.verify import verify
from publisher.settings import Workspace
from tests.lib.whole import (
    FIRST,
    SERIES,
    TWO,
    KillAt,
    Stages,
    approve_and_publish,
    build,
    opened,
    publish_only,
    small,
)


@pytest.fixture(scope="module", params=[TWO, pytest.param((), marks=pytest.mark.slow)], ids=["two", "all"])
def queries(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return tuple(request.param)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, queries: tuple[str, ...]) -> tuple[Workspace, Edition, list[int]]:
    """An undisturbed build, and the calls at which its stages begin."""
    here, stages = small(tmp_path_factory.mktemp("whole") / "workspace", queries), Stages()
    edition = build(here, FIRST, stages)
    return here, edition, stages.boundaries


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Callable[[Workspace], Workspace]]:
    def copied(here: Workspace) -> Workspace:
        target = Workspace(tmp_path / "copy")
        shutil.rmtree(target.root, ignore_errors=True)
        shutil.copytree(here.root, target.root, symlinks=True)
        return target

    yield copied


def killed(work: Callable[[], object]) -> bool:
    """Runs `work` in a forked child; whether it was killed (and not ended by itself)."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except PublisherError as refusal:
            os._exit(refusal.exit_code)
        except BaseException:
            os._exit(99)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status) == PrivacyBudgetError.exit_code:
        raise PrivacyBudgetError("the child met a charge without a result")
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def give_up_lost_spends(here: Workspace) -> int:
    """Abandons every charge without a sealed result; returns how many."""
    lost = 0
    with opened(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        for key in {charge.key for charge in ledger.charges()}:
            try:
                ledger.sealed(key)
            except PrivacyBudgetError:
                ledger.abandon(key, "killed in a test")
                lost += 1
    return lost


def exact_files(edition: Edition) -> dict[str, bytes]:
    names = [entry.id for entry in edition.manifest.queries if entry.method == "suppression"]
    return {name: (edition.public / "data" / f"{name}.parquet").read_bytes() for name in names}


def charged(here: Workspace) -> list[tuple[str, str, int]]:
    with opened(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        ledger.verify()
        return [(charge.query, charge.period, charge.attempt) for charge in ledger.charges()]


def test_build_killed_at_each_stage(
    built: tuple[Workspace, Edition, list[int]], tmp_path_factory: pytest.TempPathFactory, queries: tuple[str, ...]
) -> None:
    _, undisturbed, boundaries = built
    noisy = {entry.id for entry in undisturbed.manifest.queries if entry.method != "suppression"}
    assert noisy
    here = small(tmp_path_factory.mktemp("killed") / "workspace", queries)
    kills = given_up = 0
    for boundary in boundaries:
        try:
            kills += killed(lambda boundary=boundary: build(here, FIRST, KillAt(boundary)))  # type: ignore[misc]
        except PrivacyBudgetError:
            given_up += give_up_lost_spends(here)
        leftovers = [path.name for path in (here.releases / SERIES).rglob("v*") if path.is_dir()]
        assert leftovers in ([], ["v1"])
    given_up += give_up_lost_spends(here)
    assert kills >= len(boundaries) // 2
    assert given_up <= len(noisy)
    edition = build(here, FIRST)
    assert edition.version == 1
    assert exact_files(edition) == exact_files(undisturbed)
    charges = charged(here)
    assert len(charges) == len(set(charges)) == len(noisy) + given_up
    assert {query for query, _, _ in charges} == noisy
    assert not list((here.releases / SERIES / FIRST).glob(".building-*"))
    again = build(here, FIRST)
    assert again.manifest == edition.manifest


def test_publish_killed_at_each_stage(
    built: tuple[Workspace, Edition, list[int]],
    tmp_path: Path,
    copy: Callable[[Workspace], Workspace],
) -> None:
    stages = Stages()
    reference = copy(built[0])
    approve_and_publish(Edition(reference, SERIES, FIRST, 1), stages)
    expected = (reference.site / "editions.json").read_bytes()
    for boundary in stages.boundaries:
        here = copy(built[0])
        edition = Edition(here, SERIES, FIRST, 1)
        killed(lambda e=edition, b=boundary: approve_and_publish(e, KillAt(b)))  # type: ignore[misc]
        assert not here.site.exists() or (here.site / "editions.json").read_bytes() == expected
        publish_only(here, FIRST)
        assert (here.site / "editions.json").read_bytes() == expected
        assert verify(here.site / "releases" / SERIES / FIRST / "v1", *_keys(here)).ok


def _keys(here: Workspace) -> list:  # type: ignore[type-arg]
    from publisher.release.people.signing import load_public_key

    return [load_public_key(path) for path in (here.site / "keys").glob("*.pub")]
