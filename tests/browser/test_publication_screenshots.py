"""The main pages look as they did when somebody looked at them last.

After a change that is meant: `python -m tests.browser.screenshots`, look at every picture, commit them.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import chromium_path
from tests.lib.screenshots import EXPECTED, TOLERATED, apart, names, picture

pytestmark = pytest.mark.browser

FONT = "Liberation Sans"  # what the stylesheet comes down to on a bare Debian with Chromium
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module", autouse=True)
def fonts() -> None:
    command = shutil.which("fc-list")
    if command and FONT not in subprocess.run([command], capture_output=True, text=True, check=True).stdout:
        pytest.skip(f"pictures were taken with {FONT}, which is not installed here")


@pytest.mark.parametrize("name", names())
def test_a_page_looks_as_it_did(browser: Browser, served: str, tmp_path: Path, name: str) -> None:
    now = picture(browser, served, name)
    (tmp_path / f"{name}.png").write_bytes(now)
    share = apart(browser, (EXPECTED / f"{name}.png").read_bytes(), now)
    assert share <= TOLERATED, (
        f"{share:.1%} of its blocks differ; see {tmp_path}/{name}.png, and this file's first lines"
    )


def test_there_is_no_picture_of_anything_else() -> None:
    assert sorted(path.stem for path in EXPECTED.iterdir()) == sorted(names())


def test_the_readme_shows_them() -> None:
    text = README.read_text("utf-8")
    shown = [name for name in names() if f"tests/browser/expected/{name}.png" in text]
    assert len(shown) >= 4


def test_other_font_rendering_is_tolerated(browser: Browser, served: str) -> None:
    """Another hinting greys the edges of letters otherwise: other bytes, the same page."""
    flags = ["--no-sandbox", "--font-render-hinting=none", "--enable-font-antialiasing", "--disable-lcd-text"]
    other = browser.browser_type.launch(executable_path=chromium_path(), args=flags)
    now = picture(other, served, "rows-phone")
    other.close()
    before = (EXPECTED / "rows-phone.png").read_bytes()
    assert now != before
    assert apart(browser, before, now) <= TOLERATED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('rel="stylesheet"', 'rel="nothing"'),
        ("<h1", "<h1>A heading more</h1><h1"),
        ("<body>", '<body><img src="../../../../../assets/icon.svg" alt="" width="260" height="260">'),
    ],
)
def test_a_page_that_looks_otherwise_is_not(
    browser: Browser, served: str, site: Path, before: str, after: str
) -> None:
    page = site / "releases/monthly_trade/2021-03/v1/index.html"
    changed = page.with_name("changed.html")
    changed.write_text(page.read_text("utf-8").replace(before, after, 1), "utf-8")
    path = changed.relative_to(site).as_posix()
    now = picture(browser, served, "release-phone", path)
    assert apart(browser, (EXPECTED / "release-phone.png").read_bytes(), now) > TOLERATED
