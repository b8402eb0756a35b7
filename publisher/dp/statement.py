"""What a noisy table tells its reader. Everything in it is public."""

import math

from publisher.catalogue.query import Query
from publisher.dp.keys import is_additive
from publisher.dp.levels import margin_notes, sigma_by_level
from publisher.dp.loss import DELTA, epsilon
from publisher.dp.noisy import NoisyMeasurement
from publisher.dp.quality import quality_notes
from publisher.ledger.ledger import Account
from publisher.model.privacy import Clip, NoiseStatement, PrivacyRules
from publisher.model.structure import TableStructure

ADDITIVE = (
    "Totals are exactly the sums of the numbers below them: the noisy numbers were moved as little as possible to "
    "add up, be whole and not be negative, the large before the small. The interval is that of the noisy number "
    "before this, widened where the printed number lies outside."
)
DISTINCT = (
    "Every level is measured by itself, because one contributor can count in several cells: parts add up to more "
    "than the whole, and noise can make them disagree."
)


def statement(query: Query, rules: PrivacyRules, measurement: NoisyMeasurement, account: Account) -> NoiseStatement:
    """Spend and cap are as of the sealing of this measurement, so that a rebuild says the same."""
    charge = account.charge
    finest_weight = math.prod(weights[-1] for weights in measurement.weights)
    one_number = measurement.scale * 10 ** query.structure.measures[0].decimals
    return NoiseStatement(
        unit=rules.unit,
        mechanism="discrete Gaussian noise on sums of L2-clipped contributor vectors",
        rho=charge.rho,
        epsilon=epsilon(charge.rho),
        delta=DELTA,
        sigma=measurement.sigma / (one_number * finest_weight),
        clip=measurement.clip,
        clip_choice=clip_choice(rules.clip),
        spent_rho=account.spent_rho,
        cap_rho=account.cap.per_year,
        measurement=charge.key,
        snapshot=charge.snapshot,
        notes=(*_notes(query, account), *margin_notes(query.structure), *quality_notes(rules.quality)),
        clip_by_level=measurement.clip_by_level,
        sigma_by_level=sigma_by_level(query.structure, measurement.weights, measurement.sigma / one_number),
        hidden=" ".join(quality_notes(rules.quality)),
    )


def clip_choice(clip: Clip) -> str:
    """In words; part of the measurement's key."""
    if clip.at == "private_quantile":
        return f"private quantile {clip.quantile} of the contributors' norms, with {clip.rho_share} of rho"
    return f"fixed at {clip.at} in the query"


def _notes(query: Query, account: Account) -> tuple[str, ...]:
    charge, cap = account.charge, account.cap.per_year
    trader = query.contributor.column if query.contributor.holding is None else "holding (traders under one owner)"
    return (
        f"Protected: everything that any one {trader} declared in {charge.period}, and whether it declared anything. "
        f"Over the year {charge.year} the losses of all measurements add up; the limit is rho {cap} "
        f"(epsilon {epsilon(cap):g} at delta one in {1 / DELTA:,.0f}). Years add up too. A company that "
        "both imports and exports has one such loss for each.",
        "Not protected by this noise: the list of codes, the definition of what is counted, and anything in tables "
        "made by suppression.",
        "Contributors with very many entries are scaled down to the clip, so numbers are on average a little too "
        "low. The interval does not include this effect.",
        "In 95 of 100 draws of noise the interval holds the number that was measured. It is not a sampling error: "
        "all declarations were counted.",
        *_adding(query.structure),
        "No number is negative, though noise can be: a 0 can stand for a few, and a small number for none.",
        f"Noise was drawn once and kept, for the declarations as they stood at snapshot {charge.snapshot}. "
        "Corrections that came later are not in these numbers, though they may be in exact tables beside them: "
        "measuring again is a spend of its own, made only where the release plan asks for it, whether or not "
        "anything changed.",
    )


def _adding(structure: TableStructure) -> list[str]:
    """What to say of each kind of measure in the table."""
    return sorted({ADDITIVE if is_additive(measure) else DISTINCT for measure in structure.measures})
