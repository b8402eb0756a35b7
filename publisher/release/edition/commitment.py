"""Commitments to confidential rule parameters: binding for the office, telling a reader nothing.

A rule file has few likely values of p, n and k, so its bare digest could be found by trying them all. With a
secret salt of 32 bytes nothing can be tried. The salt of each policy is derived from one secret of the workspace
(HMAC-SHA-256 is a pseudo-random function), so it is the same at every build and one salt can be shown to an
auditor, who then recomputes the commitment, without telling anything about the others.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.release.folders import make_private, replace
from publisher.settings import Workspace

_SECRET_BYTES = 32


def commit(workspace: Workspace, query_id: str, policy_digest: str) -> str:
    """SHA-256(salt || policy digest), in hex. Makes the workspace's secret where there is none yet."""
    salt = policy_salt(workspace, query_id, policy_digest)
    return hashlib.sha256(salt + bytes.fromhex(policy_digest)).hexdigest()


def policy_salt(workspace: Workspace, query_id: str, policy_digest: str) -> bytes:
    """32 bytes, fixed for one query's policy in one workspace. Private: whoever has it can try out policies."""
    name = b"policy commitment\0" + query_id.encode() + b"\0" + bytes.fromhex(policy_digest)
    return hmac.digest(_secret(workspace), name, "sha256")


def _secret(workspace: Workspace) -> bytes:
    path = workspace.private / "commitment.key"
    if not path.exists():
        make_private(workspace.private)
        replace(path, secrets.token_bytes(_SECRET_BYTES), 0o600)
    return _read(path)


def _read(path: Path) -> bytes:
    secret = path.read_bytes()
    if len(secret) != _SECRET_BYTES or path.stat().st_mode & 0o077:
        raise ReleaseError(
            f"must hold {_SECRET_BYTES} bytes and be readable by its owner only.",
            place=str(path),
            remedy="Restore it from a backup and 'chmod 600' it. A new one would give other commitments.",
        )
    return secret


def commit_bytes(workspace: Workspace, purpose: str, data: bytes) -> str:
    """HMAC-SHA-256 of `data` under the workspace's secret, in hex: binding, and nothing that could be tried out."""
    return hmac.digest(_secret(workspace), purpose.encode() + b"\0" + data, "sha256").hex()
