"""Libraries that this user may read and not write: how SQLite opens one without making any file."""

from __future__ import annotations

import os
from pathlib import Path


def is_only_read(path: Path) -> bool:
    """Say whether there is a library that can be read here, and which this user or disk cannot write.

    It keeps its log beside itself: a folder where nothing can be made holds a library that is only read.
    """
    if not os.access(path, os.R_OK):
        return False
    return not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def address_of(path: Path) -> str:
    """Return the address by which SQLite opens a library, so that nothing is written where nothing can be.

    Without a log beside it nobody writes it: it is read as it lies there, without the locks of one.
    """
    address = path.absolute().as_uri()
    if not is_only_read(path):
        return address
    log = path.with_name(f"{path.name}-wal")
    return f"{address}?mode=ro" if log.exists() else f"{address}?immutable=1"
