"""[protection] of a query file -> SuppressionRules or PrivacyRules."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import cast, get_args

from publisher.catalogue.quantile_section import read_quantiles
from publisher.catalogue.query import Contributor
from publisher.catalogue.section import Section
from publisher.model.privacy import Clip, PrivacyRules
from publisher.model.rules import (
    AlreadyPublished,
    Confidentiality,
    Dominance,
    LevelPenalty,
    PrintedRanges,
    SecondaryCost,
    SuppressionRules,
)
from publisher.model.structure import Dimension, Measure

QUANTILE = "private_quantile"
COSTS: tuple[SecondaryCost, ...] = get_args(SecondaryCost)
COST_MEASURE = "measure:"


def read_protection(
    section: Section, contributor: Contributor, dimensions: Sequence[Dimension], measures: Sequence[Measure]
) -> SuppressionRules | PrivacyRules | None:
    """A stand-in where a fault was noted; None where the method is not known, for then no other key has a meaning."""
    method = section.choice("method", ("suppression", "dp"))
    if method == "dp":
        return _read_privacy(section, contributor)
    if method == "suppression":
        return _read_suppression(section, dimensions, measures)
    return None


def _read_suppression(
    section: Section, dimensions: Sequence[Dimension], measures: Sequence[Measure]
) -> SuppressionRules:
    cost, cost_measure = _read_cost(section, measures)
    rules = SuppressionRules(
        confidentiality=cast(Confidentiality, section.choice("confidentiality", ("active", "passive"))),
        minimum_contributors=section.whole("minimum_contributors", least=1),
        p_percent=section.fraction("p_percent", below=100) if section.has("p_percent") else None,
        q_percent=section.fraction("q_percent", at_most=100, default=Fraction(100)),
        dominance=_read_dominance(section.section("dominance")) if section.has("dominance") else None,
        frequency_level_percent=section.fraction("frequency_level_percent", at_most=100, default=Fraction(20)),
        request_share_percent=section.fraction("request_share_percent", below=100, default=Fraction(70)),
        secondary_cost=cost,
        sliding_percent=section.fraction("sliding_percent", at_most=1000) if section.has("sliding_percent") else None,
        cost_measure=cost_measure,
        level_penalty=tuple(_read_penalties(section, dimensions)),
        stability=section.fraction("stability", at_most=1) if section.has("stability") else Fraction(0),
        already_published=cast(
            AlreadyPublished, section.choice("already_published", ("refuse", "hide"), default="refuse")
        ),
        intervals=cast(PrintedRanges, section.choice("intervals", get_args(PrintedRanges), default="auto")),
    )
    if rules.p_percent is not None and rules.p_percent >= rules.q_percent:
        section.fault("p_percent", "must be below q_percent", "p_percent < q_percent")
    section.close()
    return rules


def _read_cost(section: Section, measures: Sequence[Measure]) -> tuple[SecondaryCost, str | None]:
    """One of the costs by name, or "measure:<id>" with the id of a measure of the query."""
    ids = {COST_MEASURE + measure.id: measure.id for measure in measures if measure.id}
    named = [cost for cost in COSTS if cost != "measure"]
    chosen = section.choice("secondary_cost", (*named, *ids), default="value")
    return ("measure", ids[chosen]) if chosen in ids else (cast(SecondaryCost, chosen), None)


def _read_penalties(section: Section, dimensions: Sequence[Dimension]) -> Iterator[LevelPenalty]:
    """[protection.level_penalty.<column>] with a multiplier for each level that shall have its own."""
    if not section.has("level_penalty"):
        return
    columns = section.section("level_penalty")
    for dimension in dimensions:
        if columns.has(dimension.column):
            levels = columns.section(dimension.column)
            for level in dimension.hierarchy.levels:
                if levels.has(level):
                    yield LevelPenalty(dimension.column, level, levels.fraction(level, at_most=1_000_000))
            levels.close()
    columns.close()


def _read_dominance(section: Section) -> Dominance:
    dominance = Dominance(n=section.whole("n", least=1, most=10), k=section.fraction("k", below=100))
    section.close()
    return dominance


def _read_privacy(section: Section, contributor: Contributor) -> PrivacyRules:
    rules = PrivacyRules(
        unit=section.choice("unit", (f"{contributor.column} per calendar year",)),
        rho=section.fraction("rho", at_most=10),
        clip=_read_clip(section.section("clip")),
        keys="codelist",
        quantiles=read_quantiles(section.section("quantiles")) if section.has("quantiles") else None,
    )
    section.choice("keys", ("codelist",), default="codelist")
    section.close()
    return rules


def _read_clip(section: Section) -> Clip:
    """A whole number of at least 1, or "private_quantile" with the share of rho it may spend and the quantile."""
    section.choice("norm", ("l2",), default="l2")
    if section.is_text("at"):
        section.choice("at", (QUANTILE,))
        clip = Clip(
            "private_quantile",
            rho_share=section.fraction("rho_share", below=1),
            quantile=section.fraction("quantile", below=1, default=Clip.quantile),
        )
    else:
        clip = Clip(section.whole("at", least=1, most=10**12))
    section.close()
    return clip
