"""[protection] with method = "dp" -> PrivacyRules."""

from collections.abc import Sequence
from fractions import Fraction

from publisher.catalogue.quality_section import read_quality
from publisher.catalogue.quantile_section import read_quantiles
from publisher.catalogue.query import Contributor
from publisher.catalogue.section import Section
from publisher.model.level_plan import plan_of_shares
from publisher.model.privacy import MONTHS, AnnualRules, Clip, LevelRules, PrivacyRules
from publisher.model.structure import Dimension, Measure

QUANTILE = "private_quantile"
AUTO = "auto"
LARGEST_CLIP = 10**12


def read_privacy(
    section: Section, contributor: Contributor, dimensions: Sequence[Dimension], measures: Sequence[Measure]
) -> PrivacyRules:
    """A stand-in where a fault was noted."""
    rules = PrivacyRules(
        unit=section.choice("unit", (f"{contributor.column} per calendar year",)),
        rho=section.fraction("rho", at_most=10),
        clip=_read_clip(section.section("clip")),
        keys="codelist",
        quality=read_quality(section),
        levels=tuple(_read_level(one, dimensions) for one in section.sections("level"))
        if section.has("level")
        else None,
        quantiles=read_quantiles(section.section("quantiles")) if section.has("quantiles") else None,
        annual=_read_annual(section.section("annual")) if section.has("annual") else None,
    )
    section.choice("keys", ("codelist",), default="codelist")
    if rules.levels is not None:
        _check_levels(section, rules.clip, rules.levels, dimensions, measures)
    if rules.annual is not None:
        _check_annual(section, rules.clip, measures)
    section.close()
    return rules


def _read_annual(section: Section) -> AnnualRules:
    """[protection.annual]"""
    annual = AnnualRules(
        rho=section.fraction("rho", at_most=10), clip_months=section.whole("clip_months", least=1, most=MONTHS)
    )
    section.close()
    return annual


def _check_annual(section: Section, clip: Clip, measures: Sequence[Measure]) -> None:
    if clip.at == QUANTILE:
        section.fault(
            "annual", "cannot stand beside a private clip, which is another in each month", "a fixed clip.at"
        )
    if any(measure.aggregate not in ("sum", "count") for measure in measures):
        section.fault("annual", "cannot be measured for what does not add up over months", "counts and sums")


def _read_level(section: Section, dimensions: Sequence[Dimension]) -> LevelRules:
    """[[protection.level]]: the level of each dimension's column, clip, and share (a fraction or "auto")."""
    level = LevelRules(
        at=tuple(section.choice(d.column, d.hierarchy.levels) for d in dimensions),
        clip=section.whole("clip", least=1, most=LARGEST_CLIP),
        share=_read_share(section),
    )
    section.close()
    return level


def _read_share(section: Section) -> Fraction | None:
    if section.is_text("share") and section.text("share") == AUTO:
        return None
    return section.fraction("share", below=1)


def _check_levels(
    section: Section,
    clip: Clip,
    levels: Sequence[LevelRules],
    dimensions: Sequence[Dimension],
    measures: Sequence[Measure],
) -> None:
    """Notes what is wrong with the levels taken together."""
    shares = [level.share for level in levels if level.share is not None]
    if any("" in level.at for level in levels):
        return
    if clip.at == QUANTILE:
        section.fault("level", "cannot stand beside a private clip", "a whole number as clip.at")
    elif any(not measure.adds_up for measure in measures):
        section.fault("level", "cannot be measured for what does not add up", 'count_distinct with margins = "sum"')
    elif 0 < len(shares) < len(levels):
        section.fault(
            "level", "has both fixed shares and chosen ones", f'a share for each level, or "{AUTO}" for all'
        )
    elif sum(shares) >= 1:
        section.fault("level", "leaves nothing of rho for the finest cells", "shares that add up to less than 1")
    else:
        _check_combinations(section, clip, levels, dimensions)


def _check_combinations(
    section: Section, clip: Clip, levels: Sequence[LevelRules], dimensions: Sequence[Dimension]
) -> None:
    """The weights of shares that are to be chosen do not matter here: any that multiply will do."""
    names = [dimension.hierarchy.levels for dimension in dimensions]
    finest = tuple(len(of) - 1 for of in names)
    cuts = [tuple(of.index(at) for of, at in zip(names, level.at, strict=True)) for level in levels]
    if finest in cuts or len(set(cuts)) < len(cuts):
        section.fault("level", "names a combination twice", "each once; the finest cells are always measured")
        return
    clips = {finest: clip.at if isinstance(clip.at, int) else 1}
    clips |= {cut: level.clip for cut, level in zip(cuts, levels, strict=True)}
    shares = {cut: level.share or Fraction(clips[cut] ** 2) for cut, level in zip(cuts, levels, strict=True)}
    rest = 1 - sum((level.share or Fraction(0) for level in levels), Fraction(0))
    shares[finest] = rest if levels[0].share is not None else Fraction(clips[finest] ** 2)
    try:
        plan_of_shares([len(of) for of in names], clips, shares)
    except ValueError as wrong:
        section.fault(
            "level", f"cannot be measured together: {wrong}", f'other levels or shares, or share = "{AUTO}"'
        )


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
        clip = Clip(section.whole("at", least=1, most=LARGEST_CLIP))
    section.close()
    return clip
