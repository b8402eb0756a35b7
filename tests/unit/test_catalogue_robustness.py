"""Whatever stands in a file, it is read or its faults are told; nothing else happens."""

import copy
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.catalogue.plan_file import read_plan
from publisher.catalogue.query_file import read_query
from publisher.errors import Fault
from tests.lib.examples import examples

REPOSITORY = Path(__file__).parents[2]
FILES = [
    REPOSITORY / "queries" / f"{name}.toml" for name in ("imports_by_office_mode", "inspections_by_chapter_region")
]
PLAN = REPOSITORY / "releases" / "monthly_trade" / "plan.toml"

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
).filter(lambda value: value is not None)


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path to a value inside TOML data."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for key, inner in below for path in places(inner, (*here, key)))]


def changed(data: dict[str, Any], draw: st.DataObject) -> dict[str, Any]:
    """A copy with one to three values replaced by anything, or taken away."""
    result = copy.deepcopy(data)
    for _ in range(draw.draw(st.integers(1, 3))):
        *way, last = draw.draw(st.sampled_from([path for path in places(result) if path]))
        holder: Any = result
        for key in way:
            holder = holder[key]
        if draw.draw(st.booleans()):
            holder[last] = draw.draw(anything)
        else:
            del holder[last]
        if not result:
            return result
    return result


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_a_query_is_read_or_its_faults_are_told(path: Path, draw: st.DataObject) -> None:
    faults: list[Fault] = []
    query = read_query(path, changed(tomllib.loads(path.read_text("utf-8")), draw), faults)
    assert (query is None) == bool(faults)


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_a_plan_is_read_or_its_faults_are_told(draw: st.DataObject) -> None:
    data = tomllib.loads(PLAN.read_text("utf-8"))
    faults: list[Fault] = []
    plan = read_plan(PLAN, changed(data, draw), data["queries"], {}, faults)
    assert (plan is None) == bool(faults)
