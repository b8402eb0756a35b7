"""How much stands on a profile. A page of bounded size says less of each table rather than nothing of one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """At most so many periods of a table, of its largest codes, and columns of a growth map (0: no map)."""

    periods: int = 25  # two years and the month before; the file has all
    ranked: int = 10
    columns: int = 13
    charts: bool = True


ROOMS = (
    Room(),
    Room(periods=13),
    Room(periods=13, columns=7),
    Room(periods=13, columns=7, ranked=5),
    Room(periods=13, columns=0, ranked=5),
    Room(periods=7, columns=0, ranked=5, charts=False),
    Room(periods=2, columns=0, ranked=1, charts=False),
)
