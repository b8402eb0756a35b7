"""Which kinds of pages there are, by what is in the package; and of which kind a page that was written is.

page_types()          every context class: whatever has a `template`
kind_of(path)         the kind that the page states: the name of its template
"""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from publisher import publication

STATED = re.compile(r'<main id="main" tabindex="-1" data-page="([a-z_]+)">')
CONFIDENTIAL = ("review.html",)  # the statistician's own: beside an edition, on no site


def page_types() -> list[type]:
    """In the order of their names."""
    modules = [import_module(found.name) for found in walk_packages(publication.__path__, f"{publication.__name__}.")]
    kinds = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and "template" in getattr(kind, "__annotations__", {}) and hasattr(kind, "template")
    }
    return sorted((kind for kind in kinds if kind.template not in CONFIDENTIAL), key=lambda kind: kind.__name__)


def all_kinds() -> set[str]:
    return {kind.template.removesuffix(".html") for kind in page_types()}  # type: ignore[attr-defined]


def kind_of(path: Path) -> str:
    """Raises ValueError for a page that states none."""
    found = STATED.search(path.read_text("utf-8"))
    if found is None:
        raise ValueError(f"{path.name} states no kind")
    return found[1]
