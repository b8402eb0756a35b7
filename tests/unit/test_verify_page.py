"""The page that tells readers how to check, and the script beside it."""

from dataclasses import fields
from pathlib import Path

from publisher.publication.pages import environment, render
from publisher.publication.series import Site
from publisher.publication.verify_page import VerifyPage, reader_script, verify_page, write_verify
from publisher.settings import Office
from tests.lib.public_site import LOG_FINGERPRINT

OFFICE = Office(base_url="https://statistics.example.org/trade/", contact="a@statistics.example.org")


def site(folder: Path) -> Site:
    return Site(folder, OFFICE, ())


def test_the_page_prints_every_field_of_its_context() -> None:
    source = environment().loader.get_source(environment(), VerifyPage.template)[0]  # type: ignore[union-attr]
    assert all(f"page.{field.name}" in source for field in fields(VerifyPage))


def test_it_names_key_commands_and_limits(tmp_path: Path) -> None:
    page = render(verify_page(site(tmp_path), LOG_FINGERPRINT))
    assert f"python verify.py https://statistics.example.org/trade {LOG_FINGERPRINT}" in page
    spelled = verify_page(site(tmp_path), LOG_FINGERPRINT).spelled
    assert spelled in page and spelled.replace(" ", "") == LOG_FINGERPRINT and len(spelled.split()) == 8
    assert "What this does not prove" in page
    for name in ("log/entries.jsonl", "log/checkpoint", "log/key.pub", "verify.py"):
        assert f'href="{name}"' in page


def test_page_and_script_are_written_beside_each_other(tmp_path: Path) -> None:
    write_verify(site(tmp_path), LOG_FINGERPRINT)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["verify.html", "verify.py"]
    assert (tmp_path / "verify.py").read_bytes() == reader_script()
    assert f"has {len(reader_script().splitlines())} lines" in (tmp_path / "verify.html").read_text("utf-8")
