"""The system's trash: files that a person takes away go there, and nothing is ever deleted for good."""

from __future__ import annotations

from pathlib import Path

from send2trash import send2trash

from twolane.documents import display_path
from twolane.errors import TwolaneError


def put_into_trash(path: Path) -> None:
    """Move a file into the system's trash. Raises `TwolaneError` where there is none, or it is not let."""
    try:
        send2trash(path)
    except OSError as error:
        raise TwolaneError(
            f"{display_path(path)} could not be put into the trash: {error.strerror or error}",
            "delete it yourself, or look at the permissions of its folder",
        ) from error
