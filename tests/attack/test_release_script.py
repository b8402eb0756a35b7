"""What a reader can check without this program: the standard library and cryptography only."""

import subprocess
import sys
from pathlib import Path

from tests.lib.release import SERIES, make_workspace, release, signer

SCRIPT = """
import hashlib, json, pathlib, sys
from cryptography.hazmat.primitives.serialization import load_pem_public_key

folder, key = pathlib.Path(sys.argv[1]), load_pem_public_key(pathlib.Path(sys.argv[2]).read_bytes())
manifest = (folder / "manifest.json").read_bytes()
key.verify(bytes.fromhex(json.loads((folder / "manifest.sig").read_text())["signature"]), manifest)
for entry in json.loads(manifest)["files"]:
    if hashlib.sha256((folder / entry["path"]).read_bytes()).hexdigest() != entry["sha256"]:
        sys.exit(entry["path"] + " was changed")
"""


def check(folder: Path, key: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", SCRIPT, str(folder), str(key)], capture_output=True, text=True)


def test_ten_lines_of_python_verify_a_published_edition(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    release(workspace, "2021-03")
    folder = workspace.site / f"releases/{SERIES}/2021-03/v1"
    key = workspace.site / "keys" / f"{signer().fingerprint}.pub"
    assert check(folder, key).returncode == 0
    (folder / "data/imports.csv").chmod(0o644)
    (folder / "data/imports.csv").write_text("x")
    assert "data/imports.csv was changed" in check(folder, key).stderr
