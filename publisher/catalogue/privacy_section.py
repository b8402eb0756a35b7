"""[protection] with method = "dp" -> PrivacyRules."""

from publisher.catalogue.query import Contributor
from publisher.catalogue.section import Section
from publisher.model.privacy import Clip, PrivacyRules

QUANTILE = "private_quantile"


def read_privacy(section: Section, contributor: Contributor) -> PrivacyRules:
    rules = PrivacyRules(
        unit=section.choice("unit", (f"{contributor.column} per calendar year",)),
        rho=section.fraction("rho", at_most=10),
        clip=_read_clip(section.section("clip")),
        keys="codelist",
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
