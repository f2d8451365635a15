"""Standard streams that are closed or full, and a full disk: one line says what to do now."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.filesystems import disk

SCRIPTED = [
    *("--set", "filing.runtime=scripted", "--set", "filing.model=scripted", "--set", "embedding.runtime=off"),
    *("--set", "chat.runtime=scripted", "--set", "chat.model=scripted"),
]
LIMIT_S = 60.0


def run_in_shell(data_dir: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a shell in which `$T` is the program over a library."""
    program = " ".join([sys.executable, "-m", "twolane", "--data-dir", str(data_dir), *SCRIPTED])
    return subprocess.run(
        ["sh", "-c", f"T='{program}'; {line}"],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("$T files >&-", 0, ""),
        ("$T files --json >&- 2>&-", 0, ""),
        ("$T status > /dev/full", 1, "there is no room"),
        ("$T status --json > /dev/full", 1, "there is no room"),
        ("$T chat <&-", 0, ""),
        ("$T review <&-", 2, "needs a terminal"),
        ("PYTHONIOENCODING=ascii LC_ALL=C $T files", 0, ""),
    ],
)
def test_streams_that_are_closed_or_full_end_in_no_traceback(
    tmp_path: Path, line: str, code: int, words: str
) -> None:
    # when
    ran = run_in_shell(tmp_path / "library", line)

    # then
    assert "Traceback" not in ran.stdout + ran.stderr
    assert "Exception ignored" not in ran.stderr
    assert words in ran.stdout + ran.stderr
    assert ran.returncode == code


@pytest.mark.timeout(120)
def test_add_says_that_the_disk_is_full_and_ends(tmp_path: Path) -> None:
    # given
    documents = tmp_path / "documents"
    documents.mkdir()
    for number in range(150):
        (documents / f"{number}.txt").write_text(f"INVOICE {number} " + f"word{number} " * 1600, "utf-8")

    # when
    with disk("tmpfs", tmp_path, size_mb=3) as place:
        ran = run_in_shell(place / "library", f"$T add {documents}")

    # then
    assert ran.returncode == 1
    assert "cannot grow: the disk is full" in ran.stderr
    assert "free some space" in ran.stderr
    assert "Traceback" not in ran.stderr
