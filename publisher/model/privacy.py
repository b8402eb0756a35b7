"""Parameters and statements of differential privacy. Public: a reader is entitled to all of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from publisher.model.band import BandRules, BandStatement

Keys = Literal["codelist"]
Purpose = Literal["month", "annual", "revision"]
MONTHS = 12  # of a year


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
class LevelRules:
    """A combination of levels that is measured besides the finest cells.

    `at`: the name of a level for each dimension. `clip`: the L2 bound on one contributor's numbers there. `share`:
    the part of rho spent there; None: chosen by expected error, for all levels of the query together.
    """

    at: tuple[str, ...]
    clip: int
    share: Fraction | None


@dataclass(frozen=True)
class QualityRules:
    """Which noisy numbers are too uncertain to print; nothing is asked but the noisy table.

    `hide_above_percent`: a number whose margin is larger than that many percent of it. `finest_share_percent`: levels
    finer than the finest at which the numbers that pass make up that share of all. `finest_half_width`: levels finer
    than the finest at which no margin of the noise is larger, in the unit of the measures (needs no data at all).
    """

    hide_above_percent: Fraction | None = None
    finest_share_percent: Fraction | None = None
    finest_half_width: Fraction | None = None


@dataclass(frozen=True)
class QuantileRules:
    """How a query of quantiles divides its rho, and which cells it shows.

    `range_share` of rho goes to noisy counts of the rows by candidate, from which come the intervals; the rest to the
    quantiles, in equal parts. A cell is shown if these counts say, with 97.5 % confidence, that at least
    `minimum_rows` rows stand in it, and if no interval in it holds more than `widest` candidates.
    """

    range_share: Fraction
    minimum_rows: int
    widest: int


@dataclass(frozen=True)
class AnnualRules:
    """One measurement of a whole year, beside those of its months. `rho` is its own loss; `clip_months`: the year of
    a contributor counts as at most so many months that fill the clip (of each level).
    """

    rho: Fraction
    clip_months: int


@dataclass(frozen=True)
class PrivacyRules:
    """How one query is noised. `rho` is the zCDP loss of one measurement (one period) per `unit`.

    With `levels`, `clip` bounds the finest cells, which spend what the levels leave of rho. `quality` is about
    printing: it is no part of what is measured. `quantiles` is set exactly where the query's measures are quantiles.
    `annual` is another measurement, and no part of that of a month.
    """

    unit: str
    rho: Fraction
    clip: Clip
    keys: Keys = "codelist"
    levels: tuple[LevelRules, ...] | None = None
    quality: QualityRules | None = None
    quantiles: QuantileRules | None = None
    annual: AnnualRules | None = None

    @property
    def rho_per_year(self) -> Fraction:
        """What a year costs in which every month is measured once, and the year where that is asked for."""
        return self.rho * MONTHS + (self.annual.rho if self.annual else 0)


@dataclass(frozen=True)
class NoiseStatement:
    """What a noisy table tells its reader (reference list in publisher/dp/README.md).

    `sigma` is the standard deviation of the noise on one measured number, in published units; `epsilon` holds
    at `delta` for this measurement alone; `spent_rho` is the unit's loss in the calendar year over all measurements
    so far, `lifetime_rho` over all years, `lifetime_cap_rho` its limit (None: there is none). Where a table adds up
    several measurements, `measurements` names all, `measurement` the last sealed, and rho and sigma are those of all
    together. `hidden` says which numbers are not shown because of the noise, "" where all are.

    curve              (delta, epsilon): this measurement alone is (epsilon, delta)-DP for each of them
    sigma_by_level     (level, sigma) where levels are measured with noise of their own, such as "chapter x country";
                       `sigma` is then that of the finest cells
    clip_by_level      (level, clip) where levels are clipped apart; `clip` is then that of the finest cells
    quantile_scales    (measure, scale): of the draws, where measures are quantiles; then `sigma` is that of the noise
                       on the counts of rows, and `clip` bounds rows
    band               set where values are protected within a band only; then nothing is clipped and `clip` is 0
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
    sigma_by_level: tuple[tuple[str, float], ...] = ()
    clip_by_level: tuple[tuple[str, int], ...] = ()
    measurements: tuple[str, ...] = ()
    hidden: str = ""
    band: BandStatement | None = None
    curve: tuple[tuple[float, float], ...] = ()
    lifetime_rho: Fraction | None = None
    lifetime_cap_rho: Fraction | None = None
    quantile_scales: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Charge:
    """One spend in the privacy ledger: what a contributor of `unit` in calendar `year` lost by measurement `key`.

    `attempt` counts from 1; a higher one means that an earlier spend of the same key was given up as lost
    (it still counts). `revision` is how many revisions of query and period the plan had asked for; `terms` names
    what is measured, whatever the data (ledger.measurement); "" in a ledger of format 1.
    """

    key: str
    unit: str
    year: int
    rho: Fraction
    query: str
    period: str
    snapshot: str
    attempt: int = 1
    purpose: Purpose = "month"
    revision: int = 0
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Cap:
    """The limits of one unit, each an exact rho. `lifetime` None: no limit over all years together.

    `per_query` is what each query may count on in a year; `revision_reserve` is set aside in a year for revisions,
    which get no more. `reason` and `by` say who raised a limit and why; what only lowers needs neither.
    """

    unit: str
    per_year: Fraction
    lifetime: Fraction | None = None
    per_query: Mapping[str, Fraction] = field(default_factory=dict)
    revision_reserve: Fraction = Fraction(0)
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """How far the ledger had come: number of entries, and the SHA-256 (hex) of the last one."""

    entries: int
    sha256: str


NoiseRules = PrivacyRules | BandRules
