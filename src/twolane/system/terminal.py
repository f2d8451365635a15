"""What is written to the terminal, or to the pipe or file that stands in its place, can be written at all."""

from __future__ import annotations

import io
import os
import sys

from twolane.system import kind


def open_what_is_closed() -> None:
    """Put nothing in the place of standard input, output and errors where whoever started us closed them.

    Else the next file that is opened would take their place, the library among them, and be written into.
    """
    for number, name, how in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it takes the lowest number that is free: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, how, encoding="utf-8", closefd=False))  # noqa: SIM115 - kept


def write_every_letter() -> None:
    """Let standard output and errors take every letter, whatever this system thinks of its users' language.

    Windows writes pipes and files in an old code page, which lacks most letters: there it is UTF-8, as
    elsewhere. Where a user has asked for an encoding that lacks some, these are written by their numbers.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue  # a program's own, as tests have
        if kind.is_windows() and not stream.isatty():
            stream.reconfigure(encoding="utf-8")
        if stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="backslashreplace")
