"""What a log tells of an outage: that something cannot be used, that it can again, and nothing between."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from twolane.errors import ModelUnreachableError, StoreBusyError


class OutageLog:
    """Tells of the outages of one server, or of one file, as warnings; safe to use from several threads."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._lasts = False

    def began(self, message: str) -> None:
        """Tell that it cannot be used, unless that has been told."""
        with self._lock:
            first, self._lasts = not self._lasts, True
        if first:
            self._log.warning("%s", message)

    @contextmanager
    def around(self, shown: str) -> Iterator[None]:
        """Tell of a block that fails by the outage of a store, and of the next one that works."""
        try:
            yield
        except StoreBusyError as error:
            self.began(error.what)
            raise
        self.ended(f"{shown} can be written again")

    def ended(self, message: str) -> None:
        """Tell that it can be used again, where its outage was told."""
        if not self._lasts:
            return
        with self._lock:
            last, self._lasts = self._lasts, False
        if last:
            self._log.warning("%s", message)


def level_of(error: Exception) -> int:
    """Return the level at which something is logged that an error has kept from being done.

    Servers and stores that cannot be used are told of by whoever noticed it, once; what follows from it comes
    again and again while the outage lasts, and says nothing new.
    """
    return logging.INFO if isinstance(error, ModelUnreachableError | StoreBusyError) else logging.WARNING
