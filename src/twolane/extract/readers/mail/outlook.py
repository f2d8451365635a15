"""Outlook's items (MSG, OFT): mails, appointments, contacts and tasks, laid out as any other mail."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from twolane.extract.base import Draft, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.mail.mail_file import MailFile
from twolane.extract.readers.mail.message import add_mail
from twolane.extract.readers.mail.outlook_named import named_properties
from twolane.extract.readers.mail.parts import best_body
from twolane.extract.readers.mail.rtf_body import rtf_body
from twolane.extract.readers.markup.html import decode_html, html_to_text
from twolane.facts import CORRESPONDENT, DATE, TITLE, Origin

_ATTACHMENT_LIMIT = 100
_PEOPLE_LIMIT = 500
_DEPTH_LIMIT = 3  # of messages within messages
_TOP, _WITHIN, _PART = 32, 24, 8  # where the properties of a message, one in another, and a part begin
_EMBEDDED = "__substg1.0_3701000D"
_CODE_PAGE, _HEAD_BYTES = 0x3FDE, 4096
_SUBJECT, _CLASS, _HEADERS, _BODY, _RTF, _HTML = 0x0037, 0x001A, 0x007D, 0x1000, 0x1009, 0x1013
_SENT, _RECEIVED, _BY, _BY_ADDRESS, _BY_SMTP, _FOR = 0x0039, 0x0E06, 0x0C1A, 0x0C1F, 0x5D01, 0x0042
_NAME, _ADDRESS, _SMTP, _KIND = 0x3001, 0x3003, 0x39FE, 0x0C15
_LONG_NAME, _SHORT_NAME, _DATA, _SHOWN_AS, _METHOD, _PATH = 0x3707, 0x3704, 0x3701, 0x3712, 0x3705, 0x370D
_BY_REFERENCE = frozenset({2, 3, 4, 7})
_RECIPIENTS = (("To", 1), ("Cc", 2), ("Bcc", 3))
# What a contact is known by, for those that have their numbers for everybody
_OF_CONTACTS = (
    ("Organisation", 0x3A16), ("Position", 0x3A17), ("Department", 0x3A18), ("Telephone (work)", 0x3A08),
    ("Telephone (home)", 0x3A09), ("Telephone (cell)", 0x3A1C), ("Fax", 0x3A24), ("Address", 0x3A15),
    ("Street", 0x3A29), ("Postcode", 0x3A2A), ("Town", 0x3A27), ("Country", 0x3A26), ("Birthday", 0x3A42),
)  # fmt: skip

FORMATS = (
    Format(
        "MSG",
        frozenset({"application/vnd.ms-outlook"}),
        frozenset({FilePart.BODY, FilePart.TABLES, FilePart.ATTACHMENTS}),
        frozenset({FilePart.HIDDEN}),
    ),
)


@dataclass(frozen=True)
class OutlookItem:
    """An item by its storage and where its properties begin; `top` knows the names of properties."""

    storage: Any
    offset: int
    top: Any

    @cached_property
    def properties(self) -> Any:
        from oxmsg.properties import Properties

        return Properties(self.storage, self.offset)

    def _value(self, get: str, number: int) -> Any:
        return getattr(self.properties, get)(number)

    def text(self, *numbers: int) -> str:
        """Return the first text among properties."""
        for number in numbers:
            if value := _tried(partial(self._value, "str_prop_value", number)):
                return str(value).strip("\0").strip()
        return ""

    def data(self, number: int) -> bytes:
        value = _tried(lambda: self.properties.binary_prop_value(number))
        return value if isinstance(value, bytes) else b""

    def number(self, number: int) -> int:
        value = _tried(lambda: self.properties.int_prop_value(number))
        return value if isinstance(value, int) else 0

    def moment(self, *numbers: int) -> str:
        """Return the first time among properties, on the clock of the world."""
        for number in numbers:
            value = _tried(partial(self._value, "date_prop_value", number))
            if isinstance(value, datetime) and value.year > 1601:
                return value.strftime("%Y-%m-%d %H:%M:%S+00:00")
        return ""

    def sender(self) -> str:
        """Return who sent it, as its headers say, else as Outlook knows it."""
        from email.parser import HeaderParser

        from twolane.extract.readers.mail.headers import header

        headers = HeaderParser().parsestr(self.text(_HEADERS))
        return header(headers, "From") or _person(self.text(_BY, _FOR), self.text(_BY_SMTP, _BY_ADDRESS))

    def people(self, kind: int) -> str:
        """Return the recipients of a kind."""
        found = []
        for storage in list(self.storage.iter_recipient_storages())[:_PEOPLE_LIMIT]:
            one = OutlookItem(storage, _PART, self.top)
            if (one.number(_KIND) & 0xF or 1) == kind:
                found.append(_person(one.text(_NAME), one.text(_SMTP, _ADDRESS)))
        return ", ".join(filter(None, found))

    def attached(self) -> Iterator[OutlookItem]:
        for storage in list(self.storage.iter_attachment_storages())[:_ATTACHMENT_LIMIT]:
            yield OutlookItem(storage, _PART, self.top)

    def within(self) -> OutlookItem | None:
        """Return the message that an attachment is."""
        inner = [one for one in self.storage.storages if one.name.upper() == _EMBEDDED.upper()]
        return OutlookItem(inner[0], _WITHIN, self.top) if inner and _has_properties(inner[0]) else None


def read(source: SourceFile, draft: Draft) -> None:
    """Read an item as one page, the messages in it and each readable attachment as further ones."""
    from oxmsg import Message

    source.file.seek(0)
    message: Any = Message.load(source.file)
    storage = message._storage
    item = OutlookItem(storage, _TOP, storage)
    for name, value in (
        (CORRESPONDENT, item.sender()),
        (TITLE, item.text(_SUBJECT)),
        (DATE, item.moment(_SENT, _RECEIVED)),
    ):
        draft.state(name, value, Origin.MAIL)
    draft.title = item.text(_SUBJECT)
    _add(item, draft, 0)


def _add(item: OutlookItem, draft: Draft, depth: int) -> None:
    draft.check_time()
    markup = _markup(item)
    page = html_to_text(markup)
    draft.leave_out(page.hidden)
    body = best_body(item.text(_BODY), page.text)
    if not has_words(body):
        body = rtf_body(item.data(_RTF))
    text = "\n\n".join(filter(None, ("\n".join(_lines(item)), body)))
    files: list[MailFile] = []
    messages: list[OutlookItem] = []
    for one in item.attached():
        if inner := one.within():
            messages.append(inner)
        else:
            files.append(_file(one, draft))
    shown = {one.shown_as for one in files if one.shown_as and f"cid:{one.shown_as}" in markup}
    files = [one for one in files if not one.is_decoration(shown)]
    add_mail(draft, item.text(_SUBJECT), text, files)
    for inner in messages:
        if depth < _DEPTH_LIMIT:
            _add(inner, draft, depth + 1)
        else:
            draft.unread("a message within messages", 1)


def _markup(item: OutlookItem) -> str:
    if data := item.data(_HTML):
        # Without its own code page the library takes that of the names, which the page knows better.
        is_told = bool(item.number(_CODE_PAGE)) or b"charset" not in data[:_HEAD_BYTES].lower()
        return decode_html(data, _tried(lambda: item.properties.body_encoding) or "" if is_told else "")
    return item.text(_HTML)


def _lines(item: OutlookItem) -> Iterator[str]:
    """Yield what stands above the text, as its class calls for."""
    kind = item.text(_CLASS).upper()
    is_mail = not kind.startswith(("IPM.CONTACT", "IPM.TASK", "IPM.STICKYNOTE"))
    rows = [("From", item.sender() if is_mail else "")]
    rows += [(label, item.people(number)) for label, number in _RECIPIENTS]
    rows += [("Subject", item.text(_SUBJECT)), ("Date", item.moment(_SENT, _RECEIVED) if is_mail else "")]
    if kind.startswith("IPM.CONTACT"):
        rows += [(label, item.text(number) or item.moment(number)) for label, number in _OF_CONTACTS]
    rows += named_properties(item.top, item.storage, item.offset)
    for label, value in rows:
        if value:
            yield f"{label}: {value}"


def _file(item: OutlookItem, draft: Draft) -> MailFile:
    name = item.text(_LONG_NAME, _SHORT_NAME, _NAME)
    data = item.data(_DATA)
    if not data and item.number(_METHOD) in _BY_REFERENCE:
        draft.unread(
            f"attachment {name or item.text(_PATH) or '(no name)'}, which is kept outside this mail,"
        )
    elif not data and any(one.name.upper() == _EMBEDDED.upper() for one in item.storage.storages):
        draft.unread(f"object {name or '(no name)'} within the text")
    is_picture = data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"))
    place = item.text(_SHOWN_AS)
    return MailFile(name, data, is_picture, bool(place), place)


def _has_properties(storage: Any) -> bool:
    return any(one.name == "__properties_version1.0" for one in storage.streams)


def _tried(get: Callable[[], Any]) -> Any:
    """Return what a property holds, or None where it is damaged: the others may still be read."""
    try:
        return get()
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError, OSError, struct.error):
        return None


def _person(name: str, address: str) -> str:
    name = name.strip()
    if address.upper().startswith("/O="):  # where Exchange keeps somebody
        address = ""
    return f"{name} <{address}>" if name and address and name != address else name or address
