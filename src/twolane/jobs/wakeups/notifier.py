"""Sends notifications from a thread of its own: whoever queues a job never waits for a server."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from twolane.work import Notification

# More are dropped, oldest first: workers find their jobs by looking into the store.
MOST_KEPT = 100_000
_BATCH = 1000
_FLUSH_S = 3.0


class Notifier:
    """Hands notifications to `send` in batches and in their order; `send` may wait, and must not raise.

    Closing it waits a few seconds for what is still to be sent.
    """

    def __init__(self, send: Callable[[Sequence[Notification]], None], *, name: str) -> None:
        self._send = send
        self._name = name
        self._changed = threading.Condition()
        self._waiting: deque[Notification] = deque(maxlen=MOST_KEPT)
        self._closed = False
        self._thread: threading.Thread | None = None

    def notify(self, jobs: Sequence[Notification]) -> None:
        """Accept notifications; they are sent soon."""
        with self._changed:
            if self._closed or not jobs:
                return
            self._waiting.extend(jobs)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self) -> None:
        """Send what is left if that is soon done, and end."""
        deadline = time.monotonic() + _FLUSH_S
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            if not batch:
                return
            self._send(batch)
