"""What a noisy table tells its reader. Everything in it is public."""

import math
from dataclasses import replace

from publisher.catalogue.query import Query
from publisher.dp.levels import margin_notes, sigma_by_level
from publisher.dp.loss import DELTA, curve, epsilon
from publisher.dp.noisy import NoisyMeasurement
from publisher.dp.quality import quality_notes
from publisher.dp.quantiles import NoisyQuantiles
from publisher.dp.words import notes, quantile_notes
from publisher.ledger.ledger import Account
from publisher.model.privacy import Clip, NoiseStatement, PrivacyRules


def statement(query: Query, rules: PrivacyRules, measurement: NoisyMeasurement, account: Account) -> NoiseStatement:
    """Of a table of counts or sums."""
    finest_weight = math.prod(weights[-1] for weights in measurement.weights)
    one_number = measurement.scale * 10 ** query.structure.measures[0].decimals
    return replace(
        _of_account(rules, account),
        mechanism="discrete Gaussian noise on sums of L2-clipped contributor vectors",
        sigma=measurement.sigma / (one_number * finest_weight),
        clip=measurement.clip,
        notes=(*notes(query, account), *margin_notes(query.structure), *quality_notes(rules.quality)),
        clip_by_level=measurement.clip_by_level,
        sigma_by_level=sigma_by_level(query.structure, measurement.weights, measurement.sigma / one_number),
        hidden=" ".join(quality_notes(rules.quality)),
    )


def quantile_statement(
    query: Query, rules: PrivacyRules, measured: NoisyQuantiles, account: Account
) -> NoiseStatement:
    """Of a table of quantiles."""
    names = [measure.id for measure in query.structure.measures]
    return replace(
        _of_account(rules, account),
        mechanism="private quantile of each cell's rows over fixed candidates, rows L2-clipped by contributor; "
        "discrete Gaussian noise on the counts of rows by candidate, for the intervals",
        sigma=measured.sigma,
        clip=measured.clip,
        notes=quantile_notes(query, account),
        quantile_scales=tuple(zip(names, measured.scales, strict=True)),
    )


def _of_account(rules: PrivacyRules, account: Account) -> NoiseStatement:
    """What the rules and the charge say, the rest left empty. Spend and caps are as of the sealing of this
    measurement, so that a rebuild says the same."""
    charge = account.charge
    return NoiseStatement(
        unit=rules.unit,
        mechanism="",
        rho=charge.rho,
        epsilon=epsilon(charge.rho),
        delta=DELTA,
        sigma=0.0,
        clip=0,
        clip_choice=clip_choice(rules.clip),
        spent_rho=account.spent_rho,
        cap_rho=account.cap.per_year,
        measurement=charge.key,
        snapshot=charge.snapshot,
        curve=curve(charge.rho),
        lifetime_rho=account.lifetime_rho,
        lifetime_cap_rho=account.cap.lifetime,
    )


def clip_choice(clip: Clip) -> str:
    """In words; part of the measurement's key."""
    if clip.at == "private_quantile":
        return f"private quantile {clip.quantile} of the contributors' norms, with {clip.rho_share} of rho"
    return f"fixed at {clip.at} in the query"
