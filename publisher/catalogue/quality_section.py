"""[protection.quality] of a query under differential privacy -> QualityRules."""

from publisher.catalogue.section import Section
from publisher.model.privacy import QualityRules

RULES = ("hide_above_percent", "finest_share_percent", "finest_half_width")


def read_quality(section: Section) -> QualityRules | None:
    """None where the section `protection` has no quality rules. Notes every fault."""
    if not section.has("quality"):
        return None
    quality = section.section("quality")
    given = {name: quality.has(name) for name in RULES}
    rules = QualityRules(
        hide_above_percent=quality.fraction(RULES[0], at_most=1000) if given[RULES[0]] else None,
        finest_share_percent=quality.fraction(RULES[1], at_most=100) if given[RULES[1]] else None,
        finest_half_width=quality.fraction(RULES[2], at_most=10**12) if given[RULES[2]] else None,
    )
    if not any(given.values()):
        quality.fault("", "says nothing", ", ".join(RULES))
    if given[RULES[1]] and not given[RULES[0]]:
        quality.fault(RULES[1], "needs hide_above_percent, which says what numbers pass", "hide_above_percent = 50")
    quality.close()
    return rules
