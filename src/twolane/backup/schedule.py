"""Makes the planned backups of a server, each when it is due, also after a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from twolane.backup.values import BackupFile, BackupStep, OnStep
from twolane.cancel import Cancelled
from twolane.errors import ConflictError, TwolaneError

_log = logging.getLogger(__name__)


class BackupSchedule:
    """A thread that looks now and then whether a backup is due; closing it stops one that is being made.

    `make` makes one if it is due. When that is follows from the backups in the folder: several servers of one
    library make one between them, and a restart forgets nothing.
    """

    def __init__(
        self, make: Callable[[OnStep], BackupFile | None], *, is_planned: bool, look_s: float
    ) -> None:
        self._make = make
        self._is_planned = is_planned
        self._look_s = look_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="twolane-backup", daemon=True)

    def __enter__(self) -> Self:
        if self._is_planned:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if made := self._make(self._go_on):
                    _log.info("backup made", extra={"fields": {"bytes": made.size_bytes}})
            except ConflictError:  # another server makes it
                pass
            except Cancelled:
                return
            except TwolaneError as error:
                _log.error("the backup failed: %s", error.what)
            self._stopping.wait(self._look_s)

    def _go_on(self, step: BackupStep) -> None:  # noqa: ARG002 - wherever it is
        if self._stopping.is_set():
            raise Cancelled
