"""What Python itself keeps a child from: more than its limits, a network, and programs other than OCR.

Where the kernel confines a child (`confinement`), this is a second door; elsewhere it is the only one.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from twolane.system import kind

_FORBIDDEN = (
    "socket.", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile",
    "urllib.", "ftplib.", "http.client.", "smtplib.", "webbrowser.", "winreg.",
)  # fmt: skip
_HARMLESS = frozenset({"socket.gethostname"})
_OPEN_FILES = 256
_LARGEST_FILE_WRITTEN_BYTES = 256 << 20


class ForbiddenError(RuntimeError):
    """A reader tried something that reading a file never needs."""


def forbid_network_and_programs(but: str = "") -> None:
    """Make every attempt to open a socket or to start another program fail, for the rest of the process.

    `but` is the full path of the one program that may be started all the same.
    """

    def check(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen":
            if not but or os.fsdecode(arguments[0] or "") != but:
                raise ForbiddenError("no program may be started while a file is read")
        elif event.startswith(_FORBIDDEN) and event not in _HARMLESS:
            raise ForbiddenError(f"{event} is not allowed while a file is read")

    sys.addaudithook(check)


def limit_memory(memory_bytes: int) -> None:
    """Let this process grow by so much from its present size, and never more; else the parent limits it."""
    if kind.is_windows():
        return
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        files = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    with suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        written = _LARGEST_FILE_WRITTEN_BYTES if hard < 0 else min(_LARGEST_FILE_WRITTEN_BYTES, hard)
        resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    if not kind.is_linux():
        return
    size = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = size + memory_bytes if hard < 0 else min(size + memory_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def limit_cpu(seconds: float) -> None:
    """Let this process compute for so long from now on; the system then ends it, even without the parent."""
    if kind.is_windows():
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    limit = int(used.ru_utime + used.ru_stime + seconds) + 2
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (limit if hard < 0 else min(limit, hard), hard))
