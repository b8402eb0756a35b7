"""French pages in a browser, and the search, which has an index of its own. That axe finds nothing in them:
test_publication_accessibility.py."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_publication_table import cells
from tests.lib.published_site import IMPORTS, RELEASE, TRADERS

pytestmark = pytest.mark.browser

FRENCH = [f"{RELEASE}fr/tables/{Path(path).name}" for path in (IMPORTS, TRADERS)]


def test_the_switch_leads_to_the_same_page_and_nothing_scrolls_sideways(open_page: OpenPage) -> None:
    page = open_page("fr/releases/monthly_trade/index.html", width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("navigation", name="Langue").get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith("/releases/monthly_trade/index.html") and "/fr/" not in page.url


@pytest.mark.parametrize("path", FRENCH)
def test_script_and_template_print_the_same_french_rows(open_page: OpenPage, path: str) -> None:
    """Words, separators and names come from other files for the script than for the template."""
    page = open_page(path)
    before, marked = cells(page), page.locator("#cells [lang=en]").count()
    page.get_by_role("button", name="Tout afficher").click()
    page.get_by_role("button", name="Suivant").click()
    expect(page.locator("#status")).to_contain_text("Lignes 101 à")
    page.get_by_role("button", name="Précédent").click()
    expect(page.locator("#status")).to_contain_text("Lignes 1 à 100 sur")
    assert cells(page) == before
    assert page.locator("#cells [lang=en]").count() == marked
    text = " ".join(before)
    assert "\N{NARROW NO-BREAK SPACE}" in page.locator("#cells").inner_text()
    assert not any(word in text for word in ("not shown", "range", " to ", "chapter"))


def test_the_script_says_french_words(open_page: OpenPage) -> None:
    page = open_page(FRENCH[0], from_disk=True)
    page.locator("#cells thead").get_by_role("button", name="Valeur statistique").click()
    expect(page.locator("#status")).to_contain_text("Tri par « Valeur statistique », décroissant. Lignes 1 à 100 sur")
    page.get_by_label("Filtrer par nom ou code").fill("café")
    expect(page.locator("#cells tbody tr").first).to_contain_text("Café")
    page.locator("[data-tree-of=commodity] > summary").click()
    expect(page.get_by_text("Parties de II", exact=False).first).to_be_visible()


#   typed               first line
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("café", "Café, thé, maté et épices 09 · Chapitre · « café » (0901)"),
        ("cafe", "Café, thé, maté et épices 09 · Chapitre · « café » (0901)"),  # no accents
        ("mate", "Café, thé, maté et épices 09 · Chapitre · « maté » (0903)"),
        ("de l'épice", "Café, thé, maté et épices 09 · Chapitre · « épices »"),  # words without weight
        ("oeufs", "Lait, œufs, miel et autres produits animaux comestibles 04 · Chapitre · « œufs » (0407)"),
        ("corée du sud", "Corée du Sud KR · Pays"),
        ("south korea", "Corée du Sud KR · Pays · « South Korea »"),  # the English name
        ("cellule vide", "Pourquoi cette cellule est-elle vide ? Non publié, confidentiel, supprimé Page"),
    ],
)
def test_the_french_home_page_finds_french_names(open_page: OpenPage, typed: str, first: str) -> None:
    page = open_page("fr/index.html", from_disk=True)
    page.locator("#search-box").fill(typed)
    expect(page.locator("#search-status")).to_contain_text("Trouvés")
    found = page.locator("#search-list li").first.text_content() or ""
    assert found.replace("\N{NARROW NO-BREAK SPACE}", " ") == first


def test_what_is_found_leads_to_the_french_page_or_to_the_english_one(open_page: OpenPage) -> None:
    page = open_page("fr/index.html", from_disk=True)
    page.locator("#search-box").fill("cellule vide")
    page.locator("#search-list li").first.click()
    page.wait_for_url("**/fr/methodology.html#not-shown")
    page.goto(page.url.replace("methodology.html#not-shown", "search.html#q=corée du sud"))
    page.locator("#search-list li").first.locator("a").nth(1).click()  # behind its own page: a table that has it
    page.wait_for_url("**/imports_by_chapter_origin.html#level.partner=country&code.partner=KR")
    expect(page.locator("#status")).to_contain_text("1")
    assert {tag.split(" ")[0] for tag in page.locator("tbody tr td.code-cell .code").all_text_contents()} == {"KR"}


def test_a_name_that_nobody_translated_is_marked_as_english(open_page: OpenPage) -> None:
    page = open_page("fr/search.html#q=imports by chapter", from_disk=True)
    page.wait_for_selector("#search-list li a")
    assert page.locator("#search-list li a").first.get_attribute("lang") == "en"
