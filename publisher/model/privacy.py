"""Parameters and statements of differential privacy. Public: a reader is entitled to all of it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Keys = Literal["codelist"]


@dataclass(frozen=True)
class Clip:
    """L2 bound on one contributor's whole vector: a fixed number, or private_quantile on a share of rho.

    `quantile` is the share of contributors whose vector is meant to stay whole; a fixed `at` ignores it.
    """

    at: int | Literal["private_quantile"]
    rho_share: Fraction = Fraction(0)
    norm: Literal["l2"] = "l2"
    quantile: Fraction = Fraction(49, 50)


@dataclass(frozen=True)
class PrivacyRules:
    """How one query is noised. `rho` is the zCDP loss of one measurement (one period) per `unit`."""

    unit: str
    rho: Fraction
    clip: Clip
    keys: Keys = "codelist"


@dataclass(frozen=True)
class NoiseStatement:
    """What a noisy table tells its reader (reference list in publisher/dp/README.md).

    `sigma` is the standard deviation of the noise on one measured number, in published units; `epsilon` holds
    at `delta` for this measurement alone; `spent_rho` is the unit's loss over all measurements so far.
    """

    unit: str
    mechanism: str
    rho: Fraction
    epsilon: float
    delta: float
    sigma: float
    clip: int
    clip_choice: str
    spent_rho: Fraction
    cap_rho: Fraction
    measurement: str
    snapshot: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Charge:
    """One spend in the privacy ledger: what a contributor of `unit` in calendar `year` lost by measurement `key`.

    `attempt` counts from 1; a higher one means that an earlier spend of the same key was given up as lost
    (it still counts).
    """

    key: str
    unit: str
    year: int
    rho: Fraction
    query: str
    period: str
    snapshot: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """How far the ledger had come: number of entries, and the SHA-256 (hex) of the last one."""

    entries: int
    sha256: str
