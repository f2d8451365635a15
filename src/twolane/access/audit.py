"""The audit: who asked, saw, changed and removed what, when and from where; written beside what is done.

Why it is so: docs/why/access.md#the-audit-is-written-beside-what-is-done.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from twolane.errors import NotFoundError, StoreBusyError, StoreError
from twolane.principal import NOBODY, Principal
from twolane.store.admitted import Admitting, AuditEvent, AuditFilter
from twolane.store.scanned import Files

_log = logging.getLogger(__name__)

MOST_WAITING = 20_000
_AT_ONCE = 500
_GATHERED_S = 0.3
_AGAIN_AFTER_S = 5.0
_SAME_FOR_S = 60.0
_MOST_SEEN = 2_000
_PURGED_EVERY_S = 86_400.0


class AuditAct(StrEnum):
    """What somebody did, or tried to."""

    ASKED = "asked"
    SEARCHED = "searched"
    SAW = "saw"
    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    REMOVED = "removed"
    EXPORTED = "exported"
    MANAGED = "managed"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    CAME = "came"
    """With a wrong token, or none where it is needed, and in vain by a start address, office or proxy."""
    LOST = "lost"
    """What could not be written of all this."""


_OF_ANYBODY = frozenset({AuditAct.SIGNED_IN, AuditAct.SIGNED_OUT, AuditAct.CAME, AuditAct.LOST})
MACHINE = "this machine"
TOO_MANY = "too many"


class AuditedStore(Admitting, Files, Protocol):
    """A library that keeps what everybody did, and knows what its files are called."""


class Audit:
    """What everybody did in one library; safe to use from several threads.

    Events are written by a thread of its own, some at a time. Where the library cannot be written they wait;
    beyond `MOST_WAITING` they are dropped, and how many that were is an event, too. Where there are no users
    only tokens and failed ways in are worth an event: everything else was the library's one person.
    """

    def __init__(self, store: AuditedStore, days: int) -> None:
        self._store = store
        self._older_than_s = days * 86_400.0
        self._waiting: deque[AuditEvent] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._lost = 0
        self._purged_at = 0.0
        self._seen: OrderedDict[AuditEvent, float] = OrderedDict()

    def record(self, event: AuditEvent) -> None:
        """Keep an event, soon; never waits and never raises.

        A file seen again in a minute is one event, and so is one sender's knocking.
        """
        with self._changed:
            is_one = event.act in {AuditAct.SAW, AuditAct.CAME} or event.outcome == TOO_MANY
            if is_one and self._was_seen(event):
                return
            if self._closed or len(self._waiting) >= MOST_WAITING:
                self._lost += 1
                return
            self._waiting.append(event if event.at else replace(event, at=time.time()))
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, name="twolane-audit", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _was_seen(self, event: AuditEvent) -> bool:
        """Note what comes again and again: a panel asks for a file, its pages and pictures one after another.

        Whoever guesses passwords makes names up.
        """
        user = "" if event.outcome == TOO_MANY else event.user
        now, key = time.monotonic(), replace(event, user=user, detail="", target="")
        before = self._seen.get(key, -_SAME_FOR_S)
        if now - before < _SAME_FOR_S:
            return True
        self._seen[key] = now
        self._seen.move_to_end(key)
        if len(self._seen) > _MOST_SEEN:
            self._seen.popitem(last=False)
        return False

    def tell(
        self,
        who: Principal,
        act: AuditAct,
        *,
        user: str = "",
        target: str = "",
        file_id: int = 0,
        sender: str = "",
        outcome: str = "",
        detail: str = "",
    ) -> None:
        """Keep what somebody did, as `record` does; `user` is who a stranger says to be."""
        self.record(
            AuditEvent(user or who.user or "", act, target, file_id, _means_of(who), sender, outcome, detail)
        )

    def newest(self, within: AuditFilter, *, limit: int, before: int = 0) -> list[AuditEvent]:
        """List events, the newest first, with smaller ids than `before` if that is given."""
        return self._store.audit.newest(within, limit=limit, before=before)

    def close(self) -> None:
        """Write what waits; safe to call twice."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._lost or self._waiting:
            _log.warning("audit lost", extra={"fields": {"events": self._lost + len(self._waiting)}})
            self._lost = 0
            self._waiting.clear()

    def _write_all(self) -> None:
        while batch := self._next():
            is_last = self._closed
            try:
                self._write(batch)
            except StoreError as error:
                left = batch if isinstance(error, StoreBusyError) else self._one_by_one(batch)
                if not left:
                    continue
                _log.warning("audit waits", extra={"fields": {"events": len(left), "error": error.what}})
                self._give_back(left)
                if is_last:
                    return

    def _one_by_one(self, batch: list[AuditEvent]) -> list[AuditEvent]:
        """Write events each alone, and return those to be tried again; what is refused beside others is lost.

        Somebody could otherwise end the audit by one event that the library does not take.
        """
        left: list[AuditEvent] = []
        for event in batch:
            try:
                self._write([event])
            except StoreError:
                left.append(event)
        if len(left) == len(batch):  # it is the library, and none of them
            return left
        with self._changed:
            self._lost += len(left)
        return []

    def _next(self) -> list[AuditEvent]:
        """Wait for events and a moment for more of them; none once it is closed and all are written."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            self._changed.wait_for(lambda: self._closed, _GATHERED_S)
            lost, self._lost = self._lost, 0
            if lost:
                told = f"{lost} events could not be kept"
                self._waiting.append(AuditEvent("", AuditAct.LOST, told, at=time.time()))
            return [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]

    def _give_back(self, batch: list[AuditEvent]) -> None:
        """Put events back in front, and wait before the next try."""
        with self._changed:
            self._waiting.extendleft(reversed(batch))
            self._changed.wait_for(lambda: self._closed, _AGAIN_AFTER_S)

    def _write(self, batch: list[AuditEvent]) -> None:
        if not self._store.users.any():
            batch = [event for event in batch if event.act in _OF_ANYBODY or _is_by_token(event)]
        if batch:
            self._store.audit.add(self._named(batch))
        if time.monotonic() - self._purged_at > _PURGED_EVERY_S or not self._purged_at:
            self._purged_at = time.monotonic()
            self._store.audit.purge(self._older_than_s)

    def _named(self, batch: list[AuditEvent]) -> list[AuditEvent]:
        """Return events with the paths of the files that they are about."""
        known: dict[int, str] = {}
        for event in batch:
            if event.file_id and not event.target and event.file_id not in known:
                known[event.file_id] = self._path(event.file_id)
        return [
            event if event.target else replace(event, target=known.get(event.file_id, "")) for event in batch
        ]

    def _path(self, file_id: int) -> str:
        try:
            return str(self._store.file(file_id).path)
        except NotFoundError:
            return ""


def _means_of(who: Principal) -> str:
    """Return by what somebody did something: a token, the page, or a program."""
    if who.token:
        return f"token {who.token.name}"
    if who.sign_in_id:
        return "page"
    return "" if who.user or who is NOBODY else MACHINE


def _is_by_token(event: AuditEvent) -> bool:
    """Say whether a token did it."""
    return event.means.startswith("token ")
