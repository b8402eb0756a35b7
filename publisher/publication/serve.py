"""serve(): the built site on 127.0.0.1, with the types, ranges and headers that a real server should give."""

import re
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO, ClassVar

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".csv": "text/csv; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".svg": "image/svg+xml",
    ".jsonl": "text/plain; charset=utf-8",
    ".py": "text/plain; charset=utf-8",
    ".pub": "application/x-pem-file",
    ".sig": "application/octet-stream",
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_BLOCK = 1 << 16


def serve(site: Path, port: int) -> None:
    """Serves `site` on 127.0.0.1:`port` until interrupted. Raises OSError where the port is taken."""
    with server(site, port) as running:
        running.serve_forever()


def server(site: Path, port: int) -> ThreadingHTTPServer:
    """A server that has not started; port 0 takes a free one, see server_address."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(SiteHandler, directory=str(site)))


class SiteHandler(SimpleHTTPRequestHandler):
    """GET and HEAD of files below the site; one byte range a request; no listings."""

    protocol_version = "HTTP/1.1"
    server_version = "publisher"
    sys_version = ""
    extensions_map: ClassVar[dict[str, str]] = {**TYPES, "": "application/octet-stream"}  # type: ignore[misc]
    disable_nagle_algorithm = True  # header and body are two writes: without it each answer waits 40 ms for the other
    _left: int | None = None

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: what readers look at is their own business."""

    def list_directory(self, path: object) -> None:
        """Folders are not listed."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_head(self) -> BinaryIO | None:
        """A whole file, or the part that the Range header asks for; anything unusual is left to the base class."""
        self._left = None
        wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if wanted is None or not any(wanted.groups()) or not path.is_file():
            return super().send_head()
        return self._send_part(path, wanted[1], wanted[2])

    def _send_part(self, path: Path, first: str, last: str) -> BinaryIO | None:
        size = path.stat().st_size
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last), size - 1) if first and last else size - 1
        if start > end or start >= size:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.send_header("Content-Length", str(end - start + 1))
        self.end_headers()
        file = path.open("rb")
        file.seek(start)
        self._left = end - start + 1
        return file

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        """As much of `source` as was promised."""
        left = self._left
        while block := source.read(_BLOCK if left is None else min(_BLOCK, left)):
            outputfile.write(block)
            left = None if left is None else left - len(block)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The site's own 404 page where it has one."""
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        content = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", TYPES[".html"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
