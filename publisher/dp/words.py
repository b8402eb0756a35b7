"""The sentences under a noisy table. Public: they are made from the query and the charge alone."""

from publisher.catalogue.query import Query
from publisher.dp.keys import is_additive
from publisher.dp.loss import DELTA, epsilon
from publisher.ledger.ledger import Account
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
QUANTILE = (
    "Every level is measured by itself: the number of a total is not made from those below it, and noise can put it "
    "beyond all of them."
)
UNPROTECTED = (
    "Not protected by this noise: the list of codes, the definition of what is counted, and anything in tables "
    "made by suppression."
)


def notes(query: Query, account: Account) -> tuple[str, ...]:
    """Of a table of counts or sums."""
    return (
        *_protected(query, account),
        "Contributors with very many entries are scaled down to the clip, so numbers are on average a little too "
        "low. The interval does not include this effect.",
        "In 95 of 100 draws of noise the interval holds the number that was measured. It is not a sampling error: "
        "all declarations were counted.",
        *_adding(query.structure),
        "No number is negative, though noise can be: a 0 can stand for a few, and a small number for none.",
        _once(account),
    )


def quantile_notes(query: Query, account: Account) -> tuple[str, ...]:
    """Of a table of quantiles."""
    candidates = query.structure.measures[0].candidates
    return (
        *_protected(query, account),
        "Only a limited number of goods items of each contributor count (the clip), chosen by a rule that looks at "
        "nothing but its own declaration numbers. So the numbers describe contributors with few items more than "
        "those with many, and lie lower or higher than over all items. The interval does not include this effect.",
        f"Items are rounded up to one of {len(candidates)} candidates fixed beforehand, from {candidates[0]:,} to "
        f"{candidates[-1]:,}; the last stands for everything beyond it too. Items that do not state it do not count.",
        "In 95 of 100 draws of noise the interval holds the number of the items that were kept. It is not a "
        "sampling error.",
        "A cell is shown only if noisy counts leave little doubt that enough items stand in it, and if the interval "
        "is narrow enough to be of use. The others are too noisy to show, whether they are empty or not.",
        QUANTILE,
        _once(account),
    )


def _protected(query: Query, account: Account) -> tuple[str, ...]:
    charge, cap = account.charge, account.cap
    trader = query.contributor.column if query.contributor.holding is None else "holding (traders under one owner)"
    years = f"their limit is rho {cap.lifetime}" if cap.lifetime is not None else "there is no limit over all years"
    return (
        f"Protected: everything that any one {trader} declared in {charge.period}, and whether it declared anything. "
        f"Over the year {charge.year} the losses of all measurements add up; the limit is rho {cap.per_year} "
        f"(epsilon {epsilon(cap.per_year):g} at delta one in {1 / DELTA:,.0f}). Years add up too; {years}. A company "
        "that both imports and exports has one such loss for each.",
        UNPROTECTED,
    )


def _adding(structure: TableStructure) -> list[str]:
    """What to say of each kind of measure in the table."""
    return sorted({ADDITIVE if is_additive(measure) else DISTINCT for measure in structure.measures})


def _once(account: Account) -> str:
    return (
        f"Noise was drawn once and kept, for the declarations as they stood at snapshot {account.charge.snapshot}: "
        "a rebuild does not draw again. Corrections that came later are not in these numbers, though they may be in "
        "exact tables beside them: measuring again is a spend of its own, made only where the release plan asks for "
        "it, whether or not anything changed."
    )
