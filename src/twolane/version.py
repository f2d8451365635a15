"""Which twolane this is: its version and the commit it was built of, read when somebody asks."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path

from twolane import __version__

COMMIT_FILE = "commit.txt"
"""Written into the package when it is built; a checkout has none, and is asked itself."""

_GIT_S = 5.0


def described_version() -> str:
    """Return the version and, where it is known, the commit: `0.1.0 (1f0c2ab93d10)`."""
    found = commit()
    return f"{__version__} ({found})" if found else __version__


@cache
def commit() -> str:
    """Return the commit that this was built of, or that the checkout is at; "" where neither is known.

    `-dirty` at its end means that files were changed since.
    """
    with suppress(OSError):
        return resources.files("twolane").joinpath(COMMIT_FILE).read_text("utf-8").strip()
    root = Path(__file__).parents[2]
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        return ""
    asked = [git, "-C", str(root), "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"]
    with suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(
            asked, capture_output=True, text=True, check=True, timeout=_GIT_S, stdin=subprocess.DEVNULL
        ).stdout.strip()
    return ""
