"""[protection] with method = "band" -> BandRules, and what a query of value bands may measure."""

from collections.abc import Sequence
from math import isqrt, prod

from publisher.catalogue.query import Contributor
from publisher.catalogue.section import Section
from publisher.errors import Fault
from publisher.model.band import WITHIN, BandRules
from publisher.model.structure import Dimension, Measure

MOST_CELLS = 12_000  # finest cells; the coarser the table, the more contributors stand behind a number
WIDEST = 10**12  # of c squared, in units of 1/10**decimals
MOST_A = 10  # times c squared
LEAST_NOISE = 20  # the variance of the noise on a root, c^2 / (2 rho), in units of 1/10**decimals


def band_unit(contributor: Contributor, measure: Measure, c: int) -> str:
    """The privacy unit: it names the promise, so that losses under another one are on another account."""
    return f"{contributor.column}'s {measure.column}{WITHIN}{c}, per calendar year"


def read_band(
    section: Section, contributor: Contributor, dimensions: Sequence[Dimension], measures: Sequence[Measure]
) -> BandRules:
    """A stand-in where a fault was noted."""
    measure = measures[0] if measures else Measure("", "", "sum", "")
    c = section.whole("c", least=1, most=isqrt(WIDEST // 10**measure.decimals))
    rules = BandRules(
        unit=section.choice("unit", (band_unit(contributor, measure, c),)),
        c=c,
        a=section.whole("a", least=0, most=MOST_A * c**2),
        rho=section.fraction("rho", at_most=10),
    )
    section.choice("keys", ("codelist",), default="codelist")
    if rules.c**2 * 10**measure.decimals < 2 * LEAST_NOISE * rules.rho:
        section.fault("rho", "is too large beside c: hardly any noise would be left", "a smaller rho, or a larger c")
    cells = prod(len(dimension.hierarchy.leaves) for dimension in dimensions)
    if cells > MOST_CELLS:
        section.fault(
            "method",
            f"is for coarse tables, and this one has {cells:,} finest cells",
            f"at most {MOST_CELLS:,}: leave out the finest level of a dimension",
        )
    section.close()
    return rules


def check_band(measures: Sequence[Measure]) -> list[Fault]:
    """One promise a measure: c and a are in its units, and two measures of one contributor would add up."""
    faults = []
    if len(measures) > 1:
        faults.append(Fault("measure", "a query of value bands publishes one measure", "a query for each"))
    for measure in measures:
        if measure.aggregate != "sum":
            place = f"measure {measure.id or '?'}.aggregate"
            faults.append(Fault(place, f"{measure.aggregate} has no bands of values", 'sum, or method = "dp"'))
        if measure.shadows is not None:
            faults.append(
                Fault(f"measure {measure.id or '?'}.shadows", "bands hide no cells to share", "leave it out")
            )
    return faults
