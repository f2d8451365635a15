"""An environment that holds what an installation would, and nothing else, made of links."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed(requirements: Iterable[str]) -> Iterator[str]:
    """Give the names of the packages that requirements need here, those of packages included."""
    waiting, met = (
        [(Requirement(one), frozenset({""})) for one in requirements],
        set[tuple[str, frozenset[str]]](),
    )
    while waiting:
        requirement, extras = waiting.pop()
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name, inner = canonicalize_name(requirement.name), frozenset({"", *requirement.extras})
        if (name, inner) not in met:
            met.add((name, inner))
            yield name
            waiting.extend((Requirement(line), inner) for line in distribution(name).requires or [])


def make(folder: Path, wheel: Path, requirements: Iterable[str]) -> Path:
    """Unpack a wheel into a new environment, link what it needs beside it, and return the interpreter."""
    venv.create(folder, with_pip=False, symlinks=True)
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for name in needed(requirements):
        _link(name, site)
    return folder / "bin" / "python"


def _link(name: str, site: Path) -> None:
    found = distribution(name)
    for file in found.files or ():
        top = file.parts[0]
        if top not in {"..", "__pycache__"} and not (site / top).exists():
            (site / top).symlink_to(Path(str(found.locate_file(top))))


def run(python: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `python -m twolane` with a home of its own."""
    home = {"HOME": str(cwd), "PATH": os.environ["PATH"], "COLUMNS": "200"}
    return subprocess.run(
        [str(python), "-m", "twolane", *arguments],
        cwd=cwd,
        env=home,
        capture_output=True,
        text=True,
        timeout=120,
    )
