"""A query by its id, as commands are given it."""

from typing import Annotated

import typer

from publisher.catalogue.load import load_queries
from publisher.catalogue.query import Query
from publisher.errors import CatalogueError, Fault
from publisher.settings import Workspace

QueryArgument = Annotated[str, typer.Argument(metavar="ID", help="The query's id: its file name without .toml.")]


def query_named(workspace: Workspace, identifier: str) -> Query:
    """Raises CatalogueError that lists the queries there are."""
    queries = load_queries(workspace)
    if identifier not in queries:
        raise CatalogueError(
            [Fault(f"queries/{identifier}.toml", "there is no such query", ", ".join(sorted(queries)))],
            remedy="Choose one of these; 'publisher query list' tells what they are.",
        )
    return queries[identifier]
