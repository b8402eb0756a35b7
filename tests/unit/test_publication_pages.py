"""Pages: every field of a context is printed, links lead somewhere, budgets hold, nothing inline, nothing secret."""

import inspect
import re
import sys
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path

import pytest

from publisher.publication import write_site
from publisher.publication.headline.words import Headline
from publisher.publication.pages import environment, unbroken
from publisher.publication.privacy.noise_picture import noise_picture
from publisher.publication.serve import NAMES, POLICY, TYPES
from publisher.publication.tables.display import NumberCell
from publisher.publication.words import ENGLISH, words_for
from tests.lib.page_kinds import page_types
from tests.lib.protected_samples import PLAN
from tests.lib.published_site import EXPORTS, IMPORTS, OFFICE, PAGES, RELEASE, TRADERS, build_site

PAGE_TYPES = page_types()


@pytest.fixture(scope="module")
def site(spoken_site: Path) -> Path:
    return spoken_site


def test_every_file_has_a_type_of_its_own(site: Path) -> None:
    files = [path for path in site.rglob("*") if path.is_file() and path.parent.name != "log"]
    assert {path.name for path in files if path.suffix not in TYPES} <= NAMES.keys()


class Document(HTMLParser):
    """Ids, links and whatever is forbidden in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.forbidden: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.ids += [value for name, value in attributes if name == "id" and value]
        self.links += [value for name, value in attributes if name in ("href", "src") and value]
        data = given.get("type") == "application/ld+json"  # which no browser runs
        inline = tag == "style" or (tag == "script" and "src" not in given and not data)
        if inline or "style" in given or any(name.startswith("on") for name in given):
            self.forbidden.append(tag)


def document(path: Path) -> Document:
    return Document(path.read_text("utf-8"))


@pytest.mark.parametrize("kind", PAGE_TYPES, ids=lambda kind: kind.__name__)
def test_a_template_prints_every_field_of_its_context(kind: type) -> None:
    source = environment().loader.get_source(environment(), kind.template)[0]  # type: ignore[union-attr, attr-defined]
    used = set(re.findall(r"(?<![.\w])page\.(\w+)", source)) | {"frame"}
    assert used == {field.name for field in fields(kind)}


def test_every_kind_of_page_is_made(site: Path) -> None:
    assert len(PAGE_TYPES) == 27
    assert all((site / page).is_file() for page in (*PAGES, "404.html"))


def test_links_lead_to_files_and_anchors_that_are_there(site: Path) -> None:
    documents = {path: document(path) for path in site.rglob("*.html") if path.name != "404.html"}
    for path, page in documents.items():
        for link in page.links:
            if re.match(r"https?:|mailto:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            assert target.is_file(), f"{path.relative_to(site)} links to {link}"
            if anchor and anchor != "statements" and "=" not in anchor:  # q=09 is a view of the script's
                assert anchor in documents[target].ids, f"{path.relative_to(site)} links to {link}"


BLANK = re.compile(r'<td class="num[^>]*>(?:(?!</td>).)*(?:not shown|too noisy)(?:(?!</td>).)*</td>', re.DOTALL)


def test_every_blank_leads_to_its_explanation(site: Path) -> None:
    folders = set()
    for path in site.rglob("*.html"):
        blanks = BLANK.findall(path.read_text("utf-8")) if path.name != "methodology.html" else ()
        for cell in blanks:
            folders.add(path.parent.name)
            assert re.search(r'<a href="(\.\./)+methodology\.html#(not-shown|too-noisy)"', cell), (path, cell)
    assert "v1-v2" in folders


def test_pages_hold_nothing_inline_and_no_id_twice(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = document(path)
        assert not page.forbidden, path
        assert len(page.ids) == len(set(page.ids)), path


def test_every_page_has_the_policy_that_the_server_sends(site: Path) -> None:
    for path in site.rglob("*.html"):
        stated = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', path.read_text("utf-8"))
        assert stated is not None
        assert f"{stated[1]}; frame-ancestors 'none'" == POLICY  # which a page itself cannot state


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    for path in [*site.rglob("*.html"), *site.rglob("*.css"), *site.rglob("*.js")]:
        text = path.read_text("utf-8")
        loaded = re.findall(r'(?:<(?:script|link|img|iframe)[^>]*(?:src|href)="|url\()(https?:[^")]+)', text)
        assert not loaded, path


def test_budgets(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert path.stat().st_size <= 100_000, path
    assert (site / IMPORTS).read_text("utf-8").partition('id="cells"')[2].count("<tr") == 101


def test_the_scripts_of_a_page_are_small_together(site: Path) -> None:
    """Without what a script asks for when a reader asks it."""
    pages = [path for path in site.rglob("*.html") if path.name != "404.html"]  # whose links begin at the root
    for path in pages:
        named = re.findall(r'<script[^>]* src="([^"]+)"', path.read_text("utf-8"))
        assert sum((path.parent / name).stat().st_size for name in named) <= 30_000, path
    assert any("table.js" in page.read_text("utf-8") for page in pages)


def test_a_table_page_has_words_beside_codes_units_and_counts(site: Path) -> None:
    text = (site / IMPORTS).read_text("utf-8")
    assert '<span class="name">All commodities</span> <span class="code">total</span>' in text
    assert '<span class="unit">KRW</span>' in text
    assert "cells shown" in text
    assert "not shown</li>" in text
    assert re.search(r'<th scope="col" class="num" data-measure="net_mass" data-decimals="3">', text)


def test_hidden_cells_are_words_with_an_explanation_and_a_range() -> None:
    number = environment().get_template("parts.html").module.number  # type: ignore[attr-defined]
    text = number(NumberCell("hidden", "not shown", range="0 to 5,000"), "../methodology.html#not-shown")
    assert '<td class="num hidden"><a href="../methodology.html#not-shown">not shown</a>' in text
    assert '<span class="range">range 0 to 5,000</span>' in text
    assert "range" not in number(NumberCell("hidden", "not shown"), "x")


def test_noisy_cells_carry_margin_and_interval(site: Path) -> None:
    text = (site / TRADERS).read_text("utf-8")
    cells = re.findall(r'<td class="num noisy">.*?</td>', text)
    assert len(cells) == 100
    assert all(re.search(r'<span class="margin">± \d+</span><span class="range">95 %: \d', cell) for cell in cells)
    assert "1/50 (0.02)" in text


def test_an_empty_table_explains_itself(site: Path) -> None:
    text = (site / EXPORTS).read_text("utf-8")
    assert "This table has no rows for March 2021." in text
    assert "<table" not in text


def test_the_privacy_statement_has_every_part(site: Path) -> None:
    text = (site / RELEASE / "methodology.html").read_text("utf-8")
    for part in (
        "importer per calendar year",
        "discrete Gaussian on L2-clipped vectors",
        "6.7, on each measured number",
        "4 (fixed in the query)",
        "ρ = 1/50",  # noqa: RUF001
        "ε = 1.4600 at δ = 10⁻⁶",
        "<li>ε = 1.9000 at δ = 2.5 · 10⁻⁹</li>",
        "ρ = 3/50 (0.06) of at most 1 in the year",  # noqa: RUF001
        "ρ = 1/4 (0.25) of at most 20",  # noqa: RUF001
        "m-4f2a: drawn once",
        "s0001",
        "Negative results are shown as zero.",
    ):
        assert part in text, part


def test_the_pictures_of_noise_have_a_text_alternative_and_no_script(site: Path) -> None:
    for page in ("methodology.html", RELEASE + "methodology.html"):
        text = (site / page).read_text("utf-8")
        pictures = re.findall(r"<svg viewBox=.*?</svg>", text, re.S)
        assert len(pictures) == 2
        for picture in pictures:
            named = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', picture)
            assert named is not None
            assert f'<title id="{named[1]}">' in picture and f'<desc id="{named[2]}">' in picture
            assert "<script" not in picture and "<animate" not in picture and "href" not in picture
        assert pictures[0].count('<line class="miss"') == 5
        assert pictures[0].count('<line class="whisker"') == 95


def test_the_picture_is_of_numbers_that_are_shipped() -> None:
    """The draws are data: no generator is asked, so that each build has the same bytes."""
    noise_picture.cache_clear()
    picture = noise_picture()
    assert (picture.draws, picture.missed, len(picture.piles)) == (100, 5, 2)
    for pile in picture.piles:
        assert sum(height for _, _, height in pile.columns) == 5 * picture.draws
        assert pile.least < picture.seen < pile.most
    assert all(0 <= float(w.x) <= 480 and 0 <= w.top < w.y < w.bottom <= 224 for w in picture.whiskers)
    source = inspect.getsource(sys.modules[noise_picture.__module__])
    assert not re.search(r"\brandom\b.*\bimport|import.*\brandom\b|numpy|secrets|seed\(", source)


def test_pages_say_nothing_of_sums_that_is_false_of_some_tables(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        for false in ("need not add up", "has its own noise", "zero or negative"):
            assert false not in text, page


def test_no_page_names_a_rule_parameter(site: Path) -> None:
    words = re.compile(
        r"p[_ ]percent|minimum[_ ]contributors|dominance|secondary suppression|fewer than \d|\bp\s*=\s*\d", re.I
    )
    for path in [*site.rglob("*.html"), *site.rglob("*.json")]:
        assert not words.search(path.read_text("utf-8")), path


def test_texts_are_escaped(tmp_path: Path) -> None:
    office = OFFICE.model_copy(update={"name": "<b>&Office"})
    write_site(tmp_path, (), office, {PLAN.id: PLAN})
    text = (tmp_path / "index.html").read_text("utf-8")
    assert "<b>&Office" not in text
    assert "&lt;b&gt;&amp;Office" in text
    assert "Nothing is published yet" in text


def test_home_says_what_is_new_and_what_is_next(site: Path) -> None:
    text = (site / "index.html").read_text("utf-8")
    assert '<a href="releases/monthly_trade/2021-03/v1/index.html">March 2021</a>' in text
    assert (
        '<strong>April 2021</strong>, on <time datetime="2021-05-15T09:30:00+09:00">15 May 2021, 09:30 (Asia/Seoul)'
        in text
    )
    assert "Monthly trade statistics, February 2021, version 2" in text
    assert "The mass of mineral fuels was taken in pounds." in text
    assert "KRW" in text


def test_in_brief_who_rose_and_fell_can_be_opened() -> None:
    said = ("Imports were worth KRW 1, up KRW 1.", ("The largest is A.",), ("A rose most.", "B fell most."))
    facts = environment().get_template("parts.html").module.facts  # type: ignore[attr-defined]
    fact = Headline("imports", "Imports", "KRW 1", "Value", *said)
    brief, whole = str(facts((fact,), "", True)), str(facts((fact,), ""))
    opened, folded = brief.split("<details>")
    assert opened.index("KRW\u00a01<") < opened.index("up KRW\u00a01.") < opened.index("The largest is A.")
    assert "A rose most." in folded and "B fell most." in folded and "rose most." not in opened
    assert "<details>" not in whole and whole.index("The largest is A.") < whole.index("A rose most.")
    assert "<details>" not in str(facts((Headline("imports", "Imports", "KRW 1", "Value", *said[:2]),), "", True))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("up 31.1 % on March", "up 31.1~% on March"),
        ("worth KRW 10.9 billion", "worth KRW~10.9 billion"),
        ("1,088 (± 13)", "1,088 (±~13)"),
        ("In March 2021, 5 of 12 % units", "In March 2021, 5 of 12~% units"),
        ("la USD de 3 milliards", "la USD de 3 milliards"),
    ],
)
def test_no_line_parts_a_number_from_its_sign(text: str, kept: str) -> None:
    """The home page had "or 29.7" on one line and "% of the total" on the next."""
    assert unbroken(text) == kept.replace("~", "\u00a0")


def test_versions_of_a_period(site: Path) -> None:
    text = (site / "releases/monthly_trade/2021-02/index.html").read_text("utf-8")
    assert text.index("v2/index.html") < text.index("v1/index.html")
    assert "replaced by version 2" in text
    ahead = (site / "releases/monthly_trade/2021-04/index.html").read_text("utf-8")
    assert "Not published yet." in ahead
    before = (site / "releases/monthly_trade/2021-01/index.html").read_text("utf-8")
    assert "No edition of this period has been published here." in before


def test_the_site_leaves_alone_what_belongs_to_release(site: Path, tmp_path: Path) -> None:
    write_site(tmp_path, (), OFFICE, {PLAN.id: PLAN})
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert not {name for name in made if name.startswith(("editions.json", "keys/", f"releases/{PLAN.id}/latest"))}


def test_the_same_editions_give_the_same_site(site: Path, tmp_path: Path) -> None:
    build_site(tmp_path, (ENGLISH, words_for("fr")))
    there = {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert again == there
