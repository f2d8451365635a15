"""How many files and connections this process may have open at once."""

from __future__ import annotations

from contextlib import suppress

from twolane.system import kind

_MOST = 65_536
"""What is enough for every server; some programs that are started go through all numbers up to the limit."""

_OF_WINDOWS = 8192


def raise_limit() -> int:
    """Raise what the process may have open as far as the system lets it, and return how many that are."""
    if kind.is_windows():
        return _OF_WINDOWS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # macOS has a limit of its own below what it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return _MOST if soft == resource.RLIM_INFINITY else soft
