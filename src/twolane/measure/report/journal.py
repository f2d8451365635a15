"""How far a run is: its finished measurements on disk, with which one that was stopped goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from twolane.errors import TwolaneError
from twolane.system.disk import sync

Result = Any
"""What JSON can hold: a number, a text, a list, a mapping of these."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in units of which it takes `total`, and what it does now."""

    done: float
    total: float
    now: str


@contextmanager
def alone(lock: Path, busy: str) -> Iterator[None]:
    """Hold the lock of a measurement, in a folder that is made for it.

    Raises `TwolaneError` with the words of `busy` where another run holds it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock)
    try:
        held.acquire(timeout=0)
    except Timeout as error:
        raise TwolaneError(busy, "wait for it: two would measure each other") from error
    try:
        yield
    finally:
        held.release()


class Journal:
    """Finished measurements as JSON lines, each under its name, its parameters and its model's digest.

    A line is on disk before `once` returns. A last line that was cut off by a crash is measured again. Not
    for several processes at once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept: dict[str, Result] = {}
        if path.is_file():
            for line in path.read_text("utf-8", errors="replace").splitlines():
                self._read(line)

    def __len__(self) -> int:
        return len(self._kept)

    def recall(self, name: str, parameters: Mapping[str, Any], digest: str = "") -> Result | None:
        """Return the result that was kept under this name, parameters and digest, or None."""
        return self._kept.get(_key(name, parameters, digest))

    def keep(self, name: str, parameters: Mapping[str, Any], digest: str, result: Result) -> None:
        """Keep a result; it is on disk when this returns. Raises `OSError`."""
        row = {"name": name, "parameters": dict(parameters), "digest": digest, "result": result}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # what a crash cut off must not spoil this line too
                    file.write(b"\n")
            file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            sync(file)
        self._kept[_key(name, parameters, digest)] = result

    def once(
        self, name: str, parameters: Mapping[str, Any], digest: str, measure: Callable[[], Result]
    ) -> Result:
        """Return the kept result, or measure and keep it; what `measure` raises is not kept."""
        kept = self.recall(name, parameters, digest)
        if kept is None:
            kept = measure()
            self.keep(name, parameters, digest, kept)
        return kept

    def clear(self) -> None:
        """Forget everything: the run is over, and the next one measures anew."""
        self._kept.clear()
        self.path.unlink(missing_ok=True)

    def _read(self, line: str) -> None:
        try:
            row = json.loads(line)
            self._kept[_key(row["name"], row["parameters"], row["digest"])] = row["result"]
        except (ValueError, KeyError, TypeError):
            return


def _key(name: str, parameters: Mapping[str, Any], digest: str) -> str:
    return json.dumps([name, dict(parameters), digest], sort_keys=True)
