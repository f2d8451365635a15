"""The short form of `make chaos`: model servers, a worker and PostgreSQL die under load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from chaos.__main__ import IN_SHORT
from standins.brokers import missing

ROOT = Path(__file__).parents[2]
ON_PLACES = ("kill a worker", "kill postgres")

pytestmark = pytest.mark.alone


def broken(names: tuple[str, ...], tmp_path: Path) -> list[dict[str, Any]]:
    """Run scenarios in their short form; returns what was found where nothing was lost or doubled."""
    told = tmp_path / "chaos.json"
    command = [sys.executable, "-m", "chaos", "--short", *names, "--json", str(told)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=270)
    assert done.returncode == 0, done.stderr + done.stdout
    if "skipped:" in done.stdout:
        missing(done.stdout.partition("skipped:")[2].strip())
    outcomes: list[dict[str, Any]] = json.loads(told.read_text())
    assert [found["scenario"] for found in outcomes] == list(names)
    for found in outcomes:
        assert (found["lost"], found["doubled"]) == (0, 0), found
        assert f"| {found['scenario']} |" in done.stdout
        assert found["chat_during"]["questions"]
    return outcomes


@pytest.mark.timeout(280)
def test_nothing_is_lost_or_doubled_and_the_other_lane_goes_on(tmp_path: Path) -> None:
    # when
    outcomes = broken(tuple(name for name in IN_SHORT if name not in ON_PLACES), tmp_path)

    # then: no question fails, not where a second server is there, and not where the other lane is hurt
    assert [found["chat_during"]["failed"] for found in outcomes] == [0, 0, 0], outcomes


@pytest.mark.timeout(280)
@pytest.mark.skipif(os.name == "nt", reason="kills process groups")
def test_what_the_lanes_stand_on_dies_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    # when
    worker, postgres = broken(ON_PLACES, tmp_path)

    # then: without the library nobody is answered at once, but whoever waits is answered when it is back
    assert worker["chat_during"]["failed"] == 0, worker
    assert postgres["chat_during"]["failed"] < postgres["chat_during"]["questions"], postgres
