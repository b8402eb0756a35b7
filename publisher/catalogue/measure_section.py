"""The [[measure]] sections of a query file -> Measure, and the rules that hold among them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import cast, get_args

from publisher.catalogue.band_section import check_band
from publisher.catalogue.quantile_section import check_quantiles
from publisher.catalogue.query import Contributor
from publisher.catalogue.section import Section
from publisher.model.band import BandRules
from publisher.model.declaration import BY_NAME, DECLARATION, Column
from publisher.model.privacy import PrivacyRules
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Aggregate, Margins, Measure

AGGREGATES = ("sum", "count", "count_distinct", "quantile")
ONCE_A_CELL = ", counted once in each finest cell"
QUANTILE_PARTS = 10_000  # OpenDP rounds a quantile to these
FEWEST_CANDIDATES, MOST_CANDIDATES = 3, 100
_SUMMABLE = {column.name: column for column in DECLARATION if column.classification == "measure"}
_ID = re.compile(r"[a-z][a-z0-9_]{0,40}")
_TAKEN = re.compile(
    r"time_period|contributors|(quantity_)?claimants|controlled|contributor_[12]|(.*_)?(obs|conf)_status"
    r"|.*_(level|lower|upper|claimant|rival|request|largest_\d+)"
)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What follows from the aggregate and the column."""

    column: str | None
    title: str
    unit: str
    decimals: int = 0


def read_measure(section: Section, contributor: Contributor) -> Measure:
    """A stand-in where a fault was noted."""
    identifier = section.text("id")
    if identifier and (not _ID.fullmatch(identifier) or _TAKEN.fullmatch(identifier)):
        section.fault("id", f'"{identifier}" cannot name a published column', "a lower-case name of your own")
    aggregate = section.choice("aggregate", AGGREGATES)
    counted = _read_counted(section, aggregate, identifier, contributor)
    margins = _read_margins(section, aggregate)
    measure = Measure(
        id=identifier,
        title=section.text("title", counted.title + (ONCE_A_CELL if margins == "sum" else "")),
        aggregate=cast(Aggregate, aggregate or "sum"),
        unit=counted.unit,
        decimals=counted.decimals,
        column=counted.column,
        shadows=section.text("shadows") if section.has("shadows") else None,
        margins=margins,
    )
    if aggregate == "quantile":
        measure = _with_candidates(section, measure)
    section.close()
    return measure


def _with_candidates(section: Section, measure: Measure) -> Measure:
    quantile = section.fraction("quantile", below=1, default=Fraction(1, 2))
    if QUANTILE_PARTS % quantile.denominator:
        section.fault("quantile", f"{quantile} is not exact in the noise, which reckons in ten-thousandths", '"1/4"')
    return replace(
        measure,
        quantile=quantile,
        candidates=section.ascending("candidates", least=0, fewest=FEWEST_CANDIDATES, most=MOST_CANDIDATES),
    )


def _read_counted(section: Section, aggregate: str, identifier: str, contributor: Contributor) -> _Counted:
    if aggregate in ("sum", "quantile"):
        return _read_sum(section, identifier)
    if aggregate == "count_distinct":
        section.choice("column", (contributor.column,))
        return _Counted(contributor.column, f"{contributor.column.capitalize()}s", _unit(section, "traders"))
    if aggregate == "count":
        if section.has("column"):
            section.fault("column", "may not stand in a count of declarations", "leave it out")
        return _Counted(None, "Declarations", _unit(section, "declarations"))
    section.has("column")
    section.has("unit")
    return _Counted(None, "-", "")


def _read_margins(section: Section, aggregate: str) -> Margins:
    """How a distinct count is totalled; nothing else may say."""
    if not section.has("margins"):
        return "own"
    if aggregate != "count_distinct":
        section.fault("margins", "is for count_distinct alone: all else adds up anyway", "leave it out")
        return "own"
    return cast(Margins, section.choice("margins", get_args(Margins)) or "own")


def _read_sum(section: Section, identifier: str) -> _Counted:
    name = section.text("column", identifier or "-")
    column = _SUMMABLE.get(name)
    if column is not None:
        unit = section.choice("unit", (column.unit,))
        return _Counted(column.name, column.title, unit, column.decimals)
    section.has("unit")
    if identifier or section.has("column"):
        section.fault("column", _not_summable(name, BY_NAME.get(name)), ", ".join(_SUMMABLE))
    return _Counted(None, "-", "")


def _not_summable(name: str, column: Column | None) -> str:
    if column is None:
        return f"there is no column {name} to sum"
    return f"{name} is classed '{column.classification}' and cannot be summed"


def _unit(section: Section, default: str) -> str:
    return section.text("unit", default)


def check_measures(
    file: Section,
    measures: Sequence[Measure],
    columns: Sequence[str],
    protection: SuppressionRules | PrivacyRules | BandRules | None,
) -> None:
    """Notes what is wrong with the measures taken together."""
    ids = [measure.id for measure in measures if measure.id]
    for twice in sorted({id for id in ids if ids.count(id) > 1}):
        file.fault("measure", f"the id {twice} stands twice", "each id once")
    for id in sorted(set(ids) & set(columns)):
        file.fault("measure", f"the id {id} is also a dimension's column", "another id")
    if isinstance(protection, PrivacyRules):
        _check_noisy(file, measures)
        check_quantiles(file, measures, protection)
    elif isinstance(protection, BandRules):
        for fault in check_band(measures):
            file.fault(fault.place, fault.problem, fault.allowed)
    elif isinstance(protection, SuppressionRules):
        _check_exact(file, measures)


def _check_noisy(file: Section, measures: Sequence[Measure]) -> None:
    """One clip bounds the whole vector, so what it adds up must be of one kind."""
    for measure in measures:
        if measure.shadows is not None:
            file.fault(_place(measure, "shadows"), "noisy measures hide no cells to share", "leave it out")
    kinds = {"count" if measure.aggregate != "sum" else measure.unit for measure in measures if measure.unit}
    if len(kinds) > 1:
        file.fault(
            "measure",
            f"one clip cannot bound measures of different kinds: {', '.join(sorted(kinds))}",
            "counts only, or sums of one unit, in a dp query",
        )


def _check_exact(file: Section, measures: Sequence[Measure]) -> None:
    """Suppression rules look at sums; a measure that shadows hides the cells of one that does not."""
    ruling = [measure.id for measure in measures if measure.shadows is None and measure.id]
    for measure in measures:
        if measure.aggregate != "sum":
            file.fault(_place(measure, "aggregate"), f"{measure.aggregate} cannot be suppressed", 'method = "dp"')
        if measure.id == "declarations":
            file.fault(_place(measure, "id"), "declarations cannot name a suppressed column", "another id")
        if measure.shadows is not None and measure.shadows not in ruling:
            file.fault(
                _place(measure, "shadows"),
                f'"{measure.shadows}" is no measure of this query that decides for itself',
                ", ".join(id for id in ruling if id != measure.id),
            )
    if measures and not ruling:
        file.fault("measure", "every measure shadows another", "at least one measure without 'shadows'")


def _place(measure: Measure, key: str) -> str:
    return f"measure {measure.id or '?'}.{key}"
