"""Charts of all kinds, from invented cells, for tests of what may stand in them."""

from fractions import Fraction

from publisher.publication.chart import (
    ABSENT,
    HIDDEN,
    HeatRow,
    Part,
    Series,
    Svg,
    bars,
    growth,
    heat,
    line,
    noisy,
    shown,
    tiles,
    treemap,
)
from publisher.publication.chart.tiles import places

PERIODS = tuple(f"{year}-{month:02}" for year in range(2017, 2022) for month in range(1, 13))
LONG = "Albuminoidal substances; modified starches; glues; enzymes, and whatever else is counted with them"
VALUES = (189_743_219_871, 98_765_432_123, 7_654_321_987, 654_321_987, 54_321, 1, 0)


def parts(values: tuple[int, ...] = VALUES, *, hidden: int = 1, margin: int = 0) -> tuple[Part, ...]:
    """Figures with long names, and so many hidden ones after them."""
    codes = list(places())
    points = [noisy(v, v - margin, v + margin) if margin else shown(v) for v in values]
    drawn = [Part(LONG, code, point, str(point.value)) for code, point in zip(codes, points, strict=False)]
    return (*drawn, *(Part(LONG, code, HIDDEN, "not shown") for code in codes[len(values) : len(values) + hidden]))


def series(name: str = "Imports", *, gaps: tuple[int, ...] = (20, 21, 40), margin: int = 0) -> Series:
    """Sixty months, some of them hidden, the thirtieth without an edition."""
    values = [10**11 + (n * 7_654_321_987) % 10**11 for n in range(60)]
    points = [noisy(v, v - margin, v + margin) if margin else shown(v) for v in values]
    kept = (HIDDEN if n in gaps else ABSENT if n == 30 else point for n, point in enumerate(points))
    return Series(name, tuple(kept))


def every_kind() -> tuple[Svg, ...]:
    """Charts of each kind, with hidden, noisy, zero, negative, single and missing figures."""
    words = ("A title", "A description")
    partners = tuple(
        Part(f"Place {code}", code, shown(n**4 * 12_457 + 1), "some") for n, code in enumerate((*places(), "ZZ"))
    )
    grown = tuple(growth(shown(Fraction(100)), shown(Fraction(60 + n))) for n in range(0, 90, 10))
    kinds = (growth(HIDDEN, HIDDEN), growth(ABSENT, shown(1)), growth(shown(0), shown(1)))
    overlapping = (growth(noisy(100, 90, 110), noisy(105, 95, 115)),)
    return (
        bars("bars", *words, parts()),
        bars("bars-noisy", *words, parts(margin=10**9)),
        bars("bars-below", *words, parts((5_123_456_789, 0, -9_123_456_789))),
        bars("bars-hidden", *words, parts((), hidden=3)),
        line("line", *words, PERIODS, [series()], unit="KRW"),
        line("line-noisy", *words, PERIODS, [series(margin=10**10)], unit="KRW"),
        line("lines", *words, PERIODS, [series(), series("Exports", gaps=(5,)), series("Balance")], unit="KRW"),
        line("lines-noisy", *words, PERIODS, [series(margin=10**9)] * 3, unit="KRW"),
        line("lines-short", *words, PERIODS[:3], [Series("x", tuple(map(shown, (1, 2, 4))))] * 3, unit="t"),
        line("line-one", *words, PERIODS[:1], [Series("x", (shown(-123_456),))], unit="kg"),
        line("line-hidden", *words, PERIODS[:9], [Series("x", (HIDDEN,) * 9)], unit="kg"),
        treemap("treemap", *words, (*partners, *parts(hidden=9))),
        treemap("treemap-noisy", *words, parts(margin=10**9)),
        treemap("treemap-hidden", *words, parts((), hidden=3)),
        heat("heat", *words, [HeatRow(LONG, "35", (*grown, *kinds, *overlapping))], PERIODS[:13]),
        tiles("tiles", *words, (*partners[:99], *parts(hidden=9)), unit="KRW"),
        tiles("tiles-all", *words, partners, unit="KRW"),
        tiles("tiles-hidden", *words, parts((), hidden=2), unit="KRW"),
    )
