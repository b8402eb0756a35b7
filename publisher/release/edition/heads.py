"""How far the privacy ledger had come by what was made of it: the head in each signed manifest."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.errors import ReleaseError
from publisher.release.edition.edition import editions
from publisher.release.edition.inventory import MANIFEST
from publisher.release.edition.manifest import Manifest
from publisher.release.edition.records import decode, sha256
from publisher.release.edition.verify import signature_of
from publisher.release.people.people import preparing_keys
from publisher.release.people.signing import fingerprint, verifies
from publisher.release.publish.index import INDEX, published
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace


def published_heads(workspace: Workspace) -> Mapping[str, str]:
    """Edition -> ledger head, of every edition ever published by this workspace.

    Raises ReleaseError where one is missing, was changed, or is signed by nobody in the register: it may hold a head
    that the ledger lacks, and nobody would know.
    """
    keys = _registered_keys(workspace)
    heads = {}
    for ref in published(workspace):
        public = workspace.edition(ref.series, ref.period, ref.version) / "public"
        content = _signed(public, keys)
        if sha256(content) != ref.manifest_sha256:
            raise _unbelieved(public, "is not the manifest that was published")
        heads[ref.name] = decode(Manifest, content, str(public)).ledger_head
    return heads


def built_heads(workspace: Workspace) -> Mapping[str, str]:
    """The same of the editions that lie here and were never published, but could be.

    One that nobody in the register signed cannot be published either, and is passed over.
    """
    keys, heads = _registered_keys(workspace), {}
    public = {ref.name for ref in published(workspace)}
    for plan in sorted(workspace.releases.glob("*/plan.toml")):
        for edition in editions(workspace, plan.parent.name):
            if edition.name not in public:
                with suppress(ReleaseError):
                    manifest = decode(Manifest, _signed(edition.public, keys), str(edition.public))
                    heads[f"{edition.name} (not published)"] = manifest.ledger_head
    return heads


def heads_below(folder: Path, workspace: Workspace) -> Mapping[str, str]:
    """The same of every manifest anywhere in `folder`: a copy of the site, or a folder of editions.

    Raises ReleaseError where there is none, or one is signed by nobody in the workspace's register.
    """
    keys = _registered_keys(workspace)
    heads = {}
    for path in sorted(folder.rglob(MANIFEST)):
        manifest = decode(Manifest, _signed(path.parent, keys), str(path))
        heads[f"{manifest.ref.name} ({path.parent})"] = manifest.ledger_head
    if not heads:
        raise ReleaseError(
            f"no edition lies in this folder, or it is not there (an edition holds {MANIFEST}).",
            place=str(folder),
            remedy=f"Name a copy of the site (it holds {INDEX}) or a folder of editions.",
        )
    return heads


def _registered_keys(workspace: Workspace) -> list[Ed25519PublicKey]:
    return list(preparing_keys(read_log(workspace)))


def _signed(public: Path, keys: Sequence[Ed25519PublicKey]) -> bytes:
    """The manifest's bytes. Raises ReleaseError unless one of `keys` signed them."""
    path = public / MANIFEST
    if not path.is_file():
        raise _unbelieved(public, "has no manifest")
    content, signature = path.read_bytes(), signature_of(public)
    key = next((key for key in keys if fingerprint(key) == signature.key), None)
    if key is None or not verifies(key, signature, content):
        raise _unbelieved(public, "is not signed by anyone in the register")
    return content


def _unbelieved(public: Path, problem: str) -> ReleaseError:
    return ReleaseError(
        f"the published edition {problem}, so the ledger cannot be held against it.",
        place=str(public),
        remedy="Nothing was charged. Restore the edition from the site or a backup; see 'publisher verify'.",
    )
