"""What every command shares: where it prints, how it shows progress, how it fails.

Results go to standard output, progress and errors to standard error, so that `--json` can be piped.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from publisher.errors import PublisherError
from publisher.model import progress as progress_model

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Bars:
    """One bar a stage. A stage is over when the next begins."""

    def __init__(self, drawn: Progress) -> None:
        self._drawn = drawn
        self._tasks: dict[str, TaskID] = {}
        self._open = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._open:
            self.finish()
            self._open = stage
        if stage not in self._tasks:
            self._tasks[stage] = self._drawn.add_task(stage, total=total or None)
        self._drawn.update(self._tasks[stage], completed=done, total=total or None)

    def finish(self) -> None:
        """Fills the bar of the open stage, whether or not it counted to its end."""
        task = self._tasks.get(self._open)
        if task is not None:
            total = self._drawn.tasks[task].total or 1
            self._drawn.update(task, total=total, completed=total)


@contextmanager
def bars(*, quiet: bool = False) -> Iterator[progress_model.Progress]:
    """A Progress that draws on standard error; nothing where `quiet` or where nobody watches."""
    if quiet or not err.is_terminal:
        yield progress_model.NO_PROGRESS
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<38}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as drawn:
        drawing = Bars(drawn)
        yield drawing
        drawing.finish()


def show_json(value: Any) -> None:
    """One JSON document on standard output, keys in the order given."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table of text on standard output; columns of whole numbers are right-aligned."""
    table = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for index, name in enumerate(columns):
        numbers = bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        table.add_column(name, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_text(value) for value in row))
    out.print(table)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def fail(error: PublisherError, *, as_json: bool) -> int:
    """Prints a user's mistake without a traceback. Returns the exit code of its family."""
    if as_json:
        shown = {
            "error": type(error).__name__,
            "place": error.place,
            "message": error.message,
            "remedy": error.remedy,
        }
        show_json({**shown, "exit_code": error.exit_code})
        return error.exit_code
    place = f"{error.place}: " if error.place else ""
    err.print(f"[bold red]error:[/bold red] {_plain(place + error.message)}")
    if error.remedy:
        err.print(f"[bold]remedy:[/bold] {_plain(error.remedy)}")
    return error.exit_code


def _plain(text: str) -> str:
    """Square brackets in a message are not markup."""
    return text.replace("[", r"\[")
