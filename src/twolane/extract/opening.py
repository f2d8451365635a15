"""How a file that is to be read is opened, without waiting for whatever else lies there."""

from __future__ import annotations

import errno
import os


def open_file(path: str) -> int | None:
    """Return a file's descriptor, or None for a socket. Raises OSError where it cannot be opened."""
    # A pipe without a writer would block an ordinary open for ever.
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    try:
        return os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise
