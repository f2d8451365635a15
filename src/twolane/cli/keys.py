"""Single keys of the terminal, without Enter; where there is no terminal, only the time passes."""

from __future__ import annotations

import contextlib
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator

_POLL_S = 0.05
_REST_S = 0.05  # what a key that is no character sends comes at once, though not always in one piece
# Arrows, the mouse, function keys and letters with Alt: each is one key, and nothing of it is a letter.
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^\x1b\[O])", re.DOTALL)
_BEGUN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?")
ENTER, ESCAPE, BACKSPACE, END = "\n", "\x1b", "\x7f", "\x04"  # END: Ctrl-D, or the terminal is gone

Key = Callable[[float], str]


def first_key(typed: str) -> tuple[str, str, bool]:
    """Return the first key of what was typed, what is left, and whether more of that key may still come."""
    if not typed.startswith(ESCAPE):
        return typed[:1], typed[1:], False
    if whole := _SEQUENCE.match(typed):
        return ESCAPE, typed[whole.end() :], False
    begun = _BEGUN.match(typed)
    end = begun.end() if begun else 1
    return ESCAPE, typed[end:], end == len(typed)


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
    _BEGINS = {"\x00", "\xe0"}  # of a key that is no character, such as an arrow; a letter follows

    def _windows_key(timeout_s: float) -> str:
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if msvcrt.kbhit():
                found = msvcrt.getwch()
                if found in _BEGINS and msvcrt.kbhit():
                    msvcrt.getwch()
                    return ESCAPE
                return _NAMES.get(found, found)
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
        ahead = ""

        def more(timeout_s: float) -> bool:
            """Read what comes within some seconds; False where the terminal is gone."""
            nonlocal ahead
            if not select.select([keyboard], [], [], timeout_s)[0]:
                return True
            typed = os.read(keyboard, 4096)
            ahead += decoder.decode(typed)
            return bool(typed)

        def key(timeout_s: float) -> str:
            nonlocal ahead
            if not ahead and not more(timeout_s):
                return END
            found, left, is_begun = first_key(ahead)
            while is_begun:
                before = ahead
                if not more(_REST_S) or ahead == before:
                    break
                found, left, is_begun = first_key(ahead)
            ahead = left
            return found

        tty.setcbreak(keyboard)
        try:
            yield key
        finally:
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
