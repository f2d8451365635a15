"""Ctrl-C in the first second of a command: it ends without a traceback, whatever is being loaded."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from standins.program import Program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
SCRIPTED = {"filing.runtime": "scripted", "filing.model": "twin", "chat.runtime": "scripted"}
SCRIPTED |= {"chat.model": "twin", "embedding.runtime": "off"}
# As it happens while a module is loaded: the first that is asked for after so many raises the signal.
INTERRUPTING = """
import os, signal, sys
class Interrupt:
    left = int(sys.argv.pop(1))
    def find_spec(self, *_):
        Interrupt.left -= 1
        if Interrupt.left == 0:
            os.kill(os.getpid(), signal.SIGINT)
from twolane.__main__ import main
sys.meta_path.insert(0, Interrupt())
main()
"""


@pytest.mark.parametrize(
    ("command", "module"),
    [
        (("--help",), 1),
        (("--help",), 40),
        (("status",), 150),
        (("status",), 300),
        (("add", "."), 350),
        (("serve", "--port", "0"), 400),
    ],
)
def test_it_ends_without_a_traceback(tmp_path: Path, command: tuple[str, ...], module: int) -> None:
    # given
    program = Program(tmp_path, SCRIPTED)
    python, _, _, *arguments = program.command(*command)

    # when
    ran = subprocess.run(
        [python, "-c", INTERRUPTING, str(module), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **program.place,
    )

    # then
    assert "Traceback" not in ran.stderr + ran.stdout
    assert ran.returncode in {-signal.SIGINT, 130}
