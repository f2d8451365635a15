"""Names that settings had before: they go on working, and whoever uses one is told the name of today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rename:
    """The name of today; `convert` turns the old form of the value into today's, which `form` describes."""

    new: str
    convert: Callable[[Any], Any] | None = None
    form: str = ""


def _shared_paths(value: Any) -> Any:
    """Turn RECORDED=HERE, several with ; between them, into tables. Raises `ValueError`."""
    tables = []
    for pair in filter(str.strip, value.split(";")) if isinstance(value, str) else ():
        recorded, equals, here = (part.strip() for part in pair.partition("="))
        if not (recorded and equals and here):
            raise ValueError(f"{pair.strip()!r} is not RECORDED=HERE, such as /home/ada/papers=/mnt/papers")
        tables.append({"recorded": recorded, "here": here})
    return tables if isinstance(value, str) else value


# A setting, or a table with all that is in it.
RENAMED = {
    "queue_url": Rename("wakeup_url"),
    "queue_name": Rename("wakeup_name"),
    "shared_paths": Rename("shared_path", _shared_paths, "[[shared_path]] tables with recorded and here"),
    "watch": Rename("telemetry"),
}


def new_name(dotted: str) -> str:
    """Return the name that a setting has today: "watch.log_level" is "telemetry.log_level"."""
    first, dot, rest = dotted.partition(".")
    return (RENAMED[first].new if first in RENAMED else first) + dot + rest


def old_names(dotted: str) -> list[str]:
    """List the names that a setting had before."""
    first, dot, rest = dotted.partition(".")
    return [old + dot + rest for old, rename in RENAMED.items() if rename.new == first]


def converted(old: str, value: Any) -> Any:
    """Return the value of a setting, given under an old name, in today's form. Raises `ValueError`."""
    rename = RENAMED[old.partition(".")[0]]
    return rename.convert(value) if rename.convert else value


def notice(old: str, written: str, now: str) -> str:
    """Say what a setting is called now: `written` and `now` are its names as a file or variable has it."""
    form = RENAMED[old.partition(".")[0]].form
    how = f", and takes {form}" if form else ""
    return f"{written} is called {now} now{how}; the old name still works"
