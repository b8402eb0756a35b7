"""Passphrases: where they come from, and what is refused."""

from pathlib import Path

import pytest

from publisher.errors import KeyRefusedError, StoreError
from publisher.store import keyring as rings
from publisher.store.key import NEW_VARIABLE, VARIABLE, read_passphrase
from publisher.store.keyring import new_keyring, read_keyring, write_keyring

LONG = "a passphrase long enough"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rings, "SCRYPT_N", 2**10)
    for name in (VARIABLE, NEW_VARIABLE):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def test_the_variable_comes_before_the_file_and_the_prompt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert read_passphrase(prompt=lambda: "asked") == "asked"
    file = tmp_path / "key"
    file.write_text("from file\n")
    file.chmod(0o600)
    monkeypatch.setenv(f"{VARIABLE}_FILE", str(file))
    assert read_passphrase(prompt=lambda: "asked") == "from file"
    monkeypatch.setenv(VARIABLE, "from variable")
    assert read_passphrase() == "from variable"
    monkeypatch.setenv(NEW_VARIABLE, "the new one")
    assert read_passphrase(variable=NEW_VARIABLE) == "the new one"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o666])
def test_a_key_file_that_others_can_reach_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    file = tmp_path / "key"
    file.write_text(LONG)
    file.chmod(mode)
    monkeypatch.setenv(f"{VARIABLE}_FILE", str(file))
    with pytest.raises(KeyRefusedError, match=r"other users.*chmod 600") as refused:
        read_passphrase()
    assert LONG not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00"])
def test_an_empty_or_unreadable_key_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    file.chmod(0o600)
    monkeypatch.setenv(f"{VARIABLE}_FILE", str(file))
    with pytest.raises(KeyRefusedError, match="key file"):
        read_passphrase()


def test_a_missing_key_file_a_folder_and_no_key_at_all_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(KeyRefusedError, match="no passphrase was given"):
        read_passphrase()
    with pytest.raises(KeyRefusedError, match="no passphrase was given"):
        read_passphrase(prompt=lambda: "")
    monkeypatch.setenv(f"{VARIABLE}_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(KeyRefusedError, match="cannot be read"):
        read_passphrase()
    monkeypatch.setenv(f"{VARIABLE}_FILE", str(tmp_path))
    with pytest.raises(KeyRefusedError, match="not a file"):
        read_passphrase()


def test_a_keyring_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    path, ring = tmp_path / "keyring.json", new_keyring()
    write_keyring(path, ring, LONG)
    assert read_keyring(path, LONG) == ring
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyRefusedError, match="does not open"):
        read_keyring(path, LONG + "!")


def test_a_keyring_shows_no_key(tmp_path: Path) -> None:
    ring = new_keyring()
    write_keyring(tmp_path / "keyring.json", ring, LONG)
    for secret in (ring.data_key, ring.seal_key):
        assert secret.hex() not in repr(ring)
        assert rings._text(secret) not in (tmp_path / "keyring.json").read_text()
    assert "data_key" not in repr(ring)


def test_rotation_changes_the_data_key_and_keeps_the_seal_key() -> None:
    ring = new_keyring()
    assert ring.rotated().generation == ring.generation + 1
    assert ring.rotated().data_key != ring.data_key
    assert ring.rotated().seal_key == ring.seal_key


@pytest.mark.parametrize("length", [0, 11])
def test_a_short_passphrase_is_refused(tmp_path: Path, length: int) -> None:
    with pytest.raises(KeyRefusedError, match="shorter than 12"):
        write_keyring(tmp_path / "keyring.json", new_keyring(), "x" * length)
    write_keyring(tmp_path / "keyring.json", new_keyring(), "x" * 12)


@pytest.mark.parametrize(
    ("old", "new"),
    [("store-1.duckdb", "store-9.duckdb"), ('"generation": 1', '"generation": 2'), ('"p": 1', '"p": 2')],
)
def test_a_keyring_altered_in_its_clear_part_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "keyring.json"
    write_keyring(path, new_keyring(), LONG)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(KeyRefusedError, match="altered"):
        read_keyring(path, LONG)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": 2}', '{"format": 1, "wrapped": 3}']
)
def test_a_damaged_keyring_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keyring.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(StoreError, match=r"keyring is damaged.*backup"):
        read_keyring(path, LONG)


def test_a_keyring_that_asks_for_too_much_memory_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    write_keyring(path, new_keyring(), LONG)
    path.write_text(path.read_text().replace('"n": 1024', f'"n": {2**40}'))
    with pytest.raises(StoreError, match="damaged"):
        read_keyring(path, LONG)


def test_a_keyring_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    write_keyring(path, new_keyring(), LONG)
    path.chmod(0o644)
    with pytest.raises(KeyRefusedError, match="other users"):
        read_keyring(path, LONG)
