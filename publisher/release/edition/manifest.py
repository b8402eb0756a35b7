"""The manifest: what an edition says about itself, in public and under signature.

It holds no confidential number and nothing made from one that could be tried out: rule parameters appear as
salted commitments, the audit as a verdict and a count of findings (which must be 0), not as the list of what was
checked, because the number of primary cells is confidential too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import FiniteFloat, SerializerFunctionWrapHandler, model_serializer

from publisher.catalogue.plan import Plan
from publisher.catalogue.query import Query
from publisher.errors import ReleaseError
from publisher.model.audit_report import AuditReport
from publisher.model.band import BandStatement
from publisher.model.privacy import NoiseStatement
from publisher.model.protected import Method, ProtectedTable
from publisher.model.release_event import Kind, Moment, PlannedRelease, ReleaseId
from publisher.release.edition.commitment import commit
from publisher.release.edition.inventory import MANIFEST, FileEntry
from publisher.release.edition.records import Hex32, Record, Word, decode, encode, sha256
from publisher.settings import Workspace

FORMAT: Literal["trade-publisher/manifest/2"] = "trade-publisher/manifest/2"


class EditionRef(Record):
    """One edition, pinned to its bytes by the SHA-256 (hex) of its manifest."""

    series: Word
    period: Word
    version: int
    manifest_sha256: Hex32

    @property
    def name(self) -> str:
        return f"{self.series}/{self.period}/v{self.version}"

    @property
    def path(self) -> str:
        """Where the site has it: the same path for ever."""
        return f"releases/{self.name}"


class CurvePoint(Record):
    """The table alone is (epsilon, delta)-differentially private."""

    delta: FiniteFloat
    epsilon: FiniteFloat


class Spend(Record):
    """Losses of one unit as exact rho, all measurements together, when this one was sealed. None: no limit."""

    spent_rho: str
    limit_rho: str | None


class Deployment(Record):
    """One table as registries of differential privacy deployments describe them: unit, bound, loss and mechanism.

    model               who adds the noise: "central", the office, to exact sums in its own house
    neighbouring        which data sets are told apart no better than the loss allows
    contribution_bound  of one unit's whole vector, in `contribution_norm`; `bound_by_level` where levels differ
    noise_scale         standard deviation on one measured number; `scale_by_level` where levels differ;
                        `quantile_scale` of the draws of each measure that is a quantile
    """

    model: Literal["central"]
    privacy_unit: str
    neighbouring: str
    privacy_definition: str
    loss_curve: tuple[CurvePoint, ...]
    mechanism: str
    implementation: str
    contribution_norm: Literal["l2"]
    contribution_bound: int
    contribution_bound_choice: str
    bound_by_level: dict[str, int]
    noise_scale: FiniteFloat
    scale_by_level: dict[str, FiniteFloat]
    quantile_scale: dict[str, FiniteFloat]
    spend_in_year: Spend
    spend_in_lifetime: Spend
    measurement: str
    data_snapshot: str


class PrivacyLoss(Record):
    """What a noisy table cost. rho are exact fractions as text, see model.privacy.NoiseStatement.

    Manifests from before `deployment` was told are without it, and spelled so.
    """

    unit: str
    mechanism: str
    rho: str
    spent_rho: str
    cap_rho: str
    epsilon: FiniteFloat
    delta: FiniteFloat
    sigma: FiniteFloat
    measurement: str
    deployment: Deployment | None = None

    @model_serializer(mode="wrap")
    def _without_unset(self, fields: SerializerFunctionWrapHandler) -> dict[str, Any]:
        spelled: dict[str, Any] = fields(self)
        return (
            spelled if self.deployment else {name: value for name, value in spelled.items() if name != "deployment"}
        )


class LossPoint(Record):
    """What one contributor of this total value loses by its presence, see model.privacy.BandPoint."""

    value: int
    low: int
    high: int
    rho: str
    epsilon: FiniteFloat


class BandLoss(PrivacyLoss):
    """The cost of a table of values: rho is for values within the band c; presence loses what the curve says."""

    measure: str
    c: int
    a: int
    curve: tuple[LossPoint, ...]


class TableEntry(Record):
    """One table. `digest` is that of the query's public part; `policy_commitment` binds its whole file."""

    id: str
    title: str
    method: Method
    digest: str
    policy_commitment: Hex32
    snapshot: str
    privacy_loss: BandLoss | PrivacyLoss | None


class AuditSummary(Record):
    """The attacker's verdict. The report itself stays in private/audit.json."""

    verdict: Literal["passed", "failed"]
    findings: int


class Manifest(Record):
    """`earlier` are the editions that the audit combined with this one; `due` is ISO 8601 with the offset of `zone`.

    The edition is the `release`-th of its period, of this kind, for this `reason`; `approvals_needed` is what the
    plan asked for when it was built: the plan can ask for more later, not for less.
    """

    format: Literal["trade-publisher/manifest/2"]
    series: Word
    period: Word
    version: int
    title: str
    kind: Kind
    release: int
    reason: str
    due: str
    zone: str
    approvals_needed: int
    queries: tuple[TableEntry, ...]
    snapshots: tuple[str, ...]
    audit: AuditSummary
    ledger_head: str
    earlier: tuple[EditionRef, ...]
    files: tuple[FileEntry, ...]

    @property
    def release_id(self) -> ReleaseId:
        return ReleaseId(self.series, self.period, self.release)

    @property
    def moment(self) -> Moment:
        """When it may be seen."""
        return Moment(datetime.fromisoformat(self.due), self.zone)

    @cached_property
    def ref(self) -> EditionRef:
        return EditionRef(
            series=self.series, period=self.period, version=self.version, manifest_sha256=sha256(encode(self))
        )


