"""Which measurement a build shows: one that is sealed, or a new one, and on which account it goes.

Changed declarations alone make no new measurement: publisher/ledger/README.md, "When a measurement is made again".
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from publisher.catalogue.query import Query
from publisher.dp.keys import key_set_digest
from publisher.dp.statement import clip_choice
from publisher.errors import PrivacyBudgetError, ProtectionError
from publisher.ledger.ledger import Ledger
from publisher.ledger.measurement import MeasurementKey
from publisher.model.band import BandRules
from publisher.model.privacy import Charge, NoiseRules, PrivacyRules, Purpose


@dataclass(frozen=True)
class Data:
    """What lies before a build. `digest` is that of what the query reads as of `snapshot`; `whole` gives that of all
    declarations of the period as of a snapshot by name, "" where it is not in the store (ledgers of format 1).
    """

    snapshot: str
    digest: str
    whole: Callable[[str], str]


@dataclass(frozen=True)
class Demand:
    """The measurement to show. `changed`: the data are no longer those that were measured. Confidential."""

    key: str
    terms: str
    revision: int
    purpose: Purpose
    changed: bool = False


def measurement_of(query: Query, rules: NoiseRules, period: str, digest: str, revision: int = 0) -> MeasurementKey:
    """What makes this measurement this one."""
    return MeasurementKey(
        query_digest=query.measurement_digest,
        rho=rules.rho,
        clip=f"band c {rules.c} a {rules.a}" if isinstance(rules, BandRules) else clip_choice(rules.clip),
        keys=key_set_digest(query.structure),
        data_digest=digest,
        period=period,
        revision=revision,
    )


def demand(query: Query, period: str, data: Data, ledger: Ledger, revisions: int) -> Demand:
    """`revisions` is how many the plan asks for. Spends nothing.

    Raises ProtectionError for a query without privacy rules; PrivacyBudgetError where query and period were measured
    under other terms, and no revision is asked for.
    """
    new = measurement_of(query, _noise_rules(query), period, data.digest, revisions)
    known = ledger.measured(query.id, period)
    if not known:
        return Demand(new.digest, new.terms, revisions, "month")
    if revisions > max(charge.revision for charge in known):
        return Demand(new.digest, new.terms, revisions, "revision")
    same = [charge for charge in known if _same_terms(charge, new, data)]
    if not same:
        raise _other_terms(query, period, known[-1])
    return Demand(same[-1].key, new.terms, same[-1].revision, "month", _changed(same[-1], new, data))


def _noise_rules(query: Query) -> NoiseRules:
    return query.protection if isinstance(query.protection, BandRules) else privacy_rules(query)


def privacy_rules(query: Query) -> PrivacyRules:
    """Raises ProtectionError for a query without them."""
    if not isinstance(query.protection, PrivacyRules):
        raise ProtectionError("the query is not protected by noise.", place=query.id)
    return query.protection


def _same_terms(charge: Charge, new: MeasurementKey, data: Data) -> bool:
    """A charge of format 1 names no terms, but its key can be made again as of its snapshot."""
    if charge.terms:
        return charge.terms == new.terms
    return replace(new, data_digest=data.whole(charge.snapshot)).digest_1 == charge.key


def _changed(charge: Charge, new: MeasurementKey, data: Data) -> bool:
    if charge.terms:
        return replace(new, revision=charge.revision).digest != charge.key
    return data.whole(data.snapshot) != data.whole(charge.snapshot)


def _other_terms(query: Query, period: str, before: Charge) -> PrivacyBudgetError:
    return PrivacyBudgetError(
        f"was measured for {period} under other terms (rho {before.rho}); under new ones it is another measurement, "
        "and nobody asked for that.",
        place=query.id,
        remedy="Put the query back as it was, or ask in plan.toml with [[revision]], which spends anew.",
    )
