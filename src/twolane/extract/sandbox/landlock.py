"""Landlock: what of the file system a process may touch, for the rest of its life, by the Linux kernel.

What a kernel does not know yet is left out; `version` says how much it knows.
See https://docs.kernel.org/userspace-api/landlock.html.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from twolane.extract.sandbox import kernel

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_ASK_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG, _MAKE_SYM = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 12
_TRUNCATE = 1 << 14
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_READ = _READ_FILE | _READ_DIR
_WRITE = (
    _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM | _TRUNCATE
)  # and no devices, pipes or sockets
# All that each version can refuse: of files (since 1: 13 rights, moving 2, cutting 3, devices 5) ...
_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
# ... TCP (since 4), and sockets without a path and signals to others (since 6).
_NET_VERSION, _NET = 4, 0b11
_SCOPES_VERSION, _SCOPES = 6, 0b11


@dataclass(frozen=True, slots=True)
class Touched:
    """The files and folders that may be read, written (with all that is in them), or run; no others."""

    read: tuple[Path, ...] = ()
    written: tuple[Path, ...] = ()
    run: tuple[Path, ...] = ()


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Return the version of what the kernel knows, 0 where it has none of it or must not be asked."""
    try:
        return kernel.call(_CREATE, None, 0, _ASK_VERSION)
    except OSError:
        return 0


def restrict(touched: Touched) -> int:
    """Confine this thread, and what it starts from now on; returns the version, 0 where there is none.

    Files that are open already can be used as before. Raises OSError where the kernel refuses.
    """
    known = version()
    if not known:
        return 0
    handled = next(_FILES[since] for since in sorted(_FILES, reverse=True) if known >= since)
    ruleset = _Ruleset(
        handled, _NET if known >= _NET_VERSION else 0, _SCOPES if known >= _SCOPES_VERSION else 0
    )
    # An older kernel knows a shorter one.
    size = 8 * (1 + (known >= _NET_VERSION) + (known >= _SCOPES_VERSION))
    rules = kernel.call(_CREATE, ctypes.addressof(ruleset), size, 0)
    try:
        _allow(rules, touched.read, _READ & handled)
        _allow(rules, touched.written, _WRITE & handled)
        _allow(rules, touched.run, (_READ | _EXECUTE) & handled)
        kernel.give_up_new_rights()
        kernel.call(_RESTRICT, rules, 0)
    finally:
        os.close(rules)
    return known


def _allow(rules: int, paths: Iterable[Path], rights: int) -> None:
    for path in paths:
        with suppress(OSError):  # what is not there cannot be touched either
            _allow_beneath(rules, path, rights)


def _allow_beneath(rules: int, path: Path, rights: int) -> None:
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]
    try:
        if not stat.S_ISDIR(os.fstat(parent).st_mode):
            rights &= _OF_FILES
        rule = _Beneath(rights, parent)
        kernel.call(_ADD, rules, _PATH_BENEATH, ctypes.addressof(rule), 0)
    finally:
        os.close(parent)
