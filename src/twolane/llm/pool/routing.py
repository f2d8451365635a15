"""One request on its way: to one server of a lane after the other, until one has answered."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

from twolane import cancel
from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelError, ModelFormatError, PromptTooLongError
from twolane.llm.pool import reasons
from twolane.llm.pool.balancer import Balancer
from twolane.llm.pool.health import HealthProber
from twolane.llm.pool.reasons import Errors
from twolane.llm.pool.server import R, ServerGroup, Slot
from twolane.llm.pool.slots import SlotQueue

T = TypeVar("T")

# A runner that died is back in a second, a server that is started anew in some ten; the user is told.
_COMEBACK_S = 30.0
_LOOK_S = 0.25


class Router(Generic[R]):
    """A lane's servers, and those who decide about them: who is asked, who waits, who is well.

    A server that says nothing for `patience_s` is probed.
    """

    def __init__(self, settings: LaneSettings, open_server: Callable[[str], R], patience_s: float) -> None:
        self.group = ServerGroup(settings, open_server)
        self.balancer = Balancer(self.group)
        self.queue = SlotQueue(self.group, self.balancer)
        self.prober = HealthProber(self.group, self.queue.notify)
        self.patience_s = patience_s

    def route(self) -> Route[R]:
        """Begin a request."""
        return Route(self)


class Route(Generic[R]):
    """The servers that one request has been at; no new one is asked after the lane's `total_timeout_s`."""

    def __init__(self, router: Router[R]) -> None:
        self._router = router
        self._end = time.monotonic() + router.group.settings.total_timeout_s
        self._errors: Errors = {}
        self._comeback_end = math.inf

    def slot(self, affinity: str = "") -> AbstractContextManager[Slot[R]]:
        """Hold a slot at the next server; raises why the others failed where there is none."""
        if self._errors and time.monotonic() >= self._end:
            raise reasons.why(self._router.group, self._errors)
        return self._router.queue.slot(self._errors, affinity)

    def wait(self, slot: Slot[R], call: Future[T], *, first: bool, pieces: int = 1, paced: bool = True) -> T:
        """Wait for a call of this request; `first` means that nothing of the answer has come before it.

        Its time counts as that of so many pieces, unless it is not `paced`. Raises what the call raises,
        `Cancelled` where nobody awaits it any more, `ModelUnreachableError` where its server has fallen
        silent, and `ModelTimeoutError` where another one with a free slot would have taken a fifth of the
        time.
        """
        router = self._router
        work = cancel.current()
        call.add_done_callback(lambda _: slot.changed.set())
        began = time.monotonic()
        while not call.done():
            with work.calling(slot.changed.set):
                if not slot.changed.wait(router.patience_s):
                    router.prober.silent(slot)
            work.check()
            slot.changed.clear()
            waited_s = time.monotonic() - began
            if call.done() or waited_s < router.patience_s:  # a server that ends in good order still answers
                continue
            if error := router.prober.lost(slot):
                raise error
            if paced and (late := router.balancer.much_faster_elsewhere(slot, waited_s, first=first)):
                raise late
        result = call.result()
        if paced:
            router.balancer.add_pace(slot, time.monotonic() - began, first=first, pieces=pieces)
        router.prober.succeeded(slot)
        return result

    def failed(self, slot: Slot[R], error: ModelError) -> None:
        """Note a failure; raises it where another server could not do better."""
        if isinstance(error, PromptTooLongError | ModelFormatError):
            raise error
        self._router.prober.failed(slot, error)
        self._errors[slot.server.url] = error

    def comes_back(self) -> bool:
        """Let servers that broke off an answer be asked for the rest of it, where one is back in time.

        Where none is yet, this waits a moment; returns False where that took too long.
        """
        now = time.monotonic()
        if now >= min(self._end, self._comeback_end) or self._router.group.is_closed:
            return False
        if self._comeback_end == math.inf:
            self._comeback_end = now + _COMEBACK_S
        else:
            cancel.pause(_LOOK_S)
        self._errors = {}
        return True
