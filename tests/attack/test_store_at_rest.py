"""What lies on the disk: no confidential byte in clear, and damage is noticed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from publisher.errors import IngestError, PublisherError, StoreError
from publisher.settings import Limits, Settings, Workspace
from publisher.store.connection import open_store
from publisher.store.files import temp_folder
from publisher.store.ingest import STAGES, ingest
from publisher.store.profile import load_profile
from publisher.store.snapshot import data_digest, expose, take_snapshot
from tests.lib.stores import GOOD, PASSPHRASE, TODAY, count, items, native_csv, new_store, take, workspace

__all__ = ["workspace"]
CANARY = "CANARYTRADER"


def files(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*") if path.is_file())


def in_clear(workspace: Workspace) -> list[str]:
    """Files of the private folder in which the canary, or the name of a column, can be read."""
    found = []
    for path in files(workspace.private):
        content = path.read_bytes()
        if CANARY.encode() in content or b"enterprise_group" in content or CANARY.encode("utf-16-le") in content:
            found.append(path.name)
    return found


def test_nothing_confidential_is_on_disk_in_clear(workspace: Workspace) -> None:
    """Good rows, quarantined rows, lines that cannot be parsed and policy; in the write-ahead log and after."""
    rows = [row | {"importer": f"{CANARY}{n}"} for n, row in enumerate(items(3000))]
    rows += [GOOD | {"declaration_id": "B1", "importer": CANARY, "office": CANARY}]
    file = native_csv(workspace.root / "d.csv", rows)
    file.write_text(file.read_text() + f"{CANARY},too,few\n")
    with new_store(workspace) as store:
        take(store, file)
        store.connection.execute(
            "INSERT INTO policy_waiver VALUES (1, ?, 'M', '', '1900-01-01', '9999-12-31')", [CANARY]
        )
        assert (workspace.private / "store-1.duckdb.wal").exists()
        assert in_clear(workspace) == []
        assert count(store, "quarantine") >= 2
    assert in_clear(workspace) == []
    file.unlink()
    assert not any(CANARY.encode() in path.read_bytes() for path in files(workspace.root))


def test_nothing_is_in_clear_at_any_stage_of_an_ingest_that_is_short_of_memory(workspace: Workspace) -> None:
    rows = [row | {"importer": f"{CANARY}{n}", "declarant": CANARY * 8} for n, row in enumerate(items(40_000))]
    file = native_csv(workspace.root / "d.csv", rows)
    stages = set()

    def look(stage: str, done: int, total: int) -> None:
        if done in (0, total):
            stages.add(stage)
            assert in_clear(workspace) == [], stage

    with new_store(workspace, Settings(limits=Limits(memory_limit="150MB"))) as store:
        ingest(store, [file], load_profile("native"), who="tester", today=TODAY, progress=look)
        assert count(store, "declaration_item") == 40_000
    assert stages == set(STAGES)


def test_temporary_files_are_encrypted_inside_the_private_folder_and_removed(workspace: Workspace) -> None:
    small = Settings(limits=Limits(memory_limit="100MB", threads=2))
    with new_store(workspace, small) as store:
        store.connection.execute(
            f"CREATE TEMP TABLE spilled AS SELECT '{CANARY}' || i || repeat('{CANARY}', 10) AS text "
            "FROM range(1500000) AS r(i)"
        )
        spilled = list(files(temp_folder(workspace)))
        assert sum(path.stat().st_size for path in spilled) > 10**6
        assert in_clear(workspace) == []
    assert not temp_folder(workspace).exists()


def test_what_a_killed_process_spilled_is_removed_at_the_next_open(workspace: Workspace) -> None:
    new_store(workspace).close()
    temp_folder(workspace).mkdir()
    (temp_folder(workspace) / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"left")
    with open_store(workspace, PASSPHRASE, Settings()):
        assert not any(path.read_bytes() == b"left" for path in files(temp_folder(workspace)))


def test_no_error_repeats_what_a_file_holds(workspace: Workspace) -> None:
    """Every refusal of a file full of canaries, in words and in its whole traceback text."""
    header = ",".join(GOOD)
    bad_files = {
        "letters": header + "\n" + ",".join([CANARY] * 28) + "\n",
        "quote": header + "\n" + f'"{CANARY}' + f",{CANARY}\n" * 50,
        "header": CANARY + "\n",
        "wide": header + "\n" + CANARY * 100_000 + "\n",
    }
    with new_store(workspace) as store:
        for name, text in bad_files.items():
            path = workspace.root / f"{name}.csv"
            path.write_text(text)
            with pytest.raises(IngestError) as refused:
                take(store, path, percent=0)
            error: BaseException | None = refused.value
            while error is not None:
                assert CANARY not in str(error), name
                error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize("part", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_flipped_byte_is_noticed_and_never_gives_other_rows(workspace: Workspace, part: float) -> None:
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", items(3000)))
        whole = data_digest(store, take_snapshot(store), "2024-02")
    file = workspace.private / "store-1.duckdb"
    content = bytearray(file.read_bytes())
    for place in range(int(part * len(content)), min(len(content), int(part * len(content)) + 300)):
        content[place] ^= 0xFF
    file.write_bytes(content)
    try:
        with open_store(workspace, PASSPHRASE, Settings()) as store:
            snapshot = take_snapshot(store)
            expose(store, snapshot)
            assert store.connection.execute("SELECT count(*) FROM declaration").fetchone() == (3000,)
            assert data_digest(store, snapshot, "2024-02") == whole
    except StoreError as damaged:
        assert "damaged" in damaged.message
        assert "backup" in damaged.remedy
    assert len(file.read_bytes()) >= len(content)


@pytest.mark.parametrize("keep", [0, 10, 5000, 100_000])
def test_a_cut_off_store_file_is_named_damaged(workspace: Workspace, keep: int) -> None:
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", items(3000)))
    file = workspace.private / "store-1.duckdb"
    os.truncate(file, keep)
    with pytest.raises(StoreError, match="damaged"), open_store(workspace, PASSPHRASE, Settings()) as store:
        data_digest(store, take_snapshot(store), "2024-02")
    assert file.exists()


def test_somebody_elses_store_file_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    new_store(workspace).close()
    (workspace.private / "store-1.duckdb").unlink()
    duckdb.connect(str(workspace.private / "store-1.duckdb")).close()
    with pytest.raises(StoreError, match="damaged"):
        open_store(workspace, PASSPHRASE, Settings())


FULL = """
import resource, signal, sys
from pathlib import Path
from publisher.errors import StoreError
from publisher.settings import Settings, Workspace
from publisher.store import keyring
from publisher.store.connection import open_store
from tests.lib.stores import PASSPHRASE, take
keyring.SCRYPT_N = 2**10
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
workspace = Workspace(Path(sys.argv[1]))
try:
    with open_store(workspace, PASSPHRASE, Settings()) as store:
        size = (workspace.private / "store-1.duckdb").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        take(store, workspace.root / "second.csv")
except StoreError as full:
    print(full)
    sys.exit(full.exit_code)
"""


def test_a_full_disk_is_said_plainly_and_costs_nothing(workspace: Workspace) -> None:
    """The disk is played by a limit on file size: the store may not grow by a byte."""
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "first.csv", items(500)))
    rows = [
        row | {"declaration_id": f"E{n}", "importer": os.urandom(20).hex()} for n, row in enumerate(items(20_000))
    ]
    native_csv(workspace.root / "second.csv", rows)
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(workspace.root)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert ran.returncode == StoreError.exit_code, ran.stderr
    assert "disk is full" in ran.stdout
    assert "Free some space" in ran.stdout
    with open_store(workspace, PASSPHRASE, Settings()) as store:
        assert count(store, "declaration_item") == 500
        assert take(store, workspace.root / "second.csv").batch.rows_kept == 20_000


def test_no_room_for_a_rotation_is_said_before_anything_is_written(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publisher.store import rotate

    new_store(workspace).close()
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr(rotate.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(PublisherError, match="no room"):
        rotate.rotate_key(workspace, PASSPHRASE, PASSPHRASE + "2", Settings())
    open_store(workspace, PASSPHRASE, Settings()).close()
