"""The programs that are run for readers: found by their full path, and run by whoever may start them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from twolane.config.environment import child_environment

TESSERACT = "tesseract"


@dataclass(frozen=True, slots=True)
class ProgramRun:
    """One run of a program: its arguments, its standard input, and its limit of processor time."""

    program: str
    arguments: Sequence[str]
    data: bytes
    cpu_s: float


def find(name: str) -> str:
    """Return a program's full path, or the empty string.

    Relative folders of PATH are passed over: a file that lies where twolane was started is not its program.
    """
    given = child_environment(("PATH",)).get("PATH", "").split(os.pathsep)
    folders = [folder for folder in given if Path(folder).is_absolute()]
    return (shutil.which(name, path=os.pathsep.join(folders)) or "") if folders else ""


@dataclass(frozen=True, slots=True)
class ProgramOutput:
    """What a program wrote, and the processor time that it took where another process ran it."""

    data: bytes = b""
    elsewhere_s: float = 0.0


def run(asked: ProgramRun) -> bytes:
    """Return what a program wrote; nothing where it needed more than its time."""
    output = _run(asked)
    _elsewhere_s[0] += output.elsewhere_s
    return output.data


def elsewhere_s() -> float:
    """Return the processor time of the programs that another process has run for this one, in seconds."""
    return _elsewhere_s[0]


def run_by(runner: Callable[[ProgramRun], ProgramOutput]) -> None:
    """Have programs run by something else from now on: a confined process may start none itself."""
    global _run  # noqa: PLW0603 - one process has one way of starting programs
    _run = runner


def _run_here(asked: ProgramRun) -> ProgramOutput:
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(
            [asked.program, *asked.arguments],
            input=asked.data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            timeout=max(0.1, asked.cpu_s),  # the clock stands in for a limit that not every system has
            check=False,
        )
        return ProgramOutput(done.stdout)
    return ProgramOutput()


def environment() -> Mapping[str, str]:
    """Return the variables for a program."""
    # More threads than one are slower for tesseract: 7-8 s a page against 2 s on two cores.
    return child_environment() | {"OMP_THREAD_LIMIT": "1"}


_run: Callable[[ProgramRun], ProgramOutput] = _run_here
_elsewhere_s = [0.0]
