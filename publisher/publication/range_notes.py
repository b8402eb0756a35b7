"""How close the ranges beside hidden cells are, in words. model.protected.PrintedRanges says what is exact."""

from publisher.model.protected import PrintedRanges
from publisher.publication.numbers import grouped
from publisher.publication.published import Published

EXACT = "as narrow as the figures of this release allow, rounded outwards to whole units"
WIDER = "right, but may be wider than what the figures of this release allow"


def range_notes(published: Published) -> tuple[str, ...]:
    """One sentence where it is true of all measures with hidden cells, else one a measure.

    () where nothing is hidden, or nothing was stated.
    """
    stated = [one for one in published.table.ranges if one.hidden]
    if stated and all(one.exact == one.hidden for one in stated):
        return (f"Each range is exact: {EXACT}.",)
    if stated and not any(one.exact for one in stated):
        return (f"The ranges are {WIDER}.",)
    titles = {measure.id: measure.title for measure in published.structure.measures}
    return tuple(f"{titles[one.measure]}: {_share(one)}" for one in stated)


def _share(one: PrintedRanges) -> str:
    if one.exact == one.hidden:
        return f"each range is exact, {EXACT}."
    if not one.exact:
        return f"the ranges are {WIDER}."
    exact = f"{grouped(one.exact)} of {grouped(one.hidden)} ranges are exact, {EXACT}"
    return f"{exact}. The others are {WIDER}."
