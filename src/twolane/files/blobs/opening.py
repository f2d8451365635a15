"""Opens the blob area that an address names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from twolane.files.blobs.base import Blobs
from twolane.files.blobs.folder import FolderBlobs


def open_blobs(url: str) -> Blobs | None:
    """Return the blobs at an address, unconnected; None where workers read the files themselves.

    Raises `SettingsError` where the client for it is not installed.
    """
    if not url:
        return None
    if url.startswith("file://"):
        return FolderBlobs(Path(url2pathname(urlsplit(url).path)))
    from twolane.files.blobs.s3 import S3Blobs

    return S3Blobs(url)
