"""Owners: whose files are, who may give them to whom, and whether others see them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from twolane.access.named import known_user
from twolane.documents import FileRecord, display_path
from twolane.errors import AccessError, NotFoundError
from twolane.principal import Role, current_access, seeing
from twolane.store.admitted import Admitting
from twolane.store.base import Catalogue

_MOST_GIVEN = 10_000


class OwnedFiles(Admitting, Catalogue, Protocol):
    """What is needed of the store."""


@dataclass(frozen=True, slots=True)
class GivenFiles:
    """Files that were given to an owner, "" for everybody, as they were before."""

    before: tuple[FileRecord, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class _Gift:
    """That a user gave a file of theirs away, and to whom."""

    giver: str
    owner: str


class Owners:
    """Whose the files of one library are; safe to use from several threads.

    Who gives a file of theirs away may take it back while this process runs and it is still the other's.
    """

    def __init__(self, store: OwnedFiles) -> None:
        self._store = store
        self._gifts: OrderedDict[int, _Gift] = OrderedDict()
        self._lock = threading.Lock()

    def give(self, file_ids: Sequence[int], owner: str) -> GivenFiles:
        """Make files a user's, who sees them beside those they are shared with; "" makes them everybody's.

        Returns them as they were before, by which it can be undone. Raises `NotFoundError` for an unknown
        file or user, and `AccessError` where somebody who does not see the whole library gives what is not
        theirs.
        """
        records = [self._to_give(number, owner) for number in dict.fromkeys(file_ids)]
        new = known_user(self._store, owner).name if owner else ""
        with self._store.writing() as write:
            write.set_owner([record.file_id for record in records], new)
        self._note(records, new)
        return GivenFiles(tuple(records), new)

    def is_seen_by_others(self, record: FileRecord) -> bool:
        """Say whether anybody sees a file beside its owner and administrators."""
        others = [
            user.name
            for user in self._store.users.all()
            if user.role is not Role.ADMIN and not user.disabled_at and user.name != record.owner
        ]
        return any(self._sees(name, record.file_id) for name in others)

    def _sees(self, user: str, file_id: int) -> bool:
        with seeing(self._store.shares.access_of(user)):
            try:
                self._store.file(file_id)
            except NotFoundError:
                return False
        return True

    def _to_give(self, file_id: int, owner: str) -> FileRecord:
        access = current_access()
        gift = self._gifts.get(file_id)
        if access is not None and access.user and gift is not None and gift.giver == access.user == owner:
            with seeing(None):
                record = self._store.file(file_id)
            if record.owner == gift.owner:
                return record
        record = self._store.file(file_id)
        if access is not None and (not access.user or record.owner != access.user):
            raise AccessError(
                f"{display_path(record.path)} is not yours to give",
                "ask its owner, or whoever manages the library",
            )
        return record

    def _note(self, records: Sequence[FileRecord], owner: str) -> None:
        access = current_access()
        with self._lock:
            for record in records:
                self._gifts.pop(record.file_id, None)
                if access is not None and record.owner == access.user != owner:
                    self._gifts[record.file_id] = _Gift(access.user, owner)
            while len(self._gifts) > _MOST_GIVEN:
                self._gifts.popitem(last=False)
