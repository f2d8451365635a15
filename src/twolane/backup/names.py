"""The names of backups in a folder: by them it is known whose they are, how old, and which may go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_PATTERN = re.compile(r"twolane-([0-9a-f]{8})-([0-9]{8}T[0-9]{6})Z\.zip")
_FORM = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True, order=True)
class BackupName:
    """A backup as its name tells: `made_at` in seconds since the epoch, and the first of its library's id."""

    made_at: float
    library: str
    path: Path


def name_of(library: str, made_at: float) -> str:
    """Return the name of a backup that is made now."""
    return f"twolane-{library[:8]}-{datetime.fromtimestamp(made_at, UTC):{_FORM}}Z.zip"


def names_in(folder: Path, library: str = "") -> list[BackupName]:
    """List the backups in a folder, of one library or of all, oldest first. Raises `OSError`."""
    found = [known for path in folder.iterdir() if (known := _known(path)) and path.is_file()]
    return sorted(known for known in found if library.startswith(known.library) or not library)


def superfluous(names: Sequence[BackupName], keep: int, keep_weeks: int) -> list[BackupName]:
    """Return those that may go: not the newest `keep`, nor the last of each of `keep_weeks` weeks before.

    A week counts where there is a backup of it, so a long pause takes none away.
    """
    ordered = sorted(names, reverse=True)
    newest, older = ordered[:keep], ordered[keep:]
    weeks = {_week(name) for name in newest}
    gone = []
    for name in older:
        if (week := _week(name)) in weeks or keep_weeks <= 0:
            gone.append(name)
        else:
            weeks.add(week)
            keep_weeks -= 1
    return gone


def _week(name: BackupName) -> tuple[int, int]:
    return datetime.fromtimestamp(name.made_at, UTC).isocalendar()[:2]


def _known(path: Path) -> BackupName | None:
    match = _PATTERN.fullmatch(path.name)
    if match is None:
        return None
    try:
        moment = datetime.strptime(match[2], _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None
    return BackupName(moment.timestamp(), match[1], path)
