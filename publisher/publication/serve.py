"""serve(): the built site on 127.0.0.1, with the types, ranges, tags and headers that a real server should give."""

import os
import re
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO, ClassVar
from urllib.parse import urlsplit

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
    ".xml": "application/xml",
    ".atom": "application/atom+xml; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".cff": "application/yaml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".png": "image/png",
    ".parquet": "application/vnd.apache.parquet",
    ".svg": "image/svg+xml",
    ".jsonl": "text/plain; charset=utf-8",  # the log: read in a browser, not downloaded
    ".py": "text/plain; charset=utf-8",
    ".pub": "application/x-pem-file",
    ".sig": "application/octet-stream",
}
NAMES = {"SHA256SUMS": "text/plain; charset=utf-8", "checkpoint": "text/plain; charset=utf-8"}  # have no suffix
FIXED_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Accept-Ranges": "bytes",
}
AGAIN, ONCE = "no-cache", "public, max-age=86400, immutable"
_SEALED = re.compile(r"/releases/[^/]+/[^/]+/v[0-9]+/.*(?<!\.html)(?<!/)")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_BLOCK = 1 << 16


def serve(site: Path, port: int) -> None:
    """Serves `site` on 127.0.0.1:`port` until interrupted. Raises OSError where the port is taken."""
    with server(site, port) as running:
        running.serve_forever()


def server(site: Path, port: int) -> ThreadingHTTPServer:
    """A server that has not started; port 0 takes a free one, see server_address."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(SiteHandler, directory=str(site)))


def entity_tag(path: Path) -> str:
    """Names the state of a file by its time of change, size and inode. The inode, because a site that is made again
    is dated by the log: a page may then differ in nothing but its content."""
    state = path.stat()
    return f'"{state.st_mtime_ns:x}-{state.st_size:x}-{state.st_ino:x}"'


def caching(path: str) -> str:
    """How long a reader's copy of this address is good. An edition's files never change: only where it is withdrawn
    are its pages replaced, so that they are asked for again, and its data taken away, so that copies last a day."""
    return ONCE if _SEALED.fullmatch(path) else AGAIN


def _names(condition: str, tag: str) -> bool:
    """Whether an If-None-Match header names `tag`, by the weak comparison of RFC 9110 (8.8.3.2)."""
    named = [one.strip().removeprefix("W/") for one in condition.split(",")]
    return "*" in named or tag in named


class SiteHandler(SimpleHTTPRequestHandler):
    """GET and HEAD of files below the site; one byte range a request; no listings."""

    protocol_version = "HTTP/1.1"
    server_version = "publisher"
    sys_version = ""
    extensions_map: ClassVar[dict[str, str]] = {**TYPES, "": "application/octet-stream"}  # type: ignore[misc]
    disable_nagle_algorithm = True  # header and body are two writes: without it each answer waits 40 ms for the other
    _left: int | None = None

    def end_headers(self) -> None:
        for name, value in FIXED_HEADERS.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", self.caching())
        super().end_headers()

    def caching(self) -> str:
        """The value of Cache-Control."""
        return caching(urlsplit(self.path).path)

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        return NAMES.get(Path(path).name) or super().guess_type(path)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: what readers look at is their own business."""

    def list_directory(self, path: object) -> None:
        """Folders are not listed."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_head(self) -> BinaryIO | None:
        """A whole file, the part that the Range header asks for, or word that the reader's copy is still good.

        Folders and what is not there are left to the base class. If-None-Match goes before Range (RFC 9110, 13.2.2);
        an If-Range that names another state of the file gets the whole.
        """
        self._left = None
        path = self._file()
        if path is None:
            return super().send_head()
        tag = entity_tag(path)
        if _names(self.headers.get("If-None-Match", ""), tag):
            self._send_not_modified(tag)
            return None
        wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
        if wanted is None or not any(wanted.groups()) or self.headers.get("If-Range", tag) != tag:
            return self._send_whole(path, tag)
        return self._send_part(path, tag, wanted[1], wanted[2])

    def _file(self) -> Path | None:
        """The file that is asked for, a folder's index.html among them; None where there is none."""
        asked = urlsplit(self.path).path
        path = Path(self.translate_path(self.path))
        if asked.endswith("/"):
            path = path / "index.html"
        return path if path.is_file() else None

    def _send_not_modified(self, tag: str) -> None:
        self.send_response(HTTPStatus.NOT_MODIFIED)
        self.send_header("ETag", tag)
        self.end_headers()

    def _send_whole(self, path: Path, tag: str) -> BinaryIO:
        file = path.open("rb")
        self._left = os.fstat(file.fileno()).st_size
        self._begin(HTTPStatus.OK, path, tag)
        self.end_headers()
        return file

    def _begin(self, status: HTTPStatus, path: Path, tag: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(self._left))
        self.send_header("ETag", tag)

    def _send_part(self, path: Path, tag: str, first: str, last: str) -> BinaryIO | None:
        size = path.stat().st_size
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last), size - 1) if first and last else size - 1
        if start > end or start >= size:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self._left = end - start + 1
        self._begin(HTTPStatus.PARTIAL_CONTENT, path, tag)
        self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.end_headers()
        file = path.open("rb")
        file.seek(start)
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
