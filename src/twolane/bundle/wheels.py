"""Downloads the wheels that a lock file pins, and twolane's own; what is there already is kept."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from twolane import __version__
from twolane.bundle.lock import Pin
from twolane.bundle.target import Target
from twolane.errors import ServerError
from twolane.installed import check_embedded, lacks

_AT_ONCE = 6
_SCRATCH = ".wheels-"
_PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")


def missing_wheels(pins: Sequence[Pin], folder: Path) -> list[Pin]:
    """Return those of which no whole wheel lies in a folder; a damaged one is deleted."""
    whole = set()
    for path in folder.glob("*.whl"):
        digest = sha256_of(path)
        pin = next((pin for pin in pins if digest in pin.sha256s), None)
        if pin:
            whole.add(pin)
        elif not path.name.startswith("twolane-"):
            path.unlink()
    return [pin for pin in pins if pin not in whole]


def download(pins: Sequence[Pin], target: Target, folder: Path) -> Iterator[Pin]:
    """Download wheels, some at a time, and yield each that has come. Raises `ServerError`."""
    check_embedded("pip")
    for old in folder.glob(f"{_SCRATCH}*"):  # of a run that was killed
        shutil.rmtree(old, ignore_errors=True)
    for start in range(0, len(pins), _AT_ONCE):
        some = pins[start : start + _AT_ONCE]
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder) as scratch:
            wanted = Path(scratch) / "wanted.txt"
            wanted.write_text("\n".join(map(_line, some)), encoding="utf-8")
            _pip("download", *_options(target), "--require-hashes", "--dest", scratch, "-r", str(wanted))
            for path in Path(scratch).glob("*.whl"):
                path.replace(folder / path.name)
        yield from some


def _options(target: Target) -> list[str]:
    tags = [part for tag in (*target.tags, "any") for part in ("--platform", tag)]
    python = ("--python-version", target.python, "--implementation", "cp")
    return ["--no-deps", "--only-binary=:all:", *tags, *python, "--progress-bar=off", "--quiet"]


def _line(pin: Pin) -> str:
    return " ".join([pin.requirement, *(f"--hash=sha256:{one}" for one in sorted(pin.sha256s))])


def own_wheel(folder: Path) -> Path:
    """Put twolane's own wheel into a folder: built of the checkout, as it was installed, or of the index.

    Raises `ServerError` where none can be had.
    """
    for old in folder.glob("twolane-*.whl"):
        old.unlink()
    root = Path(__file__).parents[3]
    if (root / "pyproject.toml").is_file():
        # Whoever works on twolane has what builds it; for others pip fetches it.
        built_here = () if lacks("hatchling") else ("--no-build-isolation",)
        _pip("wheel", "--no-deps", "--quiet", *built_here, "--wheel-dir", str(folder), str(root))
    elif came := _came_as():
        (folder / came.name).write_bytes(came.read_bytes())
    else:
        _pip("download", "--no-deps", "--quiet", "--dest", str(folder), f"twolane=={__version__}")
    return next(folder.glob("twolane-*.whl"))


def _came_as() -> Path | None:
    """Return the wheel on this disk that twolane was installed of, if it is still there."""
    with suppress(PackageNotFoundError, ValueError, KeyError, TypeError):
        url = json.loads(distribution("twolane").read_text("direct_url.json") or "")["url"]
        path = Path(unquote(urlsplit(url).path))
        return path if path.suffix == ".whl" and path.is_file() else None
    return None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _pip(*arguments: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-P", *_PIP, *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if ran.returncode:
        said = [line for line in ran.stderr.splitlines() if line.startswith("ERROR:")]
        words = " ".join(said[-2:]) or ran.stderr.strip()[-300:]
        raise ServerError(
            f"packages could not be had: {words}", "run the same command again: what has come is kept"
        )
