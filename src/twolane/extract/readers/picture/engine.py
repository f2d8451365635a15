"""What an engine of OCR does: it gives the words of one picture, each with its place and confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word as an engine saw it: its box in pixels, its confidence of 0 to 100, its line and block."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float
    line: int
    block: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a page lies and in which script it is written, as an engine judges by a look at it.

    `turn_degrees` is what it has to be turned by, clockwise, to stand upright.
    """

    turn_degrees: int
    script: str
    script_confidence: float


class Engine(Protocol):
    """Reads the words of one picture that is grey and upright."""

    @property
    def languages(self) -> frozenset[str]:
        """Languages that may be asked for; none where the engine reads all that it can at once."""
        ...

    def words(self, picture: Image, languages: str, limit_s: float) -> tuple[SeenWord, ...]:
        """Return the words in reading order; none where there are none, or when the time was over."""
        ...

    def outlook(self, picture: Image, limit_s: float) -> Outlook | None:
        """Return how the page lies, or None where the engine cannot tell."""
        ...
