"""What commands are given by name: found in the library, or refused with what was meant."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twolane.cli.output import Output, short_path
from twolane.documents import FileState, Filter
from twolane.errors import NotFoundError
from twolane.system.paths import path_of_named
from twolane.text.suggesting import alike, choice

if TYPE_CHECKING:
    from twolane.app import App

_MOST_LOOKED_AT, _MOST_SUGGESTED = 20_000, 3


def category_ids(app: App, *named: str) -> tuple[str, ...]:
    """Return the ids of categories that are named by id or name. Raises `NotFoundError`."""
    return tuple(app.categories.find(name).id for name in named if name)


def known_folders(app: App, paths: Sequence[Path] | None) -> tuple[Path, ...]:
    """Return files and folders as the library knows them. Raises `NotFoundError` for others."""
    found = tuple(path_of_named(path) for path in paths or ())
    for given, path in zip(paths or (), found, strict=True):
        every = (*FileState,)  # also what is gone or skipped lies there
        if not has_any(app, Filter(folders=(path,), states=every)):
            raise nothing_at(app, given)
    return found


def nothing_at(app: App, path: Path) -> NotFoundError:
    """Return what to raise for a path of which the library knows nothing, with what was meant."""
    if os.path.lexists(path):
        return NotFoundError(f"nothing at {short_path(path)} is in the library", "add it with `twolane add`")
    return NotFoundError(f"there is nothing at {short_path(path)}", _meant(app, path) or "check the path")


def known_token(app: App, name: str) -> str:
    """Return the name of a token. Raises `NotFoundError` where none has it."""
    names = [one.name for one in app.access.tokens.list()]
    if name in names:
        return name
    raise NotFoundError(f"there is no token {name!r}", choice(name, names, see="`twolane tokens list`"))


def say_if_empty(app: App, output: Output) -> bool:
    """Say so where the library holds nothing at all, and return whether it does."""
    if has_any(app, Filter()):
        return False
    output.notice("the library is empty: `twolane add FOLDER` takes files in")
    return True


def has_any(app: App, within: Filter) -> bool:
    """Say whether any file passes."""
    return bool(app.library.find(within, limit=1).total)


def _meant(app: App, path: Path) -> str:
    """Return what a path was meant to be: a file of the library, or what lies where it would lie."""
    close = dict.fromkeys([*_recorded(app, path.name), *_lying(path.expanduser().absolute())])
    shown = [short_path(one) for one in close][:_MOST_SUGGESTED]
    return f"did you mean {' or '.join(shown)}?" if shown else ""


def _recorded(app: App, name: str) -> list[Path]:
    """Return the files of the library with the names that come nearest."""
    named: dict[str, list[Path]] = {}
    for record in app.library.find(Filter(), limit=_MOST_LOOKED_AT).files:
        named.setdefault(record.path.name, []).append(record.path)
    return [path for close in alike(name, [*named]) for path in named[close]]


def _lying(path: Path) -> list[Path]:
    """Return what is nearest in the nearest folder that is there."""
    for folder in path.parents:
        try:
            names = os.listdir(folder)  # noqa: PTH208 - only names are wanted
        except OSError:
            continue
        return [folder / name for name in alike(path.relative_to(folder).parts[0], names)]
    return []
