"""The private folders in which children work: locked by the program that made them, and swept by others.

What a kill has left over is known by its lock, which nobody holds any more.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from twolane.extract.sandbox.protocol import SCRATCH_PREFIX
from twolane.system import holding, kind
from twolane.system.disk import is_own

_FRESH_S = 60.0  # a folder this young may be about to be locked


class Scratch:
    """A new private folder; it is ours until it is removed, or this process ends in whatever way.

    What killed processes have left beside it is removed first.
    """

    def __init__(self) -> None:
        sweep()
        self.path = tempfile.mkdtemp(prefix=SCRATCH_PREFIX)
        # the folder itself is locked, for a hostile child can put away any file in it
        self._lock = holding.hold_folder(self.path)

    def remove(self) -> None:
        """Delete it with all that a child has left in it; harmless when repeated."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sweep() -> None:
    """Remove this user's folders that no living process holds."""
    if kind.is_windows():  # where a folder cannot be locked, none is known to be nobody's
        return
    for left in Path(tempfile.gettempdir()).glob(f"{SCRATCH_PREFIX}*"):
        with suppress(OSError):
            found = left.lstat()
            is_ours = is_own(found) and not left.is_symlink()
            if not is_ours or abs(time.time() - found.st_mtime) < _FRESH_S:
                continue
            lock = holding.hold_folder(left)
            if lock is None:
                continue
            shutil.rmtree(left, ignore_errors=True)
            os.close(lock)
