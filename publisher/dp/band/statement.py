"""What a table of values within a band tells its reader. Everything in it is public; none of it is from the data."""

from publisher.catalogue.query import Query
from publisher.dp.band.loss import K, curve
from publisher.dp.band.mechanism import NoisyRoots
from publisher.dp.loss import DELTA, epsilon
from publisher.ledger.ledger import Account
from publisher.model.band import BandRules, BandStatement
from publisher.model.privacy import NoiseStatement
from publisher.model.structure import Measure

CLIPPED = "nothing is clipped: large contributors count in full"


def statement(query: Query, rules: BandRules, measured: NoisyRoots, account: Account) -> NoiseStatement:
    """Spend and cap are as of the sealing of this measurement, so that a rebuild says the same."""
    (measure,) = query.structure.measures
    charge = account.charge
    return NoiseStatement(
        unit=rules.unit,
        mechanism="discrete Gaussian noise on the square root of each finest cell's sum plus a",
        rho=charge.rho,
        epsilon=epsilon(charge.rho),
        delta=DELTA,
        sigma=measured.sigma / K / 10 ** (measure.decimals / 2),
        clip=0,
        clip_choice=CLIPPED,
        spent_rho=account.spent_rho,
        cap_rho=account.cap.per_year,
        measurement=charge.key,
        snapshot=charge.snapshot,
        notes=_notes(query, rules, measure, account),
        band=BandStatement(measure.id, measure.unit, rules.c, rules.a, curve(rules, measure)),
    )


def _notes(query: Query, rules: BandRules, measure: Measure, account: Account) -> tuple[str, ...]:
    trader, charge, cap = query.contributor.column, account.charge, account.cap.per_year
    return (
        f"Protected: how much one {trader} declared in {charge.period}, within a band. Whoever knows all else tells "
        f"two values of one cell apart by no more than rho {charge.rho} allows, where their square roots differ by "
        f"at most c = {rules.c} (of {measure.unit}); over several cells, where the squares of these differences add "
        "up to at most c squared. The same holds for any group of traders, counted as one.",
        f"Not protected: that a large {trader} was there at all. Nothing is cut off, so what its presence loses "
        f"grows with its value, without end: see the curve, which holds for the total of one {trader} over all "
        "cells, however spread. Each measurement of the same declarations (another table, of values or of masses, a "
        "revision) adds its own; over the months of a year the curve holds at the year's total.",
        f"Over the year {charge.year} the losses within the band add up to at most rho {cap} (epsilon "
        f"{epsilon(cap):g} at delta one in {1 / DELTA:,.0f}), though every month may differ within its band. Years "
        "add up too. This account is apart from that of counts, which promise more: what a reader learns from both "
        "adds up.",
        "Not protected by this noise either: the list of codes, the definition of what is counted, and tables made "
        "by suppression.",
        "Estimates are unbiased before they are made whole, not negative and additive. In at least 95 of 100 draws "
        "of noise the interval holds the number that was measured. It is not a sampling error: all declarations "
        "were counted.",
        "Totals are exactly the sums of the numbers below them. Numbers end in zeros because finer digits would be "
        "noise. No number is negative, though noise can be: a 0 can stand for a little, and a small number for "
        "nothing.",
        f"Noise was drawn once and kept, for the declarations as they stood at snapshot {charge.snapshot}. "
        "Corrections that came later are not in these numbers: measuring again is a spend of its own, made only "
        "where the release plan asks for it, whether or not anything changed.",
    )
