"""The page that tells readers how to check, and the script beside it."""

from dataclasses import fields
from pathlib import Path

from publisher.publication.lifecycle.verify_page import (
    VerifyPage,
    log_key_of,
    reader_script,
    verify_page,
    write_script,
)
from publisher.publication.pages import environment, render
from publisher.publication.site.series import Site, site_of
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office
from tests.lib.public_site import LOG_FINGERPRINT, PublicSite

OFFICE = Office(base_url="https://statistics.example.org/trade/", contact="a@statistics.example.org")


def site(folder: Path) -> Site:
    return site_of(folder, OFFICE, (), {})


def test_the_page_prints_every_field_of_its_context() -> None:
    source = environment().loader.get_source(environment(), VerifyPage.template)[0]  # type: ignore[union-attr]
    assert all(f"page.{field.name}" in source for field in fields(VerifyPage))


def test_it_names_key_commands_and_limits(tmp_path: Path) -> None:
    page = render(verify_page(site(tmp_path), LOG_FINGERPRINT))
    assert f"python verify.py https://statistics.example.org/trade {LOG_FINGERPRINT}" in page
    spelled = verify_page(site(tmp_path), LOG_FINGERPRINT).spelled
    assert spelled in page and spelled.replace(" ", "") == LOG_FINGERPRINT and len(spelled.split()) == 8
    assert "What this does not prove" in page
    for name in ("log/checkpoint", "log/key.pub", "verify.py"):
        assert f'href="{name}"' in page


def test_page_and_script_are_written_beside_each_other(tmp_path: Path) -> None:
    log = PublicSite(tmp_path / "log")
    write_script(tmp_path)
    made = site(tmp_path)
    made.write("verify.html", verify_page(made, log_key_of([Leaf.model_validate_json(line) for line in log.lines])))
    assert (tmp_path / "verify.py").read_bytes() == reader_script()
    page = (tmp_path / "verify.html").read_text("utf-8")
    assert f"has {len(reader_script().splitlines())} lines" in page and LOG_FINGERPRINT in page


def test_the_log_key_is_the_one_of_the_newest_register(tmp_path: Path) -> None:
    log = PublicSite(tmp_path / "log")
    assert log_key_of(()) == ""
    assert log_key_of([Leaf.model_validate_json(line) for line in log.lines]) == LOG_FINGERPRINT
    log.register(2, "service")
    assert log_key_of([Leaf.model_validate_json(line) for line in log.lines]) == ""
    assert "has not begun" in render(verify_page(site(tmp_path), ""))
