"""What a format's reader is given and what it fills: a source, and a draft that keeps the limits.

A reader is a module with `read(source, draft) -> None`. It adds pages to the draft until the draft says
`Full`, and raises `Refused` where the file's content has no text to give. All of this runs in the child.
"""

from __future__ import annotations

import io
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import BinaryIO

from twolane.documents import Page, Reading, ReadStatus, cut_note
from twolane.extract import programs
from twolane.facts import Origin, Stated

# The rest is for what follows the last page: closing the file, sending, the parent's own work.
USABLE_SHARE_OF_TIME = 0.8
NESTING_LIMIT = 2  # a mail in a mail, and the files attached to it
_STATED_LIMIT = 100
_NAMED_PAGES = 5
_STATED_CHARS = 500
_FILES_WITHIN = 50  # read of one file
_HIDDEN_CHARS = 20_000  # kept of a page
_ALL_HIDDEN_CHARS = 2_000_000  # and of a file
_PAGES = 100_000  # of one file: beyond, what is counted outweighs what is written

_ANSI_ESCAPES = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,16}[@-~]|\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|\x1b[@-_]"
)
_WORD = re.compile(r"[^\W_]")
_LINE_ENDS = dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n")
_DROPPED: dict[int, None] = dict.fromkeys(
    [c for c in range(0xA0) if (c < 0x20 or c >= 0x7F) and c not in (0x09, 0x0A, 0x0B, 0x0C, 0x85)]
    + [0xFEFF, 0xFFFE, 0xFFFF]
    # Marks of where a word may be cut: soft hyphens, spaces without width. Nobody writes them to search.
    + [0xAD, 0x200B]
    # What shows nothing: word joiners, controls of direction, tags. Joiners of letters belong to words.
    + [*range(0x2060, 0x2065), *range(0x202A, 0x202F), *range(0x2066, 0x2070), *range(0xE0000, 0xE0080)]
)
_TAGS = re.compile("[\U000e0020-\U000e007e]+")  # ASCII that nobody sees
_CLEANING: dict[int, str | None] = _DROPPED | _LINE_ENDS
_SURROGATES = re.compile("[\ud800-\udfff]")
_SOFT_LINE_END = re.compile(r"\u00ad\n[ \t]{0,40}(?=\w)")  # the word goes on in the next line
_MANY_BLANK_LINES = re.compile(r"\n{4,}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: the settings that the child needs, without loading the settings' libraries."""

    cpu_s: float = 60.0
    memory_bytes: int = 1_610_612_736
    file_bytes: int = 536_870_912
    text_chars: int = 8_000_000
    ocr: str = "auto"
    ocr_languages: str = "auto"
    ocr_pages: int = 200
    ocr_page_cpu_s: float = 30.0
    is_quick: bool = False  # what takes more than a moment is put off

    @property
    def most_cpu_s(self) -> float:
        """The processor time of a file whose pages are all read by OCR, each of which adds its own."""
        return self.cpu_s + (0.0 if self.ocr == "off" else self.ocr_pages * self.ocr_page_cpu_s)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An open regular file, or bytes that were found inside one; `name` is only a hint."""

    file: BinaryIO
    name: str
    size_bytes: int

    @property
    def extension(self) -> str:
        return PurePath(self.name.strip()).suffix.lower().lstrip(".")

    def head(self, count: int) -> bytes:
        self.file.seek(0)
        return self.file.read(count)

    @staticmethod
    def of(data: bytes, name: str) -> SourceFile:
        return SourceFile(io.BytesIO(data), name, len(data))


class Refused(Exception):
    """The file has no text to give: `status` and `note` become the reading's."""

    def __init__(self, status: ReadStatus, note: str, media_type: str = "") -> None:
        super().__init__(note)
        self.status = status
        self.note = note
        self.media_type = media_type


class Full(Exception):
    """A limit was reached: what the draft holds by now is the reading."""


class Later(BaseException):
    """A quick look is over: the file is read later, by itself. No reader may catch it."""


def clean(text: str) -> str:
    """Return text as it may be stored and shown: no control characters, escapes or lone surrogates."""
    if "\x1b" in text:
        text = _ANSI_ESCAPES.sub("", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\u00ad\n" in text:
        text = _SOFT_LINE_END.sub("", text)
    text = text.translate(_CLEANING)
    if not text.isascii() and _SURROGATES.search(text):  # two in a row are one character (UTF-16, RTF)
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = "\n".join(map(str.rstrip, text.split("\n")))
    if "\n\n\n\n" in text:
        text = _MANY_BLANK_LINES.sub("\n\n\n", text)
    return text.strip("\n")


def used_cpu_s() -> float:
    """Return the processor time of this process and of the programs that it has run, in seconds."""
    times = os.times()
    here_s = time.process_time() + times.children_user + times.children_system
    return here_s + programs.elsewhere_s()


def has_words(text: str) -> bool:
    """Say whether there is any letter or digit of any script."""
    return _WORD.search(text) is not None


@dataclass(slots=True)
class Draft:
    """The pages read so far, and what is still allowed.

    `page_count` is the number of pages of the source where the format knows it; `share` is the part of
    the source that the reader looked at (0 to 1); `scans` counts pages that hold only a picture and were
    not read; `ocr_left` the pages that OCR may still read; `missed` weighs the parts that were met and not
    read, in pages.
    """

    limits: Limits
    started: float = field(default_factory=used_cpu_s)
    pages: list[Page] = field(default_factory=list)
    title: str = ""
    page_count: int = 0
    share: float = 1.0
    scans: int = 0
    notes: list[str] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    is_numbered: bool = True  # whether people find the pages under their numbers
    missed: float = 0.0
    hidden_chars: Counter[int] = field(default_factory=Counter)
    hidden: dict[int, list[str]] = field(default_factory=dict)
    _hidden_kept: Counter[int] = field(default_factory=Counter)
    _all_hidden_kept: int = 0
    nested: Callable[[SourceFile], None] | None = None
    depth: int = 0
    chars_left: int = 0
    ocr_left: int = 0
    cut: str = ""
    _cut_share: float = 0.0

    def __post_init__(self) -> None:
        self.chars_left = self.limits.text_chars
        self.ocr_left = self.limits.ocr_pages

    def time_left_s(self) -> float:
        """Return how much processor time may still be used: of this process, and of programs that it runs."""
        return self.started + self.limits.cpu_s * USABLE_SHARE_OF_TIME - used_cpu_s()

    def begin_scan(self) -> None:
        """Count a page that is read by OCR, and allow it its time: no scan is cut for its length."""
        self.ocr_left -= 1
        self.started += self.limits.ocr_page_cpu_s

    def check_time(self) -> None:
        """Raise `Full` when the usable part of the time is over."""
        if self.out_of_time():
            raise Full

    def out_of_time(self) -> bool:
        """Say whether the usable part of the time is over, and remember that it was."""
        if self.time_left_s() > 0:
            return False
        self.cut = cut_note(self.limits.cpu_s)
        return True

    def add(
        self,
        text: str,
        label: str = "",
        *,
        ocr: bool = False,
        share: float = 1.0,
        is_numbered: bool | None = None,
    ) -> None:
        """Add the next page, or the first `share` of it; raises `Full` when it did not fit."""
        if not text.isascii():
            self.leave_out("".join(chr(ord(tag) - 0xE0000) for tags in _TAGS.findall(text) for tag in tags))
        text = clean(text)
        fitting = text[: self.chars_left]
        self.chars_left -= len(fitting)
        number = len(self.pages) + 1
        if number > _PAGES:
            self.cut = f"the limit of {_PAGES:,} pages was reached"
            raise Full
        numbered = self.is_numbered if is_numbered is None else is_numbered
        self.pages.append(Page(number, fitting, clean(label)[:200], ocr, numbered))
        if len(fitting) < len(text):
            self._cut_share = 1 - share * len(fitting) / len(text)
            self.cut = f"the text limit of {self.limits.text_chars:,} characters was reached"
            raise Full
        if share < 1:
            self._cut_share = 1 - share
            raise Full

    def state(self, name: str, value: object, origin: Origin) -> None:
        """Keep what the file says of itself of a field; what is empty or too much of it is left out."""
        one = Stated(name, " ".join(clean(str(value or "")).split())[:_STATED_CHARS], origin)
        if one.value and one not in self.stated and len(self.stated) < _STATED_LIMIT:
            self.stated.append(one)

    def leave_out(self, text: str, page: int = 0) -> None:
        """Keep text apart that nobody sees who opens the file: it is in no page's text, and is noted.

        It belongs to the next page unless another one is named.
        """
        if has_words(text):
            page = page or len(self.pages) + 1
            self.hidden_chars[page] += len("".join(text.split()))
            left = min(_HIDDEN_CHARS - self._hidden_kept[page], _ALL_HIDDEN_CHARS - self._all_hidden_kept)
            if left > 0 and (kept := clean(text)[:left]):
                self.hidden.setdefault(page, []).append(kept)
                self._hidden_kept[page] += len(kept) + 1  # the line's end
                self._all_hidden_kept += len(kept) + 1

    def unread(self, what: str, pages: float = 0.05) -> None:
        """Say that a part was met and not read, such as "2 charts", and lower the share that was seen.

        `pages` is what it weighs beside the pages: 1 for a file of its own.
        """
        note = f"{what} not read"
        if note not in self.notes:
            self.notes.append(note)
            self.missed += pages

    def read_within(self, files: Sequence[SourceFile]) -> None:
        """Read the files found in this one as further pages, in order; what is not read of them is said."""
        for place, file in enumerate(files):
            self.check_time()
            if self.nested is None or self.depth >= NESTING_LIMIT or place >= _FILES_WITHIN:
                left = len(files) - place
                self.unread(f"{left} attached file{'s' if left > 1 else ''} within others", left)
                return
            try:
                self.nested(file)
            except Refused as refused:
                self.note(f"attachment {file.name or '(no name)'} not read: {refused.note}")
                self.missed += 1

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def reading(self, media_type: str) -> Reading:
        """Return what was gathered as a reading with its status, share seen and note."""
        page_count = max(self.page_count, len(self.pages))
        read = len(self.pages) - self._cut_share - self.scans
        whole = page_count + self.missed
        seen = self.share * (max(0.0, read) / whole if whole else 1.0)
        if any(has_words(page.text) for page in self.pages):
            status = ReadStatus.TEXT
        elif self.scans:
            status = ReadStatus.NEEDS_OCR
        else:
            status = ReadStatus.EMPTY
            self.note("no text in it")
        if self.hidden_chars:
            self.note(_hidden_note(self.hidden_chars, page_count))
        if self.cut:
            self.notes.insert(0, f"first {_percent(seen)} read: {self.cut}")
        pages = tuple(map(self._with_hidden, self.pages)) if status is ReadStatus.TEXT else ()
        return Reading(
            status,
            media_type,
            pages,
            " ".join(clean(self.title).split())[:300],
            page_count,
            min(1.0, seen),
            "; ".join(self.notes),
            stated=tuple(self.stated),
        )

    def _with_hidden(self, page: Page) -> Page:
        hidden = "\n".join(filter(None, self.hidden.get(page.number, ())))
        return replace(page, hidden=hidden) if hidden else page


def _hidden_note(chars: Counter[int], page_count: int) -> str:
    """Say how much text was left out that nobody sees, and on which pages of several."""
    note = f"hidden text was left out: {chars.total():,} character{'s' if chars.total() > 1 else ''}"
    if page_count < 2:
        return note
    pages = [str(page) for page in sorted(chars)]
    if len(pages) == 1:
        return f"{note} on page {pages[0]}"
    if len(pages) <= _NAMED_PAGES:
        return f"{note} on pages {', '.join(pages[:-1])} and {pages[-1]}"
    return f"{note} on {len(pages):,} pages"


def _percent(share: float) -> str:
    if share >= 0.01:
        return f"{min(99, int(share * 100))} %"
    return "part, under 1 %,"
