"""Typed context -> HTML file."""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import ClassVar, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

from publisher.publication.contexts import Frame
from publisher.publication.script import table_script


class Page(Protocol):
    """Any of the page dataclasses."""

    template: ClassVar[str]

    @property
    def frame(self) -> Frame: ...


@cache
def environment() -> Environment:
    """Escapes everything; a name that a context lacks is an error."""
    return Environment(
        loader=PackageLoader("publisher.publication"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(page: Page) -> str:
    return environment().get_template(page.template).render(page=page)


def write_page(path: Path, page: Page) -> None:
    path.write_text(render(page), encoding="utf-8", newline="\n")


def write_assets(folder: Path) -> None:
    """Stylesheet, script and icon, as packaged."""
    folder.mkdir(parents=True, exist_ok=True)
    for asset in resources.files("publisher.publication").joinpath("assets").iterdir():
        (folder / asset.name).write_bytes(asset.read_bytes())
    (folder / "table.js").write_bytes(table_script())
