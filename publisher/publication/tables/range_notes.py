"""How close the ranges beside hidden cells are, in words. model.protected.PrintedRanges says what is exact."""

from publisher.model.protected import PrintedRanges
from publisher.publication.tables.published import Published
from publisher.publication.words import ENGLISH, Words


def range_notes(published: Published, words: Words = ENGLISH) -> tuple[str, ...]:
    """One sentence where it is true of all measures with hidden cells, else one a measure.

    () where nothing is hidden, or nothing was stated.
    """
    stated = [one for one in published.table.ranges if one.hidden]
    if stated and all(one.exact == one.hidden for one in stated):
        return (
            words.gettext(
                "Each range is exact: as narrow as the figures of this release allow, rounded outwards to whole "
                "units."
            ),
        )
    if stated and not any(one.exact for one in stated):
        return (words.gettext("The ranges are right, but may be wider than what the figures of this release allow."),)
    titles = {measure.id: words.own(measure.title) for measure in published.structure.measures}
    return tuple(_of_measure(titles[one.measure], one, words) for one in stated)


def _of_measure(title: str, one: PrintedRanges, words: Words) -> str:
    if one.exact == one.hidden:
        return words.gettext(
            "%(measure)s: each range is exact, as narrow as the figures of this release allow, rounded outwards to "
            "whole units.",
            measure=title,
        )
    if not one.exact:
        return words.gettext(
            "%(measure)s: the ranges are right, but may be wider than what the figures of this release allow.",
            measure=title,
        )
    return words.gettext(
        "%(measure)s: %(exact)s of %(all)s ranges are exact, as narrow as the figures of this release allow, rounded "
        "outwards to whole units. The others are right, but may be wider than what the figures of this release "
        "allow.",
        measure=title,
        exact=words.number(one.exact),
        all=words.number(one.hidden),
    )
