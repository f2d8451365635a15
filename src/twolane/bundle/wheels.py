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
from urllib.parse import urlsplit
from urllib.request import url2pathname

from twolane.bundle.lock import Pin
from twolane.bundle.target import Target
from twolane.errors import NotFoundError, ServerError
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
    """Put twolane's own wheel into a folder: of the checkout, or of what it was installed from.

    Raises `NotFoundError` where that is not known or gone: whatever an index has under this name is not
    taken, since no digest says that it is this twolane.
    """
    for old in folder.glob("twolane-*.whl"):
        old.unlink()
    root = Path(__file__).parents[3]
    source = str(root) if (root / "pyproject.toml").is_file() else source_of(_noted())
    # Whoever works on twolane has what builds it; for others pip fetches it.
    built_here = () if lacks("hatchling") else ("--no-build-isolation",)
    _pip("wheel", "--no-deps", "--quiet", *built_here, "--wheel-dir", str(folder), source)
    return next(folder.glob("twolane-*.whl"))


def _noted() -> str:
    with suppress(PackageNotFoundError):
        return distribution("twolane").read_text("direct_url.json") or "{}"
    return "{}"


def source_of(direct_url: str) -> str:
    """Return what pip makes the wheel of: a folder, a commit, or a wheel that lies there still.

    `direct_url` is what the installer noted beside the package (PEP 610). Raises `NotFoundError`.
    """
    told = json.loads(direct_url)
    url = str(told.get("url", ""))
    path = Path(url2pathname(urlsplit(url).path)) if url.startswith("file:") else None
    match told:
        case {"vcs_info": {"vcs": vcs, "commit_id": commit}}:
            within = told.get("subdirectory", "")
            return f"{vcs}+{url}@{commit}" + (f"#subdirectory={within}" if within else "")
        case {"dir_info": _} if path and (path / "pyproject.toml").is_file():
            return str(path)
        case {"archive_info": _} if path and path.suffix == ".whl" and path.is_file():
            return str(path)
    raise NotFoundError(
        f"what this twolane was installed from is not there: {url or 'no folder, commit or wheel is noted'}",
        "run the same command from the source: python -m twolane bundle FOLDER, in its folder",
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _pip(*arguments: str) -> None:
    check_embedded("pip")
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
