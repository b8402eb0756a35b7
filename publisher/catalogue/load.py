"""queries/*.toml -> Query, releases/<series>/plan.toml -> Plan. Every fault is reported at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.catalogue.plan_file import read_plan
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
    """The plan of one release series. Raises CatalogueError with every fault of it and of the queries."""
    path = workspace.releases / series / "plan.toml"
    if not path.is_file():
        allowed = ", ".join(found.parent.name for found in _plan_files(workspace))
        raise CatalogueError([Fault(f"releases/{series}/plan.toml", "there is no such release series", allowed)])
    return _load_plans(workspace, [path])[series]


def load_plans(workspace: Workspace) -> Mapping[str, Plan]:
    """The plans of all release series by id. Raises CatalogueError with every fault."""
    return _load_plans(workspace, _plan_files(workspace))


def _load_plans(workspace: Workspace, paths: Sequence[Path]) -> Mapping[str, Plan]:
    faults: list[Fault] = []
    files = _query_files(workspace)
    queries = _read_queries(files, faults)
    names = [path.stem for path in files]
    plans: dict[str, Plan] = {}
    for path in paths:
        data = read_toml(path, faults)
        plan = None if data is None else read_plan(path, data, names, queries, faults)
        if plan is not None:
            plans[plan.id] = plan
    _refuse(faults)
    return plans


def _query_files(workspace: Workspace) -> list[Path]:
    return sorted(workspace.queries.glob("*.toml"))


def _plan_files(workspace: Workspace) -> list[Path]:
    return sorted(workspace.releases.glob("*/plan.toml"))


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
