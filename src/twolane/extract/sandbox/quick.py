"""A quick look at a file: what takes longer than a moment is put off, so that it holds up no other file."""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType

from twolane.extract.base import Later
from twolane.system.kind import is_windows

# What no signal can interrupt, such as a page within a PDF library, is ended with its process: by the kernel
# at one and a half of the look, and from outside where the kernel is not asked.
ENDED_AT = 1.5
OVER = -int(getattr(signal, "SIGVTALRM", 0))  # how such a process ends
LONGEST_CPU_S = 1.0
LONGEST_IDLE_S = 15.0
_AGAIN_S = 0.1
_FRAMES = 50


class QuickLook:
    """Raises `Later` in its block once that has computed for `look_s`; `is_over` says that it did.

    A library that catches what it should not, or calls us from native code, may swallow that: what was read
    is worth nothing then. Loading a library is not the file's doing, and is never interrupted.
    """

    def __init__(self, look_s: float) -> None:
        self._look_s = look_s
        self.is_over = False
        self._is_on = False
        self._modules = 0

    def __enter__(self) -> QuickLook:
        self._is_on = True
        self._modules = len(sys.modules)
        if not is_windows():
            signal.signal(signal.SIGPROF, self._tick)
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_on = False
        if not is_windows():
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _begin(self) -> None:
        if not is_windows():
            signal.setitimer(signal.ITIMER_PROF, self._look_s, _AGAIN_S)
            signal.setitimer(signal.ITIMER_VIRTUAL, ENDED_AT * self._look_s)  # whose signal kills

    def _tick(self, _: int, frame: FrameType | None) -> None:
        if not self._is_on:
            return
        if _is_import(frame) or len(sys.modules) != self._modules:
            self._modules = len(sys.modules)
            self._begin()
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
