"""Outlook messages (MSG), laid out as any other mail."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from twolane.extract.base import Draft, SourceFile
from twolane.extract.readers.mail.message import Attachment, add_mail, best_body
from twolane.extract.readers.markup.html import html_to_text
from twolane.facts import CORRESPONDENT, DATE, TITLE, Origin

_ATTACHMENT_LIMIT = 30


def read(source: SourceFile, draft: Draft) -> None:
    """Read a message as one page and each readable attachment as further ones."""
    from oxmsg import Message

    source.file.seek(0)
    message: Any = Message.load(source.file)
    rows = (
        ("From", _tried(lambda: message.sender)),
        ("To", _tried(lambda: ", ".join(_person(recipient) for recipient in message.recipients))),
        ("Subject", _tried(lambda: message.subject)),
        ("Date", _tried(lambda: message.sent_date)),
    )
    lines = [f"{name}: {value}" for name, value in rows if value]
    page = html_to_text(_tried(lambda: message.html_body) or "")
    body = best_body(_tried(lambda: message.body) or "", page.text)
    draft.leave_out(page.hidden)
    found = _tried(lambda: list(message.attachments)) or []
    attachments = [_attachment(item) for item in found[:_ATTACHMENT_LIMIT]]
    subject = _tried(lambda: message.subject) or ""
    stated = dict(rows)
    for name, row in ((CORRESPONDENT, "From"), (TITLE, "Subject"), (DATE, "Date")):
        draft.state(name, stated[row], Origin.MAIL)
    draft.title = draft.title or subject
    add_mail(draft, subject, "\n".join(lines) + "\n\n" + body, attachments)


def _attachment(item: Any) -> Attachment:
    return _tried(lambda: item.file_name) or "", _tried(lambda: item.file_bytes) or b""


def _tried(get: Callable[[], Any]) -> Any:
    """Return what a property holds, or None where it is damaged: the others may still be read."""
    try:
        return get()
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError, OSError, struct.error):
        return None


def _person(recipient: Any) -> str:
    name, address = recipient.name or "", recipient.email_address or ""
    return f"{name} <{address}>" if name and address and name != address else name or address
