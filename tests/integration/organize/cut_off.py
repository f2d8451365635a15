"""Runs what moves files in a child process that ends at some line of it, as if it were killed there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from standins.desk import Desk, desk

import twolane.organize

_ROOM = str(Path(twolane.organize.__file__).parent)
_KILLED = 9


def cut_off_at(line: int, data: Path, inbox: Path, root: Path, do: Callable[[Desk], object]) -> bool:
    """Do something to a library in a child that ends at its n-th line; False where it came to its end."""
    child = os.fork()
    if child == 0:
        left = line

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal left
            if not frame.f_code.co_filename.startswith(_ROOM):
                return None
            if event == "line":
                left -= 1
                if left <= 0:
                    os._exit(_KILLED)
            return trace

        try:
            with desk(data, inbox, root) as own:
                sys.settrace(trace)
                do(own)
                sys.settrace(None)
            os._exit(0)
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, _KILLED}, code
    return code == _KILLED
