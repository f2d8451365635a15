"""Which files some process is writing just now, as far as Linux shows it to us."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

_PROCESSES = Path("/proc")
_WRITING = os.O_WRONLY | os.O_RDWR


def written_files(is_asked: Callable[[bytes], bool]) -> set[Path]:
    """Return the files that are open for writing, of those whose path is asked for.

    Processes of other users, and of other systems that share a disk, are not seen; elsewhere than on Linux
    none is.
    """
    found: set[bytes] = set()
    for descriptors in _descriptors():
        with suppress(OSError):  # it has just ended, or is another user's
            for number in os.listdir(descriptors):  # noqa: PTH208 - names alone, of many processes
                with suppress(OSError):
                    path = os.readlink(descriptors + b"/" + number)  # noqa: PTH115 - as bytes
                    if is_asked(path) and path not in found and _is_writing(descriptors, number):
                        found.add(path)
    return {Path(os.fsdecode(path)) for path in found}


def _descriptors() -> Iterator[bytes]:
    with suppress(OSError):
        processes = os.fsencode(_PROCESSES)
        for name in os.listdir(processes):  # noqa: PTH208 - names alone, of many processes
            if name.isdigit():
                yield processes + b"/" + name + b"/fd"


def _is_writing(descriptors: bytes, number: bytes) -> bool:
    with Path(os.fsdecode(descriptors + b"info/" + number)).open("rb") as told:
        for line in told:
            if line.startswith(b"flags:"):
                return bool(int(line.split()[1], 8) & _WRITING)
    return False
