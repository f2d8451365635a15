"""The filter of system calls: what a reading process never needs fails, by the Linux kernel.

All else is allowed: which calls Python and the C library make changes with every version of them, while what
is dangerous is known; calls that are younger than the table are refused (docs/why/reading.md).
See https://docs.kernel.org/userspace-api/seccomp_filter.html.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from typing import Final, get_args

from twolane.extract.sandbox import kernel, syscalls
from twolane.extract.sandbox.syscalls import Architecture
from twolane.system.disk import flags

# Instructions of the kernel's small machine (linux/bpf_common.h).
_LOAD: Final = 0x20
_AND: Final = 0x54
_IF_EQUAL: Final = 0x15
_IF_ABOVE: Final = 0x25
_IF_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06
_ALLOW, _ERROR, _KILL_PROCESS = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_REFUSE, _NOT_THERE = _ERROR | errno.EPERM, _ERROR | errno.ENOSYS
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_AUDIT: dict[Architecture, int] = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_SECCOMP: dict[Architecture, int] = {"x86_64": 317, "aarch64": 277}
_SET_FILTER, _ALL_THREADS, _BY_PRCTL = 1, 1, 2
_NEW_THREAD = 0x1_0000
_NEW_NAMESPACES = 0x7E02_0080
# isatty, close-on-exec, how much there is to read, not blocking, the size of a window
_IOCTLS = (0x5401, 0x5450, 0x5451, 0x541B, 0x5421, 0x5413)
# who may trace this process, its memory map, and whose children those without a parent become
_PRCTLS = (0x5961_6D61, 35, 36)
# who is sent a signal when there is something to read, and which; locks and leases of files of others
_FCNTLS = (8, 10, 15, 6, 7, 37, 38, 1024, 1026)
_EMPTIED_UNSEEN = flags("O_ACCMODE", "O_TRUNC")


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("yes", ctypes.c_uint8),
        ("no", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def architecture() -> Architecture | None:
    """Return this process's architecture, or None where no table of its calls is known."""
    machine = platform.machine()
    known: tuple[Architecture, ...] = get_args(Architecture)
    return next((one for one in known if one == machine and sys.maxsize > 2**32), None)


def restrict(*, may_run: bool) -> bool:
    """Filter the calls of every thread of this process; returns false where that is not to be had.

    `may_run` leaves a process its one `execve`, by which it becomes the program that it was made for.
    """
    machine = architecture()
    if machine is None:
        return False
    code = list(instructions(machine, os.getpid(), may_run=may_run))
    program = _Program(len(code), (_Instruction * len(code))(*code))
    try:
        kernel.give_up_new_rights()
        _install(machine, ctypes.addressof(program))
    except OSError:
        return False
    return True


def _install(machine: Architecture, program: int) -> None:
    try:
        kernel.call(_SECCOMP[machine], _SET_FILTER, _ALL_THREADS, program)
    except OSError:
        kernel.prctl(kernel.PR_SET_SECCOMP, _BY_PRCTL, program)


def instructions(machine: Architecture, process: int, *, may_run: bool) -> Iterator[_Instruction]:
    """Yield the filter of one process on one architecture."""
    yield _Instruction(_LOAD, 0, 0, _ARCHITECTURE_AT)
    yield _Instruction(_IF_EQUAL, 1, 0, _AUDIT[machine])
    yield _result(_KILL_PROCESS)  # calls of another architecture have other numbers
    yield _Instruction(_LOAD, 0, 0, _NUMBER_AT)
    yield _Instruction(_IF_ABOVE, 0, 1, syscalls.NEWEST)  # x32's, too
    yield _result(_NOT_THERE)
    yield from _each(syscalls.refused(machine), _REFUSE)
    yield from _each(syscalls.unseen(machine), _NOT_THERE)
    numbers = syscalls.looked_at(machine)
    yield from _if(numbers["clone"], _only_threads())
    yield from _if(numbers["kill"], _only(0, (0, process)))
    yield from _if(numbers["tgkill"], _only(0, (process,)))
    yield from _if(numbers["prlimit64"], _only(0, (0, process)))
    yield from _if(numbers["ioctl"], _only(1, _IOCTLS))
    yield from _if(numbers["fcntl"], _none_of(1, _FCNTLS))
    yield from _if(numbers["prctl"], _none_of(0, _PRCTLS))
    yield from _if(numbers["openat"], _not_emptied_unseen(2))
    if "open" in numbers:
        yield from _if(numbers["open"], _not_emptied_unseen(1))
    if not may_run:
        yield from _each([numbers["execve"]], _REFUSE)
    yield _result(_ALLOW)


def _result(value: int) -> _Instruction:
    return _Instruction(_RETURN, 0, 0, value)


def _argument(index: int) -> _Instruction:
    """Load the lower half of an argument: all that is looked at here are ints."""
    return _Instruction(_LOAD, 0, 0, 16 + 8 * index)


def _each(values: Iterable[int], result: int) -> Iterator[_Instruction]:
    for value in values:
        yield _Instruction(_IF_EQUAL, 0, 1, value)
        yield _result(result)


def _if(number: int, judged: Iterable[_Instruction]) -> Iterator[_Instruction]:
    body = list(judged)
    yield _Instruction(_IF_EQUAL, 0, len(body), number)
    yield from body


def _only(index: int, values: Iterable[int]) -> Iterator[_Instruction]:
    yield _argument(index)
    yield from _each(values, _ALLOW)
    yield _result(_REFUSE)


def _none_of(index: int, values: Iterable[int]) -> Iterator[_Instruction]:
    yield _argument(index)
    yield from _each(values, _REFUSE)
    yield _result(_ALLOW)


def _only_threads() -> Iterator[_Instruction]:
    yield _argument(0)
    yield _Instruction(_IF_ANY_BIT, 2, 0, _NEW_NAMESPACES)
    yield _Instruction(_IF_ANY_BIT, 0, 1, _NEW_THREAD)
    yield _result(_ALLOW)
    yield _result(_REFUSE)


def _not_emptied_unseen(index: int) -> Iterator[_Instruction]:
    """Refuse to open a file for reading and empty it at once, which older kernels call reading."""
    yield _argument(index)
    yield _Instruction(_AND, 0, 0, _EMPTIED_UNSEEN)
    yield from _each([os.O_TRUNC], _REFUSE)
    yield _result(_ALLOW)
