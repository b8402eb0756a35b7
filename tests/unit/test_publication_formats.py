"""Files for researchers: checksums, and what every format has in common."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from publisher.publication import write_edition
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, three_tables


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("formats") / "public"
    write_edition(folder, PLAN, PERIOD, 1, three_tables(), Office())
    return folder


def test_checksums_name_every_file_once_in_order(public: Path) -> None:
    lines = [line.split("  ") for line in (public / "SHA256SUMS").read_text("utf-8").splitlines()]
    files = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    assert [place for _, place in lines] == sorted(files - {"SHA256SUMS"})
    for digest, place in lines:
        assert digest == hashlib.sha256((public / place).read_bytes()).hexdigest()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_reads_them(public: Path, tmp_path: Path) -> None:
    shutil.copytree(public, tmp_path / "copy")
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path / "copy", capture_output=True, check=False).returncode == 0
    (tmp_path / "copy/index.html").write_text("other", "utf-8")
    assert subprocess.run(check, cwd=tmp_path / "copy", capture_output=True, check=False).returncode == 1
