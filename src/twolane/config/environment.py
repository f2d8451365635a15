"""The variables of this process, for the processes that it starts; small, since these import it too."""

from __future__ import annotations

import os
from collections.abc import Iterable


def child_environment(names: Iterable[str] | None = None) -> dict[str, str]:
    """Return the variables for a child process: all of this process, or only those with these names."""
    return {name: value for name, value in os.environ.items() if names is None or name in names}
