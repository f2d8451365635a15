"""What is asked of a page as a picture, and what comes back: values of the drawing process and its parent."""

from __future__ import annotations

from dataclasses import dataclass

PICTURE_LIMIT_BYTES = 8 << 20
BOXES_LIMIT = 400
WORDS_LIMIT_CHARS = 20_000
WIDEST_PX = 2400


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """One page, counted from 1, drawn so many pixels wide, and of at most so many bytes."""

    page: int
    width_px: int
    limit_bytes: int = PICTURE_LIMIT_BYTES


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as WebP, and how large it is."""

    data: bytes
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class SoughtWords:
    """Words of a page's text; `nth` of their kind on it, counted from 0."""

    text: str
    nth: int = 0


@dataclass(frozen=True, slots=True)
class WantedMarks:
    """Which words are sought on which page, counted from 1."""

    page: int
    words: tuple[SoughtWords, ...]


@dataclass(frozen=True, slots=True)
class PageBox:
    """Where something stands on a page as it is shown: shares of its width and height, from the top left."""

    left: float
    top: float
    width: float
    height: float


def letters_of(text: str) -> str:
    """Return what is compared of a text: no blanks, no marks of hyphenation, no case."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def sought(text: str, start: int, end: int) -> SoughtWords:
    """Return the words between two characters of a page's text, with their place among their like."""
    words = text[start:end][:WORDS_LIMIT_CHARS]
    kind = letters_of(words)
    return SoughtWords(words, letters_of(text[:start]).count(kind) if kind else 0)
