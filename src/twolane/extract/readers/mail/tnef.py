"""Outlook's winmail.dat (TNEF): the body and the files that Outlook packs away ([MS-OXTNEF])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.mail.mail_file import MailFile
from twolane.extract.readers.mail.rtf_body import rtf_body
from twolane.extract.readers.markup.html import decode_html, html_to_text
from twolane.extract.readers.text import decode
from twolane.facts import TITLE, Origin

_SIGNATURE = b"\x78\x9f\x3e\x22"
_LIMIT_BYTES = 96 << 20
_MOST_ATTRIBUTES, _MOST_PROPERTIES, _MOST_VALUES, _MOST_FILES = 5000, 5000, 1000, 200
_SUBJECT, _BODY, _CODE_PAGE = 0x8004, 0x800C, 0x9007
_TITLE, _DATA, _BEGIN_FILE = 0x8010, 0x800F, 0x9002
_MESSAGE_PROPERTIES, _FILE_PROPERTIES = 0x9003, 0x9005
# Properties, by their numbers
_P_SUBJECT, _P_BODY, _P_RTF, _P_HTML = 0x0037, 0x1000, 0x1009, 0x1013
_P_NAME, _P_LONG_NAME, _P_FILE, _P_SHOWN_AS = 0x3704, 0x3707, 0x3701, 0x3712
_STRING_8, _STRING, _BINARY, _OBJECT = 0x1E, 0x1F, 0x102, 0x0D
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_MANY, _FIRST_NAMED = 0x1000, 0x8000
_EMBEDDED = "message.dat"

FORMATS = (
    Format(
        "TNEF",
        frozenset({"application/ms-tnef"}),
        frozenset({FilePart.BODY, FilePart.ATTACHMENTS}),
    ),
)


@dataclass(slots=True)
class Tnef:
    """What was packed away: a subject, a body in one form or more, and files."""

    subject: str = ""
    text: str = ""
    html: str = ""
    rtf: bytes = b""
    code_page: str = ""
    files: list[MailFile] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def add_properties(self, data: bytes) -> None:
        """Take what the properties of the message say."""
        for number, kind, value in _properties(data):
            if number == _P_HTML:
                self.html = decode_html(value, self.code_page)
            elif number == _P_RTF:
                self.rtf = value
            elif number == _P_BODY:
                self.text = _string(kind, value, self.code_page)
            elif number == _P_SUBJECT and not self.subject:
                self.subject = _string(kind, value, self.code_page)

    def file_of(self, name: str, data: bytes, properties: bytes) -> MailFile:
        """Return a file by its attributes; its properties know its long name."""
        shown_as = ""
        for number, kind, value in _properties(properties):
            if number == _P_LONG_NAME or (number == _P_NAME and not name):
                name = _string(kind, value, self.code_page) or name
            elif number == _P_SHOWN_AS:
                shown_as = _string(kind, value, self.code_page)
            elif number == _P_FILE and not data:
                is_message = kind == _OBJECT and value[16:20] == _SIGNATURE  # after the name of its interface
                data = value[16:] if is_message else value
                name = name or (_EMBEDDED if is_message else "")
        is_picture = data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"))
        return MailFile(name, data, is_picture, bool(shown_as), shown_as)


def read(source: SourceFile, draft: Draft) -> None:
    """Read what was packed away: the body as one page, each readable file as further ones."""
    packed = unpacked(source.head(_LIMIT_BYTES))
    if packed is None:
        raise Refused(ReadStatus.DAMAGED, "damaged: what Outlook packed into it is missing")
    page = html_to_text(packed.html)
    body = packed.text or page.text or rtf_body(packed.rtf)
    draft.leave_out(page.hidden)
    draft.title = packed.subject
    draft.state(TITLE, packed.subject, Origin.MAIL)
    names = ", ".join(one.name for one in packed.files if one.name)
    texts = (
        f"Subject: {packed.subject}" if packed.subject else "",
        body,
        f"Attachments: {names}" if names else "",
    )
    if text := "\n\n".join(filter(None, texts)):
        draft.add(text, packed.subject)
    for what in packed.unread:
        draft.unread(what)
    draft.read_within([SourceFile.of(one.content, one.name) for one in packed.files if one.content])


def unpacked(data: bytes) -> Tnef | None:
    """Return what is packed into TNEF, as far as it can be made out, or None where it is none."""
    if not data.startswith(_SIGNATURE):
        return None
    found = Tnef()
    files: list[dict[int, bytes]] = []
    message: list[bytes] = []
    for number, value in _attributes(data):
        if number == _CODE_PAGE and len(value) >= 4:
            found.code_page = f"cp{struct.unpack_from('<I', value)[0]}"
        elif number == _BEGIN_FILE and len(files) < _MOST_FILES:
            files.append({})
        elif number in {_TITLE, _DATA, _FILE_PROPERTIES} and files:
            files[-1][number] = value
        elif number == _MESSAGE_PROPERTIES and not message:
            message.append(value)
        elif number == _SUBJECT:
            found.subject = _string(_STRING_8, value, found.code_page)
        elif number == _BODY:
            found.text = _string(_STRING_8, value, found.code_page)
    for value in message:
        found.add_properties(value)
    for one in files:
        name = _string(_STRING_8, one.get(_TITLE, b""), found.code_page)
        file = found.file_of(name, one.get(_DATA, b""), one.get(_FILE_PROPERTIES, b""))
        found.files.append(file)
        if not file.content:
            found.unread.append(f"attachment {file.name or '(no name)'}, whose content is missing,")
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the attributes by their numbers."""
    at = 6
    for _ in range(_MOST_ATTRIBUTES):
        if at + 9 > len(data):
            return
        number, length = struct.unpack_from("<xHxxI", data, at)
        yield number, data[at + 9 : at + 9 + length]
        at += 9 + length + 2  # a sum of its bytes comes last


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the properties as (number, kind, first value)."""
    if len(data) < 4:
        return
    count, at = min(struct.unpack_from("<I", data)[0], _MOST_PROPERTIES), 4
    for _ in range(count):
        if at + 4 > len(data):
            return
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= _FIRST_NAMED:
            at = _after_name(data, at)
        values, at = _values(data, at, kind)
        if values is None:
            return
        if number < _FIRST_NAMED and values:
            yield number, kind & ~_MANY, values[0]


def _after_name(data: bytes, at: int) -> int:
    """Return where a property goes on whose number is given by a name."""
    at += 16
    if at + 8 > len(data):
        return len(data)
    is_text, size = struct.unpack_from("<II", data, at)
    return at + 8 + (size + (-size % 4) if is_text else 0)


def _values(data: bytes, at: int, kind: int) -> tuple[list[bytes] | None, int]:
    """Return the values of a property, and where the next one begins; None for a kind that is not known."""
    single, count = kind & ~_MANY, 1
    is_sized = single in {_STRING_8, _STRING, _BINARY, _OBJECT}
    if kind & _MANY or is_sized:
        if at + 4 > len(data):
            return None, at
        count, at = min(struct.unpack_from("<I", data, at)[0], _MOST_VALUES), at + 4
    values = []
    for _ in range(count):
        size = _FIXED.get(single, -1)
        if is_sized:
            if at + 4 > len(data):
                return None, at
            size, at = struct.unpack_from("<I", data, at)[0], at + 4
        if size < 0:
            return None, at
        values.append(data[at : at + size])
        at += size + (-size % 4)
    return values, at


def _string(kind: int, value: bytes, code_page: str) -> str:
    if kind == _STRING:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return decode(value.rstrip(b"\0"), code_page)[0]
