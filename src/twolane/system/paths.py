"""The path at which what a user names lies, written as its disk writes it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from twolane.system import kind
from twolane.system.mounts import is_choosy
from twolane.system.names import folded, takeable


def path_of_named(path: Path) -> Path:
    """Return the absolute path of what a user names, without links; it need not be there.

    macOS, and disks of Windows on Linux, find `~/documents` where `~/Documents` lies, and nothing of theirs
    says so: it is written as it lies there, or every file in it would be another one to the library. Windows
    answers by itself as it lies.
    """
    found = path.expanduser().resolve()
    if kind.is_windows() or (kind.is_linux() and not is_choosy(found)):
        return found
    spelled = Path(found.anchor)
    for part in found.parts[1:]:
        spelled /= _as_it_lies(spelled, part)
    return spelled


def below(root: Path, names: Sequence[str]) -> Path:
    """Return a path below a root by names of any system, as the disk of the root takes them."""
    return root.joinpath(*(takeable(name) or "_" for name in names) if is_choosy(root) else names)


def path_digest(path: Path) -> str:
    """Return the SHA-256 of a path as it stands, in hexadecimal digits: a name for what belongs to it."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()


def _as_it_lies(folder: Path, name: str) -> str:
    with suppress(OSError):
        names = os.listdir(folder)  # noqa: PTH208 - names are compared
        if name not in names:
            alike = [one for one in names if folded(one) == folded(name)]
            return next((one for one in alike if (folder / one).samefile(folder / name)), name)
    return name
