"""The workflow for a CI with three systems is valid, and runs what the Makefile runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "tests.yml"


def jobs() -> dict[str, Any]:
    return dict(yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"])


def commands(job: str) -> list[str]:
    """Return what a job runs, line by line."""
    runs = [step["run"] for step in jobs()[job]["steps"] if "run" in step]
    return [line.strip() for run in runs for line in run.splitlines()]


def test_it_is_what_github_s_own_schema_allows() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_three_systems_have_the_oldest_python_and_a_new_one() -> None:
    # given
    matrix = jobs()["units"]["strategy"]["matrix"]
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))

    # then
    assert {re.sub(r"-.*", "", system) for system in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert oldest
    assert matrix["python"][0] == oldest[1]
    assert len(matrix["python"]) == 2


def test_it_runs_what_make_test_and_make_check_run() -> None:
    # given
    makefile = (ROOT / "Makefile").read_text("utf-8")
    check = re.search(r"^check:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert check
    on_all_cores = re.search(r"^ON_ALL_CORES := (.*)$", makefile, re.MULTILINE)
    assert on_all_cores
    lines = check[1].replace("$(ON_ALL_CORES)", on_all_cores[1]).splitlines()
    of_make = [line.strip().removeprefix("$(BIN)/") for line in lines]

    # when
    of_units = [line.removeprefix("python -m ") for line in commands("units")]

    # then
    assert commands("whole") == ["make test"]
    assert {line.removeprefix("python -m ") for line in of_make} <= set(of_units)


def test_what_it_uses_of_others_has_a_version_and_no_right_to_write() -> None:
    # when
    uses = [step["uses"] for job in jobs().values() for step in job["steps"] if "uses" in step]

    # then
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", one) for one in uses)
    assert yaml.safe_load(WORKFLOW.read_text("utf-8"))["permissions"] == {"contents": "read"}
