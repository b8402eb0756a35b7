"""Pictures of the main pages, and how far two pictures are apart once noise of font rendering is averaged out.

taken(browser, address)      {"home-desktop": PNG, ...} of a served site
apart(browser, one, other)   0.0 to 1.0: share of blocks of 8 x 8 pixels whose mean colours differ clearly

Another version of Chromium or FreeType moves edges of letters by a pixel and greys them otherwise: that hardly moves
the mean of a block. A missing stylesheet, another column or a paragraph more moves the means of many.
"""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.lib.published_site import IMPORTS, RELEASE

EXPECTED = Path(__file__).parents[1] / "browser" / "expected"
SHOWN = {
    "home": "index.html",
    "release": RELEASE + "index.html",
    "table": IMPORTS,
    "rows": IMPORTS + "#q=beverages+spirits&level.commodity=chapter&level.partner=country",
    "commodity": "commodities/85.html",
    "partner": "partners/CN.html",
    "search": "search.html#q=coffee",
    "methodology": RELEASE + "methodology.html",
    "calendar": "calendar.html",
    "french_home": "fr/index.html",
    "french_release": RELEASE + "fr/index.html",
}
SCREENS = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
BLOCK, CLEARLY = 8, 24  # pixels; of 255, in any of the three colours
TOLERATED = 0.02  # of all blocks
_APART = """
async ([one, other, size, clearly]) => {
  const means = async data => {
    const image = new Image();
    image.src = "data:image/png;base64," + data;
    await image.decode();
    const wide = Math.ceil(image.width / size), high = Math.ceil(image.height / size);
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const pixels = canvas.getImageData(0, 0, image.width, image.height).data;
    const sums = new Float64Array(wide * high * 3), counts = new Float64Array(wide * high);
    for (let y = 0, at = 0; y < image.height; y++) for (let x = 0; x < image.width; x++, at += 4) {
      const block = Math.floor(y / size) * wide + Math.floor(x / size);
      counts[block]++;
      for (let colour = 0; colour < 3; colour++) sums[block * 3 + colour] += pixels[at + colour];
    }
    return {wide, high, of: (block, colour) => sums[block * 3 + colour] / counts[block]};
  };
  const a = await means(one), b = await means(other);
  if (a.wide !== b.wide || a.high !== b.high) return 1;
  let differing = 0;
  for (let block = 0; block < a.wide * a.high; block++)
    if ([0, 1, 2].some(colour => Math.abs(a.of(block, colour) - b.of(block, colour)) > clearly)) differing++;
  return differing / (a.wide * a.high);
}
"""


def names() -> list[str]:
    return [f"{page}-{screen}" for page in SHOWN for screen in SCREENS]


def taken(browser: Browser, home: str) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of every main page on every screen, in the light scheme, as it is when it has loaded."""
    return ((name, picture(browser, home, name)) for name in names())


def picture(browser: Browser, home: str, name: str, path: str | None = None) -> bytes:
    """One of them as PNG; or what `path` shows on the same screen."""
    page_name, _, screen = name.partition("-")
    asked: dict[str, Any] = {"viewport": SCREENS[screen], "color_scheme": "light", "reduced_motion": "reduce"}
    context = browser.new_context(**asked, locale="en-GB", timezone_id="UTC")
    page = context.new_page()
    page.goto(home + (path or SHOWN[page_name]), wait_until="load")
    if page_name == "rows":
        page.locator("#cells td.hidden").first.wait_for()
        page.locator("#tools").evaluate("tools => tools.scrollIntoView()")
    if page_name == "search":
        page.locator("#search-list li").first.wait_for()
    found = page.screenshot(animations="disabled")
    context.close()
    return found


def apart(browser: Browser, one: bytes, other: bytes) -> float:
    """Share of differing blocks; 1.0 where the pictures have other sizes."""
    page = browser.new_page()
    share = page.evaluate(_APART, [b64encode(one).decode(), b64encode(other).decode(), BLOCK, CLEARLY])
    page.close()
    return float(share)
