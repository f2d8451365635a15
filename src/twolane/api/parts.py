"""The page's own files as they are sent: read once, packed once, and all of one release under one address.

What a document asks for is sent with all that it imports, and by the address of its release, so that a page
never mixes those of two. Why it is so: docs/why/serving.md.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import rcssmin
import rjsmin
from starlette.datastructures import Headers
from starlette.responses import Response

from twolane.api.joined import joined_module, joined_style
from twolane.errors import NotFoundError

_HTML = "text/html; charset=utf-8"
# A folder and a name of plain letters: no address can lead out of the page's own folder.
_NAME = re.compile(r"(?:[a-z]+/)?[a-z]+\.(?:css|js|svg|html)|icon-[a-z0-9]+\.png|manifest\.webmanifest")
_VERSIONED = re.compile(r"(?:v-(?P<version>[0-9a-f]{16})/)?(?P<name>.+)", re.DOTALL)
# Listed here because the machine's own table of types may be wrong, and browsers must not guess.
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".html": _HTML,
    ".webmanifest": "application/manifest+json",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_WORKER = "offline/worker.js"
# What a document asks for by a link or a script, and each language, which is asked for where it is read.
_ASKED = re.compile(rb'"/web/([a-z/]+\.(?:css|js))"')
_LANGUAGE = re.compile(r"texts/[a-z]{2}\.js")


@dataclass(frozen=True, slots=True)
class PagePart:
    """One file: as it is, and packed where that makes it shorter."""

    content: bytes
    packed: bytes
    media_type: str
    tag: str


@dataclass(frozen=True, slots=True)
class PageRelease:
    """All files of the page as they are together; `version` is another one where any of them is.

    `files` are all of them by name, each for itself; `whole` are those that are asked for below the address
    of the release: the documents and what they ask for, each with all that it imports.
    """

    version: str
    files: Mapping[str, PagePart]
    whole: Mapping[str, PagePart]

    @property
    def base(self) -> str:
        """The address below which they lie."""
        return f"/web/v-{self.version}/"


class PageParts:
    """The files of a folder, read again where one of them has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._release: PageRelease | None = None

    def pack_ahead(self) -> None:
        """Read and pack them in a thread of its own, so that who comes first need not wait for it."""
        threading.Thread(target=self.now, name="page-parts", daemon=True).start()

    def now(self) -> PageRelease:
        """Return the files as they are."""
        paths = sorted(path for path in self._folder.rglob("*") if _NAME.fullmatch(self._name(path)))
        stats = [(self._name(path), path.stat()) for path in paths]
        seen = tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
        with self._lock:
            if self._release is None or seen != self._seen:
                self._release, self._seen = self._read(paths), seen
            return self._release

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def _read(self, paths: list[Path]) -> PageRelease:
        contents = {self._name(path): path.read_bytes() for path in paths}
        digest = hashlib.sha256()
        for name, content in (*contents.items(), *_whole(contents, "")):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        release = PageRelease(digest.hexdigest()[:16], {}, {})
        files = {name: _part(name, short(name, content)) for name, content in contents.items()}
        whole = {name: _part(name, content) for name, content in _whole(contents, release.base)}
        return PageRelease(release.version, files, whole)

    def send(self, address: str, headers: Headers) -> Response:
        """Return what an address below /web/ means; one of an older release means nothing any more."""
        release = self.now()
        asked = _VERSIONED.fullmatch(address)
        version, name = (asked["version"], asked["name"]) if asked else (None, address)
        part = (release.whole if version else release.files).get(name)
        # A document has one address, at which it is looked whether somebody may see it.
        is_hidden = version is None and name.endswith(".html")
        if part is None or is_hidden or version not in {None, release.version}:
            raise NotFoundError(f"there is no {address!r} here", "open the page at /, or load it again")
        return _sent(part, headers, _FOR_EVER if version else "no-cache")

    def send_now(self, name: str, headers: Headers) -> Response:
        """Return a file that has an address of its own, outside of /web/."""
        return _sent(self.now().whole[name], headers, "no-cache")

    def send_worker(self, headers: Headers) -> Response:
        """Return the page's service worker, which knows what it keeps, and of which release."""
        release = self.now()
        kept = [release.base + name for name in release.whole if not name.startswith("signin/")]
        head = f"globalThis.RELEASE = {json.dumps({'version': release.version, 'kept': kept})};\n"
        part = _part(_WORKER, head.encode() + release.files[_WORKER].content)
        return _sent(part, headers, "no-cache")


def _whole(contents: Mapping[str, bytes], base: str) -> Iterator[tuple[str, bytes]]:
    """Yield what is asked for of a release, by name, as it is sent."""

    def read(name: str) -> str:
        return contents[name].decode("utf-8")

    documents = {name: content for name, content in contents.items() if name.endswith(".html")}
    asked = {found.decode() for content in documents.values() for found in _ASKED.findall(content)}
    languages = {name: base + name for name in contents if _LANGUAGE.fullmatch(name)}
    for name, content in contents.items():
        if name in documents:
            yield name, content.replace(b'"/web/', f'"{base}'.encode())
        elif not name.endswith((".js", ".css")):
            yield name, content
        elif name.endswith(".css") and name in asked:
            yield name, short(name, joined_style(name, read).encode())
        elif name in asked | languages.keys():
            yield name, short(name, joined_module(name, read, languages).encode())


def short(name: str, content: bytes) -> bytes:
    """Leave out comments, and blanks that mean nothing; the language itself stays as it is written."""
    if name.endswith(".js"):
        return str(rjsmin.jsmin(content.decode("utf-8"))).encode()
    return str(rcssmin.cssmin(content.decode("utf-8"))).encode() if name.endswith(".css") else content


def _part(name: str, content: bytes) -> PagePart:
    packed = gzip.compress(content, 9, mtime=0)
    return PagePart(
        content,
        packed if len(packed) < len(content) else b"",
        _MEDIA_TYPES[Path(name).suffix],
        f'"{hashlib.sha256(content).hexdigest()[:32]}"',
    )


def _sent(part: PagePart, headers: Headers, caching: str) -> Response:
    sent = {"ETag": part.tag, "Vary": "Accept-Encoding", "Cache-Control": caching}
    if part.tag in headers.get("if-none-match", ""):
        return Response(status_code=304, headers=sent)
    if part.packed and "gzip" in headers.get("accept-encoding", ""):
        sent["Content-Encoding"] = "gzip"
        return Response(part.packed, headers=sent, media_type=part.media_type)
    return Response(part.content, headers=sent, media_type=part.media_type)
