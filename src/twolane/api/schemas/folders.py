"""Watched folders, and how each stands."""

from __future__ import annotations

from pydantic import Field

from twolane.api.schemas.base import DisplayPath, SayingOut, Schema, Told
from twolane.documents import FolderWatch


class FolderOut(SayingOut):
    """A watched folder; times are in seconds since the epoch, 0 where there is none."""

    path: DisplayPath
    machine: str
    watch: FolderWatch = Field(description="by what it is watched, or why it is not just now")
    since: float = Field(description="since when it is watched so")
    waiting: int = Field(description="files that somebody may still be writing")
    taken: int = Field(description="files that came in since watching was begun")
    found: int = Field(description="files that were there already, or that only a look at all of it found")
    last_change_at: float
    apply: bool = Field(description="whether what is surely filed is moved to where its category goes")
    fault: Told
    remedy: Told
    seen_at: float = Field(description="when its watcher last said so")


class FoldersOut(Schema):
    """All watched folders."""

    folders: list[FolderOut]
