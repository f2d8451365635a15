"""Single keys of the terminal, without Enter; where there is no terminal, only the time passes."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator

_POLL_S = 0.05
ENTER, ESCAPE, BACKSPACE, END = "\n", "\x1b", "\x7f", "\x04"  # END: Ctrl-D, or the terminal is gone

Key = Callable[[float], str]


@contextlib.contextmanager
def reading_keys(*, keyboard: bool = True) -> Iterator[Key]:
    """Yield a function that waits so many seconds for a key and returns it, or "" where none came.

    What is typed ahead is kept, and keys that are no characters, such as arrows, are all `ESCAPE`. The
    terminal's mode is restored at the end of the block. Without a keyboard it only waits.
    """
    if not keyboard or not sys.stdin.isatty():
        yield _wait
    elif sys.platform == "win32":
        yield _windows_key
    else:
        with _single_keys() as key:
            yield key


def _wait(timeout_s: float) -> str:
    threading.Event().wait(timeout_s)
    return ""


if sys.platform == "win32":
    import msvcrt

    _NAMES = {"\r": ENTER, "\b": BACKSPACE}

    def _windows_key(timeout_s: float) -> str:
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if msvcrt.kbhit():
                return _NAMES.get(found := msvcrt.getwch(), found)
            time.sleep(_POLL_S)
        return ""

else:
    import codecs
    import os
    import select
    import termios
    import tty

    @contextlib.contextmanager
    def _single_keys() -> Iterator[Key]:
        keyboard = sys.stdin.fileno()
        before = termios.tcgetattr(keyboard)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        ahead: list[str] = []

        def key(timeout_s: float) -> str:
            if not ahead and select.select([keyboard], [], [], timeout_s)[0]:
                typed = os.read(keyboard, 4096)
                if not typed:
                    return END
                text = decoder.decode(typed)
                ahead.extend(ESCAPE if text.startswith(ESCAPE) else text)
            return ahead.pop(0) if ahead else ""

        tty.setcbreak(keyboard)
        try:
            yield key
        finally:
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
