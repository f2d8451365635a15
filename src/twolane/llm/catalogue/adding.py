"""Takes a model file that the user names into the list: from an address, or from a file on this machine."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from filelock import FileLock

from twolane.errors import ConflictError, ModelFileError, NotFoundError, SettingsError
from twolane.llm.base import PullProgress
from twolane.llm.catalogue.models import (
    ModelEntry,
    ModelFile,
    added_models,
    file_path,
    is_known,
    keep_added,
    stamp_file,
)
from twolane.llm.catalogue.pull import (
    CHUNK_BYTES,
    HUB_ATTEMPTS,
    HUB_TIMEOUT,
    PARTIAL,
    check_disk,
    unwritable,
)

_MAGIC = b"GGUF"
_PIECE_BYTES = 1 << 16  # what has come is lost up to a piece where the connection breaks
_NO_SUCH_RANGE = httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(:[A-Za-z0-9._-]+)?")


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that has come, not yet taken: where it lies for now, and its SHA-256 digest."""

    path: Path
    sha256: str
    url: str = ""


def name_for(source: str) -> str:
    """Return the name that a model gets whose file or address says no other."""
    stem = Path(urlsplit(source).path if "://" in source else source).stem.lower()
    return re.sub(r"[^a-z0-9._-]+", "-", stem).strip("-._") or "model"


def check_name(name: str) -> None:
    """Raise `SettingsError` for what no model can be called, `ConflictError` for one of the list."""
    if not _NAME.fullmatch(name) or name.endswith(".gguf"):
        raise SettingsError(f"{name!r} is no name of a model", "give one such as mine:7b with --name")
    if is_known(name):
        raise ConflictError(f"{name} is a model of the list that ships", "give another name with --name")


def checked_url(url: str, *, verified: bool) -> str:
    """Return an address to fetch from; the page of a file at Hugging Face becomes the file's own.

    Raises `SettingsError` for what others on the way could change unseen: without TLS only this machine's
    own servers are asked, and any where the digest is given.
    """
    parts = urlsplit(url)
    if not (parts.scheme == "https" or (parts.scheme == "http" and (verified or _is_here(parts.hostname)))):
        raise SettingsError(f"{url} is no https:// address", "give one, or its digest with --sha256")
    if parts.hostname in {"huggingface.co", "hf.co"}:
        return url.replace("/blob/", "/resolve/", 1)
    return url


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def waiting_path(source: str, models_dir: Path) -> Path:
    """Return where a source's bytes are gathered until they are taken: the same each time, to go on with."""
    return models_dir / PARTIAL / f"{hashlib.sha256(source.encode()).hexdigest()}.added"


def gather(source: str, models_dir: Path) -> Iterator[PullProgress]:
    """Bring a file or an address's bytes to their `waiting_path`; what has come is not fetched again.

    Raises `ModelFileError` for what is no GGUF file from its first bytes on, and `NotFoundError`.
    """
    target = waiting_path(source, models_dir)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield from _download(source, target) if "://" in source else _copy(Path(source), target)
    except OSError as error:
        raise unwritable(models_dir, error) from error


def _copy(source: Path, target: Path) -> Iterator[PullProgress]:
    if not source.is_file():
        raise NotFoundError(f"there is no file {source}", "name a GGUF file, or an https:// address")
    total = source.stat().st_size
    check_disk(target.parent, total)
    with source.open("rb") as stream, target.open("wb") as out:
        done = 0
        while chunk := stream.read(CHUNK_BYTES):
            _check_begins(chunk, source.name, at=done)
            out.write(chunk)
            done += len(chunk)
            yield PullProgress(f"copying {source.name}", done, total)
    if not done:
        raise ModelFileError(f"{source} is empty", "name a GGUF file")


def _download(url: str, target: Path) -> Iterator[PullProgress]:
    with httpx.Client(timeout=HUB_TIMEOUT, follow_redirects=True, trust_env=True) as client:
        if urlsplit(url).scheme == "https":
            client.event_hooks["request"] = [refuse_plain]
        for attempt in range(HUB_ATTEMPTS):
            before = target.stat().st_size if target.exists() else 0
            try:
                yield from _download_once(client, url, target, before)
                return
            except httpx.HTTPError as error:
                came = target.stat().st_size if target.exists() else 0
                if came == before or attempt == HUB_ATTEMPTS - 1:
                    what = f"{url}: {type(error).__name__}: {error}"
                    raise ModelFileError(what, "the same command goes on where it stopped") from error


def _download_once(client: httpx.Client, url: str, target: Path, offset: int) -> Iterator[PullProgress]:
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
    with client.stream("GET", url, headers=headers) as response:
        span = response.headers.get("Content-Range", "")
        if (
            response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE
            and span == f"bytes */{offset}"
        ):
            return  # it was whole already
        if response.status_code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
            remedy = (
                "check the address; of one that asks who you are, fetch it with a browser and add the file"
            )
            raise ModelFileError(f"{url} answered {response.status_code}", remedy)
        done = offset if span.startswith(f"bytes {offset}-") else 0
        total = done + int(response.headers.get("Content-Length") or 0)
        check_disk(target.parent, total - done)
        with target.open("ab" if done else "wb") as out:
            for chunk in response.iter_bytes(_PIECE_BYTES):
                _check_begins(chunk, url, at=done)
                out.write(chunk)
                done += len(chunk)
                yield PullProgress(f"from {urlsplit(url).hostname}", done, total)


def refuse_plain(request: httpx.Request) -> None:
    """Stop a fetch whose address leads to one without TLS: a hook for each request, redirected ones too."""
    if request.url.scheme != "https":
        raise ModelFileError(f"it leads to {request.url}, an address without TLS", "name another one")


def _check_begins(chunk: bytes, what: str, *, at: int) -> None:
    if at == 0 and not chunk.startswith(_MAGIC):
        raise ModelFileError(f"{what} is no GGUF file", "name the file itself: its name ends in .gguf")


def digest(path: Path) -> Iterator[PullProgress | str]:
    """Yield progress over a file, and at last its SHA-256 digest."""
    total, done, found = path.stat().st_size, 0, hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES << 3):
            found.update(chunk)
            done += len(chunk)
            yield PullProgress("checking its digest", done, total)
    yield found.hexdigest()


def take(fetched: FetchedFile, entry_of: ModelEntry, models_dir: Path) -> ModelEntry:
    """Put a file that has come into its place, and remember it as a model; returns its entry.

    `entry_of` says what is known of it but its file. Raises `ConflictError` where another file has its name.
    """
    size_bytes = fetched.path.stat().st_size
    file = ModelFile(f"{entry_of.name.replace(':', '-')}.gguf", size_bytes, fetched.sha256, fetched.url)
    entry = replace(entry_of, files=(file,))
    target = file_path(entry, file, models_dir)
    with FileLock(models_dir / PARTIAL / "added.lock"):
        others = [one for one in added_models(models_dir) if one.name != entry.name]
        known = next((one for one in added_models(models_dir) if one.name == entry.name), None)
        if (known and known.files[0].sha256 != file.sha256) or (not known and target.exists()):
            what = f"another model is called {entry.name} already, or its file is"
            raise ConflictError(what, f"`twolane models rm {entry.name}`, or give another name with --name")
        try:
            fetched.path.replace(target)
            keep_added([*others, entry], models_dir)
        except OSError as error:
            raise unwritable(models_dir, error) from error
    stamp_file(target, file)
    return entry
