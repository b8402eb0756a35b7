"""The catalogue that comes with the program: a starting point for a new workspace."""

import shutil
from pathlib import Path

from publisher.errors import UsageError

_WHEEL = Path(__file__).parent / "packaged"  # put there when the wheel is built
_CHECKOUT = Path(__file__).parents[2]  # an editable installation has them at the root of the repository


def copy_catalogue(destination: Path) -> tuple[Path, ...]:
    """Copies queries/*.toml and the plan of the series monthly_trade into the workspace; returns what it wrote.

    Writes nothing where any of them is there already: raises UsageError.
    """
    source = _WHEEL if _WHEEL.is_dir() else _CHECKOUT
    files = [*sorted((source / "queries").glob("*.toml")), source / "releases" / "monthly_trade" / "plan.toml"]
    targets = tuple(destination / file.relative_to(source) for file in files)
    for target in targets:
        if target.exists():
            raise UsageError("is there already.", place=str(target), remedy="Name a folder without a catalogue.")
    for file, target in zip(files, targets, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return targets
