"""Calls of the Linux kernel that Python has no functions for, by their numbers."""

from __future__ import annotations

import ctypes
import os
from functools import cache

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22


def call(number: int, *arguments: int | None) -> int:
    """Return the result of a system call; a number stands for an address, too. Raises OSError."""
    words = [ctypes.c_long(0 if argument is None else argument) for argument in arguments]
    return _checked(_library().syscall(ctypes.c_long(number), *words))


def prctl(option: int, *arguments: int) -> int:
    """Return the result of one operation on this process. Raises OSError."""
    words = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked(_library().prctl(ctypes.c_int(option), *words))


def give_up_new_rights() -> None:
    """Let no program that this process starts have more rights than it. Raises OSError."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def _checked(result: int) -> int:
    if result < 0:
        raise _failure(ctypes.get_errno())
    return int(result)


def _failure(code: int) -> OSError:
    return OSError(code, os.strerror(code))


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    library.prctl.restype = ctypes.c_int
    return library
