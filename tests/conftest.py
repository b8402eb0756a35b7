"""Order of the tests: files that take longest begin, so that both workers end together. And the site they share."""

import fcntl
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from publisher.publication.words import ENGLISH, words_for
from publisher.release.people import signing
from tests.lib.examples import EACH_RUN, WHOLE
from tests.lib.published_site import build_site

# A shared machine may stop for seconds; how long a draw takes says nothing about the code. Each run tries the same
# examples, so that whether a change lands is decided by the change; the thorough profile draws new ones.
settings.register_profile("common", deadline=None, suppress_health_check=[HealthCheck.too_slow])
common = settings.get_profile("common")
settings.register_profile("each run", common, max_examples=EACH_RUN, derandomize=True)
settings.register_profile("thorough", common, max_examples=WHOLE)
settings.load_profile("each run")

# Hundreds of keys are opened here, none of which protects anything: a tenth of a second each is not what is tested.
signing._SCRYPT_N = 2**4

LONGEST = (
    "test_readme.py",
    "test_publication_accessibility.py",  # without kernels: the other worker compiles them, once
    "test_pipeline_kill.py",
    "test_pipeline_korea.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Moves the files named to the front, in that order; the rest stays as it is."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session")
def spoken_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site in English and French. All workers of a run share it: read it, or copy it."""
    if "PYTEST_XDIST_TESTRUNUID" not in os.environ:
        return _built(tmp_path_factory.mktemp("spoken") / "site")
    shared = tmp_path_factory.getbasetemp().parent / "spoken"
    with (shared.parent / "spoken.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first worker builds, others wait
        return shared if shared.exists() else _built(shared)


def _built(folder: Path) -> Path:
    """Under its name only when it is whole."""
    part = folder.with_name(f"{folder.name}.part")
    part.mkdir(parents=True)
    build_site(part, (ENGLISH, words_for("fr")))
    return part.rename(folder)
