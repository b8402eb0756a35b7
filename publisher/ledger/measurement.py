"""The name of a measurement: the digest of all that would make it a different one."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from fractions import Fraction


@dataclass(frozen=True)
class MeasurementKey:
    """What is measured. Equal fields, same measurement: it is drawn once and read ever after.

    `rho` is all that the measurement spends, a privately chosen clip included; `clip` is how the bound is chosen
    ("8", or "private_quantile 49/50 with 1/10 of rho"); `keys` is the digest of the public key set; `revision`
    counts the revisions that were asked for. `data_digest` says which data were measured: in format 2 what the query
    reads of the period, in format 1 (which had no revisions) all of its declarations.
    """

    query_digest: str
    rho: Fraction
    clip: str
    keys: str
    data_digest: str
    period: str
    revision: int = 0

    @property
    def digest(self) -> str:
        """64 hexadecimal digits, in files and statements. Gives away nothing: data_digest is keyed."""
        return _sha256(self._fields(2))

    @property
    def digest_1(self) -> str:
        """The same as a ledger of format 1 has it, for `data_digest` of all declarations."""
        fields = self._fields(1)
        del fields["revision"]
        return _sha256(fields)

    @property
    def terms(self) -> str:
        """64 hexadecimal digits: what is measured, whatever the data and however often."""
        return _sha256(replace(self, data_digest="", revision=0)._fields(2) | {"terms": True})

    def _fields(self, format: int) -> dict[str, object]:
        return {**asdict(self), "rho": str(self.rho), "format": format}


def _sha256(fields: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
