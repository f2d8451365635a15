"""The line in front of what few may use at once: who came first is next, and each sees their place in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from twolane import cancel
from twolane.answers import WaitingEvent
from twolane.errors import ModelBusyError

# How often one who waits hears that they still do.
_TELL_EVERY_S = 2.0


class WaitingLine:
    """Lets `at_once` have their turn at a time, in the order in which they came; safe across threads.

    Who comes has a place from the beginning, also while they are not ready yet; it costs nobody time: one who
    is not ready is passed by. Who is awaited by nobody any more loses place and turn at once. `most_waiting`
    may wait, one more is refused.
    """

    def __init__(
        self, at_once: int, most_waiting: int | None = None, tell_every_s: float = _TELL_EVERY_S
    ) -> None:
        self._free = at_once
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._tell_every_s = tell_every_s
        self._lock = threading.Lock()
        self._places: list[LinePlace] = []  # of those who have not had their turn, the first at the front

    @property
    def waiting(self) -> int:
        """How many are ready, and wait."""
        with self._lock:
            return sum(place.is_ready for place in self._places)

    @contextmanager
    def joined(self) -> Iterator[LinePlace]:
        """Have a place until the end of the block, and from when it is waited for the turn as well."""
        place = LinePlace(self, self._tell_every_s)
        with self._lock:
            self._places.append(place)
        with cancel.current().calling(place.leave):
            try:
                yield place
            finally:
                place.leave()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Run the block in turn. Raises `Cancelled` where nobody awaits it any more before that."""
        with self.joined() as place:
            for _ in place.wait():
                pass
            yield

    def _ask_for_turn(self, place: LinePlace) -> None:
        with self._lock:
            ahead = sum(other.is_ready for other in self._places)
            place.is_ready = True
            self._go_on()
            if place.has_turn or self._most_waiting is None or ahead < self._most_waiting:
                return
            place.is_ready = False
        raise ModelBusyError(
            f"{self._at_once} are being answered and {ahead} wait, which is all that may",
            "ask again later, or raise max_waiting of the chat lane",
        )

    def _number(self, place: LinePlace) -> int:
        """Return the number of a place, 0 where it has had its turn."""
        with self._lock:
            if place.has_left:
                raise cancel.Cancelled
            return 0 if place.has_turn else self._places.index(place) + 1

    def _leave(self, place: LinePlace) -> None:
        with self._lock:
            if place.has_left:
                return
            place.has_left = True
            if place.has_turn:
                self._free += 1
            else:
                self._places.remove(place)
            self._go_on()

    def _go_on(self) -> None:
        """Give turns to those who are ready, and tell the others; called under the lock."""
        for place in [place for place in self._places if place.is_ready][: self._free]:
            place.has_turn = True
            self._places.remove(place)
            self._free -= 1
            place.changed.set()
        for place in self._places:
            place.changed.set()


class LinePlace:
    """One place in a line; what it is in changes under the lock of the line."""

    def __init__(self, line: WaitingLine, tell_every_s: float) -> None:
        self.is_ready = self.has_turn = self.has_left = False
        self.changed = threading.Event()
        self._line = line
        self._tell_every_s = tell_every_s
        self._came = time.monotonic()

    def wait(self) -> Iterator[WaitingEvent]:
        """Wait for the turn; tell the place whenever it changes, and every few seconds for how long by now.

        Place 1 is next, and 0, where others came before, says that the turn has come. Raises `Cancelled`
        where nobody awaits it any more, and `ModelBusyError` where too many wait already.
        """
        if not self.has_turn:
            self._line._ask_for_turn(self)
        work, told = cancel.current(), 0
        while True:
            work.check()
            self.changed.clear()
            number = self._line._number(self)
            if number != told:
                yield WaitingEvent(number, time.monotonic() - self._came)
            if number == 0:
                return
            told = number
            with work.calling(self.changed.set):
                if not self.changed.wait(self._tell_every_s):
                    told = -1

    def leave(self) -> None:
        """Give place and turn back; safe to call twice, and from any thread."""
        self._line._leave(self)
