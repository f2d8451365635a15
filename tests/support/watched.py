"""A lookout over made-up states, for tests of what is told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twolane.documents import FileState
from twolane.errors import ModelUnreachableError
from twolane.llm.base import Health, ModelInfo
from twolane.store.base import Counts
from twolane.telemetry.lookout import LaneTold, Lookout
from twolane.work import JobCounts


@dataclass(frozen=True)
class Lane:
    """A lane's status as `App.lane_status` gives it."""

    name: str
    model: str
    health: Health


READY = Health(True, True, True, "holds it")
DOWN = Health(False, False, False, "nothing answers at http://127.0.0.1:1", "start its server")


def lookout(
    *,
    counts: Callable[[], Counts] | None = None,
    filing: Callable[[], LaneTold] = lambda: Lane("filing", "small:1b", READY),
    chat: Callable[[], LaneTold] = lambda: Lane("chat", "large:8b", DOWN),
) -> Lookout:
    library = Counts({FileState.FILED: 9, FileState.REVIEW: 1}, 10, 40, 40, {}, {"rules": 4, "similarity": 6})
    return Lookout(
        job_counts=lambda: {"read": JobCounts(queued=7, running=1, done=10, parked=2, oldest_s=12.5)},
        counts=counts or (lambda: library),
        workers=lambda: 3,
        lanes={"filing": filing, "chat": chat},
        models=models_of,
    )


def models_of(lane: str) -> list[ModelInfo]:
    if lane == "chat":
        raise ModelUnreachableError("nothing answers", "start it")
    return [ModelInfo("other:1b", 5), ModelInfo("small:1b", 1_300_000_000)]
