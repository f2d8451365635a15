"""From one file to one reading, in the child: opened safely, recognized by content, read under limits."""

from __future__ import annotations

import errno
import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from email.errors import MessageError
from types import ModuleType

from twolane.documents import Page, Reading, ReadStatus
from twolane.extract.base import Draft, Full, Limits, Refused, SourceFile, has_words
from twolane.extract.detect import detect
from twolane.extract.opening import open_file as open_file  # noqa: PLC0414 - for whoever reads without a child
from twolane.extract.readers import archive, text
from twolane.extract.readers.headings import marked_heading
from twolane.extract.readers.mail import calendar, contacts, outlook, sealed, tnef
from twolane.extract.readers.mail import message as mail
from twolane.extract.readers.markup import epub, html, notebook, pointer, web_archive, xml_file
from twolane.extract.readers.office import iwork, legacy, opendocument, rtf, slides, word
from twolane.extract.readers.pdf import document as pdf
from twolane.extract.readers.picture import image
from twolane.extract.readers.sheets import delimited
from twolane.extract.readers.sheets import workbook as sheets
from twolane.facts import CORRESPONDENT, DATE, LANGUAGE, TITLE, Origin, Stated
from twolane.text.identify import SAMPLE_CHARS, language_code, probable_language

_UNKNOWN = "application/octet-stream"
_NOT_REGULAR = Reading(ReadStatus.UNSUPPORTED, note="not a regular file", seen=0.0)
READERS: Mapping[str, ModuleType] = {
    "calendar": calendar,
    "contacts": contacts,
    "delimited": delimited,
    "epub": epub,
    "html": html,
    "image": image,
    "iwork": iwork,
    "legacy": legacy,
    "mail": mail,
    "opendocument": opendocument,
    "outlook": outlook,
    "notebook": notebook,
    "pdf": pdf,
    "pointer": pointer,
    "rtf": rtf,
    "sealed": sealed,
    "sheets": sheets,
    "slides": slides,
    "text": text,
    "tnef": tnef,
    "web_archive": web_archive,
    "word": word,
    "xml": xml_file,
}
_PAGED = frozenset({"image", "pdf", "slides"})  # whose pages people find under their numbers
_WITH_HEADINGS = frozenset({"html", "opendocument", "slides", "word"})
_OF_THE_WHOLE = frozenset({CORRESPONDENT, DATE, TITLE})  # a mail has its own, not those of what it brings
# What parsers raise on damaged files. Anything else ends the child, which the parent reports as a crash.
PARSER_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MessageError,
    OSError,
    RuntimeError,
    StopIteration,
    SyntaxError,  # lxml's, too
    TypeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
# These are about this process or its disk, and not about the file's content.
_DISK_ERRORS = frozenset({errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENOMEM, errno.EMFILE, errno.ENFILE})


def read_open(descriptor: int | None, name: str, limits: Limits) -> Reading:
    """Return what an open file holds, and close it; `name` is only a hint to what it is.

    Raises OSError where it cannot be read, MemoryError beyond the limit.
    """
    if descriptor is None:
        return _NOT_REGULAR
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        return _NOT_REGULAR
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size == 0:
            return Reading(ReadStatus.EMPTY, "inode/x-empty", note="an empty file")
        if status.st_size > limits.file_bytes:
            note = (
                f"{status.st_size >> 20:,} MiB, more than the limit of {limits.file_bytes >> 20:,} MiB "
                "(extract.file_limit_bytes)"
            )
            return Reading(ReadStatus.TOO_LARGE, note=note, seen=0.0)
        file.seek(0)  # whoever opened it may have read it
        return _with_language(read_source(SourceFile(file, name, status.st_size), limits))


def _with_language(reading: Reading) -> Reading:
    """Return a reading with the language of its beginning; if none is sure, the likeliest is stated."""
    beginning: list[str] = []
    for page in reading.pages:
        beginning.append(page.text[:SAMPLE_CHARS])
        if sum(map(len, beginning)) >= SAMPLE_CHARS:
            break
    text = "\n\n".join(beginning)
    if code := language_code(text):
        return replace(reading, language=code)
    likely = probable_language(text)
    guess = (Stated(LANGUAGE, likely, Origin.LETTERS),) if likely else ()
    return replace(reading, stated=reading.stated + guess)


def read_source(source: SourceFile, limits: Limits) -> Reading:
    """Return what a source holds; whatever is wrong with its content becomes a status and a note."""
    draft = Draft(limits)
    media_type = _UNKNOWN
    try:
        media_type = _fill(source, draft)
    except Refused as refused:
        if not any(has_words(page.text) for page in draft.pages):
            media_type = refused.media_type or _UNKNOWN
            stated = tuple(draft.stated)
            return Reading(refused.status, media_type, note=refused.note, seen=0.0, stated=stated)
        media_type = refused.media_type or _UNKNOWN
        draft.note(refused.note)
    return draft.reading(media_type)


def _fill(source: SourceFile, draft: Draft) -> str:
    """Fill the draft by the reader of the file's kind, and return the media type; Refused carries it too."""
    draft.nested = lambda inner: _read_nested(inner, draft)
    media_type = ""
    try:
        kind = detect(source)
        media_type = kind.media_type
        if not kind.reader:
            raise archive.refuse(source, kind.words)
        draft.is_numbered = kind.reader in _PAGED
        READERS[kind.reader].read(source, draft)
    except Full:
        pass
    except Refused as refused:
        refused.media_type = refused.media_type or media_type
        raise
    except PARSER_FAILURES as error:
        if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
            raise
        raise Refused(ReadStatus.DAMAGED, _damage(error), media_type) from error
    if draft.pages and (kind.reader in _WITH_HEADINGS or media_type == "text/markdown"):
        draft.state(TITLE, marked_heading(draft.pages[0].text), Origin.HEADING)
    return media_type


def _damage(error: Exception) -> str:
    if isinstance(error, zipfile.BadZipFile | zlib.error | EOFError | KeyError):
        return "damaged: a part of it is missing or broken"
    return f"damaged: no reader can make sense of it ({type(error).__name__})"


def _read_nested(source: SourceFile, draft: Draft) -> None:
    """Add the pages of a file found in another one; raises Refused where there are none."""
    inner = Draft(
        replace(draft.limits, text_chars=max(1, draft.chars_left), ocr_pages=draft.ocr_left),
        started=draft.started,
        depth=draft.depth + 1,
    )
    _fill(source, inner)
    draft.ocr_left, draft.started = inner.ocr_left, inner.started
    for note in filter(None, [inner.cut, *inner.notes]):
        draft.note(f"attachment {source.name}: {note}")
    for one in inner.stated:
        if one.origin == Origin.INVOICE and one.field not in _OF_THE_WHOLE:
            draft.state(one.field, one.value, Origin.INVOICE_ATTACHED)
    draft.missed += inner.missed
    for page in inner.pages:
        draft.leave_out("\n".join(inner.hidden.get(page.number, ())))
        draft.add(page.text, _within(source.name, page, inner), ocr=page.ocr, is_numbered=False)


def _within(name: str, page: Page, inner: Draft) -> str:
    """Return what a page of an attached file is called: its number counts within that file."""
    number = f"p. {page.number}" if page.is_numbered and len(inner.pages) > 1 else ""
    return ", ".join(filter(None, (" ".join(filter(None, (name, page.label))), number)))
