"""The programs that are run for readers: found by their full path, and run by whoever may start them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twolane.config.loading import child_environment

TESSERACT = "tesseract"


@dataclass(frozen=True, slots=True)
class ProgramRun:
    """One run of a program: its arguments, what it reads on its standard input, and how long it may take."""

    program: str
    arguments: Sequence[str]
    data: bytes
    timeout_s: float


def find(name: str) -> str:
    """Return a program's full path, or the empty string.

    Relative folders of PATH are passed over: a file that lies where twolane was started is not its program.
    """
    folders = [
        folder for folder in child_environment(("PATH",)).get("PATH", "").split(os.pathsep) if Path(folder).is_absolute()
    ]
    return (shutil.which(name, path=os.pathsep.join(folders)) or "") if folders else ""


def run(asked: ProgramRun) -> bytes:
    """Return what a program wrote. Raises `subprocess.TimeoutExpired`."""
    return _run(asked)


def run_by(runner: Callable[[ProgramRun], bytes]) -> None:
    """Have programs run by something else from now on: a confined process may start none itself."""
    global _run  # noqa: PLW0603 - one process has one way of starting programs
    _run = runner


def _run_here(asked: ProgramRun) -> bytes:
    done = subprocess.run(
        [asked.program, *asked.arguments],
        input=asked.data,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        timeout=max(0.1, asked.timeout_s),
        check=False,
    )
    return done.stdout


def environment() -> Mapping[str, str]:
    """Return the variables for a program."""
    # More threads than one are slower for tesseract: 7-8 s a page against 2 s on two cores.
    return child_environment() | {"OMP_THREAD_LIMIT": "1"}


_run: Callable[[ProgramRun], bytes] = _run_here
