"""How a process that parses foreign bytes is confined, by what the kernel offers; and what is lacking here.

`python -m twolane.extract.sandbox.confinement` confines itself and says in JSON what held.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass

from twolane.config.environment import child_environment
from twolane.extract.sandbox import landlock, needed, seccomp
from twolane.extract.sandbox.landlock import Touched
from twolane.system import kind

_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Confinement:
    """What confines a reading process: the version of Landlock (0: none), and whether calls are filtered."""

    landlock: int = 0
    are_calls_filtered: bool = False

    @property
    def is_there(self) -> bool:
        """Say whether the kernel confines it at all."""
        return bool(self.landlock or self.are_calls_filtered)

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is lacking: the filter of calls covers what an older Landlock leaves open."""
        return bool(self.landlock and self.are_calls_filtered)

    def __str__(self) -> str:
        if not self.is_there:
            return "by limits and a check within Python alone"
        disk = f"Landlock ABI {self.landlock}" if self.landlock else "no Landlock"
        return f"{disk}, system calls {'filtered' if self.are_calls_filtered else 'not filtered'}"


def confine(touched: Touched) -> Confinement:
    """Confine this process for the rest of its life; call it before any other thread is there."""
    if not kind.is_linux():
        return Confinement()
    os.umask(0o077)
    try:
        version = landlock.restrict(touched)
    except OSError:
        version = 0
    return Confinement(version, seccomp.restrict(may_run=False))


def tried() -> Confinement:
    """Return what confines reading processes here, found out by a process that confines itself."""
    if not kind.is_linux():
        return Confinement()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "twolane.extract.sandbox.confinement"],
            env=child_environment(),
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=True,
        )
        answer = json.loads(done.stdout)
        return Confinement(int(answer["landlock"]), bool(answer["are_calls_filtered"]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return Confinement()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(confine(needed.by_python()))))
