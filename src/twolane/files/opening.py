"""A library is opened with where its contents lie, what takes files out of it, and what keeps them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twolane.config.settings import Settings
from twolane.files.blobs.opening import open_blobs
from twolane.files.contents import BlobContents, Contents, SharedContents
from twolane.files.kept_pictures import KeptPictures
from twolane.files.library import Library
from twolane.files.taken_out.keeping_out import KeepingOut
from twolane.files.taken_out.taking_out import TakingOut
from twolane.store.base import Store
from twolane.store.scanned import MovedFile
from twolane.work import EMBED, FIELDS, PICTURE

OpenLibrary = tuple[Library, TakingOut, KeepingOut]


def open_contents(settings: Settings) -> Contents:
    """Return how workers get at the contents of files: over shared folders, or from the blob area."""
    blobs = open_blobs(settings.blobs_url.get_secret_value())
    if blobs is None:
        return SharedContents({path.recorded: path.here for path in settings.shared_path})
    return BlobContents(blobs, limit_bytes=settings.extract.file_limit_bytes)


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
        later=(FIELDS, PICTURE),
        on_moved=on_moved,
    )
    kept = KeptPictures(settings.data_dir, settings.extract.pictures_limit_bytes)
    taking_out = TakingOut(settings, store, contents, library, kept.forget)
    return library, taking_out, KeepingOut(store, taking_out)
