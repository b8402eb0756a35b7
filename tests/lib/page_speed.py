"""What a reader waits for: pages of a served site in a Chromium whose processor is slowed down, on a phone's screen.

speed = best_of(3, browser, address)     PageSpeed, the best run of each measure by itself
answer_ms(page, press)                   from a press to the painted answer of a table page

Terms as in web.dev and Lighthouse: LCP, when the largest content was painted; TBT, what tasks longer than 50 ms took
beyond these 50; CLS, the sum of layout shifts that nobody asked for. TBT is taken from navigation until a second
after the page has loaded, which is more than Lighthouse counts.
"""

from dataclasses import asdict, dataclass, fields

from playwright.sync_api import Browser, Locator, Page, Response

SLOWDOWN = 4
PHONE = {"width": 412, "height": 823}
QUIET_MS = 1_000
_OBSERVE = """
window.__seen = {lcp: 0, tbt: 0, cls: 0};
const watch = (type, take) => new PerformanceObserver(list => list.getEntries().forEach(take)).observe(
  {type, buffered: true});
watch("largest-contentful-paint", entry => { window.__seen.lcp = entry.startTime; });
watch("longtask", entry => { window.__seen.tbt += Math.max(0, entry.duration - 50); });
watch("layout-shift", entry => { if (!entry.hadRecentInput) window.__seen.cls += entry.value; });
"""
_QUIET = """
ms => new Promise(done => {
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
  setTimeout(drawn, ms);
})
"""
_ANSWER = """
(button, value) => new Promise(done => {
  const line = document.getElementById("status");
  const begun = performance.now();
  new MutationObserver((changes, observer) => {
    if (/loading/i.test(line.textContent) || !/row/i.test(line.textContent)) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun), 0));
  }).observe(line, {childList: true, characterData: true, subtree: true});
  if (value === null) button.click();
  else { button.value = value; button.dispatchEvent(new Event("input", {bubbles: true})); }
})
"""


@dataclass(frozen=True)
class PageSpeed:
    """Sizes as sent, without compression. `rows`: table rows in the document, `elements`: everything in it."""

    html_bytes: int
    script_bytes: int
    lcp_ms: int
    tbt_ms: int
    cls: float
    rows: int
    elements: int


def slowed(browser: Browser, rate: int = SLOWDOWN) -> Page:
    """A page of its own on a phone's screen, with `rate` times less processor. Close its context."""
    page = browser.new_context(viewport=PHONE, device_scale_factor=2).new_page()  # type: ignore[arg-type]
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})
    return page


def measure(browser: Browser, address: str) -> PageSpeed:
    """One visit with nothing in the cache."""
    page, sent = slowed(browser), {"document": 0, "script": 0}
    page.add_init_script(_OBSERVE)
    page.on("response", lambda response: _count(response, sent))
    page.goto(address, wait_until="load")
    page.evaluate(_QUIET, QUIET_MS)  # by the page's own clock: what it had to do before is done, however busy we are
    seen = page.evaluate("window.__seen")
    rows, elements = (page.locator(kind).count() for kind in ("tbody tr", "*"))
    page.context.close()
    lcp, tbt = round(seen["lcp"]), round(seen["tbt"])
    return PageSpeed(sent["document"], sent["script"], lcp, tbt, round(seen["cls"], 4), rows, elements)


def _count(response: Response, sent: dict[str, int]) -> None:
    """By what the server says: a body may be gone when a page has moved on."""
    if response.request.resource_type in sent:
        sent[response.request.resource_type] += int(response.headers["content-length"])


def best_of(runs: int, browser: Browser, address: str) -> PageSpeed:
    """The least of each measure: other work on the machine only adds."""
    seen = [asdict(measure(browser, address)) for _ in range(runs)]
    return PageSpeed(**{one.name: min(run[one.name] for run in seen) for one in fields(PageSpeed)})


def answer_ms(control: Locator, value: str | None = None) -> int:
    """From a click on `control` (or `value` typed into it) until the status line tells of rows and is painted."""
    return round(control.evaluate(_ANSWER, value))
