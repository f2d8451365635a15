"""Which system this is; nothing else asks Python for it, so that a test can say another one."""

from __future__ import annotations

import sys

KIND: str = sys.platform  # as plain text, so that the type checker follows every branch


def is_linux() -> bool:
    """Say whether this is Linux."""
    return KIND == "linux"


def is_macos() -> bool:
    """Say whether this is macOS."""
    return KIND == "darwin"


def is_windows() -> bool:
    """Say whether this is Windows: all else counts as POSIX."""
    return KIND == "win32"
