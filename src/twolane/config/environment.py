"""The variables of this process, for the processes that it starts; small, since these import it too."""

from __future__ import annotations

import os
from collections.abc import Iterable

HOMES = ("HOME", "TMPDIR", "TEMP", "TMP")  # where programs keep what is theirs, for now or for good


def child_environment(names: Iterable[str] | None = None) -> dict[str, str]:
    """Return the variables for a child process: all of this process, or only those with these names."""
    return {name: value for name, value in os.environ.items() if names is None or name in names}


def live_in(folder: str) -> None:
    """Make a folder this process's home, and the place of its temporary files."""
    os.environ.update(dict.fromkeys(HOMES, folder))
