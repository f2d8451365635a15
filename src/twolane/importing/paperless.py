"""An export of paperless-ngx (`document_exporter`), read as its documentation and its manifest describe it.

A folder or a ZIP file with `manifest.json`: a list of objects as Django writes them, each with `model`,
its number `pk` and `fields`. With a split manifest those of documents stand in files of their own, named
`*-manifest.json`.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Protocol, cast

from twolane.documents import display_path
from twolane.errors import ExportError
from twolane.importing.base import OtherDocument, OtherField

_MANIFEST = "manifest.json"
_SPLIT = "-manifest.json"
_FILE = "__exported_file_name__"
_ORIGINALS = "originals/"
_NO_EXPORT = "give the folder or the ZIP file that paperless-ngx's `document_exporter` has written"
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]|$)")
_NAMED_DAY = re.compile(r"(\d{4}-\d\d-\d\d) ")
_LINKS = "documentlink"
# what a damaged or encrypted archive, and a file that may not be read, end in
_UNREADABLE = (
    *(UnicodeDecodeError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error),
    *(RuntimeError, NotImplementedError),
)


class _ExportBox(Protocol):
    """What an export lies in."""

    def names(self) -> Iterator[str]:
        """Yield the names of its files, with slashes between folders."""

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a file by its name. Raises `KeyError` where there is none, or none that may be read."""


