"""A quick look at a file: what takes longer than a moment is put off, so that it holds up no other file."""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType

from twolane.extract.base import Later

QUICK_CPU_S = 0.5
# What no signal can interrupt, such as a page within a PDF library, is ended from outside.
LONGEST_CPU_S = 1.0
LONGEST_IDLE_S = 15.0
_AGAIN_S = 0.1
_FRAMES = 50


class QuickLook:
    """Raises `Later` in its block once that has computed for `QUICK_CPU_S`; `is_over` says that it did.

    A library that catches what it should not, or calls us from native code, may swallow that: what was read
    is worth nothing then. Loading a library is not the file's doing, and is never interrupted.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._is_on = False
        self._modules = 0

    def __enter__(self) -> QuickLook:
        self._is_on = True
        self._modules = len(sys.modules)
        if sys.platform != "win32":
            signal.signal(signal.SIGPROF, self._tick)
            signal.setitimer(signal.ITIMER_PROF, QUICK_CPU_S, _AGAIN_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_on = False
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _tick(self, _: int, frame: FrameType | None) -> None:
        if not self._is_on or _is_import(frame):
            return
        if len(sys.modules) != self._modules:
            self._modules = len(sys.modules)
            if sys.platform != "win32":
                signal.setitimer(signal.ITIMER_PROF, QUICK_CPU_S, _AGAIN_S)
            return
        self.is_over = True
        raise Later


def _is_import(frame: FrameType | None) -> bool:
    for _ in range(_FRAMES):
        if frame is None:
            return False
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
