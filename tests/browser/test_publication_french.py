"""French pages in a browser. That axe finds nothing in them: test_publication_accessibility.py."""

import pytest

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser


def test_the_switch_leads_to_the_same_page_and_nothing_scrolls_sideways(open_page: OpenPage) -> None:
    page = open_page("fr/releases/monthly_trade/index.html", width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("navigation", name="Langue").get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith("/releases/monthly_trade/index.html") and "/fr/" not in page.url
