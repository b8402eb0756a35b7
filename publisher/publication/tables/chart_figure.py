"""A chart as a page has it: the picture, the same as a table, and what a saved file says of its source."""

from dataclasses import dataclass

from publisher.publication.chart import Svg


@dataclass(frozen=True)
class ChartLine:
    """One row of the table that says what the picture shows."""

    name: str
    code: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ChartFigure:
    """`head`: the columns' titles, that of the names first. No `lines`: the table stands behind the figure.

    `name`: what a saved picture is called, without its ending; `source` stands below it there. `file`: where the
    picture lies as a file, told from the page; "" where only the script saves it. `more`: a sentence where further
    lines stand in the whole table only, `full`: its title and address, or ("", ""). `tells`: the script says what it
    shows, by pointer and arrow keys. `caption`: its title, less what the page says above it.
    """

    svg: Svg
    noisy: bool
    name: str
    source: str
    file: str = ""
    head: tuple[str, ...] = ()
    lines: tuple[ChartLine, ...] = ()
    more: str = ""
    full: tuple[str, str] = ("", "")
    tells: bool = True
    caption: str = ""
