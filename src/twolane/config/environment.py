"""The variables of this process, for the processes that it starts; small, since these import it too."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from twolane.system.kind import is_macos, is_windows

_HIDING = threading.Lock()

HOMES = ("HOME", "TMPDIR", "TEMP", "TMP")  # where programs keep what is theirs, for now or for good


def child_environment(names: Iterable[str] | None = None) -> dict[str, str]:
    """Return the variables for a child process: all of this process, or only those with these names."""
    return {name: value for name, value in os.environ.items() if names is None or name in names}


def live_in(folder: str) -> None:
    """Make a folder this process's home, and the place of its temporary files."""
    os.environ.update(dict.fromkeys(HOMES, folder))


@contextmanager
def without_variables(names: re.Pattern[str]) -> Iterator[None]:
    """Keep variables from a library that reads them when it is imported; they are back afterwards."""
    with _HIDING:
        hidden = {name: value for name, value in os.environ.items() if names.fullmatch(name)}
        for name in hidden:
            del os.environ[name]
        try:
            yield
        finally:
            os.environ.update(hidden)


def has_screen() -> bool:
    """Say whether a browser could show itself to whoever runs this."""
    return is_windows() or is_macos() or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
