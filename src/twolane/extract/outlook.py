"""Outlook messages (MSG), told as any other mail."""

from __future__ import annotations

from typing import Any

from twolane.extract.base import Draft, Source
from twolane.extract.html import html_to_text
from twolane.extract.mail import Attachment, add_mail, best_body

_ATTACHMENT_LIMIT = 30


def read(source: Source, draft: Draft) -> None:
    """Read a message as one page and each readable attachment as further ones."""
    from oxmsg import Message

    source.file.seek(0)
    message: Any = Message.load(source.file)
    names = ", ".join(_person(recipient) for recipient in message.recipients)
    rows = (
        ("From", message.sender),
        ("To", names),
        ("Subject", message.subject),
        ("Date", message.sent_date),
    )
    lines = [f"{name}: {value}" for name, value in rows if value]
    html = html_to_text(message.html_body)[1] if message.html_body else ""
    body = best_body(message.body or "", html)
    attachments: list[Attachment] = [
        (item.file_name or "", item.file_bytes or b"")
        for item in list(message.attachments)[:_ATTACHMENT_LIMIT]
    ]
    add_mail(draft, message.subject or "", "\n".join(lines) + "\n\n" + body, attachments)


def _person(recipient: Any) -> str:
    name, address = recipient.name or "", recipient.email_address or ""
    return f"{name} <{address}>" if name and address and name != address else name or address
