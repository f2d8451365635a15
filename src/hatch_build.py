"""Puts the commit and the lock file into what is built, for `twolane --version` and `twolane bundle`."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_FILE = "commit.txt"
_LOCK = "requirements.lock"  # what `twolane bundle` downloads
_AT = {"sdist": f"src/twolane/{_FILE}", "wheel": f"twolane/{_FILE}"}


class CommitHook(BuildHookInterface[Any]):
    """Adds the commit's file; a wheel that is built of an sdist finds it there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if self.target_name == "wheel" and version != "editable" and (root / _LOCK).exists():
            build_data["force_include"][str(root / _LOCK)] = f"twolane/{_LOCK}"
        if version == "editable" or (root / "src" / "twolane" / _FILE).exists():
            return
        found = os.environ.get("TWOLANE_COMMIT", "") or _asked(root)
        if found:
            folder = Path(tempfile.mkdtemp(prefix="twolane-build-"))
            (folder / _FILE).write_text(found + "\n", encoding="utf-8")
            build_data["force_include"][str(folder / _FILE)] = _AT[self.target_name]


def _asked(root: Path) -> str:
    """Return what git says of the checkout, and "" where this is none: a folder within another's is none."""
    if not (root / ".git").exists():
        return ""
    asked = ["git", "-C", str(root), "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=5).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
