"""Brings a model back into its server's memory when it was lost there, before a question or a file waits."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from twolane.config.lane_settings import LaneSettings
from twolane.documents import LaneName
from twolane.lanes.preload import preload, warm_or_log
from twolane.lanes.told import tell
from twolane.llm.base import Health

_log = logging.getLogger(__name__)

LOOK_S = 5.0
_ANSWER_S = 3.0
# Whoever pushes a model out may need the memory: each time that it comes back and is lost again, longer.
_FIRST_PAUSE_S, _MOST_PAUSE_S = 30.0, 1800.0
_SETTLED_S = 600.0


class ModelKeeper:
    """Decides, from one look at a lane to the next, whether its model has to be loaded again.

    A model that is to stay for ever has to be wherever its server is well. One that may go after a while is
    only brought back when its server was away, because its going is what was asked for. Where models push
    each other out nothing is loaded: that would push out another.
    """

    def __init__(self, *, stays: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._stays = stays
        self._clock = clock
        self._was_away = False
        self._pause_s = _FIRST_PAUSE_S
        self._lost_at = self._clock()
        self._next_at = 0.0

    def wants_load(self, health: Health | None) -> bool:
        """Say whether the model has to be loaded now."""
        if health is None or not health.reachable:
            self._was_away = True
            return False
        now = self._clock()
        lost = any(server.ready and not server.loaded for server in health.servers) or not health.loaded
        if not lost:
            self._was_away = False
            if now - self._lost_at > _SETTLED_S:
                self._pause_s = _FIRST_PAUSE_S
            return False
        self._lost_at = now
        if not health.ready or health.pushed_out or now < self._next_at:
            return False
        if not (self._stays or self._was_away):
            return False
        self._was_away = False
        self._next_at = now + self._pause_s
        self._pause_s = min(_MOST_PAUSE_S, self._pause_s * 2)
        return True


@contextmanager
def kept_loaded(
    names: Sequence[LaneName],
    lanes: Mapping[LaneName, LaneSettings],
    look: Callable[[LaneName, float], Health | None],
    warm: Callable[[LaneName], None],
    *,
    notes: Path,
    every_s: float = LOOK_S,
) -> Iterator[None]:
    """Load the models of lanes, and keep those at an Ollama in memory within the block.

    Other runtimes keep theirs by themselves. What is wrong with a lane is left in `notes` for other programs.
    """
    preload(names, warm)
    stop = threading.Event()

    def keep(name: LaneName) -> None:
        keeper = ModelKeeper(stays=lanes[name].keep_alive.strip().startswith("-"))
        while not stop.wait(every_s):
            health = look(name, _ANSWER_S)
            with suppress(OSError):  # a full disk must not end the keeping
                tell(notes, name, health)
            if keeper.wants_load(health) and not stop.is_set():
                _log.info("the %s model is not in its server's memory any more: loading it", name)
                warm_or_log(name, warm)

    for name in names:
        if lanes[name].use_model and lanes[name].runtime == "ollama":
            threading.Thread(target=keep, args=(name,), name=f"keeper {name}", daemon=True).start()
    try:
        yield
    finally:
        stop.set()
        for name in names:
            with suppress(OSError):
                tell(notes, name, None)
