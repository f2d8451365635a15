"""`twolane top` in a real terminal of 80 by 24: it draws, and leaves cleanly."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from standins.program import DEADLINE_S, Program, kill_group, until

if sys.platform == "win32":
    pytest.skip("has no pseudo-terminals", allow_module_level=True)

import fcntl
import pty
import select
import termios

ALTERNATE_SCREEN, ORDINARY_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"


@dataclass
class Terminal:
    """A pseudo-terminal with a program in it."""

    process: subprocess.Popen[bytes]
    ours: int
    theirs: int
    shown: bytearray = field(default_factory=bytearray)

    def shows(self, text: bytes) -> bool:
        if select.select([self.ours], [], [], 0.05)[0]:
            self.shown += os.read(self.ours, 65_536)
        return text in self.shown

    def line_by_line(self) -> bool:
        """Whether what is typed comes line by line, as it should before and after."""
        return bool(termios.tcgetattr(self.theirs)[3] & termios.ICANON)


@contextmanager
def terminal(program: Program, *args: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {name: value for name, value in program.environment.items() if name != "COLUMNS"}
    process = subprocess.Popen(
        program.command(*args),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment, "TERM": "xterm-256color"},
        cwd=program.home,
        start_new_session=True,
    )
    try:
        yield Terminal(process, ours, theirs)
    finally:
        kill_group(process)  # type: ignore[arg-type]  # bytes or text: it only ends it
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("leave", ["q", "Ctrl-C"])
def test_it_draws_and_leaves_the_terminal_as_it_was(tmp_path: Path, leave: str) -> None:
    # given
    scripted = {"filing.runtime": "scripted", "chat.runtime": "scripted", "embedding.runtime": "off"}
    program = Program(tmp_path, scripted)
    with terminal(program, "top", "--every", "0.2") as screen:
        until(lambda: screen.shows(b"q leaves"), "the screen is drawn")
        drawn_in_keys = screen.line_by_line()

        # when
        if leave == "q":
            os.write(screen.ours, b"q")
        else:
            screen.process.send_signal(signal.SIGINT)
        until(lambda: screen.shows(ORDINARY_SCREEN), "the screen is left")

        # then
        assert screen.process.wait(DEADLINE_S) == 0
        assert not drawn_in_keys
        assert screen.line_by_line()
        assert ALTERNATE_SCREEN in screen.shown
        assert b"chat lane" in screen.shown
        assert b"Traceback" not in screen.shown
