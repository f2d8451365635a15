"""Which of a lane's servers is asked next, and when a request would be served much faster by another."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection
from typing import Generic

from twolane.errors import ModelTimeoutError
from twolane.llm.pool.server import R, Server, ServerGroup, Slot

_MOST_LOAD = 1.25
_TIMES_SLOWER, _MORE_S = 3.0, 0.5  # than the best: then a warm cache is not worth it
_TIMES_SLOWER_UNDER_WAY = 5.0


class Balancer(Generic[R]):
    """Chooses among a group's servers."""

    def __init__(self, group: ServerGroup[R]) -> None:
        self._group = group

    def pick(self, tried: Collection[str], affinity: str) -> Server[R] | None:
        """Return a server that is well and has a free slot; called under the group's lock.

        Requests of the same `affinity` come to the same server, whose cache holds the beginning of their
        prompt, while it is about as fast and no busier than others. Else the least busy for its pace is
        taken.
        """
        well = [s for s in self._group.servers if s.is_well and s.url not in tried]
        free = [server for server in well if self._group.has_room(server)]
        if not free or self._group.is_closed:
            return None
        best_s = min(server.piece_pace.mean_s for server in well)
        best_s = 0.0 if math.isinf(best_s) else best_s
        if affinity:
            preferred = max(well, key=lambda server: _weight(server.url, affinity))
            if preferred in free and _may_be_preferred(preferred, well, best_s):
                return preferred

        def load(server: Server[R]) -> tuple[float, int]:
            return (len(server.slots) + 1) * server.piece_pace.now_s(best_s), len(server.slots)

        return min(free, key=load)

    def add_pace(self, slot: Slot[R], seconds: float, *, first: bool, pieces: int) -> None:
        """Note how long a server took: for an answer, or for so many pieces of one."""
        with self._group.lock:
            slot.server.piece_pace.add(seconds / pieces)
            if first:
                slot.server.first_pace.add(seconds)

    def much_faster_elsewhere(
        self, slot: Slot[R], waited_s: float, *, first: bool
    ) -> ModelTimeoutError | None:
        """Return why a request should go on elsewhere although its server is well, if so."""
        server = slot.server
        with self._group.lock:
            others = [
                (other.first_pace if first else other.piece_pace).mean_s
                for other in self._group.others(slot)
                if other.is_well and self._group.has_room(other)
            ]
            if not others or waited_s < _TIMES_SLOWER_UNDER_WAY * min(others):
                return None
            slot.was_slow = True
            (server.first_pace if first else server.piece_pace).add(waited_s)
        return ModelTimeoutError(
            f"{server.url} took {waited_s:.0f} s for what takes {min(others):.1f} s elsewhere",
            "see what that server is doing, or take it out of this lane",
        )


def _may_be_preferred(preferred: Server[R], well: list[Server[R]], best_s: float) -> bool:
    # Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2016).
    under_way = sum(len(server.slots) for server in well)
    most = math.ceil(_MOST_LOAD * (under_way + 1) / len(well))
    enough_s = _TIMES_SLOWER * best_s + _MORE_S
    return len(preferred.slots) < most and preferred.piece_pace.now_s(best_s) <= enough_s


def _weight(url: str, affinity: str) -> bytes:
    """Return a server's weight for an affinity (rendezvous hashing): the highest wins.

    When a server goes, only the requests that it had go elsewhere.
    """
    return hashlib.blake2b(f"{url}\0{affinity}".encode("utf-8", "replace"), digest_size=8).digest()
