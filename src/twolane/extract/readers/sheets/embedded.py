"""Files embedded in an XLSX workbook: those of Office as they are, others out of their OLE wrapping."""

from __future__ import annotations

import posixpath
import zipfile

from twolane.extract.base import Draft, SourceFile
from twolane.extract.readers.archive import read_part

_FOLDER = "xl/embeddings/"
_MOST_FILES = 50
_FILE_BYTES = 32 << 20


def embedded_files(package: zipfile.ZipFile, draft: Draft) -> list[SourceFile]:
    """Return the embedded files in order; what is too large is said."""
    found: list[SourceFile] = []
    for info in package.infolist():
        if not info.filename.startswith(_FOLDER) or info.is_dir():
            continue
        name = posixpath.basename(info.filename)
        if info.file_size > _FILE_BYTES or len(found) >= _MOST_FILES:
            draft.unread(f"embedded {name}", 1)
            continue
        found.append(SourceFile.of(read_part(package, info.filename), name))
    return found
