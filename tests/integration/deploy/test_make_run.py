"""`make run` ends with its page, whatever became of what goes before."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("failing", ["models", "add"])
def test_the_page_is_served_though_a_step_before_it_fails(tmp_path: Path, failing: str) -> None:
    # given: a program that notes what it is asked to do, and fails at one step as the real one would
    asked = tmp_path / "asked"
    program = tmp_path / "twolane"
    program.write_text(f'#!/bin/sh\necho "$1" >> {asked}\n[ "$1" != {failing} ] || exit 4\n')
    program.chmod(0o755)

    # when
    made = subprocess.run(
        ["make", "-o", ".venv/installed", "run", f"TWOLANE={program}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    # then
    assert made.returncode == 0, made.stderr
    assert asked.read_text().split() == ["models", "add", "serve"]
    assert "the page" in made.stdout
