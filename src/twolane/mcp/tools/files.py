"""Files: list them, read a page of one, and file something new."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import Base64Bytes, Field, model_validator

from twolane.access.audit import AuditAct
from twolane.api.schemas.base import Schema
from twolane.api.schemas.files import FileOut, FilesOut, PageOut
from twolane.cancel import pause
from twolane.documents import FileRecord, FileState, Filter, display_path
from twolane.errors import ConflictError
from twolane.mcp.base import LibraryTool, ToolCaller, ToolProgress, ToolResult
from twolane.mcp.narrowing import NarrowIn
from twolane.principal import Right
from twolane.system.paths import path_of_named

_POLL_S = 0.1
_TELL_EVERY_S = 1.0
_MOST_LISTED = 50
_MOST_SCORES = 3


class ListFilesIn(NarrowIn):
    """Which files, in which order, and which part of that list."""

    order: Literal["path", "date", "added", "review"] = Field(
        "path", description="date and added: newest first; review: what waits for the user first"
    )
    state: list[FileState] = Field([], description="only these states; none is all but gone")
    offset: int = Field(0, ge=0, le=100_000_000)
    limit: int = Field(20, ge=1, le=200)


class ReadPageIn(Schema):
    """A page of a file, or a part of its text."""

    file_id: int = Field(description="as search, ask and list_files name it")
    page: int = Field(1, ge=1, description="counts from 1")
    start: int = Field(0, ge=0, description="the first character wanted")
    max_chars: int = Field(20_000, ge=1, le=200_000)


class PagePartOut(PageOut):
    """The text of a page, or a part of it; `next_start` is where more follows, null at its end."""

    start: int
    total_chars: int
    next_start: int | None


class FileIn(Schema):
    """What to file: one of path, text and content."""

    path: str = Field("", description="a file or folder of this machine; it stays where it is")
    text: str = Field("", max_length=5_000_000, description="a text that is to be kept as a file")
    content: Base64Bytes = Field(b"", description="a file's bytes, in base64")
    name: str = Field("", max_length=255, description="the name of a text or of bytes", examples=["note.txt"])
    wait_s: float = Field(60, ge=0, le=600, description="how long to wait until it is filed")

    @model_validator(mode="after")
    def _is_one(self) -> FileIn:
        if sum(map(bool, (self.path, self.text, self.content))) != 1:
            raise ValueError("give one of path, text and content")
        if self.content and not self.name:
            raise ValueError("content needs a name, such as scan.pdf")
        return self


class FiledOut(Schema):
    """Files that were taken in, the first of `total`; `waiting` of them are still to be filed."""

    files: list[FileOut]
    total: int
    waiting: int
    is_new: bool = Field(description="false where the library had all of it already")


def _list(caller: ToolCaller, asked: ListFilesIn) -> Iterator[ToolResult]:
    app, within = caller.app, replace(asked.within(caller), states=tuple(asked.state))
    if asked.order == "review":
        found = app.review.find(within, limit=asked.limit, offset=asked.offset)
    else:
        found = app.library.find(within, limit=asked.limit, offset=asked.offset, order=asked.order)
    files = file_shapes(found.files)
    value = FilesOut(files=files, total=found.total, offset=asked.offset, limit=asked.limit)
    about = f"{len(files)} of {found.total} files, from number {asked.offset} on."
    yield ToolResult(value, about, "\n".join(map(shown_file, files)))


def _read(caller: ToolCaller, asked: ReadPageIn) -> Iterator[ToolResult]:
    library = caller.app.library
    record = library.file(asked.file_id)
    page = library.page(record, asked.page)
    end = asked.start + asked.max_chars
    value = PagePartOut(
        file_id=record.file_id,
        name=record.path.name,
        number=page.number,
        page_count=record.page_count,
        label=page.label,
        text=page.text[asked.start : end],
        ocr=page.ocr,
        is_numbered=page.is_numbered,
        start=asked.start,
        total_chars=len(page.text),
        next_start=end if end < len(page.text) else None,
    )
    more = f" More follows from character {end} on." if value.next_start else ""
    about = f"Page {page.number} of {record.page_count} of file {record.file_id}.{more}"
    yield ToolResult(value, about, f"{value.name}\n\n{value.text}")


def _file(caller: ToolCaller, asked: FileIn) -> Iterator[ToolProgress | ToolResult]:
    app = caller.app
    is_new = True
    if asked.path:
        path = path_of_named(Path(asked.path))
        found = app.library.add([path])
        is_new = bool(found.new or found.changed)
        if found.excluded and not (found.new or found.changed or found.unchanged):
            # an agent lifts no exclusion: docs/why/files.md#agents-take-nothing-out
            raise ConflictError(f"{display_path(path)} is excluded", "its owner may add it by its name")
    else:
        content = asked.content or asked.text.encode()
        owner = app.access.owner_of_new(caller.who)
        with app.access.quotas.counted(caller.who, len(content)) as counted:
            upload = app.library.save_upload(asked.name or "note.txt", iter((content,)), owner=owner)
            counted.is_kept = upload.is_new
        path, is_new = upload.file.path, upload.is_new
    if caller.is_owner:
        app.workers.start()
    yield from _waited(caller, path, asked.wait_s)
    listed = app.library.find(Filter(folders=(path,)), limit=_MOST_LISTED)
    files, waiting = file_shapes(listed.files), app.library.pending([path]).files
    value = FiledOut(files=files, total=listed.total, waiting=waiting, is_new=is_new)
    still = f" {waiting} are still to be filed: list_files shows them later." if waiting else ""
    known = "" if is_new else " The library had it already."
    yield ToolResult(value, f"{listed.total} files are in the library.{known}{still}", _listed(files))


def _waited(caller: ToolCaller, path: Path, wait_s: float) -> Iterator[ToolProgress]:
    """Wait until nothing at the path is still to be filed, or for so long."""
    app, end, tell_at = caller.app, time.monotonic() + wait_s, time.monotonic() + _TELL_EVERY_S
    while (left := app.library.pending([path]).files) and time.monotonic() < end:
        if time.monotonic() >= tell_at:
            tell_at = time.monotonic() + _TELL_EVERY_S
            yield ToolProgress(f"{left} still to be filed")
        pause(_POLL_S)


def file_shapes(records: Sequence[FileRecord]) -> list[FileOut]:
    """Return files in their public shape, with the best scores alone: a model pays for each token."""
    return [_lean(FileOut.model_validate(record)) for record in records]


def _lean(file: FileOut) -> FileOut:
    made = file.classification
    if made is None:
        return file
    return file.model_copy(
        update={"classification": made.model_copy(update={"scores": made.scores[:_MOST_SCORES]})}
    )


def shown_file(file: FileOut) -> str:
    """Return a file as one line."""
    made = file.classification
    category = (made.category or "none of these") if made else "not filed"
    sender = file.correspondent.name if file.correspondent else ""
    parts = [str(file.dated_at or ""), sender, file.title, file.state.value, file.note, *file.tags]
    about = "; ".join(part for part in parts if part)
    return f"file {file.file_id}: {file.path} — {category} ({about})"


def _listed(files: Sequence[FileOut]) -> str:
    return "\n".join(map(shown_file, files))


FILES = LibraryTool(
    "list_files",
    "List files",
    "List the user's files with category, date, sender, tags and state, narrowed by any of these, page by "
    "page. `total` counts all that match.",
    ListFilesIn,
    FilesOut,
    _list,
)
PAGE = LibraryTool(
    "read_page",
    "Read a page",
    "Read the text of one page of a file, long pages in parts.",
    ReadPageIn,
    PagePartOut,
    _read,
    act=AuditAct.SAW,
)
FILE = LibraryTool(
    "file",
    "File a document",
    "Take a document into the user's library: it is read, put into a category and found from then on. "
    "Nothing is moved or changed. Tells where it was filed.",
    FileIn,
    FiledOut,
    _file,
    act=AuditAct.ADDED,
    right=Right.ADD,
    reads=False,
    takes_paths=("path",),
)
