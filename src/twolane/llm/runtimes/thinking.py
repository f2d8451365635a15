"""Whether a model thinks before it answers although it was asked not to: then its answers begin late."""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)


class ThinkingCheck:
    """Remembers, and logs once, that a model thinks."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._thinks = False

    def look(self, thinking: object, opening: str) -> None:
        """Look at a piece of an answer: its field for thoughts, and its text where nothing came before it."""
        if (thinking or opening.lstrip().startswith("<think>")) and not self._thinks:
            self._thinks = True
            _log.warning("%s thinks although asked not to: its answers begin later", self._model)

    @property
    def detail(self) -> str:
        """Return what health says of it, or ""."""
        return "; it thinks although asked not to" if self._thinks else ""

    @property
    def remedy(self) -> str:
        return "choose a model that can do without: its answers begin later" if self._thinks else ""
