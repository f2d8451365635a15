"""Chat first: while somebody is being answered, filing's heavy work on the same machine waits for its turn.

Other processes see it by a file in the library's run folder, which the process that answers has locked. The
system takes the lock away however that process ends, so that no dead one holds filing up.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from twolane import cancel
from twolane.errors import ModelBusyError
from twolane.llm.turns.kind_lock import Kind, KindLock
from twolane.llm.turns.lock_file import LockFile, machine_name
from twolane.llm.turns.turn import FilingTurn

# How long a question that comes at the wrong moment waits, and how soon filing stops, in other processes.
_POLL_S = 0.05
_IDLE_POLL_S = 0.25
_LOCK_WAIT_S = 1.0  # a process that only looks whether the file is locked locks it for a moment
# Filing that waited for a minute has four seconds: some files a minute while questions come without a pause,
# and no question waits for more than about a third of the time that its answer takes to begin anyway.
_TURN_SHARE = 1 / 15


@dataclass(slots=True, eq=False)
class Permit:
    """Leave for one piece of filing's work; `was_paused` says whether it had to stop after it had begun.

    `work` is cancelled where it has to stop, and nothing else can stop it.
    """

    was_paused: bool = False
    work: cancel.Cancel | None = None


@dataclass(frozen=True, slots=True)
class _Pausable:
    pause: Callable[[], None]
    resume: Callable[[], None]


class Admission:
    """Who goes first on this machine; one for each process of a library, safe to use from several threads.

    Filing waits while anybody is `answering`, but no longer than `longest_wait_s` in all: then it has a turn
    of `turn_s`, by default a fifteenth of that. With `exclusive` (both lanes compute on the same cores) new
    questions wait for the end of the turn, and the turn for the end of the answers under way, for at most as
    long again; else both go on side by side. Where it is not `active`, nobody waits for anybody.
    With `apart` filing's model and its embedder, of which each has all cores, never compute at once.
    """

    def __init__(
        self,
        folder: Path,
        *,
        longest_wait_s: float = 60.0,
        turn_s: float = 0.0,
        exclusive: bool = True,
        active: bool = True,
        apart: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder / f"turns-{machine_name()}"
        turn_s = turn_s or longest_wait_s * _TURN_SHARE
        self.turn = FilingTurn(
            self._folder, longest_wait_s=longest_wait_s, turn_s=turn_s, exclusive=exclusive
        )
        self._longest_question_wait_s = longest_wait_s + 2 * turn_s
        self._active = active
        self._kinds = KindLock() if apart else None
        self._clock = clock
        self._answering = LockFile(self._folder / f"asking-{secrets.token_hex(8)}.lock")
        self._changed = threading.Condition()
        self._answers = 0
        self._permits: list[Permit] = []
        self._was_paused = False
        self._pausables: list[_Pausable] = []
        self._thread: threading.Thread | None = None
        self._closed = False

    # the chat lane

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Have filing wait; where it is having its turn, that is waited for first."""
        if not self._active:
            yield
            return
        self._wait_for_end_of_turn()
        self._count_answer(1)
        try:
            yield
        finally:
            self._count_answer(-1)

    @contextlib.contextmanager
    def lent(self) -> Iterator[bool]:
        """Let filing's model work for the answer under way; gives whether nobody else wants it just now."""
        with self._changed:
            is_free = not self._permits and self._answers <= 1 and not self._others_answer()
        lends = is_free and self._active
        if lends:
            self._count_answer(-1)
        try:
            yield is_free
        finally:
            if lends:
                self._count_answer(1)

    def _count_answer(self, change: int) -> None:
        with self._changed:
            self._answers += change
            if not self._answers:
                self._answering.release()
            elif self._answers == change:  # the first
                self._answering.acquire(_LOCK_WAIT_S)
            self._changed.notify_all()

    def _wait_for_end_of_turn(self) -> None:
        """Wait while filing's turn is due or on; bounded, should its process hang."""
        until = self._clock() + self._longest_question_wait_s
        work = cancel.current()
        with self._changed:
            while not self._closed and self._clock() < until and self.turn.due.is_held():
                work.check()
                self._changed.wait(_POLL_S)

    # the filing lane

    @contextlib.contextmanager
    def working(self) -> Iterator[Permit]:
        """Wait until filing may go on, and count as its work. Raises `ModelBusyError` once it is closed."""
        with self._counted() as permit:
            self._wait()
            permit.was_paused = False
            yield permit

    def cores(self, kind: Kind) -> AbstractContextManager[None]:
        """Have filing's model or its embedder compute alone, where each has all of the lanes' cores."""
        return self._kinds.held(kind) if self._kinds else nullcontext()

    def wait(self) -> None:
        """Wait until filing may go on. Raises `ModelBusyError` once closed."""
        with self._counted():
            self._wait()

    def is_paused(self) -> bool:
        """Say whether filing's heavy work should wait just now."""
        with self._changed:
            return self._is_paused()

    def add_pausable(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        """Have a process that computes for filing stopped and resumed as filing is; both are called often."""
        with self._changed:
            self._pausables.append(_Pausable(pause, resume))
            self._start()

    def close(self) -> None:
        """End every wait, and resume what is paused; safe to call twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread:
            self._thread.join()
        with self._changed:
            self.turn.close()

    @contextlib.contextmanager
    def _counted(self) -> Iterator[Permit]:
        permit = Permit()
        with self._changed:
            self._permits.append(permit)
            self._start()
            self._changed.notify_all()
        try:
            yield permit
        finally:
            with self._changed:
                self._permits.remove(permit)

    def _wait(self) -> None:
        work = cancel.current()
        with self._changed:
            while not self._closed and self._is_paused():
                work.check()
                self._changed.wait(_POLL_S)
            if self._closed:
                # As from a full lane: a job that waits goes back to the queue, and loses no attempt.
                raise ModelBusyError("the filing lane is closing", "open it again to use it")

    def _is_paused(self) -> bool:
        if not self._active:
            return False
        return (self._answers > 0 or self._others_answer()) and not self.turn.on.is_held()

    def _others_answer(self) -> bool:
        try:
            files = [path for path in self._folder.iterdir() if path.name.startswith("asking-")]
        except OSError:  # nobody has asked anything yet
            return False
        return any(LockFile(path).is_held() for path in files if path != self._answering.path)

    # the thread that counts, pauses and resumes

    def _start(self) -> None:
        if self._active and self._thread is None and not self._closed:
            self.turn.start(self._clock())
            self._thread = threading.Thread(target=self._run, name="twolane-admission", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                closed = self._closed
                paused = not closed and self._update()
                pause_s = _POLL_S if self._permits or paused else _IDLE_POLL_S
            for pausable in tuple(self._pausables):
                (pausable.pause if paused else pausable.resume)()
            if closed:
                return
            with self._changed:
                if not self._closed:
                    self._changed.wait(pause_s)

    def _update(self) -> bool:
        """Count the time that passed; returns whether filing is paused."""
        was_due = self.turn.due.is_ours
        self.turn.count(self._clock(), working=bool(self._permits), is_paused=self._is_paused)
        paused = self._is_paused()
        if paused:
            for permit in self._permits:
                permit.was_paused = True
                if permit.work:
                    permit.work.cancel()
        if paused != self._was_paused or was_due != self.turn.due.is_ours:
            self._was_paused = paused
            self._changed.notify_all()
        return paused
