"""Where published files are read from when they are checked: a folder, or a web server that is not trusted.

Nothing is read that is longer than the caller allows, and nothing from outside the place.
"""

import hashlib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO, Protocol, cast
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from publisher.errors import ReleaseError, UsageError
from publisher.release.edition.inventory import FileEntry, is_plain, is_safe, walk

_BLOCK = 1 << 20
_TIMEOUT_SECONDS = 30
_LOOPBACK = ("127.0.0.1", "localhost")


class Place(Protocol):
    """Paths are relative to the place, with slashes. What cannot be read raises ReleaseError that says why."""

    @property
    def name(self) -> str: ...

    def read(self, path: str, most: int) -> bytes:
        """The file's bytes; one longer than `most` bytes is refused."""
        ...

    def entry(self, path: str, most: int) -> FileEntry:
        """Size and hash, after at most `most` + 1 bytes: what is longer shows by its size."""
        ...

    def names(self) -> tuple[str, ...] | None:
        """Every file below, sorted; None where the place does not tell."""
        ...

    def below(self, path: str) -> "Place": ...


@dataclass(frozen=True)
class Folder:
    """A folder on this machine. Links are not followed."""

    root: Path

    @property
    def name(self) -> str:
        return str(self.root)

    def read(self, path: str, most: int) -> bytes:
        with self._open(path) as file:
            return _read(file, most)

    def entry(self, path: str, most: int) -> FileEntry:
        with self._open(path) as file:
            return _entry(path, file, most)

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(walk(self.root)))

    def below(self, path: str) -> "Folder":
        return Folder(self.root / path)

    @contextmanager
    def _open(self, path: str) -> Iterator[BinaryIO]:
        _check_safe(path)
        target = self.root / path
        if not is_plain(target):
            raise ReleaseError("is no plain file" if target.exists() else "is missing", place=str(target))
        try:
            with target.open("rb") as file:
                yield file
        except OSError as fault:
            raise ReleaseError(f"cannot be read ({fault.strerror})", place=str(target)) from None


@dataclass(frozen=True)
class Web:
    """A site or a part of one, by its address, without a slash at the end. Made by `web`."""

    address: str
    open: Callable[[Request], BinaryIO]

    @property
    def name(self) -> str:
        return self.address

    def read(self, path: str, most: int) -> bytes:
        with self._open(path) as file:
            return _read(file, most)

    def entry(self, path: str, most: int) -> FileEntry:
        with self._open(path) as file:
            return _entry(path, file, most)

    def names(self) -> None:
        return None

    def below(self, path: str) -> "Web":
        return Web(f"{self.address}/{path}", self.open)

    @contextmanager
    def _open(self, path: str) -> Iterator[BinaryIO]:
        _check_safe(path)
        address = f"{self.address}/{path}"
        request = Request(address, headers={"Accept-Encoding": "identity"})  # noqa: S310 - `web` checked the scheme
        try:
            with self.open(request) as file:
                yield file
        except HTTPError as answer:
            raise ReleaseError(_answer_words(answer), place=address) from None
        except URLError as fault:
            raise ReleaseError(f"cannot be reached ({_reason(fault)})", place=address) from None
        except (OSError, HTTPException, ValueError) as fault:  # ValueError: a host that cannot be spelled for DNS
            raise ReleaseError(f"broke off ({type(fault).__name__})", place=address) from None


def web(address: str) -> Web:
    """The site at an https address; http is taken from this machine only. Follows no redirect to another host.

    Raises UsageError for an address that is not of this kind.
    """
    parts = _split(address)
    if parts is None or not _may_fetch(parts) or parts.username or parts.query or parts.fragment:
        raise UsageError(
            "must be an https address without a name, a question or a fragment in it.",
            place=address,
            remedy="Name the site's root or an edition's page, https://...",
        )
    return Web(address.rstrip("/"), _opener(parts))


def _split(address: str) -> SplitResult | None:
    """None for what is no address: half a bracket, a port that is none."""
    try:
        parts = urlsplit(address)
        usable = parts.port is None or parts.port > 0
    except ValueError:
        return None
    return parts if usable else None


def _may_fetch(parts: SplitResult) -> bool:
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def _opener(site: SplitResult) -> Callable[[Request], BinaryIO]:
    direct = [ProxyHandler({})] if site.hostname in _LOOPBACK else []
    opener: OpenerDirector = build_opener(_SameHost(site.hostname or ""), *direct)
    return lambda request: cast(BinaryIO, opener.open(request, timeout=_TIMEOUT_SECONDS))


class _SameHost(HTTPRedirectHandler):
    """Follows a redirect on the same host; refuses any other as what it is, another site."""

    def __init__(self, host: str) -> None:
        self._host = host

    def redirect_request(
        self, req: Request, fp: object, code: int, msg: str, headers: object, newurl: str
    ) -> Request | None:
        parts = _split(newurl)
        if parts is None or not _may_fetch(parts) or parts.hostname != self._host:
            raise URLError("it leads on to another host")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _check_safe(path: str) -> None:
    if not is_safe(path):
        raise ReleaseError("leads out of the folder")


def _answer_words(answer: HTTPError) -> str:
    return "is missing" if answer.code in (404, 410) else f"cannot be had: the server answers {answer.code}"


def _reason(fault: URLError) -> str:
    if isinstance(fault.reason, ssl.SSLError):
        return "its certificate does not hold"
    return fault.reason if isinstance(fault.reason, str) else type(fault.reason).__name__


def _read(file: BinaryIO, most: int) -> bytes:
    data = b"".join(_blocks(file, most + 1))
    if len(data) > most:
        raise ReleaseError(f"is longer than {most:,} bytes, which a file of this kind never is")
    return data


def _entry(path: str, file: BinaryIO, most: int) -> FileEntry:
    digest, size = hashlib.sha256(), 0
    for block in _blocks(file, most + 1):
        digest.update(block)
        size += len(block)
    return FileEntry(path=path, size=size, sha256=digest.hexdigest())


def _blocks(file: BinaryIO, most: int) -> Iterator[bytes]:
    """The file in pieces, `most` bytes in all; a server may give less at a time than was asked for."""
    while most > 0 and (block := file.read(min(_BLOCK, most))):
        most -= len(block)
        yield block
