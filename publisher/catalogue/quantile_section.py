"""[protection.quantiles] of a query file -> QuantileRules, and what holds for a query of quantiles."""

from collections.abc import Sequence

from publisher.catalogue.section import Section
from publisher.model.privacy import PrivacyRules, QuantileRules
from publisher.model.structure import Measure


def read_quantiles(section: Section) -> QuantileRules:
    """A stand-in where a fault was noted."""
    rules = QuantileRules(
        range_share=section.fraction("range_share", below=1),
        minimum_rows=section.whole("minimum_rows", least=1, most=10**9),
        widest=section.whole("widest", least=1),
    )
    section.close()
    return rules


def check_quantiles(file: Section, measures: Sequence[Measure], protection: PrivacyRules) -> None:
    """Notes what is wrong with the quantiles of a dp query: its rows are clipped and counted once for all of them."""
    quantiles = [measure for measure in measures if measure.aggregate == "quantile"]
    if not quantiles:
        if protection.quantiles is not None:
            file.fault("protection.quantiles", "has no meaning without a quantile", "leave it out")
        return
    if len(quantiles) < len(measures):
        file.fault("measure", "a quantile cannot stand beside counts or sums", "a query of its own")
    if len({(measure.column, measure.candidates) for measure in quantiles}) > 1:
        file.fault("measure", "the quantiles of a query share column and candidates", "a query of its own")
    if len({measure.quantile for measure in quantiles}) < len(quantiles):
        file.fault("measure", "the same quantile stands twice", "each quantile once")
    if any(measure.decimals for measure in quantiles):
        file.fault("measure", "a quantile is of a column in whole units", "clearance_hours")
    if protection.quantiles is None:
        file.fault("protection.quantiles", "is missing", '{ range_share = "7/10", minimum_rows = 30, widest = 8 }')
    if protection.quality is not None:
        file.fault("protection.quality", "is about counts and sums", "minimum_rows and widest of quantiles")
    if protection.clip.at == "private_quantile":
        file.fault("protection.clip.at", "of a quantile cannot be chosen privately", "a whole number of rows")