@dataclass(slots=True)
class _ManifestObjects:
    """The objects of a manifest by their numbers, as far as documents point to them."""

    correspondents: dict[int, str] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    inbox_tags: set[int] = field(default_factory=set)
    custom: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    values: dict[int, list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    notes: Counter[int] = field(default_factory=Counter)
    documents: list[tuple[int, Mapping[str, Any], str]] = field(default_factory=list)


class PaperlessExport:
    """An opened export: its documents, and their files."""

    name = "paperless-ngx"

    def __init__(self, path: Path, box: _ExportBox) -> None:
        self.folder = path.resolve() if path.is_dir() else None
        self._path = path
        self._box = box
        self._known = _ManifestObjects()
        names = list(box.names())
        if _MANIFEST not in names:
            raise ExportError(
                f"{display_path(path)} is no export of paperless-ngx: no {_MANIFEST}", _NO_EXPORT
            )
        for name in [_MANIFEST, *(each for each in names if each.endswith(_SPLIT))]:
            self._read(name)

    def documents(self) -> list[OtherDocument]:
        """Return the documents in the order of their numbers; those in its trash are not among them."""
        return [
            self._document(number, fields, file)
            for number, fields, file in sorted(self._known.documents, key=lambda one: one[0])
        ]

    def open(self, file: str) -> AbstractContextManager[BinaryIO]:
        """Open a document's file. Raises `KeyError` where it is not there, or lies outside the export."""
        return self._box.open(file)

    def _read(self, name: str) -> None:
        import ijson

        try:
            with self._box.open(name) as stream:
                for item in ijson.items(stream, "item"):
                    self._take(item)
        except (*_UNREADABLE, ijson.JSONError) as error:
            raise ExportError(
                f"{name} of {display_path(self._path)} cannot be read: {error}", "make the export again"
            ) from error
        except (TypeError, ValueError, AttributeError) as error:
            raise ExportError(
                f"{name} of {display_path(self._path)} says something that no export says: {error}",
                _NO_EXPORT,
            ) from error

    def _take(self, item: Mapping[str, Any]) -> None:
        known, fields = self._known, item.get("fields") or {}
        match item.get("model"):
            case "documents.correspondent":
                known.correspondents[int(item["pk"])] = str(fields["name"])
            case "documents.documenttype":
                known.kinds[int(item["pk"])] = str(fields["name"])
            case "documents.tag":
                known.tags[int(item["pk"])] = str(fields["name"])
                if fields.get("is_inbox_tag"):
                    known.inbox_tags.add(int(item["pk"]))
            case "documents.customfield":
                known.custom[int(item["pk"])] = fields
            case "documents.customfieldinstance":
                known.values[int(fields["document"])].append(fields)
            case "documents.note":
                known.notes[int(fields["document"])] += 1
            case "documents.document" if not fields.get("deleted_at"):
                kept = {name: value for name, value in fields.items() if name != "content"}
                known.documents.append((int(item["pk"]), kept, str(item.get(_FILE) or "")))

    def _document(self, number: int, fields: Mapping[str, Any], file: str) -> OtherDocument:
        known, tags = self._known, [int(tag) for tag in fields.get("tags") or ()]
        title = str(fields.get("title") or "")
        stem = PurePosixPath(str(fields.get("original_filename") or "")).stem
        archive_number = fields.get("archive_serial_number")
        return OtherDocument(
            number=number,
            file=file,
            title="" if title == stem else title,
            kind=known.kinds.get(fields.get("document_type") or 0, ""),
            correspondent=known.correspondents.get(fields.get("correspondent") or 0, ""),
            day=_day(str(fields.get("created_date") or fields.get("created") or ""), file),
            tags=tuple(known.tags[tag] for tag in tags if tag in known.tags and tag not in known.inbox_tags),
            fields=tuple(self._fields(number)),
            archive_number=int(archive_number) if archive_number is not None else None,
            digest=str(fields.get("checksum") or "").lower(),
            notes=known.notes[number],
            in_inbox=not known.inbox_tags.isdisjoint(tags),
        )

    def _fields(self, number: int) -> Iterator[OtherField]:
        for value in self._known.values.get(number, ()):
            custom = self._known.custom.get(value.get("field") or 0)
            if custom is not None and (text := _text_of(custom, value)):
                yield OtherField(str(custom["name"]), text)


@contextmanager
def open_export(path: Path) -> Iterator[PaperlessExport]:
    """Open an export for the length of a block. Raises `ExportError` where it is none, or damaged."""
    if path.is_dir():
        yield PaperlessExport(path, _FolderBox(path))
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        why = (
            error.strerror if isinstance(error, OSError) and error.strerror else "no folder, and no ZIP file"
        )
        raise ExportError(f"{display_path(path)} cannot be opened: {why}", _NO_EXPORT) from error
    with archive:
        yield PaperlessExport(path, _ZipBox(archive))


def place_of(file: str) -> PurePosixPath:
    """Return where an exported file goes: as it lies in the export, but for the folder of all originals.

    Raises `ExportError` for a name that leads out of the folder.
    """
    place = PurePosixPath(file.removeprefix(_ORIGINALS))
    if not place.parts or place.is_absolute() or ".." in place.parts or "\\" in file or "\0" in file:
        raise ExportError(f"{file!r} is no place within an export", "make the export again")
    return place


class _FolderBox:
    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def names(self) -> Iterator[str]:
        for path in self._root.rglob("*.json"):
            yield path.relative_to(self._root).as_posix()

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        real = (self._root / name).resolve()
        # A manifest is a stranger's word: it may not name a file of the user's elsewhere, nor a link to one.
        if not real.is_relative_to(self._root) or not real.is_file():
            raise KeyError(name)
        with real.open("rb") as stream:
            yield stream


class _ZipBox:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def names(self) -> Iterator[str]:
        yield from (name for name in self._archive.namelist() if name.endswith(".json"))

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with self._archive.open(name) as stream:
            yield cast(BinaryIO, stream)


def _day(created: str, file: str) -> date | None:
    """Return a document's day.

    Older versions keep a moment instead, as of UTC: the day that their users saw leads the file's name.
    """
    match = _DAY.match(created)
    if match is None:
        return None
    named = _NAMED_DAY.match(PurePosixPath(file).name)
    try:
        day = date.fromisoformat(match[1])
        if len(created) == len(match[1]) or named is None:
            return (
                day if len(created) == len(match[1]) else datetime.fromisoformat(created).astimezone().date()
            )
        seen = date.fromisoformat(named[1])
        return seen if abs((seen - day).days) <= 1 else day
    except ValueError:
        return None


def _text_of(custom: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """Return a custom field's value as its users read it; "" for links between documents, and for none."""
    kind = str(custom.get("data_type") or "")
    names = {
        "float": "value_float",
        "integer": "value_int",
        "boolean": "value_bool",
        "longtext": "value_long_text",
    }
    if kind == _LINKS:
        return ""
    found = value.get(names.get(kind, f"value_{kind}"), value.get("value_text"))
    if found is None:
        return ""
    if kind == "select":
        return _option(custom, found)
    if kind == "boolean":
        return "yes" if found else "no"
    if kind == "monetary":
        amount = re.fullmatch(r"([A-Z]{3})(-?[\d.]+)", str(found))
        return f"{amount[2]} {amount[1]}" if amount else str(found)
    return format(found.normalize(), "f") if isinstance(found, Decimal) else str(found).strip()


def _option(custom: Mapping[str, Any], chosen: object) -> str:
    """Return the label of a choice: older versions number the options, newer ones give each an id."""
    options = (custom.get("extra_data") or {}).get("select_options") or []
    for at, option in enumerate(options):
        if isinstance(option, dict):
            if str(option.get("id")) == str(chosen):
                return str(option.get("label") or "")
        elif str(at) == str(chosen):
            return str(option)
    return ""
