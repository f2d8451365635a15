"""The file of codes beside a library: written whole, mapped by every process, and worth nothing by itself.

It holds 64-bit words in the machine's own order: a header; of the passages their ids, their documents' ids
and the words of their codes one row after the other, of the documents their first passages and languages, and
of the languages their names and middles. The exclusive or of all is zero. Whatever is wrong with it, the
library's rows make another.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twolane.store.centres import Centres
from twolane.store.sqlite.codes import Columns
from twolane.system.disk import put_in_place

_log = logging.getLogger(__name__)

_MAGIC = int.from_bytes(b"twlcodes", "little")
_HEADER = 16  # magic, form, the numbers of `sizes`, zeros, check
_CHECK = _HEADER - 1
_FORM = 2
_SIZES = 7
_ABANDONED_S = 3600.0


@dataclass(frozen=True, slots=True)
class StoredCodes:
    """The codes as of a generation, passages by their numbers.

    `first_passages[i]` is the first passage of document i that can be found: earlier ones have been replaced.
    `languages[i]` is its language (`centres.language_number`). The centres are of `centred` passages.
    """

    epoch: int
    generation: int
    columns: Columns
    first_passages: NDArray[np.int64]
    languages: NDArray[np.int64]
    centres: Centres
    centred: int

    @property
    def sizes(self) -> tuple[int, ...]:
        width, passages = self.columns.words.shape
        own = len(self.centres.languages)
        return self.epoch, self.generation, self.centred, width, passages, len(self.languages), own


def read_codes(path: Path) -> StoredCodes | None:
    """Map the file, or return None where it is not there or not whole."""
    try:
        every: NDArray[np.int64] = np.asarray(np.memmap(path, dtype=np.int64, mode="r"))
    except (OSError, ValueError):
        return None
    if len(every) < _HEADER or every[0] != _MAGIC or every[1] != _FORM:
        return None
    epoch, generation, centred, width, passages, documents, own = (int(n) for n in every[2 : 2 + _SIZES])
    lengths = [passages, passages, passages * width, documents, documents, own, (own + 1) * width * 32]
    if len(every) != _HEADER + sum(lengths) or np.bitwise_xor.reduce(every):
        return None
    parts = np.split(every[_HEADER:], np.cumsum(lengths[:-1], dtype=np.int64))
    columns = Columns(parts[0], parts[1], parts[2].view(np.uint64).reshape(width, passages))
    centres = Centres(parts[5], parts[6].view(np.float32).reshape(own + 1, width * 64))
    return StoredCodes(epoch, generation, columns, parts[3], parts[4], centres, centred)


def written_at(path: Path) -> int | None:
    """Return the generation of the file, or None where there is none that could be read."""
    try:
        head = np.fromfile(path, dtype=np.int64, count=4)
    except OSError:
        return None
    return int(head[3]) if len(head) == 4 and head[0] == _MAGIC and head[1] == _FORM else None


def drop_codes(path: Path) -> None:
    """Remove the file; where that cannot be done, it stays."""
    with contextlib.suppress(OSError):
        path.unlink()


def write_codes(path: Path, codes: StoredCodes) -> bool:
    """Put a file in the place of the one that is there, and say whether it could be done.

    Nothing waits for the disk: what a power cut leaves of it fails its check.
    """
    header = np.zeros(_HEADER, dtype=np.int64)
    header[: 2 + _SIZES] = [_MAGIC, _FORM, *codes.sizes]
    columns, centres = codes.columns, codes.centres
    words, rows = columns.words.view(np.int64), centres.rows.view(np.int64).ravel()
    documents = [codes.first_passages, codes.languages]
    parts = [header, columns.ids, columns.documents, *words, *documents, centres.languages, rows]
    header[_CHECK] = np.bitwise_xor.reduce([np.bitwise_xor.reduce(part) for part in parts])
    try:
        _drop_abandoned(path)
        number, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        written = Path(name)
    except OSError as error:
        return _failed(path, error)
    try:
        with os.fdopen(number, "wb") as file:
            for part in parts:
                file.write(np.ascontiguousarray(part).data)
        put_in_place(written, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            written.unlink()
        return _failed(path, error)
    return True


def _failed(path: Path, error: OSError) -> bool:
    _log.debug("the codes of %s stay in memory: %s", path.name, error)
    return False


def _drop_abandoned(path: Path) -> None:
    """Remove what processes that were killed while they wrote have left."""
    for left in path.parent.glob(f"{path.name}.*"):
        if abs(time.time() - left.stat().st_mtime) > _ABANDONED_S:
            left.unlink()
