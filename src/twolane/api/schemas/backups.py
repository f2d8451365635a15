"""Backups, and how they stand."""

from __future__ import annotations

from pydantic import Field

from twolane.api.schemas.base import DisplayPath, SayingOut, Told


class BackupFileOut(SayingOut):
    """One backup."""

    path: DisplayPath = Field(examples=["/mnt/backups/twolane-3f2a9c01-20261127T060000Z.zip"])
    size_bytes: int
    made_at: float = Field(description="seconds since the epoch")
    documents: int = Field(description="how many of the user's documents are in it")
    copies: int = Field(description="how many of the library's own files are in it, such as uploads")
    left: int = Field(description="documents that could not be read, and are not in it")
    fault: Told = Field(description='why it cannot be used, or ""')


class BackupsOut(SayingOut):
    """The backups in the folder of the settings, newest first, and when the next one is due."""

    folder: DisplayPath | None = Field(description="null where no backups are planned")
    due_at: float | None = Field(description="seconds since the epoch; 0 is as soon as may be")
    failure: Told = Field(description='why the last one was not made, or ""')
    remedy: Told
    backups: list[BackupFileOut]
