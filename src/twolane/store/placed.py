"""The part of port 3 that keeps placements: files that persons have put into folders of other categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Placement:
    """A file that a person has put into the folder of another category than it is filed under.

    It is on what the file held then. `filed_as` is its category now, "" where it has none, and `seen_at` is
    in seconds since the epoch.
    """

    file_id: int
    document: str
    category: str
    folder: Path
    path: Path
    filed_as: str
    seen_at: float


@dataclass(frozen=True, slots=True)
class FolderUse:
    """How many files directly in a folder are filed under a category.

    Of `decided` ones a person has said so, or a plan has put them there; `planned` counts the latter alone.
    """

    category: str
    files: int
    decided: int
    planned: int


class PlacementRows(Protocol):
    """Placements, each for a file, its content and a category: what was answered is never asked again."""

    def notice(self, file_id: int, document: str, category: str, folder: Path) -> None:
        """Keep that a file was put into the folder of a category, unless that was answered before."""

    def drop_open(self, file_ids: Sequence[int]) -> None:
        """Forget what is not answered of files: they have been moved again."""

    def open(self, *, limit: int, offset: int = 0, file_id: int = 0) -> list[Placement]:
        """List what is to be asked, the oldest first; with a file's number, of that file alone.

        Files that are gone, hold something else by now, are in the category already, or of which a person
        has decided otherwise since, are not asked about.
        """

    def count(self) -> int:
        """Count what `open` would list without a limit."""

    def answer(self, placement: Placement, *, accepted: bool) -> None:
        """Keep what a person has answered."""

    def uses(self, folder: Path, but: Sequence[int]) -> list[FolderUse]:
        """Return what the files directly in a folder are filed under.

        Files that are asked about do not count, nor some by their numbers.
        """


class Placing(Protocol):
    """A library that keeps placements."""

    @property
    def placements(self) -> PlacementRows:
        """The placements."""
