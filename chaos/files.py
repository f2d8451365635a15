"""`python -m chaos files`: kills what moves files at random moments, and finishes it by apply or undo.

A round has files of its own on a file system of its own. Plans are applied and undone there, one after the
other, by processes of their own that are killed (SIGKILL) after a random time; each is begun again until it
has come to its end. After every kill the journal and the disk are compared for all moves that were under way
and some of the others, after every end for all of them; and what was undone is compared with what there was
before, in bytes, names, times, permissions, links and folders.

    python -m chaos files [--files N] [--kills N] [--on ext4,vfat] [--home FOLDER] [--every-call N]

Rounds that have ended are kept in FOLDER: a run that was broken off goes on with the next one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from standins.desk import CATEGORIES, Desk, desk, differences, disagreements, snapshot
from standins.disks import KINDS, CannotMountError, ProgramMissingError, mounted

from chaos.files_cuts import CALLS, Cutting
from chaos.files_power import power_cuts
from twolane.documents import FileRecord
from twolane.plans import PlanState

_FOLDER_FILES = 500
_SAMPLE = 40
_MEGABYTE_FILES = 100  # how many small files a megabyte of a disk takes


@dataclass
class Round:
    """What one round has found; `times` is how often plans came to their end, `lost` names contents."""

    on: str
    seed: int
    files: int
    kills: int = 0
    applied: int = 0
    undone: int = 0
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def main(argv: list[str]) -> int:
    """Run rounds until there were enough kills; 1 where anything was lost or is not as it was."""
    given = _parser().parse_args(argv)
    is_wrong = False
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        for name in given.on.split(","):
            try:
                if given.every_call:
                    is_wrong |= _every_call(name, given.every_call)
                elif given.power_cuts:
                    is_wrong |= _power(name, given)
                else:
                    is_wrong |= _rounds(name, home, given)
            except (CannotMountError, ProgramMissingError) as error:
                print(f"skipped: {name}: {error}")
    return int(is_wrong)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m chaos files",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--files", type=int, default=2000, help="50000 for the full form")
    parser.add_argument("--kills", type=int, default=200, help="on each file system; 10000 for the full form")
    parser.add_argument("--on", default="ext4", help=f"of {', '.join(KINDS)}, with commas between")
    parser.add_argument("--round-kills", type=int, default=200, help="after so many there is a new disk")
    parser.add_argument("--home", type=Path, help="where rounds are kept")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--every-call", type=int, metavar="N", help="kill before each Nth system call instead"
    )
    parser.add_argument("--power-cuts", type=int, metavar="N", help="cut the power so often instead")
    parser.add_argument("--longest-s", type=float, default=0.6, help="until a process is killed")
    return parser


def _rounds(name: str, home: Path, given: argparse.Namespace) -> bool:
    """Run the rounds on one file system, and print what all of them have found."""
    kept = home / f"{name}-{given.files}.jsonl"
    rounds = [Round(**json.loads(line)) for line in kept.read_text().splitlines()] if kept.exists() else []
    while sum(one.kills for one in rounds) < given.kills:
        wanted = min(given.round_kills, given.kills - sum(one.kills for one in rounds))
        found = run_round(
            name, files=given.files, kills=wanted, seed=given.seed + len(rounds), longest_s=given.longest_s
        )
        rounds.append(found)
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(found)) + "\n")
        print(json.dumps({**asdict(found), "lost": found.lost[:3], "faults": found.faults[:3]}), flush=True)
    total = {
        "on": name,
        "rounds": len(rounds),
        "files": given.files,
        "kills": sum(one.kills for one in rounds),
        "applied": sum(one.applied for one in rounds),
        "undone": sum(one.undone for one in rounds),
        "seconds": round(sum(one.seconds for one in rounds)),
        "lost": sum(len(one.lost) for one in rounds),
        "faults": sum(len(one.faults) for one in rounds),
    }
    print(json.dumps(total), flush=True)
    return bool(total["lost"] or total["faults"])


def _every_call(name: str, step: int) -> bool:
    """Kill before each system call of a small plan, half of whose files go to a disk in memory."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, mounted(name, Path(folder)) as place:
        with mounted("tmpfs", Path(folder)) as other:
            cutting = Cutting(place, other, Path(folder, "library"))
            for call in CALLS:
                for wrong in cutting.at(call, step):
                    found[call] += 1
                    found["wrong"] += bool(wrong)
                    if wrong:
                        print(wrong, flush=True)
    runs = found.total() - found["wrong"]
    print(json.dumps({"on": name, "runs": runs, "killed": runs - 2 * len(CALLS), **found}), flush=True)
    return bool(found["wrong"])


