"""The name of a measurement: the digest of all that would make it a different one."""

import hashlib
import json
from dataclasses import asdict, dataclass
from fractions import Fraction


@dataclass(frozen=True)
class MeasurementKey:
    """What is measured. Equal fields, same measurement: it is drawn once and read ever after.

    `rho` is all that the measurement spends, a privately chosen clip included; `clip` is how the bound is chosen
    ("8", or "private_quantile 49/50 with 1/10 of rho"); `keys` is the digest of the public key set;
    `data_digest` changes when the period's declarations change, so that revised data are a new spend.
    """

    query_digest: str
    rho: Fraction
    clip: str
    keys: str
    data_digest: str
    period: str

    @property
    def digest(self) -> str:
        """64 hexadecimal digits, in files and statements. Gives away nothing: data_digest is keyed."""
        fields = {**asdict(self), "rho": str(self.rho), "format": 1}
        return hashlib.sha256(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
