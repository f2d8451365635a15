"""`python -m chaos sequences`: plans amid all that people and other processes do to files, in any order.

Whatever the order, no content is lost that nobody deleted, undo brings back what there was, planning changes
nothing, and to apply a plan again does nothing.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from standins.desk import CATEGORIES, Desk, Entry, desk, differences, digest_of, holds, snapshot

from twolane.errors import TwolaneError
from twolane.plans import Move, MoveKind, MoveState, PlanState

# some differ by case or Unicode's forms alone, some are no text, some end in what other disks refuse
NAMES = (
    *("Brief.txt", "brief.TXT", "Größe.txt", "GRÖSSE.txt", "Gro\u0308ße.txt", "文書.pdf", "رسالة.txt", "a"),
    *("письмо (2).txt", "письмо.txt", "x" * 250, "\udce9t\udce9.txt", "con", "two\nlines", ".hidden", "-rf"),
    *("trailing ", "trailing.", "a:b?.txt", "invoice", "\u202egnp.txt", "👩\u200d👩\u200d👧.jpg"),
)
FOLDERS = ("inbox", "inbox/sub", "filed", *(f"filed/{category}" for category in CATEGORIES))
names, folders, categories = st.sampled_from(NAMES), st.sampled_from(FOLDERS), st.sampled_from(CATEGORIES)
kinds = st.sampled_from([MoveKind.MOVE, MoveKind.MOVE, *MoveKind])
choices = st.integers(0, 1 << 16)


class Sequences(RuleBasedStateMachine):
    """A folder of files, the library, and two processes that have it open."""

    plans = Bundle("plans")

    def __init__(self) -> None:
        super().__init__()
        self.ends = ExitStack()
        self.home = Path(self.ends.enter_context(tempfile.TemporaryDirectory()))
        self.files = self.home / "files"
        self.files.mkdir()
        self.desk: Desk = self.ends.enter_context(desk(self.home / "library", self.files / "inbox"))
        self.other: Desk = self.ends.enter_context(desk(self.home / "library", self.files / "inbox"))
        self.alive: set[str] = set()
        self.written = 0
        # what lay there before each plan was applied; only for those after which nobody touched anything
        self.before: dict[str, dict[bytes, Entry]] = {}
        self.in_part: set[str] = set()  # plans that were undone in part

    def teardown(self) -> None:
        self.ends.close()

    @initialize()
    def begin(self) -> None:
        for number, name in enumerate(NAMES[:4]):
            self.write("inbox", name, CATEGORIES[number % 3], same=False)
        self.desk.add()

    # what people do

    @rule(folder=folders, name=names, category=categories, same=st.booleans())
    def write(self, folder: str, name: str, category: str, same: bool) -> None:
        self.written += not same
        path = self.files / folder / name
        if not self._can_lie(path):
            return
        self._outside(path)
        path.unlink(missing_ok=True)  # never through a link that a plan has made
        path.write_text(f"{category} about {self.written}\n")
        self.alive.add(digest_of(path))

    @rule(choice=choices)
    def edit(self, choice: int) -> None:
        if path := self._chosen(choice):
            self.written += 1
            self._outside(path)
            with path.open("a") as file:
                file.write(f"and {self.written}\n")
            self.alive.add(digest_of(path))

    @rule(choice=choices)
    def delete(self, choice: int) -> None:
        if path := self._chosen(choice):
            self._outside(path)
            path.unlink()

    @rule(choice=choices, folder=folders, name=names)
    def rename(self, choice: int, folder: str, name: str) -> None:
        target = self.files / folder / name
        if (path := self._chosen(choice)) and self._can_lie(target):
            self._outside(target)
            if path != target and not os.path.lexists(target):
                path.rename(target)

    @rule(folder=folders)
    def remove_a_folder(self, folder: str) -> None:
        self.before.clear()
        with suppress(OSError):
            (self.files / folder).rmdir()

    @rule()
    def permissions(self) -> None:
        self.before.clear()
        for path in self._files():
            path.chmod(0o640)

    # what twolane does

    @rule()
    def scan(self) -> None:
        self.desk.add()

    @rule(target=plans, kind=kinds, is_scanned=st.booleans())
    def plan(self, kind: MoveKind, is_scanned: bool) -> object:
        # given
        if is_scanned:
            self.desk.add()
        lay = snapshot(self.files)
        counts = self.desk.store.counts()

        # when
        draft = self.desk.organizer.draft(kind=kind)

        # then: planning has changed nothing, and says the same again
        assert self.desk.organizer.draft(kind=kind) == draft
        assert snapshot(self.files) == lay
        assert self.desk.store.counts() == counts
        return self.desk.organizer.save(draft).name if draft.moves else multiple()

    @rule(name=plans, elsewhere=st.booleans())
    def apply(self, name: str, elsewhere: bool) -> None:
        # given
        lay = snapshot(self.files)
        state = self.desk.store.plans.get(name).state
        done = self._done(name)

        # when
        try:
            (self.other if elsewhere else self.desk).apply(name)
        except TwolaneError:
            assert snapshot(self.files) == lay
            return
        applied = snapshot(self.files)

        # then: to apply it again does nothing
        assert all(holds(move.target, move.document) for move in self._done(name) - done)
        with suppress(TwolaneError):
            self.desk.apply(name)
        assert snapshot(self.files) == applied
        if state in (PlanState.PROPOSED, PlanState.UNDONE) and name not in self.in_part:
            self.before[name] = lay

    @rule(kind=kinds, elsewhere=st.booleans())
    def there_and_back(self, kind: MoveKind, elsewhere: bool) -> None:
        if isinstance(name := self.plan(kind, is_scanned=True), str):
            self.apply(name, elsewhere)
            self.undo(name)

    @rule(name=plans)
    def undo(self, name: str) -> None:
        with suppress(TwolaneError):
            self.desk.undo(name)
            self._is_as_before(name)

    @rule()
    def undo_the_last(self) -> None:
        with suppress(TwolaneError):
            self._is_as_before(self.desk.undoer.undo_last().name)

    @rule()
    def undo_all(self) -> None:
        with suppress(TwolaneError):
            done = self.desk.undoer.undo_to(1.0)
            if done and done[-1].name in self.before and len(done) == len(self.before):
                self._is_as_before(done[-1].name)
            self.before.clear()

    @rule(choice=choices)
    def undo_a_file(self, choice: int) -> None:
        if path := self._chosen(choice):
            self.before.clear()
            with suppress(TwolaneError):  # folders have their times again once all of the plan is undone
                self.in_part.add(self.desk.undoer.undo_file(path).name)

    @precondition(lambda self: self.alive)
    @invariant()
    def nothing_is_lost(self) -> None:
        there = {digest_of(path) for path in self._files()}
        assert self.alive <= there, self.alive - there

    # beside

    def _is_as_before(self, name: str) -> None:
        """What was undone last is as it was, where nobody has touched anything, and no later plan stands."""
        if name in self.before and name == list(self.before)[-1]:
            assert (other := differences(self.before[name], snapshot(self.files))) == [], other
            moves = self.desk.store.plans.moves(self.desk.store.plans.get(name).plan_id, limit=1000)
            assert {move.state for move in moves} <= {MoveState.UNDONE, MoveState.LEFT}
        self.before.pop(name, None)
        if self.desk.store.plans.get(name).counts.get(MoveState.KEPT):
            self.in_part.add(name)  # a folder of its own stays, with the time of its last change

    def _done(self, name: str) -> set[Move]:
        plan = self.desk.store.plans.get(name)
        return set(self.desk.store.plans.moves(plan.plan_id, (MoveState.DONE,), limit=1000))

    def _can_lie(self, path: Path) -> bool:
        """Make the folder of a path; False where a file is in the way, or the path is a folder."""
        with suppress(FileExistsError, NotADirectoryError):
            path.parent.mkdir(parents=True, exist_ok=True)
            return not path.is_dir()
        return False

    def _files(self) -> list[Path]:
        found = [Path(folder, name) for folder, _, names in os.walk(self.files) for name in names]
        return sorted(path for path in found if path.is_file() and not path.is_symlink())

    def _chosen(self, choice: int) -> Path | None:
        paths = self._files()
        return paths[choice % len(paths)] if paths else None

    def _outside(self, path: Path) -> None:
        """Somebody changes what lies at a path: its content may be gone by that, and nothing is as before."""
        self.before.clear()
        if path.is_file() and not path.is_symlink():
            digest = digest_of(path)
            links = [one for one in self._files() if one.samefile(path)]
            others = [one for one in self._files() if one not in links and digest_of(one) == digest]
            if not others:
                self.alive.discard(digest)


def main(argv: list[str]) -> int:
    """Try sequences, and show the shortest one that breaks something."""
    parser = argparse.ArgumentParser(prog="python -m chaos sequences", description=__doc__)
    parser.add_argument("--examples", type=int, default=500)
    parser.add_argument("--steps", type=int, default=40)
    given = parser.parse_args(argv)
    run_state_machine_as_test(Sequences, settings=bounds(given.examples, given.steps))
    print(f"{given.examples} sequences of up to {given.steps} steps: nothing lost")
    return 0


def bounds(examples: int, steps: int) -> settings:
    """Return how many sequences are tried, and how long they are at most."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=slow
    )
