"""The names and the content of what stands on the disk only while a file is moved."""

from __future__ import annotations

import os
from dataclasses import dataclass

from twolane.organize.disk.places import OpenPlace, is_file
from twolane.system.disk import flags

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | flags("O_NOFOLLOW", "O_BINARY", "O_CLOEXEC")


@dataclass(frozen=True, slots=True)
class MoveMark:
    """By what a move knows its own traces after it was cut off; `plan` is unlike that of any other library.

    A scan takes in nothing whose name ends so.
    """

    plan: str
    number: int

    @property
    def copy(self) -> str:
        """The name of a copy that is not whole yet."""
        return self._name("copy")

    @property
    def aside(self) -> str:
        """The name of a file that is about to be removed."""
        return self._name("aside")

    @property
    def spelling(self) -> str:
        """The name between two that are one to the disk."""
        return self._name("name")

    @property
    def content(self) -> bytes:
        """What a file holds that only keeps a name free."""
        return f"{self._name('mark')}: a file is about to be moved here by twolane\n".encode()

    def is_own(self, place: OpenPlace) -> bool:
        """Whether a name is one of these, which nobody else uses."""
        return place.path.name in {self.copy, self.aside, self.spelling}

    def put(self, place: OpenPlace) -> os.stat_result:
        """Take a name by a file that only keeps it free; return its status. Raises `OSError`."""
        descriptor = os.open(place.name, _NEW, 0o600, dir_fd=place.folder)
        try:
            os.write(descriptor, self.content)
        finally:
            os.close(descriptor)
        return os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)

    def is_at(self, place: OpenPlace) -> bool:
        """Whether such a file lies there, or what was begun of it; an empty one of this kind is none."""
        status = place.status()
        if status is None or not is_file(status) or status.st_size != len(self.content):
            return False
        with place.open() as file:
            return file.read() == self.content

    def take_away(self, place: OpenPlace) -> None:
        """Remove such a file, and nothing else."""
        if self.is_at(place):
            place.remove()

    def _name(self, kind: str) -> str:
        return f".twolane-{self.plan}-{self.number}-{kind}.part"
