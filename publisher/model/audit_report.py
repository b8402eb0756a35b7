"""What the attacker found. Holds codes and counts, never a true value, so that it may be shown to an approver."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

CheckName = Literal["feasibility", "byte_scan", "ledger", "completeness", "additivity"]


@dataclass(frozen=True)
class Finding:
    """One way in. `cell` is the codes of a cell ("imports_by_chapter_origin", "2021-02", "0101", "KR")."""

    check: CheckName
    place: str
    problem: str
    cell: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuditReport:
    """Verdict over one edition and all that was published before it. `measured` counts what each check covered."""

    edition: str
    measured: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return not self.findings

    @property
    def under_protected(self) -> int:
        return sum(finding.check == "feasibility" for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        return {
            "edition": self.edition,
            "verdict": "passed" if self.passed else "failed",
            "under_protected": self.under_protected,
            "measured": dict(self.measured),
            "findings": [asdict(finding) for finding in self.findings],
        }

    def public_json(self) -> dict[str, Any]:
        """What the public manifest may say: no finding, and no count that tells the number of primary cells."""
        covered = dict(self.measured)
        return {
            "verdict": "passed" if self.passed else "failed",
            "files": covered.get("files", 0),
            "bytes": covered.get("bytes", 0),
        }
