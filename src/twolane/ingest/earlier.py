"""What an earlier version has filed: its facts and copies are drawn by themselves, once and after all else.

See docs/why/fields.md#libraries-of-earlier-versions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from twolane.errors import StoreError
from twolane.ingest.following import drawing
from twolane.outages import level_of
from twolane.store.base import Documents, Memory, Writing

_log = logging.getLogger(__name__)
_KEY = "facts of earlier versions"  # the last document that was queued, or that all are
_ALL = "all"
_AT_ONCE = 500


class EarlierLibrary(Documents, Memory, Writing, Protocol):
    """A library that an earlier version may have filled."""


def queue_earlier(store: EarlierLibrary, stopping: Callable[[], bool] = lambda: False) -> None:
    """Queue the documents that were filed before there were facts; once per library, and resumable.

    Several processes may do it at once: a document that is queued already is not queued again. Where the
    store cannot be reached, the next start goes on.
    """
    try:
        while not stopping() and (after := store.recall(_KEY)) != _ALL:
            found = store.undrawn(after=after, limit=_AT_ONCE)
            with store.writing() as write:
                write.enqueue([drawing(each.document, each.file_id) for each in found])
                write.remember(_KEY, found[-1].document if found else _ALL)
    except StoreError as error:
        _log.log(level_of(error), "facts of what an earlier version filed were not queued: %s", error)
