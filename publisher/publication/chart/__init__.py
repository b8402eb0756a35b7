"""Charts for pages, drawn from published cells alone (README.md)."""

from publisher.publication.chart.bars import bars
from publisher.publication.chart.growth import Growth, growth
from publisher.publication.chart.heat import HeatRow, heat
from publisher.publication.chart.line import line
from publisher.publication.chart.point import ABSENT, HIDDEN, Part, Point, Series, noisy, point, shown
from publisher.publication.chart.svg import Svg
from publisher.publication.chart.tiles import tiles
from publisher.publication.chart.treemap import treemap

__all__ = [
    "ABSENT",
    "HIDDEN",
    "Growth",
    "HeatRow",
    "Part",
    "Point",
    "Series",
    "Svg",
    "bars",
    "growth",
    "heat",
    "line",
    "noisy",
    "point",
    "shown",
    "tiles",
    "treemap",
]
