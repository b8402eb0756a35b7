"""One line of the privacy ledger, as other rooms see it. Public: it repeats what a noise statement tells."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Charge:
    """The privacy loss `rho` (zCDP, exact) that one measurement cost each protected `unit` in one calendar `year`.

    `measurement` is the id that the noise statement of the published table carries; `query`, `period`
    ("2021-03") and `snapshot` ("s0001") say what was measured.
    """

    measurement: str
    query: str
    period: str
    unit: str
    year: int
    rho: Fraction
    snapshot: str
