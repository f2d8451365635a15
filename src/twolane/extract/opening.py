"""How a file that is to be read is opened, without waiting for whatever else lies there."""

from __future__ import annotations

import errno
import os

from twolane.system.disk import flags


def open_file(path: str) -> int | None:
    """Return a file's descriptor, or None for a socket. Raises OSError where it cannot be opened."""
    # A pipe without a writer would block an ordinary open for ever.
    try:
        return os.open(path, flags("O_NONBLOCK", "O_BINARY", "O_CLOEXEC"))
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise
