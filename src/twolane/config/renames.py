"""Former names of settings, which still work with a notice, and settings that are no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rename:
    """The present name; `convert` turns an old value into the present form, which `form` describes."""

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
    "extract.timeout_s": Rename("extract.cpu_limit_s"),
    "queue_url": Rename("wakeup_url"),
    "queue_name": Rename("wakeup_name"),
    "shared_paths": Rename("shared_path", _shared_paths, "[[shared_path]] tables with recorded and here"),
    "watch": Rename("telemetry"),
}


# Settings that have no effect any more, with what to do instead.
RETIRED = {
    "filing.review_below": (
        "filing.max_error says how much of what is filed without you may be wrong, 0.05 by default; a "
        "smaller one sends more to review"
    ),
}


def new_name(dotted: str) -> str:
    """Return the present name of a setting: "watch.log_level" is "telemetry.log_level"."""
    old = renamed_part(dotted)
    return RENAMED[old].new + dotted.removeprefix(old) if old else dotted


def renamed_part(dotted: str) -> str:
    """Return what has another name by now: the setting itself or a table that it is in, or ""."""
    return next((old for old in RENAMED if f"{dotted}.".startswith(f"{old}.")), "")


def old_names(dotted: str) -> list[str]:
    """List the former names of a setting."""
    inner = f"{dotted}."
    return [
        old + dotted.removeprefix(rename.new)
        for old, rename in RENAMED.items()
        if inner.startswith(f"{rename.new}.")
    ]


def converted(old: str, value: Any) -> Any:
    """Return the value of a setting, given under an old name, in the present form. Raises `ValueError`."""
    rename = RENAMED[renamed_part(old)]
    return rename.convert(value) if rename.convert else value


def notice(old: str, written: str, now: str) -> str:
    """Return a notice of a setting's present name: `written` and `now` are its names as users write them."""
    form = RENAMED[renamed_part(old)].form
    how = f", and takes {form}" if form else ""
    return f"{written} is called {now} now{how}; the old name still works"
