"""Owners: whose files are, and who may give them to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from twolane.documents import FileRecord, display_path
from twolane.errors import AccessError, NotFoundError
from twolane.principal import current_access
from twolane.store.admitted import Admitting
from twolane.store.base import Catalogue


class OwnedFiles(Admitting, Catalogue, Protocol):
    """What is needed of the store."""


class Owners:
    """Whose the files of one library are."""

    def __init__(self, store: OwnedFiles) -> None:
        self._store = store

    def give(self, file_ids: Sequence[int], owner: str) -> list[FileRecord]:
        """Make files a user's, who sees them beside those they are shared with; "" makes them everybody's.

        Returns them as they were before, by which it can be undone. Raises `NotFoundError` for an unknown
        file or user, and `AccessError` where somebody who does not see the whole library gives what is not
        theirs.
        """
        records = [self._store.file(number) for number in dict.fromkeys(file_ids)]
        user = self._store.users.by_name(owner) if owner else None
        if owner and user is None:
            raise NotFoundError(f"there is no user {owner!r}", "`twolane users` shows those there are")
        access = current_access()
        for record in records:
            if access is not None and (not access.user or record.owner != access.user):
                raise AccessError(
                    f"{display_path(record.path)} is not yours to give",
                    "ask its owner, or whoever manages the library",
                )
        with self._store.writing() as write:
            write.set_owner([record.file_id for record in records], user.name if user else "")
        return records
