"""Mail (EML, MHTML, mbox): headers that people read, the body, and what is attached."""

from __future__ import annotations

import email
import email.message
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.header import decode_header
from email.utils import parsedate_to_datetime

from twolane.extract.base import Draft, SourceFile, has_words
from twolane.extract.readers.mail.calendar import CalendarEntry, calendar_text, entries, state_entries
from twolane.extract.readers.markup.html import decode_html, html_to_text, parse_html
from twolane.extract.readers.markup.page_data import state_page, state_things
from twolane.extract.readers.text import decode
from twolane.facts import CORRESPONDENT, DATE, TITLE, Origin

HEADERS = ("From", "To", "Cc", "Subject", "Date")
_HEADER_CHARS = 2000
_MAIL_LIMIT_BYTES = 96 << 20
_ATTACHMENT_BYTES = 48 << 20
_PART_LIMIT = 500
_MULTIPART_DEPTH = 50
_MBOX_SPLIT = re.compile(rb"(?:^|\n)From \S+ [^\n]{10,60}\n(?=[A-Za-z-]{2,40}:)")

_BODIES = frozenset({"text/plain", "text/enriched", "text/markdown", "text/richtext"})
# How a page looks and works, and the same text once more for some programs
_NOT_FOR_PEOPLE = frozenset(
    {"text/css", "text/javascript", "application/javascript", "application/x-javascript", "application/json"}
    | {"text/x-amp-html", "text/watch-html", "text/rfc822-headers"}
)
_CALENDAR_BYTES = 1 << 20
_REPLY = re.compile(r"\A(?:(?:re|fwd?)\s*(?:\[\d+\])?:\s*)+", re.I)
_ANSWER_MARKS = re.compile(r"\A(?:[^\W\d_]{1,4}\s*(?:\[\d+\])?[:：]\s*)+")
_SLOWEST_WAY = timedelta(days=14)

Attachment = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: its subject, its page of text, what is attached by name, its HTML, its calendars' entries.

    `hidden` is what its HTML shows to nobody.
    """

    message: email.message.Message
    subject: str
    text: str
    attachments: list[Attachment]
    pages: list[str]
    entries: list[CalendarEntry]
    hidden: str = ""

    @property
    def is_page(self) -> bool:
        """Whether it is a page that a browser saved: such have headers too, and no sender."""
        browser = header(self.message, "From").lower().lstrip("<")
        return browser.startswith("saved by ") or "Snapshot-Content-Location" in self.message

    def state(self, draft: Draft) -> None:
        """State who sent it, when, and about what, and what its HTML and calendars say for machines."""
        is_page = self.is_page
        if not is_page:
            draft.state(CORRESPONDENT, header(self.message, "From"), Origin.MAIL)
        draft.state(TITLE, topic(self.message, self.subject), Origin.PAGE if is_page else Origin.MAIL)
        sent = Origin.MAIL if _fits_its_route(self.message) else Origin.MAIL_DOUBTED
        draft.state(DATE, header(self.message, "Date"), Origin.PROPERTIES if is_page else sent)
        state_entries(self.entries, draft, is_all=False)
        for markup in self.pages:
            if is_page or "schema.org" in markup:
                tree = parse_html(markup)
                if tree is not None:
                    (state_page if is_page else state_things)(tree, draft)


def read(source: SourceFile, draft: Draft) -> None:
    """Read a mail as one page and each readable attachment as further ones; an mbox mail by mail."""
    data = source.head(_MAIL_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    if draft.share < 1:
        draft.cut = f"mail is read up to {_MAIL_LIMIT_BYTES >> 20} MiB"
    mails = _MBOX_SPLIT.split(data)[1:] if data.startswith(b"From ") else []
    if len(mails) > 1:
        _read_box(mails, draft)
        return
    mail = parse(mails[0] if mails else data)
    mail.state(draft)
    draft.title = draft.title or mail.subject
    draft.leave_out(mail.hidden)
    add_mail(draft, mail.subject, mail.text, mail.attachments)


def _read_box(mails: list[bytes], draft: Draft) -> None:
    for number, one in enumerate(mails):
        draft.page_count = len(draft.pages) + len(mails) - number
        draft.check_time()
        mail = parse(one)
        draft.leave_out(mail.hidden)
        add_mail(draft, mail.subject, mail.text, mail.attachments)


def topic(message: email.message.Message, subject: str) -> str:
    """Return a subject without what programs put before it when a mail is answered or passed on.

    The marks differ by language ("AW:", "RV:", "Odp:"), so they are known by their form, and only where the
    mail says that it follows another.
    """
    follows = message.get("In-Reply-To") or message.get("References")
    return (_ANSWER_MARKS if follows else _REPLY).sub("", subject, 1) or subject


def _fits_its_route(message: email.message.Message) -> bool:
    """Say whether a mail's date is near what the first server on its way wrote, where one did."""
    route = message.get_all("Received")
    if not route:
        return True
    sent, received = _moment(header(message, "Date")), _moment(str(route[-1]).rpartition(";")[2])
    return sent is None or received is None or abs(received - sent) <= _SLOWEST_WAY