@dataclass(frozen=True)
class Contents:
    """What the pipeline knows of an edition when it seals it.

    `audited_files` is the inventory of public/ taken before the audit read it: what is sealed is what was audited.
    `earlier` is what index.published() gave then: the audit's verdict holds for this combination and no other.
    """

    plan: Plan
    period: str
    release: PlannedRelease
    queries: Sequence[Query]
    tables: Sequence[ProtectedTable]
    audit: AuditReport
    audited_files: tuple[FileEntry, ...]
    earlier: Sequence[EditionRef]
    ledger_head: str


def compose(workspace: Workspace, contents: Contents, version: int) -> Manifest:
    """The manifest of one version. Reads no clock. Raises ReleaseError where a query has no table."""
    tables = {table.structure.id: table for table in contents.tables}
    return Manifest(
        format=FORMAT,
        series=contents.plan.id,
        period=contents.period,
        version=version,
        title=contents.plan.title,
        kind=contents.release.kind,
        release=contents.release.id.number,
        reason=contents.release.reason,
        due=contents.release.due.text,
        zone=contents.release.due.zone,
        approvals_needed=max(1, contents.plan.approvals),
        queries=tuple(_entry(workspace, query, tables) for query in sorted(contents.queries, key=lambda q: q.id)),
        snapshots=tuple(sorted({table.snapshot for table in contents.tables})),
        audit=AuditSummary(
            verdict="passed" if contents.audit.passed else "failed", findings=len(contents.audit.findings)
        ),
        ledger_head=contents.ledger_head,
        earlier=tuple(sorted(contents.earlier, key=lambda ref: (ref.series, ref.period, ref.version))),
        files=contents.audited_files,
    )


def read_manifest(public: Path) -> Manifest:
    """Raises ReleaseError where there is none or it is damaged. Does not look at the signature."""
    path = public / MANIFEST
    if not path.is_file():
        raise ReleaseError("there is no manifest here.", place=str(path), remedy="Build the edition first.")
    return decode(Manifest, path.read_bytes(), str(path))


def _entry(workspace: Workspace, query: Query, tables: Mapping[str, ProtectedTable]) -> TableEntry:
    table = tables.get(query.id)
    if table is None or table.method != query.method:
        raise ReleaseError(
            "the build made no table for this query.", place=query.id, remedy="Build the edition again."
        )
    return TableEntry(
        id=query.id,
        title=query.structure.title,
        method=table.method,
        digest=query.digest,
        policy_commitment=commit(workspace, query.id, query.policy_digest),
        snapshot=table.snapshot,
        privacy_loss=_loss(table.noise) if table.noise else None,
    )


def _loss(noise: NoiseStatement) -> PrivacyLoss:
    loss = PrivacyLoss(
        unit=noise.unit,
        mechanism=noise.mechanism,
        rho=str(noise.rho),
        spent_rho=str(noise.spent_rho),
        cap_rho=str(noise.cap_rho),
        epsilon=noise.epsilon,
        delta=noise.delta,
        sigma=noise.sigma,
        measurement=noise.measurement,
        deployment=_deployment(noise) if noise.curve and noise.lifetime_rho is not None else None,
    )
    return loss if noise.band is None else _band_loss(loss, noise.band)


def _band_loss(loss: PrivacyLoss, band: BandStatement) -> BandLoss:
    points = tuple(
        LossPoint(value=p.value, low=p.low, high=p.high, rho=str(p.rho), epsilon=p.epsilon) for p in band.curve
    )
    return BandLoss(**loss.model_dump(), measure=band.measure, c=band.c, a=band.a, curve=points)


def _deployment(noise: NoiseStatement) -> Deployment:
    return Deployment(
        model="central",
        privacy_unit=noise.unit,
        neighbouring="with and without everything that one contributor declared in the period",
        privacy_definition="zero-concentrated differential privacy (rho-zCDP), which implies (epsilon, delta) below",
        loss_curve=tuple(CurvePoint(delta=delta, epsilon=epsilon) for delta, epsilon in noise.curve),
        mechanism=noise.mechanism,
        implementation="OpenDP",
        contribution_norm="l2",
        contribution_bound=noise.clip,
        contribution_bound_choice=noise.clip_choice,
        bound_by_level=dict(noise.clip_by_level),
        noise_scale=noise.sigma,
        scale_by_level=dict(noise.sigma_by_level),
        quantile_scale=dict(noise.quantile_scales),
        spend_in_year=Spend(spent_rho=str(noise.spent_rho), limit_rho=str(noise.cap_rho)),
        spend_in_lifetime=Spend(spent_rho=str(noise.lifetime_rho), limit_rho=_text(noise.lifetime_cap_rho)),
        measurement=noise.measurement,
        data_snapshot=noise.snapshot,
    )


def _text(rho: Fraction | None) -> str | None:
    return None if rho is None else str(rho)
