"""A program in a real terminal: keys are pressed, and what it prints is read until something stands there."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from standins.program import DEADLINE_S, Program, kill_group


@dataclass
class Terminal:
    """The keyboard and the screen of a running program."""

    process: subprocess.Popen[bytes]
    _descriptor: int
    _shown: bytes = b""

    def press(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def until(self, text: str) -> str:
        """Return all that was printed up to a text, and forget it."""
        end = time.monotonic() + DEADLINE_S
        while text.encode() not in self._shown:
            left = end - time.monotonic()
            assert left > 0, f"{text!r} was not printed:\n{self._shown.decode('utf-8', 'replace')}"
            if not select.select([self._descriptor], [], [], left)[0]:
                continue
            try:
                more = os.read(self._descriptor, 65536)
            except OSError:  # the program has ended, and with it the terminal
                more = b""
            assert more, f"ended before {text!r} was printed:\n{self._shown.decode('utf-8', 'replace')}"
            self._shown += more
        before, found, self._shown = self._shown.partition(text.encode())
        return (before + found).decode("utf-8", "replace")

    def resize(self, columns: int, rows: int = 30) -> None:
        """Make the window wider or narrower, as a person does by its edge."""
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def modes(self) -> list[Any]:
        """Return how the terminal takes what is typed: line by line, shown or not, and so on."""
        return termios.tcgetattr(self._descriptor)

    def interrupt(self) -> None:
        """Do what the terminal does at Ctrl-C, where it does not pass it on as a letter."""
        assert self.modes()[3] & termios.ISIG
        self.process.send_signal(signal.SIGINT)

    def ended(self) -> int:
        """Return the program's exit code once it has ended."""
        return self.process.wait(DEADLINE_S)


@contextmanager
def in_terminal(program: Program, *args: str, columns: int = 80, rows: int = 30) -> Iterator[Terminal]:
    """Start a command in a terminal of this size, without colours, and kill it at the end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {**program.environment, "TERM": "dumb", "NO_COLOR": "1"}
    del environment["COLUMNS"]
    process = subprocess.Popen(
        program.command(*args),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        cwd=program.home,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        kill_group(process)  # type: ignore[arg-type]  # its output is bytes, which makes no difference here
        os.close(ours)
