"""With nothing but loopback, everything works but `models pull`; and nothing else is ever dialled."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from standins.models import embedding_model, small_chat_model
from standins.program import Program, small_pair, was_asked

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

# Loopback is down in a new network namespace: brought up by hand (SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP), since
# no program for it is there on every machine.
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket() as s:
    flags = struct.unpack("16sh", fcntl.ioctl(s, 0x8913, struct.pack("16sh", b"lo", 0)))[1]
    fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", flags | 1))
os.execvp(sys.argv[1], sys.argv[1:])
"""
ISOLATED = ("unshare", "--map-root-user", "--net", sys.executable, "-c", LOOPBACK_UP)
EXAMPLES = Path(__file__).parents[2] / "examples" / "inbox"
NAMES = ("minutes-spring.txt", "invoice-TL-2026-015.pdf", "night-train.eml", "guarantee.html")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    small_chat_model()
    embedding_model()
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(EXAMPLES / name, folder)
    return folder


def isolated(home: Path) -> Program:
    """Return the program in a network namespace of its own, or skip where that is not allowed."""
    if not shutil.which("unshare") or subprocess.run([*ISOLATED, "true"], capture_output=True).returncode:
        if os.environ.get("CI") and sys.platform == "linux":
            pytest.fail("no network namespace can be made on this machine")
        pytest.skip("no network namespaces here")
    return Program(home, small_pair(), prefix=ISOLATED)


def test_everything_but_pull_works_without_a_network(tmp_path: Path, inbox: Path) -> None:
    # given
    program = isolated(tmp_path)

    # when
    program.ok("init", tmp_path / "settings")
    added = program.ok("add", inbox, "--json")
    asked = program.run("ask", "What is the total of invoice TL-2026-015?", "--json")
    pulled = program.run("models", "pull", "gemma3:270m", "--accept-terms", "--json")

    # then
    assert added.values[-1]["states"].keys() <= {"filed", "review"}
    assert was_asked(asked.code in {0, 5}, asked.err)
    assert program.ok("status", "--json")
    assert program.ok("models", "verify", "smollm2:135m")
    assert program.ok("doctor", "--json")
    assert pulled.code == 3
    assert "could not be had" in pulled.err


def test_no_address_but_loopback_is_ever_dialled(tmp_path: Path, inbox: Path) -> None:
    # given
    if not shutil.which("strace"):
        pytest.skip("no strace here")
    trace = tmp_path / "trace"
    program = Program(
        tmp_path, small_pair(), prefix=("strace", "-f", "-e", "trace=connect,sendto", "-o", str(trace))
    )

    # when
    program.ok("add", inbox)
    asked = program.run("ask", "What is the total of invoice TL-2026-015?")

    # then
    assert was_asked(asked.code in {0, 5}, asked.err)
    addresses = set(re.findall(r'inet_(?:addr|pton)\((?:AF_INET6?, )?"([^"]+)"', trace.read_text()))
    assert addresses
    assert addresses <= {"127.0.0.1", "::1"}
