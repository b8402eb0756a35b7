"""Order of the tests: files that take longest begin, so that both workers end together."""

import pytest
from hypothesis import HealthCheck, settings

from publisher.release import signing

# A shared machine may stop for seconds; how long a draw takes says nothing about the code.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")

# Hundreds of keys are opened here, none of which protects anything: a tenth of a second each is not what is tested.
signing._SCRYPT_N = 2**4

LONGEST = (
    "test_readme.py",
    "test_publication_accessibility.py",  # without kernels: the other worker compiles them, once
    "test_pipeline_kill.py",
    "test_pipeline_korea.py",
    "test_pipeline_refusals.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Moves the files named to the front, in that order; the rest stays as it is."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(LONGEST)))
