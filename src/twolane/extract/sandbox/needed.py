"""What a confined process needs of the disk, by this Python, this system, and the program itself."""

from __future__ import annotations

import mimetypes
import os
import re
import subprocess
import sys
import sysconfig
import zoneinfo
from collections.abc import Iterable, Iterator
from pathlib import Path

from twolane.config.environment import child_environment
from twolane.extract.sandbox.landlock import Touched

_LIBRARIES = ("lib", "lib64", "usr/lib", "usr/lib64", "usr/local/lib")
_ETC = ("/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types")
# Numerical libraries count the cores and the memory before they compute.
_MACHINE = ("/sys/devices/system/cpu", "/proc/cpuinfo", "/proc/meminfo", "/dev/urandom", "/dev/zero")
_FONTS = ("fonts", "X11/fonts")
_NULL = Path("/dev/null")
_LIST_TIMEOUT_S = 20.0


def by_python(*written: Path) -> Touched:
    """Return what this Python needs to import the rest of its modules, and readers to do their work."""
    folders = [
        *sys.path,
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        *zoneinfo.TZPATH,
        *mimetypes.knownfiles,
        *_fonts(),
        *_mapped_folders(),
    ]
    return Touched(_paths([*folders, *_system()]), (*written, _NULL))


def by_program(program: Path) -> Touched:
    """Return what an OCR program needs: itself, the libraries that its loader names, and its languages.

    The program is started for that, twice, with nothing of anybody's files.
    """
    loaded = _ask([str(program)], {"LD_TRACE_LOADED_OBJECTS": "1"})
    libraries = [Path(path) for path in re.findall(r"(?:=>|^)\s*(/\S+) \(0x", loaded, re.MULTILINE)]
    listed = re.search(r'"(/.+?)"', _ask([str(program), "--list-langs"], {}))
    shares = [program.resolve().parents[1] / "share", program.parents[1] / "share"]
    languages = [listed[1]] if listed else [share / name for share in shares for name in _TESSDATA]
    folders = [*(library.parent for library in libraries), *(one.resolve().parent for one in libraries)]
    prefix = _variable("TESSDATA_PREFIX")
    interpreters = [one for one in libraries if one.name.startswith(("ld-", "ld.", "ld64"))]
    return Touched(
        _paths([*folders, *languages, prefix, *_system()]), (_NULL,), (program, *interpreters, *_musl())
    )


_TESSDATA = ("tessdata", "tesseract-ocr")


def _musl() -> Iterable[Path]:
    return Path("/lib").glob("ld-musl-*.so.1")


def _ask(command: list[str], environment: dict[str, str]) -> str:
    try:
        done = subprocess.run(
            command,
            env=child_environment() | environment,
            cwd="/",  # it is not confined: nothing that a file may have left in the scratch folder is loaded
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LIST_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return os.fsdecode(done.stdout + done.stderr)


def _variable(name: str) -> str:
    return child_environment((name,)).get(name, "")


def _system() -> Iterator[str]:
    yield from (f"/{folder}" for folder in _LIBRARIES)
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix} - {"/usr"}:
        yield from (f"{prefix}/{folder}" for folder in ("lib", "lib64"))
    yield from _variable("LD_LIBRARY_PATH").split(os.pathsep)
    yield from _ETC
    yield from _MACHINE


def _fonts() -> Iterator[str]:
    shares = _variable("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for share in shares.split(os.pathsep):
        yield from (f"{share}/{folder}" for folder in _FONTS)


def _mapped_folders() -> Iterator[str]:
    """Yield the folders of the libraries that are loaded, beside which lie those that will be."""
    try:
        maps = Path("/proc/self/maps").read_text("utf-8", "surrogateescape")
    except OSError:
        return
    for path in set(re.findall(r"(/\S.*\.so\S*)$", maps, re.MULTILINE)):
        yield os.fspath(Path(path).parent)


def _paths(given: Iterable[str | os.PathLike[str] | None]) -> tuple[Path, ...]:
    """Return what is there of these, once each; never the root, nor a path that begins anywhere else."""
    found = {Path(path) for path in given if path and Path(path).is_absolute()} - {Path("/")}
    return tuple(path for path in sorted(found) if path.exists())
