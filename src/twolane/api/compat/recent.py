"""The last answers as clients of other APIs were told them, so that the next question goes on from them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from twolane.answers import Turn
from twolane.principal import Access, current_access

_MOST_KEPT = 256


class RecentlyTold:
    """What was told in place of each of the last answers; safe to use from several threads.

    Clients send a conversation back as they were told it: with the sources numbered anew, and with refusals
    among the answers. Nobody is given what another was told.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Access | None, str], str | None] = OrderedDict()

    def keep(self, told: str, answer: str | None) -> None:
        """Remember the answer that was told so; None where it was a refusal."""
        key = current_access(), told.strip()
        with self._lock:
            self._kept[key] = answer
            self._kept.move_to_end(key)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)

    def turns(self, told: Sequence[Turn]) -> list[Turn]:
        """Return the turns with the answers as they were given; what was refused is no turn.

        An answer that is not here any more, or that another server gave, stays as it was told.
        """
        access = current_access()
        with self._lock:
            answers = [self._kept.get((access, turn.answer), turn.answer) for turn in told]
        return [
            Turn(turn.question, answer)
            for turn, answer in zip(told, answers, strict=True)
            if answer is not None
        ]
