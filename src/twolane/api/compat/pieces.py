"""What an answer is made of for clients of other APIs: words, citations, an end; and all of them so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from twolane.api.compat.footnotes import Reference


@dataclass(frozen=True, slots=True)
class SaidWords:
    """The next words of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """The words said last are a mark such as [1], which stands for this reference."""

    number: int
    reference: Reference


@dataclass(frozen=True, slots=True)
class Anew:
    """The answer begins anew: what was said so far is none of it."""


@dataclass(frozen=True, slots=True)
class Over:
    """The end of the answer, and what it cost; `cut` says that it is not whole."""

    cut: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0
    first_token_s: float = 0.0
    seconds: float = 0.0


Piece = SaidWords | Cited | Anew | Over


@dataclass(frozen=True, slots=True)
class ReferenceMark:
    """A citation in the text of a reply, by its first character and the one behind its last."""

    start: int
    end: int
    reference: Reference


@dataclass(slots=True)
class SaidSoFar:
    """What has been said so far."""

    text: str = ""
    marks: list[ReferenceMark] = field(default_factory=list)
    over: Over | None = None

    def take(self, piece: Piece) -> ReferenceMark | None:
        """Add a piece; returns the citation that it is."""
        match piece:
            case SaidWords(text):
                self.text += text
            case Cited(number, reference):
                mark = ReferenceMark(len(self.text) - len(f"[{number}]"), len(self.text), reference)
                self.marks.append(mark)
                return mark
            case Anew():
                self.text, self.marks = "", []
            case Over():
                self.over = piece
        return None
