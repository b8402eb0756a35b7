"""The script that the site gives to readers: 60 lines, run as they run it, on a site with each kind of damage."""

import ast
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from publisher.publication.serve import server
from publisher.release.people.signing import fingerprint
from publisher.release.transparency.places import Folder
from publisher.release.transparency.site_log import read_site_log
from tests.lib.public_site import LOG_FINGERPRINT, LOG_KEY, SERIES, PublicSite, overwrite, signer_of, small_site

SCRIPT = resources.files("publisher.publication").joinpath("reader_script.txt").read_text("utf-8")


@pytest.fixture
def site(tmp_path: Path) -> PublicSite:
    return small_site(tmp_path / "site")


def run(site: Path | str, *more: str, key: str = LOG_FINGERPRINT) -> tuple[int, str]:
    """Exit code, and the last line of what it says. In isolation: no path of this program is seen."""
    command = [sys.executable, "-I", "-c", SCRIPT, str(site), key, *more]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]


def refused(site: PublicSite, *more: str) -> str:
    code, said = run(site.root, *more)
    assert code == 1
    return said


def test_it_has_at_most_sixty_lines_and_needs_python_and_cryptography_only() -> None:
    assert len(SCRIPT.splitlines()) <= 60 and max(map(len, SCRIPT.splitlines())) <= 118
    imported: set[str] = set()
    for node in ast.walk(ast.parse(SCRIPT)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_finished_site_verifies_with_and_without_an_old_checkpoint(site: PublicSite, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(site.head(2))
    assert run(site.root)[0] == 0
    code, said = run(site.root, str(old))
    assert code == 0 and said.startswith("5 entries verified")


def test_it_reads_a_site_from_its_address(site: PublicSite) -> None:
    with server(site.root, 0) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            address = f"http://127.0.0.1:{running.server_address[1]}"
            assert run(address)[0] == 0
            overwrite(site.folder("2021-03") / "data/imports.csv", b"x")
            assert "data/imports.csv was changed" in run(address)[1]
        finally:
            running.shutdown()
            thread.join()


@pytest.mark.parametrize("name", ["index.html", "data/imports.csv", "metadata/tables.json"])
def test_a_changed_file_is_named(site: PublicSite, name: str) -> None:
    path = site.folder("2021-03") / name
    overwrite(path, path.read_bytes() + b"x")
    assert refused(site).endswith(f"releases/{SERIES}/2021-03/v1/{name} was changed")
    path.unlink()
    assert name in refused(site)


def test_a_changed_manifest_and_signature_are_named(site: PublicSite) -> None:
    folder = site.folder("2021-04", 2)
    manifest, signature = (folder / "manifest.json").read_bytes(), (folder / "manifest.sig").read_bytes()
    overwrite(folder / "manifest.json", manifest.replace(b"Monthly", b"Montlhy"))
    assert refused(site).endswith(f"{SERIES}/2021-04/v2/manifest.json is not the one in the log")
    overwrite(folder / "manifest.json", manifest)
    overwrite(folder / "manifest.sig", signer_of("bob").sign(manifest))
    assert refused(site).endswith(f"{SERIES}/2021-04/v2/manifest.sig: the signature does not hold")
    overwrite(folder / "manifest.sig", signature)
    assert run(site.root)[0] == 0


def test_a_swapped_edition_is_named(site: PublicSite) -> None:
    shutil.rmtree(site.folder("2021-03"))
    shutil.copytree(site.folder("2021-04"), site.folder("2021-03"))
    assert refused(site).endswith(f"{SERIES}/2021-03/v1/manifest.json is not the one in the log")


def test_a_log_cut_changed_or_longer_is_refused(site: PublicSite) -> None:
    entries = site.root / "log/entries.jsonl"
    whole = entries.read_bytes()
    lines = whole.splitlines(keepends=True)
    for damaged in (
        b"".join(lines[:-1]),
        whole[:-9],
        whole.replace(b"Asia/Seoul", b"Asia/Tokyo"),
        b"".join([lines[1], lines[0], *lines[2:]]),
    ):
        overwrite(entries, damaged)
        assert "log/entries.jsonl was cut or rewritten" in refused(site)
    overwrite(entries, whole + lines[-1])
    assert "log/entries.jsonl has more entries" in refused(site)
    overwrite(entries, whole[:-1])
    assert "log/entries.jsonl has more entries" in refused(site) or "cut" in refused(site)


def test_a_changed_byte_of_the_log_or_of_what_its_checkpoint_signs_is_found(site: PublicSite) -> None:
    for name in ("entries.jsonl", "checkpoint"):
        path = site.root / "log" / name
        whole = path.read_bytes()
        signed = len(whole.partition(b"\n\n")[0])
        for position in range(0, signed, signed // 8):
            overwrite(path, whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
            assert run(site.root)[0] == 1
        overwrite(path, whole)


def test_a_log_that_was_rolled_back_is_found_by_an_old_checkpoint_alone(site: PublicSite, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(site.head())
    site.lines.pop()
    site.write()
    assert run(site.root)[0] == 0
    assert f"log/entries.jsonl was cut or rewritten: {old} is of 5 others" in refused(site, str(old))


def test_a_rewritten_log_and_one_of_nothing_are_found(site: PublicSite, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(site.head())
    site.lines[1] = site.lines[1].replace(b"Monthly trade", b"Weekly trade!")
    site.write()
    assert run(site.root)[0] == 0
    assert "was cut or rewritten" in refused(site, str(old))
    old.write_bytes(site.head(0))
    assert "was cut or rewritten" in refused(site, str(old))
    old.write_bytes(site.head(by="bob"))
    assert "the signature does not hold" in refused(site, str(old))


def test_another_key_is_refused(site: PublicSite) -> None:
    other = fingerprint(signer_of("bob").key.public_key())
    assert run(site.root, key=other) == (1, "NOT VERIFIED: log/key.pub has another fingerprint")


@pytest.mark.parametrize(
    "forge",
    [
        lambda site, ref: site.approval(ref, "eve"),
        lambda site, ref: site.approval(ref, "ann"),
        lambda site, ref: site.approval(ref, "service"),
        lambda site, ref: site.approval(ref, "bob", register_version="0" * 64),
        lambda site, ref: site.approval(ref.model_copy(update={"version": 9}), "bob"),
        lambda site, ref: site.approval(ref, "bob").model_copy(update={"signature": signer_of("bob").sign(b"x")}),
    ],
)
def test_a_forged_approval_is_found_though_the_log_is_signed(tmp_path: Path, forge: Callable[..., object]) -> None:
    site = PublicSite(tmp_path / "site")
    ref = site.make("2021-03")
    site.publish(ref, forge(site, ref))  # type: ignore[arg-type]
    site.write()
    assert f"releases/{SERIES}/2021-03/v1: an approval" in refused(site)


def test_too_few_approvals_and_a_preparer_who_may_not_are_found(tmp_path: Path) -> None:
    few = PublicSite(tmp_path / "few")
    ref = few.make("2021-03", needed=2)
    few.publish(ref, few.approval(ref, "bob", approvals_needed=2), few.approval(ref, "bob", approvals_needed=2))
    few.write()
    assert refused(few).endswith("too few approvals")
    odd = PublicSite(tmp_path / "odd")
    odd.publish(odd.make("2021-03", by="eve"), by="eve")
    odd.write()
    assert refused(odd).endswith("the key that signed it may not prepare")


def test_a_revoked_approver_does_not_count(tmp_path: Path) -> None:
    site = PublicSite(tmp_path / "site")
    site.register(2, "bob")
    ref = site.make("2021-03")
    site.publish(ref, site.approval(ref, "bob", register=1))
    site.write()
    assert "an approval does not count" in refused(site)


def test_a_withdrawn_edition_is_said_to_be_withdrawn(site: PublicSite) -> None:
    site.withdraw(read_site_log(Folder(site.root), LOG_KEY).published[f"{SERIES}/2021-03/v1"].fact.edition)
    site.write()
    command = [sys.executable, "-I", "-c", SCRIPT, str(site.root), LOG_FINGERPRINT]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == f"releases/{SERIES}/2021-03/v1 WITHDRAWN: A wrong file."


def test_it_and_the_program_agree_on_the_name_of_a_register(site: PublicSite) -> None:
    fact = json.loads(site.lines[0])["fact"]
    assert json.dumps(fact, sort_keys=True, separators=(",", ":")).encode() in site.lines[0]
