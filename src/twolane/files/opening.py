"""A library is opened with what takes files out of it and keeps them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twolane.config.settings import Settings
from twolane.files.contents import Contents
from twolane.files.kept_pictures import KeptPictures
from twolane.files.library import Library
from twolane.files.taken_out.keeping_out import KeepingOut
from twolane.files.taken_out.taking_out import TakingOut
from twolane.store.base import Store
from twolane.store.scanned import MovedFile
from twolane.work import EMBED, LATER

OpenLibrary = tuple[Library, TakingOut, KeepingOut]


def open_library(
    settings: Settings,
    store: Store,
    contents: Contents,
    on_moved: Callable[[Sequence[MovedFile]], None],
    *,
    vector_model: str,
) -> OpenLibrary:
    """Return a library's verbs, those that take files out of it, and those that keep them out."""
    library = Library(
        settings,
        store,
        contents,
        embed_kind=EMBED,
        vector_model=vector_model,
        later=LATER,
        on_moved=on_moved,
    )
    kept = KeptPictures(settings.data_dir, settings.extract.pictures_limit_bytes)
    taking_out = TakingOut(settings, store, contents, library, kept.forget)
    return library, taking_out, KeepingOut(store, taking_out)
