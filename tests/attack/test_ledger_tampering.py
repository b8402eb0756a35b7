"""Whatever is done to the ledger's files is found and named; only a crash's torn last line is mended."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.errors import LedgerError, PrivacyBudgetError, PublisherError
from publisher.ledger.ledger import open_ledger
from tests.lib.privacy_ledger import SEAL_KEY, UNIT, charge, key_of, ledger_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """opening, cap, charge a, seal a, charge b, seal b: six lines."""
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        for name in ("a", "b"):
            charge(ledger, name)
            ledger.seal(key_of(name), name.encode() * 50)
    return tmp_path


def _refused(folder: Path) -> str:
    with pytest.raises(LedgerError) as refused, open_ledger(folder, SEAL_KEY):
        pass
    return str(refused.value)


def test_every_single_byte_flip_is_found_and_its_line_named(folder: Path) -> None:
    content = ledger_file(folder).read_bytes()
    places = random.Random(1).sample(range(len(content)), 400)
    places += [i for i, byte in enumerate(content) if byte == 0x0A] + [0, len(content) - 2]
    for place in places:
        for bit in (0, 5, 7):
            damaged = bytearray(content)
            damaged[place] ^= 1 << bit
            ledger_file(folder).write_bytes(damaged)
            line = content[:place].count(b"\n") + 1
            assert f"line {line} is damaged" in _refused(folder), (place, bit)


@pytest.mark.parametrize("line", [0, 1, 2, 3, 4])
def test_a_line_taken_out_is_found(folder: Path, line: int) -> None:
    lines = ledger_file(folder).read_bytes().splitlines(keepends=True)
    ledger_file(folder).write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
    assert f"line {line + 1} is damaged" in _refused(folder)


def test_lines_in_another_order_or_twice_are_found(folder: Path) -> None:
    lines = ledger_file(folder).read_bytes().splitlines(keepends=True)
    for order, line in (([0, 1, 4, 5, 2, 3], 3), ([0, 1, 2, 3, 2, 3], 5), ([0, 2, 3, 1, 4, 5], 2)):
        ledger_file(folder).write_bytes(b"".join(lines[i] for i in order))
        assert f"line {line} is damaged" in _refused(folder)


@pytest.mark.parametrize(("line", "altered"), [(2, {"per_year": "9"}), (3, {"rho": "1/100"})])
def test_a_chain_recomputed_without_the_key_is_found(folder: Path, line: int, altered: dict[str, str]) -> None:
    """An insider raises a cap, or halves a spend, and mends every hash, but cannot make the MAC."""
    import hashlib

    lines = [json.loads(line) for line in ledger_file(folder).read_bytes().splitlines()]
    lines[line - 1]["record"] |= altered
    before, rewritten = "0" * 64, b""
    for fields in lines:
        fields["before"] = before
        text = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
        before, rewritten = hashlib.sha256(text).hexdigest(), rewritten + text + b"\n"
    ledger_file(folder).write_bytes(rewritten)
    assert f"line {line} is damaged" in _refused(folder)


def test_another_stores_key_does_not_open_it(folder: Path) -> None:
    with pytest.raises(LedgerError, match="line 1"), open_ledger(folder, bytes(32)):
        pass


@pytest.mark.parametrize("kept", [0, 1, 2, 4])
def test_a_ledger_older_than_its_results_is_found(folder: Path, kept: int) -> None:
    """The end cut off, as by restoring an old ledger.jsonl beside newer sealed results."""
    lines = ledger_file(folder).read_bytes().splitlines(keepends=True)
    ledger_file(folder).write_bytes(b"".join(lines[:kept]))
    assert "older than its results" in _refused(folder)


def test_every_entry_that_is_missing_after_publication_is_found(folder: Path) -> None:
    """The whole folder as it was after each earlier entry, against the head of what was published."""
    with open_ledger(folder, SEAL_KEY) as ledger:
        heads = {f"v{entry.number}": entry.sha256 for entry in ledger.entries()}
        ledger.require_head({"v0": "", **heads})
    lines = ledger_file(folder).read_bytes().splitlines(keepends=True)
    for result in (folder / "sealed").iterdir():  # an old backup does not hold the later results
        result.unlink()
    for kept in range(len(lines) - 1, 0, -1):
        ledger_file(folder).write_bytes(b"".join(lines[:kept]))
        with open_ledger(folder, SEAL_KEY) as ledger:
            before = ledger_file(folder).read_bytes()
            for published in range(kept + 1, len(lines) + 1):
                with pytest.raises(LedgerError, match=f"edition v{published} was made with entries"):
                    ledger.require_head({f"v{n}": heads[f"v{n}"] for n in (1, published)})
            assert ledger_file(folder).read_bytes() == before


@pytest.mark.parametrize("lost", [1, 2, 40, 150])
def test_a_torn_last_line_is_cut_off_and_reported(folder: Path, lost: int) -> None:
    with open_ledger(folder, SEAL_KEY) as ledger:
        whole = ledger_file(folder).read_bytes()
        charge(ledger, "c")
    torn = ledger_file(folder).read_bytes()[: -lost - 1]
    ledger_file(folder).write_bytes(torn)
    with open_ledger(folder, SEAL_KEY) as ledger:
        assert ledger.repaired == len(torn) - len(whole)
        assert ledger.sealed(key_of("c")) is None
        assert ledger.spent(UNIT, 2021) * 50 == 2
        charge(ledger, "c")
    with open_ledger(folder, SEAL_KEY) as ledger:
        assert ledger.repaired == 0
        ledger.verify()


def test_a_whole_charge_that_lacks_only_its_newline_still_counts(folder: Path) -> None:
    with open_ledger(folder, SEAL_KEY) as ledger:
        charge(ledger, "c")
    ledger_file(folder).write_bytes(ledger_file(folder).read_bytes()[:-1])
    with open_ledger(folder, SEAL_KEY) as ledger:
        assert ledger.spent(UNIT, 2021) * 50 == 3
        with pytest.raises(PrivacyBudgetError):
            ledger.sealed(key_of("c"))
    with open_ledger(folder, SEAL_KEY) as ledger:
        ledger.verify()


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [_flip, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_damaged_result_is_refused_not_drawn_again(folder: Path, harm: Callable[[Path], object]) -> None:
    harm(folder / "sealed" / f"{key_of('a')}.parquet.enc")
    with open_ledger(folder, SEAL_KEY) as ledger:
        with pytest.raises(LedgerError, match="missing or is not the one"):
            ledger.sealed(key_of("a"))
        with pytest.raises(LedgerError):
            ledger.verify()
        assert ledger.sealed(key_of("b")) == b"b" * 50


def test_results_cannot_be_exchanged(folder: Path) -> None:
    first, second = (folder / "sealed" / f"{key_of(name)}.parquet.enc" for name in ("a", "b"))
    first.write_bytes(second.read_bytes())
    with open_ledger(folder, SEAL_KEY) as ledger, pytest.raises(LedgerError, match="missing or is not the one"):
        ledger.sealed(key_of("a"))


def test_no_result_lies_in_the_clear(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"aaaa" not in path.read_bytes()
            assert path.stat().st_mode & 0o077 == 0 or path.name == "holder"


@pytest.mark.parametrize("key", ["../../escape", "A" * 64, "", "0" * 63])
def test_a_key_that_is_no_digest_makes_no_file(folder: Path, key: str) -> None:
    with open_ledger(folder, SEAL_KEY) as ledger, pytest.raises(PublisherError, match="64 hexadecimal"):
        ledger.require_head({})
        ledger.sealed(key) or ledger.charge(
            key,
            unit=UNIT,
            year=2021,
            rho=1,
            query="q",
            period="2021-01",
            snapshot="s",  # type: ignore[arg-type]
            terms="t",
        )


def test_a_full_disk_leaves_the_ledger_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ledger_file(folder).read_bytes()
    real = os.write

    def room_for_60_bytes(file: int, content: bytes) -> int:
        if os.fstat(file).st_size > len(before):
            raise OSError(28, "No space left on device")
        return real(file, content[:60])

    with open_ledger(folder, SEAL_KEY) as ledger:
        monkeypatch.setattr("publisher.ledger.journal.os.write", room_for_60_bytes)
        with pytest.raises(LedgerError, match="No space left"):
            charge(ledger, "c")
        monkeypatch.undo()
        assert ledger_file(folder).read_bytes() == before
        charge(ledger, "c")
        assert ledger.spent(UNIT, 2021) * 50 == 3
