"""Weighs an installation: what a plain twolane and each extra take, installed into an empty folder.

    python tools/weigh_install.py                      # plain, and with each extra
    python tools/weigh_install.py --extras embedded --write docs/versions.md

Bytes are those of the files, as the package client writes them. What Python compiles of them at an
installation by pip, or at the first start otherwise, is told apart.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- weighed -->", "<!-- /weighed -->"
LIMIT_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Weight:
    """What an installation takes: its files, what Python compiled of them, and the largest packages."""

    extra: str
    packages: int
    file_bytes: int
    compiled_bytes: int
    largest: tuple[tuple[str, int], ...] = ()


def weigh(extra: str, source: Path, folder: Path) -> Weight:
    """Install into a folder and weigh what came. Raises `CalledProcessError` where that fails."""
    wanted = f"{source}[{extra}]" if extra else str(source)
    install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
        str(folder),
        wanted,
    ]
    subprocess.run([sys.executable, *install], check=True, cwd=folder)
    return weighed(extra, folder)


def weighed(extra: str, folder: Path) -> Weight:
    """Weigh a folder of packages."""
    tops = {path.name: _bytes(_files(path)) for path in folder.iterdir()}
    files = list(_files(folder))
    compiled = _bytes(path for path in files if path.suffix == ".pyc")
    largest = sorted(tops.items(), key=lambda top: -top[1])[:8]
    packages = sum(name.endswith(".dist-info") for name in tops)
    return Weight(extra, packages, _bytes(files) - compiled, compiled, tuple(largest))


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    else:
        yield from (inner for inner in path.rglob("*") if inner.is_file() and not inner.is_symlink())


def _bytes(files: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in files)


def table(weights: Sequence[Weight]) -> str:
    """Return the table of the docs."""
    git = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "no commit"
    lines = [
        f"Weighed by `tools/weigh_install.py` on {dt.datetime.now(dt.UTC).date()}, commit {commit}, Python "
        f"{platform.python_version()}, {platform.system()} {platform.machine()}; the same "
        "versions always weigh the same.",
        "",
        "| installed | packages | files | compiled by Python |",
        "| --- | --- | --- | --- |",
    ]
    for one in weights:
        name = f"`twolane[{one.extra}]`" if one.extra else "`twolane`"
        lines.append(f"| {name} | {one.packages} | {_mb(one.file_bytes)} | {_mb(one.compiled_bytes)} |")
    return "\n".join(lines)


def _mb(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.0f} MB"


def main() -> None:
    """Weigh, print, and write where asked."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--extras", nargs="*", default=list(extras), help="which; none means plain alone")
    parser.add_argument("--source", type=Path, default=ROOT, help="a wheel, or the checkout")
    parser.add_argument("--write", type=Path, help="the page whose table is written anew")
    given = parser.parse_args()
    weights = []
    for extra in ["", *given.extras]:
        with tempfile.TemporaryDirectory() as folder:
            one = weigh(extra, given.source.absolute(), Path(folder))
        weights.append(one)
        top = ", ".join(f"{name} {_mb(size)}" for name, size in one.largest)
        sys.stdout.write(f"{extra or 'plain'}: {_mb(one.file_bytes)} + {_mb(one.compiled_bytes)}; {top}\n")
    if given.write:
        page = given.write.read_text("utf-8")
        before, rest = page.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        given.write.write_text(f"{before}{BEGIN}\n{table(weights)}\n{END}{after}", encoding="utf-8")
    if weights[0].file_bytes > LIMIT_BYTES:
        sys.exit(f"a plain installation is larger than {_mb(LIMIT_BYTES)}")


if __name__ == "__main__":
    main()
