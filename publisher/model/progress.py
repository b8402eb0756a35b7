"""How a long-running verb tells how far it is. The command line draws the bar; everything else ignores it."""

from typing import Protocol


class Progress(Protocol):
    """Called with the stage's name and how much of it is done. `total` 0 means that the end is not known."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


def no_progress(stage: str, done: int, total: int) -> None:
    """Says nothing."""


NO_PROGRESS: Progress = no_progress
