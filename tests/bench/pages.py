"""How fast pages are for a reader: `python -m tests.bench.pages [--rows 250000] [--runs 3]`.

Writes a small site and one large table, serves them, opens pages in the installed Chromium (four times slowed down,
on a phone's screen) and prints one JSON object: what each page weighs and how long a reader waits, best of --runs;
and for the large table, at full speed, how long sorting and filtering take once its rows are there (`first_sort_ms`
loads them). Filtering includes the time that the script waits for another letter.
"""

import argparse
import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from publisher.publication import write_edition
from publisher.publication.serve import server
from publisher.publication.speech import place
from publisher.publication.words import ENGLISH, words_for
from tests.bench.publication import invented_table
from tests.browser.conftest import chromium_path
from tests.lib.page_speed import answer_ms, best_of, slowed
from tests.lib.protected_samples import PERIOD, PLAN
from tests.lib.published_site import IMPORTS, OFFICE, RELEASE, build_site

LARGE = "large/tables/imports_by_commodity_origin.html"
SMALL = ("index.html", "search.html", "commodities/09.html", "partners/CN.html", RELEASE + "index.html", IMPORTS)
OPENED = (*SMALL, *(place(path, "fr") for path in SMALL), LARGE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=250_000, help="of the large table")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_pages(Path(folder), asked.rows)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        with serving(Path(folder)) as home:
            report: dict[str, Any] = {path: asdict(best_of(asked.runs, browser, home + path)) for path in OPENED}
            report["large_table"] = {"rows": asked.rows, **answers(browser, home + LARGE, asked.runs)}
        browser.close()
    print(json.dumps(report))


def write_pages(folder: Path, rows: int) -> None:
    build_site(folder, (ENGLISH, words_for("fr")))
    table = invented_table(rows)
    write_edition(folder / "large", replace(PLAN, queries=(table.structure.id,)), PERIOD, 1, (table,), OFFICE)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The folder on a free port: its address."""
    with server(folder, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()


def answers(browser: Browser, address: str, runs: int) -> dict[str, int]:
    """Milliseconds from a press to the painted answer, best and worst of `runs`; the first sort is cold."""
    page = slowed(browser, rate=1)
    page.goto(address, wait_until="load")
    first = answer_ms(_head(page, "Statistical value"))
    sorts = [answer_ms(_head(page, name)) for _ in range(runs) for name in ("Net mass", "Statistical value")]
    box = page.locator("#filter")
    filters = [answer_ms(box, word) for _ in range(runs) for word in ("coffee", "machin", "")]
    found = {
        "first_sort_ms": first,
        "sort_ms": min(sorts),
        "filter_ms": min(filters),
        "slowest_filter_ms": max(filters),
    }
    found["dom_rows"] = page.locator("#cells tbody tr").count()
    page.context.close()
    return found


def _head(page: Page, name: str) -> Any:
    return page.locator("#cells thead").get_by_role("button", name=name)


if __name__ == "__main__":
    main()
