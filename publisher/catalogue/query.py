"""One predefined aggregate query: what queries/<query_id>.toml says, validated."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Literal

from publisher.catalogue.canonical import measurement_digest
from publisher.model.band import BandRules
from publisher.model.privacy import PrivacyRules
from publisher.model.protected import Method
from publisher.model.rules import SuppressionRules
from publisher.model.structure import TableStructure


@dataclass(frozen=True)
class Contributor:
    """Whom the query protects: a trader column, and the column that joins traders under one owner."""

    column: Literal["importer", "exporter"]
    holding: Literal["enterprise_group"] | None


@dataclass(frozen=True)
class Query:
    """`structure` is public, `protection` is not where it is SuppressionRules.

    `digest` is the SHA-256 (hex) of the public part in canonical form; `policy_digest` is that of the whole
    file and stays confidential: so few values of p are likely that a bare digest would give it away.
    """

    structure: TableStructure
    contributor: Contributor
    protection: SuppressionRules | PrivacyRules | BandRules
    digest: str
    policy_digest: str

    @property
    def id(self) -> str:
        return self.structure.id

    @cached_property
    def measurement_digest(self) -> str:
        """SHA-256 (hex) of what makes a noisy measurement this one; a new title or a renamed country leaves it be."""
        return measurement_digest(self.structure, asdict(self.contributor), asdict(self.protection))

    @property
    def method(self) -> Method:
        if isinstance(self.protection, BandRules):
            return "band"
        return "dp" if isinstance(self.protection, PrivacyRules) else "suppression"
