"""The short form of `make chaos`: one of two model servers dies, the only one dies, both lanes drown."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(280)
def test_nothing_is_lost_or_doubled_and_the_other_lane_goes_on(tmp_path: Path) -> None:
    # when
    command = [sys.executable, "-m", "chaos", "--short", "--json", str(tmp_path / "chaos.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=270)

    # then
    assert done.returncode == 0, done.stderr
    outcomes = json.loads((tmp_path / "chaos.json").read_text())
    assert len(outcomes) == 3
    for found in outcomes:
        assert (found["lost"], found["doubled"]) == (0, 0), found
        # No question fails: not where a second server is there, and not where the other lane is hurt.
        assert found["chat_during"]["questions"]
        assert found["chat_during"]["failed"] == 0, found["errors"]
    assert "| kill a chat server |" in done.stdout
