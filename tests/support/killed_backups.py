"""Makes or restores backups in children that are killed at some call, and prints what is left each time.

Run as a program: it has one thread, so it may fork.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import FrameType

from twolane.app import open_backups
from twolane.backup.backups import Backups
from twolane.config.loading import load_settings
from twolane.errors import TwolaneError
from twolane.store.sqlite.store import open_sqlite

CHANGES = {"link", "rename", "replace", "unlink", "fsync"}  # killed before and after each of these


def main() -> None:
    doing, home, kills = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    backups = open_backups(load_settings(env={}, flags={"data_dir": str(home / "library")}))
    if doing == "make":
        run: Callable[[], object] = lambda: backups.make(home / "made.zip")  # noqa: E731
    else:
        run = lambda: backups.restore(home / "kept.zip", set_aside=True)  # noqa: E731
    keep = {file: file.read_bytes() for file in (home / "library").iterdir() if file.is_file()}
    total, changes = calls_of(run, 1 << 60, home)
    places = sorted({place + after for place in changes for after in (0, 1)})
    places += random.Random(7).sample(range(total), kills)
    for place in places:
        set_back(home, keep)
        calls_of(run, place, home)
        print(json.dumps(left(home, backups)), flush=True)


def calls_of(run: Callable[[], object], place: int, home: Path) -> tuple[int, list[int]]:
    """Run something in a child that is killed at its call number `place`.

    Return how many calls it makes without a kill, and which of them change what is on the disk.
    """
    counted = home / "counted"
    child = os.fork()
    if child == 0:
        calls = 0
        changes: list[int] = []

        def count(frame: FrameType, event: str, argument: object) -> None:
            nonlocal calls
            calls += 1
            if event == "c_call" and getattr(argument, "__name__", "") in CHANGES:
                changes.append(calls)
            if calls == place:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
        run()
        sys.setprofile(None)
        counted.write_text(json.dumps([calls, changes]))
        os._exit(0)
    os.waitpid(child, 0)
    total, found = json.loads(counted.read_text())
    return total, found


def set_back(home: Path, keep: dict[Path, bytes]) -> None:
    (home / "made.zip").unlink(missing_ok=True)
    for file in (home / "library").iterdir():
        if file.is_file():
            file.unlink()
    for file, data in keep.items():
        file.write_bytes(data)


def left(home: Path, backups: Backups) -> dict[str, object]:
    """Return the files of the library, and of the one set aside, and whether what was made is whole."""
    made, asides = home / "made.zip", sorted((home / "library").glob("library.db.before-*Z"))
    return {
        "files": files_in(home / "library" / "library.db"),
        "aside": files_in(asides[-1]) if asides else 0,
        "made": made.exists() and is_whole(backups, made),
        "torn": made.exists() and not is_whole(backups, made),
    }


def files_in(path: Path) -> int:
    with closing(open_sqlite(path, max_attempts=3)) as store:
        return -1 if store.damage() else store.count_files()


def is_whole(backups: Backups, path: Path) -> bool:
    try:
        backups.verify(path)
    except TwolaneError:
        return False
    return True


if __name__ == "__main__":
    main()
