"""Node and the page's type checker for tests: those that `make test` installs, or the machine's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from standins.brokers import missing

ROOT = Path(__file__).parents[2]
_DEADLINE_S = 240


def node(*args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run node at the project's root; where there is none the test is skipped, and fails in CI."""
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    program = shutil.which("node", path=places)
    if program is None:
        missing("node")
    assert program is not None
    command = [program, *map(str, args)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=_DEADLINE_S, check=False
    )


def type_checker() -> Path:
    """Return the page's type checker, which npm puts into the project's own folder."""
    program = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
    if not program.is_file():
        missing("the page's type checker")
    return program
