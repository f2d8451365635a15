"""A library is opened with what takes files out of it and keeps them out."""

from __future__ import annotations

from collections.abc import Collection

from twolane.config.settings import Settings
from twolane.files.contents import Contents
from twolane.files.keeping_out import KeepingOut
from twolane.files.library import Library
from twolane.files.taking_out import TakingOut
from twolane.store.base import Store

OpenLibrary = tuple[Library, TakingOut, KeepingOut]


def open_library(
    settings: Settings,
    store: Store,
    contents: Contents,
    *,
    embed_kind: str,
    vector_model: str,
    later: Collection[str] = (),
) -> OpenLibrary:
    """Return a library's verbs, those that take files out of it, and those that keep them out."""
    library = Library(
        settings, store, contents, embed_kind=embed_kind, vector_model=vector_model, later=later
    )
    taking_out = TakingOut(settings, store, contents, library)
    return library, taking_out, KeepingOut(store, taking_out)