def _moment(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text.strip()).replace(tzinfo=None)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def add_mail(draft: Draft, subject: str, text: str, attachments: list[Attachment]) -> None:
    """Add a mail's page, then the pages of its attachments as far as they are readable."""
    names = [name for name, _ in attachments if name]
    if names:
        text += "\n\nAttachments: " + ", ".join(names)
    draft.add(text, subject)
    large = [name for name, content in attachments if len(content) > _ATTACHMENT_BYTES]
    draft.read_within(
        [
            SourceFile.of(content, name)
            for name, content in attachments
            if 0 < len(content) <= _ATTACHMENT_BYTES
        ]
    )
    for name in large:
        draft.unread(f"attachment {name or '(no name)'} of more than {_ATTACHMENT_BYTES >> 20} MiB", 1)


def parse(data: bytes) -> Mail:
    """Return a mail by its bytes."""
    message = email.message_from_bytes(data)
    lines = [f"{name}: {header(message, name)}" for name in HEADERS if message.get(name)]
    plain: list[str] = []
    pages: list[str] = []
    calendars: list[str] = []
    attachments: list[Attachment] = []
    for part in leaves(message):
        name = file_name(part)
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or (name and not kind.startswith("text/")):
            attachments.append((name, payload(part)))
        elif kind == "text/html":
            pages.append(_html(part))
        elif kind == "text/calendar":
            calendars.append(_text(part))
        elif kind in _BODIES:
            plain.append(_text(part))
        elif kind.startswith(("application/", "text/")) and kind not in _NOT_FOR_PEOPLE:
            attachments.append((name, payload(part)))
    seen = [html_to_text(page) for page in pages]
    body = best_body("\n\n".join(plain), "\n\n".join(page.text for page in seen))
    texts = ["\n".join(lines), body, *map(calendar_text, calendars)]
    once = {_bare(calendar) for calendar in calendars}
    attachments = [
        one for one in attachments if not (once and _bare(decode(one[1][:_CALENDAR_BYTES])[0]) in once)
    ]
    found = [entry for calendar in calendars for entry in entries(calendar)]
    text = "\n\n".join(text for text in texts if text)
    hidden = " ".join(page.hidden for page in seen)
    return Mail(message, header(message, "Subject"), text, attachments, pages, found, hidden)


def _bare(calendar: str) -> str:
    return "".join(calendar.split())


def _text(part: email.message.Message) -> str:
    return decode(payload(part), part.get_content_charset() or "")[0]


def best_body(plain: str, html: str) -> str:
    """Return the plain text, unless it is a stub that says to look at the HTML."""
    if len(html) > 4 * len(plain) + 200 or not has_words(plain):
        return html or plain
    return plain


def leaves(message: email.message.Message) -> list[email.message.Message]:
    """Return the parts that are no containers, in order; a mail inside a mail becomes an attachment."""
    found: list[email.message.Message] = []
    waiting = [(message, 0)]
    while waiting and len(found) < _PART_LIMIT:
        part, depth = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            if depth < _MULTIPART_DEPTH:
                waiting.extend((inner, depth + 1) for inner in reversed(_inner(part)))
        else:
            found.append(part)
    return found


def _inner(part: email.message.Message) -> list[email.message.Message]:
    return [inner for inner in part.get_payload() if isinstance(inner, email.message.Message)]


def payload(part: email.message.Message) -> bytes:
    if part.is_multipart():  # message/rfc822 holds the mail as an object
        return b"\n".join(inner.as_bytes() for inner in _inner(part))
    # Undecoded, a text would be tried in the encoding it names, of which one with a zero in its name fails.
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _html(part: email.message.Message) -> str:
    data, charset = payload(part), part.get_content_charset()
    return decode(data, charset)[0] if charset else decode_html(data)


def file_name(part: email.message.Message) -> str:
    name = part.get_filename() or ("message.eml" if part.get_content_type() == "message/rfc822" else "")
    return _decoded(str(name))[-200:]  # the end says its kind


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
