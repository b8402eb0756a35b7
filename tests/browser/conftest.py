"""A Chromium that is installed, and a small site for it to look at, from disk and over HTTP.

Without a Chromium the tests are skipped and say so; with PUBLISHER_BROWSER=required that is a failure.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from publisher.publication.serve import server
from publisher.publication.words import ENGLISH, words_for
from tests.lib.heading_site import build_heading_site

HEADINGS = "headings/"
expect.set_options(timeout=30_000)  # a machine that does much else at once is no fault of a page
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        reason = f"no Chromium is installed (looked for {', '.join(NAMES)})"
        if os.environ.get("PUBLISHER_BROWSER") == "required":
            pytest.fail(f"{reason}, and PUBLISHER_BROWSER=required")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def site(spoken_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shared one, where tests may add pages, with the one of headings below HEADINGS. Every file is a
    second name of the shared one: change none."""
    folder = tmp_path_factory.mktemp("browser") / "site"
    shutil.copytree(spoken_site, folder, copy_function=os.link)
    (folder / HEADINGS).mkdir()
    build_heading_site(folder / HEADINGS, (ENGLISH, words_for("fr")))
    return folder


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    with server(site, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()


class Trouble(list[str]):
    """What a page complained about, and what it asked for from elsewhere."""

    def watch(self, page: Page, home: str) -> None:
        page.on(
            "console", lambda message: self.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(home) else self.append(request.url))
        page.on("requestfailed", self._failed)

    def _failed(self, request: Request) -> None:
        """What the browser itself gave up, because the reader went on to another page, is no trouble."""
        if request.failure != "net::ERR_ABORTED":
            self.append(f"failed: {request.url}")


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, served: str, site: Path) -> Iterator[OpenPage]:
    """open_page(path, width=1280, from_disk=False, ...) -> Page; any trouble on it fails the test at its end."""
    trouble, contexts = Trouble(), []

    def opened(
        path: str, *, width: int = 1280, from_disk: bool = False, refusals_expected: bool = False, **options: object
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        home = f"{site.as_uri()}/" if from_disk else served
        if not refusals_expected:
            trouble.watch(page, home)
        page.goto(home + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not trouble
