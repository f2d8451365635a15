"""File systems for tests: each is mounted once a session, and a test gets an empty folder on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from standins.brokers import missing
from standins.disks import KINDS, CannotMountError, DiskKind, ProgramMissingError, mounted


@dataclass(frozen=True, slots=True)
class Disk:
    """An empty folder on a file system of a kind."""

    kind: DiskKind
    path: Path


@contextmanager
def disk(name: str, folder: Path, **given: object) -> Iterator[Path]:
    """Mount a file system of its own for one test; skips it where the machine cannot."""
    with ExitStack() as stack:
        try:
            place = stack.enter_context(mounted(name, folder, **given))  # type: ignore[arg-type]
        except ProgramMissingError as error:
            missing(str(error))
        except CannotMountError as error:
            pytest.skip(f"no {name} can be mounted here: {error}")
        yield place


class Disks:
    """Mounts each kind when it is first asked for; close it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._places: dict[str, Path | str] = {}
        self._count = 0

    def __call__(self, name: str) -> Disk:
        """Return an empty folder on a file system of this kind; skips the test where there can be none."""
        if name not in self._places:
            self._places[name] = self._mounted(name)
        place = self._places[name]
        if isinstance(place, str):
            if place.startswith("missing "):
                missing(place.removeprefix("missing "))
            pytest.skip(place)
        self._count += 1
        folder = place / f"test-{self._count}"
        folder.mkdir()
        return Disk(KINDS[name], folder)

    def emptied(self) -> None:
        """Delete what tests have left."""
        for place in self._places.values():
            if isinstance(place, Path):
                for folder in place.glob("test-*"):
                    shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        self._stack.close()

    def _mounted(self, name: str) -> Path | str:
        try:
            return self._stack.enter_context(mounted(name, self._folder))
        except ProgramMissingError as error:
            return f"missing {error}"
        except CannotMountError as error:
            return f"no {name} can be mounted here: {error}"


OnDisk = Callable[[str], Disk]
