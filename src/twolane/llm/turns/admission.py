"""Chat first: while somebody is being answered, filing's heavy work on the same machine waits for its turn.

What says so is a file in the library's run folder, locked by the process that answers: the system takes the
lock away however that process ends, so that no dead one holds filing up.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import math
import secrets
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from twolane.errors import ModelBusyError

# How long a question that comes at the wrong moment waits, and how soon filing stops, in other processes.
_POLL_S = 0.05
_IDLE_POLL_S = 0.25
_LOOK_S = 1.0  # whoever looks whether a sign is up holds it for a moment
_NO_WORK_S = 1.0  # between two calls of one worker; after that there is nothing to take a turn for
# Filing that waited for a minute has four seconds: some files a minute while questions come without a pause,
# and no question waits for more than about a third of the time that its answer takes to begin anyway.
_TURN_SHARE = 1 / 15

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Sign:
    """A file that says something for as long as it is locked; it goes with the process that holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: FileLock | None = None

    @property
    def is_ours(self) -> bool:
        return self._lock is not None

    def put_up(self, wait_s: float = 0.0) -> bool:
        """Lock the file; returns False where another process holds it, or it cannot be locked at all."""
        try:
            self._take(wait_s)
        except Timeout:
            return False
        except OSError as error:  # a full disk must not keep anybody from an answer
            _log.warning("%s cannot be locked: %s", self.path, error)
            return False
        return True

    def _take(self, wait_s: float) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # An answer may begin in one thread and end in another.
        lock = FileLock(self.path, thread_local=False)
        lock.acquire(timeout=wait_s)
        self._lock = lock

    def take_down(self) -> None:
        if self._lock:
            with contextlib.suppress(OSError):  # Windows keeps a file that is open anywhere
                self.path.unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def is_up(self) -> bool:
        """Say whether anybody holds it; what a dead process left is removed."""
        if self._lock:
            return True
        look = Sign(self.path)
        try:
            if not self.path.exists():
                return False
            look._take(0.0)
        except Timeout:
            return True
        except OSError:
            return False
        look.take_down()
        return False


@dataclass(slots=True, eq=False)
class Shift:
    """One piece of filing's work: `held` says whether it was made to wait after it had begun."""

    held: bool = False


