"""Loads models in the background, before the first request needs them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from twolane.documents import LaneName
from twolane.errors import TwolaneError

_log = logging.getLogger(__name__)


def preload(lanes: Iterable[LaneName], warm: Callable[[LaneName], None]) -> None:
    """Warm each lane in a thread of its own; where that fails, it is logged and the first request waits."""
    for name in lanes:
        threading.Thread(target=warm_or_log, args=(name, warm), name=f"preload {name}", daemon=True).start()


def warm_or_log(name: LaneName, warm: Callable[[LaneName], None]) -> None:
    """Warm one lane; where that fails, log it."""
    try:
        warm(name)
    except TwolaneError as error:
        _log.warning("the %s model is not loaded: %s", name, error)
