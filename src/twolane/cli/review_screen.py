"""What the review of a file looks like in a terminal: plain lines, for any width, with or without colours."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from twolane.cli.output import Output
from twolane.documents import Classification, FileRecord, display_path
from twolane.text.printable import one_line

ACCEPT, NONE, SEARCH, SKIP, UNDO, QUIT, MORE = "y", "0", "/", "s", "u", "q", " "
WALKED = "jk"  # lead from file to file on the page, and so stand for no category here either
HELP = (
    "y or Enter accepts, a digit or letter another, / searches, 0 none of these, "
    "the space bar shows more text, s skips, u undoes, q ends"
)
TOP = 5
# the keys of the categories after the first: digits for the likeliest, then letters that mean nothing else
_LETTERS = [letter for letter in string.ascii_lowercase if letter not in {ACCEPT, SKIP, UNDO, QUIT, *WALKED}]
_MOST_TEXT_LINES = 14
_NARROWEST = 24


class Named(Protocol):
    """A category as people know it."""

    @property
    def id(self) -> str:
        """What it is called in data."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def description(self) -> str:
        """What it is for, or ""."""


@dataclass(frozen=True, slots=True)
class Option:
    """A category with the key that takes it; the key is "" where there are more categories than keys."""

    key: str
    category: Named
    probability: float


def choices(categories: Sequence[Named], found: Classification | None) -> tuple[Option, ...]:
    """Return the categories with their keys: the likeliest by digits, the rest by letters in their order."""
    shares = {score.category: score.probability for score in found.scores} if found else {}
    proposed = found.category if found else ""
    ranked = sorted(categories, key=lambda one: (one.id == proposed, shares.get(one.id, 0.0)), reverse=True)
    top = ranked[: TOP if shares or proposed else 0]
    rest = [category for category in categories if category not in top]
    keys = [*(str(place) for place in range(1, len(top) + 1)), *_LETTERS]
    keys += [""] * len(categories)
    ordered = [*top, *rest]
    return tuple(
        Option(key, category, shares.get(category.id, 0.0))
        for key, category in zip(keys, ordered, strict=False)
    )


def matching(found: Sequence[Option], words: str) -> tuple[Option, ...]:
    """Return up to nine categories that have these words, by their names first; their keys are digits."""
    sought = words.casefold().split()

    def has(text: str) -> bool:
        return all(word in text.casefold() for word in sought)

    by_name = [one.category for one in found if has(f"{one.category.id} {one.category.name}")]
    by_all = [one.category for one in found if has(f"{one.category.name} {one.category.description}")]
    kept = list(dict.fromkeys([*by_name, *by_all]))[:9] if sought else []
    return tuple(Option(str(place), category, 0.0) for place, category in enumerate(kept, 1))


def is_offered(category: str, found: Sequence[Option]) -> bool:
    """Say whether a category can be taken: one that has left the taxonomy cannot."""
    return any(one.category.id == category for one in found)


class Screen:
    """Shows files for review on an output, at the width and height that the terminal has at that moment."""

    def __init__(self, output: Output, size: tuple[int, int]) -> None:
        self._output = output
        self._width = max(_NARROWEST, size[0] - 1)
        self._height = size[1]

    def file(
        self,
        record: FileRecord,
        text: str,
        why: str,
        found: Sequence[Option],
        left: int,
        facts: Sequence[str] = (),
    ) -> None:
        """Show a file: where it lies, how it begins, what is proposed and why, and the other choices."""
        self._output.line("─" * self._width, "dim")
        self._line(f"{display_path(record.path.name)}   ({left} to review)", "bold")
        self._line(display_path(record.path.parent), "dim")
        self._text(text or record.note or "there is no text")
        self._packed(facts)
        proposed = record.classification
        if proposed and is_offered(proposed.category, found):
            first, *others = found
            self._line(f"{first.category.name}  {proposed.confidence:.0%}", "bold green")
            self._line(f"because {proposed.reason}")
            self._line(f"in review: {why}")
        else:
            others = list(found)
        self.choices([one for one in others if one.key.isdigit()])
        rest = [f"{one.key} {one.category.name}" for one in others if one.key and not one.key.isdigit()]
        self._packed(rest)
        self._line(HELP, "dim")

    def more(self, text: str, begin: int) -> int:
        """Show as much of a text as fits from a line on; returns the line after it, 0 at the end."""
        lines = self._lines(text)
        end = begin + max(3, self._height - 3)
        for line in lines[begin:end]:
            self._output.line(f"│ {line}")
        if end < len(lines):
            self._line("the space bar shows more", "dim")
            return end
        self._line("that is all of its text", "dim")
        return 0

    def choices(self, found: Sequence[Option]) -> None:
        """Show categories, each on a line of its own with its key."""
        for one in found:
            share = f"  {one.probability:.0%}" if one.probability else ""
            self._line(f"  {one.key}  {one.category.name}{share}")

    def _text(self, text: str) -> None:
        most = max(3, min(_MOST_TEXT_LINES, self._height - 12))
        lines = self._lines(text[:4000])
        for line in lines[:most]:
            self._output.line(f"│ {line}")
        if len(lines) > most:
            self._output.line("│ …")

    def _lines(self, text: str) -> list[str]:
        return [line for part in text.splitlines() if part.strip() for line in self._wrapped(part)]

    def _packed(self, parts: Sequence[str]) -> None:
        """Print parts side by side, as many as a line takes, and none of them broken where it fits."""
        line = ""
        for part in parts:
            joined = f"{line}   {part}" if line else part
            if line and cell_len(joined) > self._width - 2:
                self._line(line, "dim")
                joined = part
            line = joined
        self._line(line, "dim")

    def _line(self, text: str, style: str = "") -> None:
        for line in self._wrapped(one_line(text)):
            self._output.line(line, style)

    def _wrapped(self, text: str) -> Iterator[str]:
        """Yield the lines of a text by what each character takes of the terminal: Chinese ones take two."""
        width = self._width - 2
        for line in Text(text).wrap(Console(width=width), width):
            yield line.plain.rstrip()
