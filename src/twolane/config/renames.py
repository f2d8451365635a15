"""Names that settings had before: they go on working, and whoever uses one is told the name of today."""

from __future__ import annotations

# Old name to new name, of a setting or of a table with all that is in it.
RENAMED = {"queue_url": "wakeup_url", "queue_name": "wakeup_name", "watch": "telemetry"}


def new_name(dotted: str) -> str:
    """Return the name that a setting has today: "watch.log_level" is "telemetry.log_level"."""
    first, dot, rest = dotted.partition(".")
    return RENAMED.get(first, first) + dot + rest


def old_names(dotted: str) -> list[str]:
    """List the names that a setting had before."""
    first, dot, rest = dotted.partition(".")
    return [old + dot + rest for old, new in RENAMED.items() if new == first]
