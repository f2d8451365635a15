"""Whether a file on disk is still the one that the library knows: another one is never deleted."""

from __future__ import annotations

import os

from twolane.documents import FileRecord, FileSeen
from twolane.errors import JobError
from twolane.files.contents.base import hash_of
from twolane.files.handles import open_file
from twolane.files.scan import stamp


def why_not_deletable(record: FileRecord, scanned: FileSeen) -> str:
    """Return why a file is not to be deleted, or "" where it is as it was scanned, or as it was read."""
    try:
        with open_file(record.path) as file:
            if stamp(os.fstat(file.fileno())) == scanned.stamp:
                return ""
            # its permissions alone may be others
            return (
                "" if hash_of(file) == record.document else "it has changed since it was read: add it again"
            )
    except OSError as error:
        return f"it cannot be read: {error.strerror or error}"
    except JobError as error:
        return error.what
