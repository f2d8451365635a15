"""Cuts the power while files are moved: what had reached the disk by then is all that is left.

The library and the files lie on one image. It is copied while the process that moves files is stopped, so
that the copy lacks what the system still held in memory, and is mounted where it was.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from standins.desk import Desk, desk, differences, disagreements, snapshot
from standins.disks import KINDS, made, mounted_image

_LONGEST_S = 0.4


def power_cuts(name: str, *, files: int, cuts: int, seed: int) -> Iterator[str]:
    """Cut the power so often while plans are applied and undone; yields what is wrong after each, or ""."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        whole, cut = Path(folder, "whole.img"), Path(folder, "cut.img")
        place = Path(folder, "disk")
        place.mkdir()
        made(KINDS[name], whole, max(KINDS[name].size_mb, 64))
        with mounted_image(KINDS[name], whole, place), _opened(place) as one:
            for number in range(files):
                one.write(f"{number:04}.txt", f"number {number}")
            one.add()
            plan = one.save(one.draft()).name
            before = snapshot(place / "files")
        for number in range(cuts):
            started = Path(folder, "started.img")
            shutil.copyfile(whole, started)
            is_undone = bool(number % 2)
            with mounted_image(KINDS[name], started, place):
                if is_undone:
                    with _opened(place) as one:
                        one.apply(plan)
                os.sync()
                _cut(started, cut, place, plan, chance.uniform(0, _LONGEST_S), is_undone=is_undone)
            with mounted_image(KINDS[name], cut, place):
                wrong = _finished(place, plan, is_applied=chance.random() < 0.5)
                wrong += differences(before, snapshot(place / "files"))
            yield f"cut {number}: {wrong}" if wrong else ""


def _cut(image: Path, copy: Path, place: Path, plan: str, delay_s: float, *, is_undone: bool) -> None:
    """Apply or undo a plan for a time, and copy the disk as it is then."""
    child = os.fork()
    if child == 0:
        try:
            with _opened(place) as one:
                one.undo(plan) if is_undone else one.apply(plan)
        finally:
            os._exit(0)
    time.sleep(delay_s)
    os.kill(child, signal.SIGSTOP)
    shutil.copyfile(image, copy)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _finished(place: Path, plan: str, *, is_applied: bool) -> list[str]:
    with _opened(place) as one:
        if is_applied:
            one.apply(plan)
        wrong = list(disagreements(one, plan))
        one.undo(plan)
        return [*wrong, *disagreements(one, plan), *one.strays()]


@contextmanager
def _opened(place: Path) -> Iterator[Desk]:
    (place / "files").mkdir(exist_ok=True)
    with desk(place / "library", place / "files" / "inbox") as one:
        yield one
