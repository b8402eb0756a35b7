"""queries/*.toml -> Query, releases/<series>/plan.toml -> Plan. Every fault is reported at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.catalogue.plan_file import read_plan
from publisher.catalogue.plan_rules import conflicts
from publisher.catalogue.query import Query
from publisher.catalogue.query_file import read_query
from publisher.catalogue.section import read_toml, shown_path
from publisher.errors import CatalogueError, Fault
from publisher.settings import Workspace


def load_query(path: Path) -> Query:
    """One query file. Raises CatalogueError with every fault of it."""
    faults: list[Fault] = []
    queries = _read_queries([path], faults)
    _refuse(faults)
    return queries[path.stem]


def load_queries(workspace: Workspace) -> Mapping[str, Query]:
    """All of queries/*.toml by id. Raises CatalogueError with every fault of every file."""
    faults: list[Fault] = []
    queries = _read_queries(_query_files(workspace), faults)
    _refuse(faults)
    return queries


def load_plan(workspace: Workspace, series: str) -> Plan:
    """The plan of one release series.

    Raises CatalogueError with every fault of it, of any query, and of it beside the other series. What is wrong
    with another series alone does not hold this one up.
    """
    if series not in _series(workspace):
        allowed = ", ".join(_series(workspace))
        raise CatalogueError([Fault(f"{series}/plan.toml", "there is no such release series", allowed)])
    faults: list[Fault] = []
    queries = _read_queries(_query_files(workspace), faults)
    plans = _read_plans(workspace, queries, {series: faults})
    _refuse(faults)
    return plans[series]


def load_plans(workspace: Workspace) -> Mapping[str, Plan]:
    """The plans of all release series by id. Raises CatalogueError with every fault of plans and queries."""
    faults: list[Fault] = []
    queries = _read_queries(_query_files(workspace), faults)
    plans = _read_plans(workspace, queries, dict.fromkeys(_series(workspace), faults))
    _refuse(faults)
    return plans


def _read_plans(
    workspace: Workspace, queries: Mapping[str, Query], faults: Mapping[str, list[Fault]]
) -> Mapping[str, Plan]:
    """The plans without fault. Notes in `faults` what is wrong with a series, where the series is a key of it."""
    names = [path.stem for path in _query_files(workspace)]
    plans: dict[str, Plan] = {}
    for series in _series(workspace):
        noted = faults.get(series, [])
        path = workspace.releases / series / "plan.toml"
        data = read_toml(path, noted)
        plan = None if data is None else read_plan(path, data, names, queries, noted)
        if plan is not None:
            plans[series] = plan
    for series, noted in faults.items():
        if series in plans:
            noted.extend(conflicts(plans[series], list(plans.values()), queries))
    return plans


def _series(workspace: Workspace) -> list[str]:
    return sorted(path.parent.name for path in workspace.releases.glob("*/plan.toml"))


def _query_files(workspace: Workspace) -> list[Path]:
    return sorted(workspace.queries.glob("*.toml"))


def _read_queries(paths: Sequence[Path], faults: list[Fault]) -> dict[str, Query]:
    """The queries without fault by id; the faults of the others are noted."""
    queries: dict[str, Query] = {}
    claimed: dict[str, Path] = {}
    for path in paths:
        data = read_toml(path, faults)
        if data is None:
            continue
        identifier = str(data.get("id", path.stem))
        if identifier in claimed:
            other = shown_path(claimed[identifier])
            faults.append(
                Fault(f"{shown_path(path)}: id", f'"{identifier}" is also the id of {other}', "an id of its own")
            )
        claimed.setdefault(identifier, path)
        query = read_query(path, data, faults)
        if query is not None:
            queries[query.id] = query
    return queries


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise CatalogueError(faults)