class Admission:
    """Who goes first on this machine; one for each process of a library, safe to use from several threads.

    Filing waits while anybody is `answering`, but no longer than `longest_wait_s` in all: then it has a turn
    of `turn_s`, by default a fifteenth of that. With `exclusive` (both lanes compute on the same cores) new
    questions wait for the end of the turn, and the turn for the end of the answers under way, for at most as
    long again; else both go on side by side. Time in which filing goes on freely pays back what it waited.
    Where it is not `active`, nobody waits for anybody.
    """

    def __init__(
        self,
        folder: Path,
        *,
        longest_wait_s: float = 60.0,
        turn_s: float = 0.0,
        exclusive: bool = True,
        active: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder / f"turns-{machine_name()}"
        self._longest_s = longest_wait_s
        self._turn_s = turn_s or longest_wait_s * _TURN_SHARE
        self._exclusive = exclusive
        self._active = active
        self._clock = clock
        self._asking = Sign(self._folder / f"asking-{secrets.token_hex(8)}.lock")
        self._overdue = Sign(self._folder / "overdue.lock")
        self._turn = Sign(self._folder / "turn.lock")
        self._changed = threading.Condition()
        self._answers = 0
        self._shifts: list[Shift] = []
        self._last_work = -math.inf
        self._owed_s = 0.0
        self._overdue_since = math.inf
        self._turn_until = math.inf
        self._last = clock()
        self._held = False
        self._leashes: list[tuple[Callable[[], None], Callable[[], None]]] = []
        self._thread: threading.Thread | None = None
        self._closed = False

    # the chat lane

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Have filing wait; where it is having its turn, that is waited for first."""
        if not self._active:
            yield
            return
        self._let_turn_end()
        with self._changed:
            self._answers += 1
            if self._answers == 1:
                self._asking.put_up(_LOOK_S)
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._answers -= 1
                if not self._answers:
                    self._asking.take_down()
                self._changed.notify_all()

    def while_answering(self, events: Generator[T, None, None]) -> Generator[T, None, None]:
        """Pass on the events of an answer, from the moment that the first is asked for."""
        with self.answering(), contextlib.closing(events):
            yield from events

    def _let_turn_end(self) -> None:
        """Wait while filing's turn is due or on; bounded, should its process hang."""
        until = self._clock() + self._longest_s + 2 * self._turn_s
        with self._changed:
            while not self._closed and self._clock() < until and self._overdue.is_up():
                self._changed.wait(_POLL_S)

    # the filing lane

    @contextlib.contextmanager
    def working(self) -> Iterator[Shift]:
        """Wait for filing's turn, and count as under way. Raises `ModelBusyError` once it is closed."""
        with self._counted() as shift:
            self._wait()
            shift.held = False
            yield shift

    def wait(self) -> None:
        """Wait while filing is held. Raises `ModelBusyError` once closed."""
        with self._counted():
            self._wait()

    @contextlib.contextmanager
    def _counted(self) -> Iterator[Shift]:
        shift = Shift()
        with self._changed:
            self._shifts.append(shift)
            self._start()
            self._changed.notify_all()
        try:
            yield shift
        finally:
            with self._changed:
                self._shifts.remove(shift)

    def _wait(self) -> None:
        with self._changed:
            while not self._closed and self._is_held():
                self._changed.wait(_POLL_S)
            if self._closed:
                # As from a full lane: a job that waits goes back to the queue, and loses no attempt.
                raise ModelBusyError("the filing lane is closing", "open it again to use it")

    def is_held(self) -> bool:
        """Say whether filing's heavy work should wait just now."""
        with self._changed:
            return self._is_held()

    def leash(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        """Have a process that computes for filing stopped and let go as filing is; both are called often."""
        with self._changed:
            self._leashes.append((pause, resume))
            self._start()

    def close(self) -> None:
        """Let go of everything, also of what is leashed; safe to call twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread:
            self._thread.join()
        with self._changed:
            for sign in (self._turn, self._overdue):
                sign.take_down()

    # the one who keeps count

    def _is_held(self) -> bool:
        if not self._active:
            return False
        return (self._answers > 0 or self._others_answer()) and not self._turn.is_up()

    def _others_answer(self) -> bool:
        try:
            signs = [path for path in self._folder.iterdir() if path.name.startswith("asking-")]
        except OSError:  # nobody has asked anything yet
            return False
        return any(Sign(path).is_up() for path in signs if path != self._asking.path)

    def _start(self) -> None:
        if self._active and self._thread is None and not self._closed:
            self._last = self._clock()
            self._thread = threading.Thread(target=self._keep, name="twolane-admission", daemon=True)
            self._thread.start()

    def _keep(self) -> None:
        while True:
            with self._changed:
                closed = self._closed
                held = not closed and self._count()
                pause_s = _POLL_S if self._shifts or held else _IDLE_POLL_S
            for pause, resume in tuple(self._leashes):
                (pause if held else resume)()
            if closed:
                return
            with self._changed:
                if not self._closed:
                    self._changed.wait(pause_s)

    def _count(self) -> bool:
        """Bring the account up to now; returns whether filing is held."""
        now = self._clock()
        passed_s, self._last = now - self._last, now
        if self._shifts:
            self._last_work = now
        held = self._is_held()
        if not held:
            self._owed_s = max(0.0, self._owed_s - passed_s * self._longest_s / self._turn_s)
        elif self._shifts:
            self._owed_s += passed_s
        if self._turn.is_ours or self._overdue.is_ours:
            self._go_on_with_turn(now, held)
        elif self._owed_s >= self._longest_s:
            self._ask_for_turn(now)
        return self._tell(self._is_held())

    def _tell(self, held: bool) -> bool:
        if held:
            for shift in self._shifts:
                shift.held = True
        if held != self._held:
            self._held = held
            self._changed.notify_all()
        return held

    def _ask_for_turn(self, now: float) -> None:
        """Have new questions wait; where the lanes do not share their cores, none has to."""
        if not self._exclusive:
            self._turn.put_up()
        elif self._overdue.put_up():  # else another process of the library has the turn of all
            self._overdue_since = now

    def _go_on_with_turn(self, now: float, held: bool) -> None:
        """Begin the turn when the answers under way have ended, or after its longest wait; end it."""
        if held:
            if now - self._overdue_since >= self._longest_s:
                self._turn.put_up()
        elif self._turn_until == math.inf:
            self._turn_until = now + self._turn_s
        if now >= self._turn_until or now - self._last_work > _NO_WORK_S:
            self._turn.take_down()
            self._overdue.take_down()
            self._turn_until, self._owed_s = math.inf, 0.0
            self._changed.notify_all()


def machine_name() -> str:
    """Return a name of this machine: processes of other machines may share the folder, but no cores.

    Containers of one machine have the same one on Linux, whatever they call themselves.
    """
    try:
        name = Path("/proc/sys/kernel/random/boot_id").read_text()
    except OSError:
        name = socket.gethostname()
    return hashlib.sha256(name.encode()).hexdigest()[:12]
