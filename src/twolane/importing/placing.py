"""The files of an export, put where they are to stay: whole, checked, and never over another file."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from twolane import cancel
from twolane.documents import display_path
from twolane.errors import ExportError, SettingsError
from twolane.files.contents.base import hash_of
from twolane.importing.base import OtherDocument
from twolane.importing.paperless import PaperlessExport, place_of
from twolane.system.disk import put_new, sync
from twolane.system.paths import below, path_of_named

_BLOCK_BYTES = 1 << 20
_MD5_DIGITS = 32


@dataclass(frozen=True, slots=True)
class PlacedDocument:
    """A document of the export with its file in place; `document` is the SHA-256 of the content."""

    other: OtherDocument
    path: Path
    document: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Placed:
    """The files that are in place, and a line for each that is not."""

    documents: tuple[PlacedDocument, ...]
    failed: tuple[str, ...]


def place(
    export: PaperlessExport,
    documents: Sequence[OtherDocument],
    into: Path | None,
    on_step: Callable[[int], object] = lambda _: None,
) -> Placed:
    """Copy the documents' files into a folder, or look at them where they lie.

    `on_step` is told how many are done.
    Done again after it was stopped, it goes on: what lies there whole is left as it is.
    Raises `SettingsError` where a ZIP file has no folder to go to.
    """
    if into is None and export.folder is None:
        raise SettingsError(
            "files in a ZIP file cannot stay where they are", "say where they go: --into FOLDER"
        )
    folder = path_of_named(into) if into else None
    placed, failed = list[PlacedDocument](), list[str]()
    for done, other in enumerate(documents):
        on_step(done)
        try:
            placed.append(_placed(export, other, folder))
        except KeyError:
            failed.append(f"{other.file or f'document {other.number}'}: not in the export")
        except (
            ExportError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            failed.append(f"{other.file}: {error.what if isinstance(error, ExportError) else error}")
        except OSError as error:
            failed.append(f"{other.file}: {error.strerror or error}")
    return Placed(tuple(placed), tuple(failed))


def _placed(export: PaperlessExport, other: OtherDocument, into: Path | None) -> PlacedDocument:
    where = place_of(other.file)
    with export.open(other.file) as stream:
        if into is None:
            path = (export.folder or Path()) / other.file
            document, size_bytes = _checked(stream, other, None)
        else:
            path = below(into, where.parts)
            document, size_bytes = _copied(stream, other, path)
    return PlacedDocument(other, path, document, size_bytes)


def _copied(stream: BinaryIO, other: OtherDocument, path: Path) -> tuple[str, int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name[:80]}.twolane-part")
    try:
        with part.open("wb") as copy:
            found = _checked(stream, other, copy)
            sync(copy)
        if not path.exists():
            _put(part, path)
        elif not _has(path, found[0]):
            raise ExportError(
                f"another file lies at {display_path(path)}", "move it away, or give another folder"
            )
        return found
    finally:
        with suppress(OSError):
            part.unlink()


def _put(part: Path, path: Path) -> None:
    """Give a file its name, but never over another one that has come there meanwhile."""
    try:
        put_new(part, path)
    except FileExistsError:
        raise ExportError(f"another file lies at {display_path(path)}", "move it away") from None


def _checked(stream: BinaryIO, other: OtherDocument, copy: BinaryIO | None) -> tuple[str, int]:
    """Read a file whole, write it to its copy, and return its SHA-256 and size.

    Raises `ExportError` where it is not what the export says of it.
    """
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    size_bytes = 0
    while block := stream.read(_BLOCK_BYTES):
        cancel.current().check()
        sha256.update(block)
        md5.update(block)
        size_bytes += len(block)
        if copy is not None:
            copy.write(block)
    said = other.digest
    if said and said != (md5 if len(said) == _MD5_DIGITS else sha256).hexdigest():
        raise ExportError(
            "it is not the file that was exported: its checksum is another", "make the export again"
        )
    return sha256.hexdigest(), size_bytes


def _has(path: Path, document: str) -> bool:
    with path.open("rb") as stream:
        return hash_of(stream) == document
