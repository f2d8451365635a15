"""A lock file: a fact that lasts as long as its process, and that other processes can see."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import socket
from pathlib import Path

from filelock import FileLock, Timeout

_log = logging.getLogger(__name__)
_ONLY_READ = {errno.EACCES, errno.EPERM, errno.EROFS}


class LockFile:
    """A lock that goes with the process that holds it; no dead process can leave it behind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: FileLock | None = None

    @property
    def is_ours(self) -> bool:
        return self._lock is not None

    def acquire(self, wait_s: float = 0.0) -> bool:
        """Lock the file; returns False where another process holds it, or it cannot be locked at all."""
        try:
            self._acquire(wait_s)
        except Timeout:
            return False
        except OSError as error:  # a full disk must not keep anybody from an answer
            if error.errno in _ONLY_READ:  # a library that is only read: its readers take no turns
                return False
            _log.warning("%s cannot be locked: %s", self.path, error)
            return False
        return True

    def release(self) -> None:
        """Unlock and remove the file; harmless where it is not locked."""
        if self._lock:
            with contextlib.suppress(OSError):  # Windows cannot remove a file that is open anywhere
                self.path.unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def is_held(self) -> bool:
        """Say whether any process holds the lock; a file that a dead one left is removed."""
        if self._lock:
            return True
        probe = LockFile(self.path)
        try:
            if not self.path.exists():
                return False
            probe._acquire(0.0)
        except Timeout:
            return True
        except OSError:
            return False
        probe.release()
        return False

    def _acquire(self, wait_s: float) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # An answer may begin in one thread and end in another.
        lock = FileLock(self.path, thread_local=False)
        lock.acquire(timeout=wait_s)
        self._lock = lock


def machine_name() -> str:
    """Return a name of this machine: processes of other machines may share the folder, but no cores.

    Containers of one machine have the same one on Linux, whatever their host names.
    """
    try:
        name = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
    except OSError:
        name = socket.gethostname()
    return hashlib.sha256(name.encode()).hexdigest()[:12]
