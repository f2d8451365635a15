"""Errors that nobody foresaw: a worker's threads log them, count them and go on."""

from __future__ import annotations

import logging
from collections.abc import Callable

from twolane.errors import StoreBusyError

_log = logging.getLogger(__name__)


class Unforeseen:
    """Counts the unexpected errors of one worker; each is in the log."""

    def __init__(self) -> None:
        self.unexpected_errors = 0

    def step(self, step: Callable[[], object], failed: str) -> str:
        """Take a step; return the error that nobody foresaw, logged and counted, or "".

        An error that ended a thread would take a part of the worker with it, and nobody would notice.
        """
        try:
            step()
        except StoreBusyError as error:  # foreseen: the store has told of its outage
            _log.info("%s: %s", failed, error)
            return f"{failed}: {error}"
        except Exception as fault:  # noqa: BLE001 - the worker's threads: logged, counted and gone on with
            self.count(failed, fault)
            return f"{failed}: {type(fault).__name__}: {fault}"
        return ""

    def count(self, failed: str, fault: BaseException) -> None:
        """Log and count an error."""
        self.unexpected_errors += 1
        _log.error("%s unexpectedly", failed, exc_info=fault)
