"""The workspace's own log, held against what the site shows and against checkpoints kept elsewhere."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from publisher.errors import ReleaseError
from publisher.release.transparency.checkpoint import Checkpoint, read_checkpoint, require_extends
from publisher.release.transparency.entry import leaf_bytes
from publisher.release.transparency.log import Log, log_path, read_log
from publisher.release.transparency.merkle import leaf_hash, root
from publisher.release.transparency.places import Folder
from publisher.release.transparency.site_log import CHECKPOINT, read_site_log
from publisher.settings import Workspace

PRIVATE = "/private"


@dataclass(frozen=True)
class LogReport:
    """`lines` and `root` (hex) of the private tree, `entries` and `public_root` of the public one. `shown` is how
    many entries the site has, None without a site; `since` what the old checkpoint covered, None without one.
    """

    origin: str
    lines: int
    root: str
    entries: int
    public_root: str
    shown: int | None
    since: int | None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": "verified"}


def verify_log(workspace: Workspace, old: bytes | None = None) -> LogReport:
    """Every line with its signature, the public tree, the site's log, an `old` checkpoint (public or private).

    Raises ReleaseError for the first thing that does not fit, and where there is no log yet.
    """
    log = read_log(workspace)
    if not log.entries:
        raise ReleaseError(
            "there is no log yet.", place=str(log_path(workspace)), remedy="It begins with 'publisher person add'."
        )
    private, public = [line[:-1] for line in log.lines], [leaf_bytes(leaf) for leaf in log.leaves]
    return LogReport(
        origin=log.origin,
        lines=len(private),
        root=_root(private),
        entries=len(public),
        public_root=_root(public),
        shown=_shown(workspace, log, public),
        since=None if old is None else _require_continues(log, old, private, public).size,
    )


def _root(lines: Sequence[bytes]) -> str:
    return root([leaf_hash(line) for line in lines]).hex()


def _shown(workspace: Workspace, log: Log, public: Sequence[bytes]) -> int | None:
    """How far the site has come. Raises ReleaseError where it shows what is not in the log: the log was put back."""
    if not (workspace.site / CHECKPOINT).is_file():
        return None
    shown = read_site_log(Folder(workspace.site.resolve()), log.key)
    if tuple(public[: len(shown.lines)]) != shown.lines:
        raise ReleaseError(
            f"the site shows {len(shown.lines)} entries that are not the beginning of this log.",
            place=str(log_path(workspace)),
            remedy="The log was put back or changed. Restore its newest backup; publish nothing before that.",
        )
    return len(shown.lines)


def _require_continues(log: Log, old: bytes, private: Sequence[bytes], public: Sequence[bytes]) -> Checkpoint:
    """The log goes on from an old checkpoint; which of the two trees it is of, its name says."""
    checkpoint = read_checkpoint(old, log.key)
    lines = {log.origin: public, log.origin + PRIVATE: private}.get(checkpoint.origin)
    if lines is None:
        raise ReleaseError(
            f"the old checkpoint is of another log ({checkpoint.origin}).",
            place=log.origin,
            remedy="Compare with a checkpoint of this workspace.",
        )
    require_extends(lines, checkpoint)
    return checkpoint
