"""A table of 250,000 rows: sorts and filters answer in 300 ms (best of three), 1,000 rows in the page at most.

The first of each kind, too, with nothing in the cache and from a server that is as near as here: a sort, words,
a code, a jump of fifty pages."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from publisher.publication import write_edition
from publisher.publication.serve import server
from tests.bench.publication import invented_table
from tests.lib.protected_samples import PERIOD, PLAN
from tests.lib.published_site import OFFICE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIMIT_MS = 300
PAUSE_MS = 200
ANSWER = """async ([kind, what]) => {
  const status = document.getElementById("status"), box = document.getElementById("filter");
  const answered = new Promise((done) => {
    const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now())));
    const seen = new MutationObserver(() => { if (!/loading/i.test(status.textContent)) { painted(); } });
    seen.observe(status, { childList: true, characterData: true, subtree: true });
  });
  const started = performance.now();
  if (kind === "sort") {
    document.querySelector(`th[data-measure=${what}] .sort`).click();
  } else if (kind === "tree") {
    document.querySelector(`[data-tree-of=${what}] input`).click();
  } else if (kind === "words") {
    box.value = what;
    box.dispatchEvent(new Event("input"));
  } else {
    location.hash = what;
  }
  return (await answered) - started;
}"""


TYPED = """what => {
  const status = document.getElementById("status"), box = document.getElementById("filter");
  let started = 0;
  box.addEventListener("input", () => { started = performance.now(); });
  window.answered = new Promise((done) => {
    const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
    const isAnswer = () => box.value === what && !/loading/i.test(status.textContent);
    const seen = new MutationObserver(() => { if (isAnswer()) { painted(); } });
    seen.observe(status, { childList: true, characterData: true, subtree: true });
  });
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("large")
    write_edition(folder / "a/b/c/d", PLAN, PERIOD, 1, (invented_table(250_000),), OFFICE)
    with server(folder, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/a/b/c/d/tables/imports_by_commodity_origin.html"
        running.shutdown()


@pytest.fixture(scope="module")
def large(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("button", name="Net mass").click()
    expect(page.locator("#status")).to_contain_text("Rows 1 to 100 of 250,000")
    yield page
    page.close()


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("sort", "net_mass"),
        ("sort", "statistical_value"),
        ("typed", "coffee"),
        ("tree", "commodity"),
        ("address", "#page=50"),
    ],
)
def test_the_first_answer_of_a_large_table_comes_at_once(
    browser: Browser, address: str, kind: str, what: str
) -> None:
    """A page with nothing in its cache and nothing asked for before, each time: no pointer rests on the button.
    Words are typed PAUSE_MS after the click into their box, the answer counted from the last letter; a code is chosen
    PAUSE_MS after the tree has opened."""
    times = []
    for _ in range(3):
        page = browser.new_context().new_page()
        page.goto(address)
        if kind == "tree":
            _opened(page, what)
        times.append(_typed(page, what) if kind == "typed" else page.evaluate(ANSWER, [kind, what]))
        page.context.close()
    assert min(times) <= LIMIT_MS, times


def _opened(page: Page, dimension: str) -> None:
    """The tree's first codes are there; a reader looks at them before choosing one."""
    page.locator(f"[data-tree-of={dimension}] > summary").click()
    expect(page.locator(f"[data-tree-of={dimension}] input").first).to_be_visible()
    page.wait_for_timeout(PAUSE_MS)


def _typed(page: Page, what: str) -> float:
    page.evaluate(TYPED, what)
    page.locator("#filter").click()
    page.wait_for_timeout(PAUSE_MS)
    page.keyboard.type(what)
    return float(page.evaluate("answered"))


@pytest.mark.parametrize(
    ("kind", "rounds"),
    [
        ("sort", ["statistical_value"] * 3),
        ("words", ["coffee", "cayman", "live animals"]),
        ("address", ["#code.commodity=09", "#pivot=partner", "#level.partner=region&sort=-net_mass"]),
    ],
)
def test_a_large_table_answers_at_once(large: Page, kind: str, rounds: list[str]) -> None:
    times = []
    for what in rounds:
        times.append(large.evaluate(ANSWER, [kind, what]))
        assert large.locator("#cells tr").count() <= 1_000
    assert min(times) <= LIMIT_MS, times
