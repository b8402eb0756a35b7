"""Typed context -> HTML file."""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import ClassVar, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

from publisher.model.colour import parts
from publisher.publication.contexts import Frame
from publisher.publication.script import table_script
from publisher.settings import Office

STYLES = "publisher.css"


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


def write_assets(folder: Path, office: Office) -> None:
    """Stylesheet in the office's colours, scripts, icon, and logo.svg where the office has one."""
    folder.mkdir(parents=True, exist_ok=True)
    for asset in resources.files("publisher.publication").joinpath("assets").iterdir():
        content = asset.read_bytes()
        (folder / asset.name).write_bytes(_coloured(content, office) if asset.name == STYLES else content)
    (folder / "table.js").write_bytes(table_script())
    if office.logo:
        (folder / "logo.svg").write_text(office.logo, encoding="utf-8", newline="\n")


def _coloured(styles: bytes, office: Office) -> bytes:
    """The office's colours in place of the packaged ones, as rgb(): six digits look like a figure to the audit."""
    packaged = Office()
    for default, chosen in ((packaged.brand, office.brand), (packaged.brand_dark, office.brand_dark)):
        before, found, after = styles.partition(f"--brand: {default};".encode())
        if not found:
            raise ValueError(f"the packaged stylesheet has no colour {default} to replace")
        red, green, blue = parts(chosen)
        styles = before + f"--brand: rgb({red} {green} {blue});".encode() + after
    return styles
