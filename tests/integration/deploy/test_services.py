"""The files that have a system start twolane: what they confine, and that they are well formed."""

from __future__ import annotations

import plistlib
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from twolane.cli.context import EXIT_SETTINGS

DEPLOY = Path(__file__).parents[3] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MOST_EXPOSED = 3.0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze judges the units")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_exposes_little(unit: Path) -> None:
    # when
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
    )

    # then
    found = re.search(r"exposure level for \S+: ([\d.]+)", said.stdout)
    if found is None:
        pytest.skip(f"this systemd-analyze judges no files: {said.stderr[:200]}")
    assert float(found[1]) <= MOST_EXPOSED


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze judges the units")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_each_line_of_a_unit(unit: Path) -> None:
    # when
    said = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True).stderr

    # then: nothing but that the program is not installed where the unit has it
    faults = [line for line in said.splitlines() if unit.name in line and "is not executable" not in line]
    assert not faults


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_waits_longer_than_a_server_drains(unit: Path) -> None:
    assert "TimeoutStopSec=40" in unit.read_text("utf-8")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_lets_the_program_see_what_it_asks_of_the_machine(unit: Path) -> None:
    # given
    lines = unit.read_text("utf-8").splitlines()
    families = next(line for line in lines if line.startswith("RestrictAddressFamilies="))

    # then: memory and cores are in /proc/meminfo and /proc/stat, addresses are told by netlink
    assert not [line for line in lines if line.startswith("ProcSubset=")]
    assert "AF_NETLINK" in families.split()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_wrong_setting_does_not_start_it_again(unit: Path) -> None:
    assert f"RestartPreventExitStatus={EXIT_SETTINGS}" in unit.read_text("utf-8").splitlines()


def test_the_files_for_macos_and_windows_start_the_server() -> None:
    # when
    agent = plistlib.loads((DEPLOY / "launchd" / "org.twolane.serve.plist").read_bytes())
    task = ElementTree.parse(DEPLOY / "windows" / "twolane.xml")
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}

    # then
    assert agent["ProgramArguments"][-1].split(" 2>>")[0].endswith('twolane" serve')
    assert agent["ExitTimeOut"] > 30
    assert task.findtext(".//t:Exec/t:Arguments", namespaces=space) == "serve"
    assert task.findtext(".//t:ExecutionTimeLimit", namespaces=space) == "PT0S"