def _power(name: str, given: argparse.Namespace) -> bool:
    """Cut the power again and again."""
    found = list(power_cuts(name, files=given.files, cuts=given.power_cuts, seed=given.seed))
    wrong = [one for one in found if one]
    print(
        "\n".join([*wrong, json.dumps({"on": name, "power cuts": len(found), "wrong": len(wrong)})]),
        flush=True,
    )
    return bool(wrong)


def run_round(name: str, *, files: int, kills: int, seed: int, longest_s: float) -> Round:
    """Apply and undo plans on a new file system, with so many kills."""
    found = Round(name, seed, files)
    began = time.monotonic()
    size_mb = max(KINDS[name].size_mb, 40 + files // _MEGABYTE_FILES)
    with tempfile.TemporaryDirectory() as folder, mounted(name, Path(folder), size_mb=size_mb) as place:
        data = Path(folder, "library")
        with desk(data, place / "inbox") as made:
            write_files(made, files, seed)
            made.add()
        killing = Killing(data, place, found, random.Random(seed), kills, longest_s)
        while found.kills < kills and not found.lost and not found.faults:
            killing.there_and_back()
    found.seconds = round(time.monotonic() - began, 1)
    return found


def write_files(made: Desk, count: int, seed: int) -> None:
    """Write files with times of their own, some hundred a folder."""
    chance = random.Random(seed)
    for number in range(count):
        folder = made.inbox / f"{number // _FOLDER_FILES:04}"
        if number % _FOLDER_FILES == 0:
            folder.mkdir()
        name = f"{folder.name}/Brief {number:06} größe.txt"
        path = made.write(name, f"number {number} of {seed}", chance.choice(CATEGORIES))
        os.utime(path, ns=tuple(chance.randrange(10**18, 17 * 10**17) for _ in range(2)))  # type: ignore[arg-type]


class Killing:
    """Applies and undoes one plan after the other by processes that are killed."""

    def __init__(
        self, data: Path, place: Path, found: Round, chance: random.Random, kills: int, longest_s: float
    ) -> None:
        self._data, self._place, self._found = data, place, found
        self._chance, self._kills, self._longest_s = chance, kills, longest_s
        self._before = snapshot(place)

    def there_and_back(self) -> None:
        """Apply a new plan and undo it, where it is not undone before it was applied to its end."""
        with desk(self._data, self._place / "inbox") as opened:
            name = opened.save(opened.draft(lambda record: _place(opened, record))).name
        is_turned = False
        while True:
            is_undoing = is_turned or self._state(name) in (PlanState.UNDOING, PlanState.APPLIED)
            is_ended = self._attempt(name, is_undoing=is_undoing)
            self._compare(name, is_ended)
            if self._found.lost or self._found.faults:
                return
            if is_ended and is_undoing:
                break
            # now and then what was interrupted is undone at once
            is_turned = is_turned or (not is_ended and self._chance.random() < 0.01)
        self._found.undone += 1
        self._found.faults += differences(self._before, snapshot(self._place))

    def _attempt(self, name: str, *, is_undoing: bool) -> bool:
        """Let a process apply or undo the plan, and kill it; say whether it came to the end."""

        def work() -> None:
            with desk(self._data, self._place / "inbox") as opened:
                opened.undo(name) if is_undoing else opened.apply(name)

        is_calm = self._found.kills >= self._kills
        shortest_s = self._longest_s * self._chance.choice((0.1, 1.0))
        is_ended = killed_after(work, None if is_calm else self._chance.uniform(0, shortest_s))
        if not is_ended:
            self._found.kills += 1
        elif not is_undoing:
            self._found.applied += 1
        return is_ended

    def _state(self, name: str) -> PlanState:
        with desk(self._data, self._place / "inbox") as opened:
            return opened.store.plans.get(name).state

    def _compare(self, name: str, is_ended: bool) -> None:
        numbers = None if is_ended else {self._chance.randint(1, self._found.files) for _ in range(_SAMPLE)}
        with desk(self._data, self._place / "inbox") as opened:
            for wrong in disagreements(opened, name, numbers):
                (self._found.lost if wrong.endswith("lost") else self._found.faults).append(wrong)
            if is_ended:
                self._found.faults += list(opened.strays())


def _place(opened: Desk, record: FileRecord) -> Path:
    assert record.classification
    return opened.root / record.classification.category / record.path.parent.name / record.path.name


def killed_after(work: Callable[[], None], delay_s: float | None) -> bool:
    """Do something in a process of its own, killed after a time; True where it had ended before.

    Raises `AssertionError` where it failed.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except Exception:  # noqa: BLE001 - the process ends here
            traceback.print_exc()
        finally:
            os._exit(code)
    handle = os.pidfd_open(child)
    try:
        if delay_s is not None and not select.select([handle], [], [], delay_s)[0]:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(handle)
    if os.WIFSIGNALED(status):
        return False
    assert os.WEXITSTATUS(status) == 0, "what was not killed has failed: its traceback is above"
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
