"""Three French pages, light and dark: axe finds nothing. Beside the English ones the masthead has one more list."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from publisher.publication.serve import server
from publisher.publication.words import ENGLISH, words_for
from tests.browser.conftest import OpenPage
from tests.lib.published_site import RELEASE, build_site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("french") / "site"
    folder.mkdir()
    build_site(folder, (ENGLISH, words_for("fr")))
    return folder


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    with server(site, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()


@pytest.mark.parametrize("path", ["fr/index.html", "fr/methodology.html", f"{RELEASE}fr/index.html"])
def test_axe_finds_nothing(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert Axe().run(page).response["violations"] == []


def test_the_switch_leads_to_the_same_page_and_nothing_scrolls_sideways(open_page: OpenPage) -> None:
    page = open_page("fr/releases/monthly_trade/index.html", width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("navigation", name="Langue").get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith("/releases/monthly_trade/index.html") and "/fr/" not in page.url
