"""Takes the expected pictures anew: `python -m tests.browser.screenshots`. Look at each before you commit it."""

import tempfile
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from publisher.publication.serve import server
from publisher.publication.words import ENGLISH, words_for
from tests.browser.conftest import chromium_path
from tests.lib.published_site import build_site
from tests.lib.screenshots import EXPECTED, taken


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        build_site(Path(folder), (ENGLISH, words_for("fr")))
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        with server(Path(folder), 0) as running:
            threading.Thread(target=running.serve_forever, daemon=True).start()
            for name, picture in taken(browser, f"http://127.0.0.1:{running.server_address[1]}/"):
                (EXPECTED / f"{name}.png").write_bytes(picture)
                print(f"{EXPECTED / name}.png {len(picture) // 1000} kB")
            running.shutdown()
        browser.close()


if __name__ == "__main__":
    main()
