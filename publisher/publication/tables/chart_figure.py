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
    """`head`: the columns' titles, that of the names first. No `lines`: the table stands on the page already.

    `name`: what a saved picture is called, without its ending; `source` stands below it there. `file`: where the
    picture lies as a file, told from the page; "" where only the script saves it. `more`: a sentence where further
    lines stand in the whole table only, `full`: its title and address, or ("", ""). `tells`: marks say what they
    show, to the pointer and the arrow keys.
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
