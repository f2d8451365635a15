"""Mail (EML, MHTML, mbox): headers that people read, the body, and what is attached."""

from __future__ import annotations

import email
import email.message
import re
from email.header import decode_header

from twolane.extract.base import NESTING_LIMIT, Draft, Refused, SourceFile, has_words
from twolane.extract.readers.html import decode_html, html_to_text
from twolane.extract.readers.text import decode

HEADERS = ("From", "To", "Cc", "Subject", "Date")
_HEADER_CHARS = 2000
_MAIL_LIMIT_BYTES = 96 << 20
_ATTACHMENT_LIMIT = 30
_ATTACHMENT_BYTES = 48 << 20
_PART_LIMIT = 500
_MULTIPART_DEPTH = 50
_MBOX_SPLIT = re.compile(rb"(?:^|\n)From \S+ [^\n]{10,60}\n(?=[A-Za-z-]{2,40}:)")

Attachment = tuple[str, bytes]


def read(source: SourceFile, draft: Draft) -> None:
    """Read a mail as one page and each readable attachment as further ones; an mbox mail by mail."""
    data = source.head(_MAIL_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    if draft.share < 1:
        draft.cut = f"mail is read up to {_MAIL_LIMIT_BYTES >> 20} MiB"
    if data.startswith(b"From ") and (mails := _MBOX_SPLIT.split(data)[1:]):
        draft.page_count = len(mails)
        for one in mails:
            draft.check_time()
            _, subject, text, _ = parse(one)
            draft.add(text, subject)
        return
    _, subject, text, attachments = parse(data)
    add_mail(draft, subject, text, attachments)


def add_mail(draft: Draft, subject: str, text: str, attachments: list[Attachment]) -> None:
    """Add a mail's page, then the pages of its attachments as far as they are readable."""
    draft.title = draft.title or subject
    names = [name for name, _ in attachments if name]
    if names:
        text += "\n\nAttachments: " + ", ".join(names)
    draft.add(text, subject)
    if draft.nested is None or draft.depth >= NESTING_LIMIT:
        return
    for name, content in attachments[:_ATTACHMENT_LIMIT]:
        draft.check_time()
        if 0 < len(content) <= _ATTACHMENT_BYTES:
            try:
                draft.nested(SourceFile.of(content, name))
            except Refused as refused:
                draft.note(f"attachment {name or '(no name)'} not read: {refused.note}")


def parse(data: bytes) -> tuple[email.message.Message, str, str, list[Attachment]]:
    """Return the message, its subject, its page of text, and its attachments by name."""
    message = email.message_from_bytes(data)
    lines = [f"{name}: {header(message, name)}" for name in HEADERS if message.get(name)]
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    for part in _leaves(message):
        name = _file_name(part)
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or (name and not kind.startswith("text/")):
            attachments.append((name, _payload(part)))
        elif kind == "text/html":
            html.append(html_to_text(_html(part))[1])
        elif kind.startswith("text/"):
            plain.append(decode(_payload(part), part.get_content_charset() or "")[0])
        elif kind.startswith("application/"):
            attachments.append((name, _payload(part)))
    body = best_body("\n\n".join(plain), "\n\n".join(html))
    return message, header(message, "Subject"), "\n".join(lines) + "\n\n" + body, attachments


def best_body(plain: str, html: str) -> str:
    """Return the plain text, unless it is a stub that says to look at the HTML."""
    if len(html) > 4 * len(plain) + 200 or not has_words(plain):
        return html or plain
    return plain


def _leaves(message: email.message.Message) -> list[email.message.Message]:
    """Return the parts that are no containers, in order; a mail inside a mail becomes an attachment."""
    found: list[email.message.Message] = []
    waiting = [(message, 0)]
    while waiting and len(found) < _PART_LIMIT:
        part, depth = waiting.pop()
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            if depth < _MULTIPART_DEPTH:
                waiting.extend(
                    (p, depth + 1) for p in reversed(payload) if isinstance(p, email.message.Message)
                )
        else:
            found.append(part)
    return found


def _payload(part: email.message.Message) -> bytes:
    payload = part.get_payload()
    if isinstance(payload, list):  # message/rfc822 holds the mail as an object
        return b"\n".join(p.as_bytes() for p in payload if isinstance(p, email.message.Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _html(part: email.message.Message) -> str:
    data, charset = _payload(part), part.get_content_charset()
    return decode(data, charset)[0] if charset else decode_html(data)


def _file_name(part: email.message.Message) -> str:
    name = part.get_filename() or ("message.eml" if part.get_content_type() == "message/rfc822" else "")
    return _decoded(str(name))[:200]


def header(message: email.message.Message, name: str) -> str:
    """Return a header as people read it; what cannot be decoded stays as it came."""
    return _decoded(str(message.get(name, ""))[: 4 * _HEADER_CHARS])[:_HEADER_CHARS]


def _decoded(value: str) -> str:
    try:
        parts = decode_header(value)
    except (ValueError, LookupError):
        parts = [(value, None)]
    text = ""
    for content, charset in parts:
        text += decode(content, charset or "")[0] if isinstance(content, bytes) else content
    # Bytes that broke the rules come as surrogates; they are most likely UTF-8 or a near code page.
    raw = text.encode("utf-8", "surrogateescape") if _is_escaped(text) else None
    return " ".join((decode(raw)[0] if raw is not None else text).split())


def _is_escaped(text: str) -> bool:
    return any("\udc80" <= c <= "\udcff" for c in text) and not any("\ud800" <= c < "\udc80" for c in text)
