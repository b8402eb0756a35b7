"""preview_server(): an embargoed edition on 127.0.0.1, each page with a banner. Files on the disk stay as they are.

Other users of the machine reach 127.0.0.1 too, and so do pages that a browser has open elsewhere. So each path begins
with a random token of 256 bits, which no page outside learns (no referrer is sent), and a request must name this very
host and port, so that no name that someone points to 127.0.0.1 is answered.
"""

import hmac
import io
import secrets
from datetime import datetime
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from publisher.publication.edition_pages import moment
from publisher.publication.serve import TYPES, SiteHandler
from publisher.release.edition.inventory import is_safe

STYLE = "embargo.css"
_CSS = b"""\
.embargo { position: sticky; top: 0; z-index: 3; padding: 0.6rem 1rem; border-block: 4px double #fff;
  background: #7d1022; color: #fff; font: 600 1rem/1.4 var(--sans, sans-serif); text-align: center; }
.cells thead th { position: static !important; }
.embargo strong { letter-spacing: 0.12em; }
@media print { .embargo { position: static; background: #fff; color: #000; border-color: #000; } }
@media (forced-colors: active) { .embargo { border-color: CanvasText; } }
"""


class PreviewServer(ThreadingHTTPServer):
    """`address` is where the edition's first page is; who does not know it gets nothing."""

    def __init__(self, public: Path, path: str, until: datetime, port: int) -> None:
        self.token = secrets.token_urlsafe(32)
        self.path = path.strip("/")
        self.until = until
        super().__init__(("127.0.0.1", port), partial(PreviewHandler, directory=str(public)))

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def address(self) -> str:
        return f"http://{self.host}/{self.token}/{self.path}/index.html"

    @property
    def banner(self) -> bytes:
        """What each page begins with. It links to nothing and runs nothing."""
        when = escape(moment(self.until).words)
        return (
            f'<link rel="stylesheet" href="/{self.token}/{STYLE}">\n'
            f'<aside class="embargo" aria-label="Embargo"><strong>EMBARGOED</strong> until it is published, planned '
            f"for {when}. A preview for the office: do not copy, quote or pass on.</aside>\n"
        ).encode()


def preview_server(public: Path, path: str, until: datetime, port: int = 0) -> PreviewServer:
    """A server that has not started. `path` is where the site will have the edition; `until` in the plan's zone.

    Raises OSError where the port is taken.
    """
    return PreviewServer(public, path, until, port)


class PreviewHandler(SiteHandler):
    """GET and HEAD of the edition's files below the secret path, pages with the banner. Everything else: nothing."""

    server: PreviewServer
    _saved_as = ""

    def caching(self) -> str:
        return "no-store"

    def end_headers(self) -> None:
        if self._saved_as:
            self.send_header("Content-Disposition", f'attachment; filename="{self._saved_as}"')
        self.send_header("X-Robots-Tag", "noindex")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def send_head(self) -> BinaryIO | None:
        """A page with the banner, or the file as it is under a name that says that it is embargoed."""
        self._saved_as = ""
        if self.headers.get_all("Host") != [self.server.host]:
            return self._refused(HTTPStatus.MISDIRECTED_REQUEST)
        inside = self._inside()
        if inside is None:
            return self._refused(HTTPStatus.NOT_FOUND)
        if inside == STYLE:
            return self._content(_CSS, TYPES[".css"])
        name = inside.removeprefix(f"{self.server.path}/")
        file = Path(self.translate_path(f"/{name}"))
        if name == inside or not is_safe(name) or not file.is_file():
            return self._missing()
        if file.suffix == ".html":
            return self._content(with_banner(file.read_bytes(), self.server.banner), TYPES[".html"])
        self.path = f"/{name}"
        self._saved_as = f"EMBARGOED-{file.name}" if name.startswith("data/") else ""
        return super().send_head()

    def _inside(self) -> str | None:
        """What of the path follows the token; None where the token is wrong."""
        token, _, inside = urlsplit(self.path).path.lstrip("/").partition("/")
        right = hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode())
        return inside if right else None

    def _content(self, content: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> BinaryIO:
        self._left = None
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)

    def _refused(self, status: HTTPStatus) -> BinaryIO:
        """Tells nothing, not even that this is a preview."""
        return self._content(b"", "text/plain", status)

    def _missing(self) -> BinaryIO:
        """Pages of the site around the edition are made at publication."""
        back = f"/{self.server.token}/{self.server.path}/index.html"
        page = (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Not in the preview</title></head>\n'
            f"<body>\n<main><h1>Not in the preview</h1><p>The pages around a release are made when it is published. "
            f'<a href="{back}">Back to the release</a>.</p></main></body></html>\n'
        )
        return self._content(with_banner(page.encode(), self.server.banner), TYPES[".html"], HTTPStatus.NOT_FOUND)


def with_banner(page: bytes, banner: bytes) -> bytes:
    """The page with the banner as the first thing in its body; in front of everything where it has none."""
    head, body, rest = page.partition(b"<body>\n")
    return head + body + banner + rest if body else banner + page
