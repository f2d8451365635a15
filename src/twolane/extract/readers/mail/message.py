"""Mail (EML, EMLX, MHTML, mbox): headers that people read, the body, and what is attached."""

from __future__ import annotations

import codecs
import email
import email.message
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.mail.calendar import CalendarEntry, calendar_text, entries, state_entries
from twolane.extract.readers.mail.headers import header, raw_header
from twolane.extract.readers.mail.mail_file import MailFile
from twolane.extract.readers.mail.parts import GatheredMail, leaves, payload, text_of
from twolane.extract.readers.markup.html import decode_html, html_to_text, parse_html
from twolane.extract.readers.markup.page_data import state_page, state_things
from twolane.extract.readers.text import decode
from twolane.facts import CORRESPONDENT, DATE, TITLE, Origin

HEADERS = ("From", "To", "Cc", "Subject", "Date")
_MAIL_LIMIT_BYTES = 96 << 20
_ATTACHMENT_BYTES = 48 << 20
_MBOX_SPLIT = re.compile(rb"(?:^|\n)From \S+ [^\n]{10,60}\n(?=[A-Za-z-]{2,40}:)")
_MBOX_QUOTED = re.compile(rb"(?m)^>(>{0,20}From )")
# Apple Mail writes the length of a mail before it, and its own list of properties after it.
_EMLX = re.compile(rb"(\d{1,12})[ \t]*\r?\n(?=[A-Za-z-]{2,40}:)")
_CALENDAR_BYTES = 1 << 20
_REPLY = re.compile(r"\A(?:(?:re|fwd?)\s*(?:\[\d+\])?:\s*)+", re.I)
_ANSWER_MARKS = re.compile(r"\A(?:[^\W\d_]{1,4}\s*(?:\[\d+\])?[:：]\s*)+")
_SLOWEST_WAY = timedelta(days=14)

_PARTS = frozenset({FilePart.BODY, FilePart.TABLES, FilePart.ATTACHMENTS, FilePart.DESCRIPTIONS})
FORMATS = (
    Format("EML", frozenset({"message/rfc822"}), _PARTS, frozenset({FilePart.HIDDEN})),
    Format("MBOX", frozenset({"application/mbox"}), _PARTS, frozenset({FilePart.HIDDEN})),
    Format(
        "MHTML",
        frozenset({"multipart/related"}),
        frozenset({FilePart.BODY, FilePart.TABLES, FilePart.DESCRIPTIONS, FilePart.FIELDS}),
        frozenset({FilePart.HIDDEN}),
    ),
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: its subject, its page of text, the files attached, its HTML, its calendars' entries.

    `hidden` is what its HTML shows to nobody, `unread` what could not be read, `locks` by what parts are
    encrypted.
    """

    message: email.message.Message
    subject: str
    text: str
    files: Sequence[MailFile]
    pages: Sequence[str]
    entries: Sequence[CalendarEntry]
    hidden: str = ""
    unread: Sequence[str] = ()
    locks: Sequence[str] = ()
    is_only_locked: bool = False

    def state(self, draft: Draft) -> None:
        """State who sent it, when, and about what, and what its HTML and calendars say for machines."""
        is_page = is_saved_page(self.message)
        if not is_page:
            draft.state(CORRESPONDENT, header(self.message, "From"), Origin.MAIL)
        draft.state(TITLE, topic(self.message, self.subject), Origin.PAGE if is_page else Origin.MAIL)
        sent = Origin.MAIL if _fits_its_route(self.message) else Origin.MAIL_DOUBTED
        draft.state(DATE, header(self.message, "Date"), Origin.PROPERTIES if is_page else sent)
        state_entries(list(self.entries), draft, is_all=False)
        for markup in self.pages:
            if is_page or "schema.org" in markup:
                tree = parse_html(markup)
                if tree is not None:
                    (state_page if is_page else state_things)(tree, draft)

    def say(self, draft: Draft) -> None:
        """Note what could not be read of it."""
        draft.leave_out(self.hidden)
        for what in self.unread:
            draft.unread(what)
        for lock in self.locks:
            draft.unread(f"a part that is encrypted by {lock}", 0.5)


def read(source: SourceFile, draft: Draft) -> None:
    """Read a mail as one page and each readable attachment as further ones; an mbox mail by mail.

    Raises Refused where all of a mail is encrypted.
    """
    data = source.head(_MAIL_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    data = data.removeprefix(codecs.BOM_UTF8).lstrip()  # what editors and servers leave before the headers
    if draft.share < 1:
        draft.cut = f"mail is read up to {_MAIL_LIMIT_BYTES >> 20} MiB"
    mails = _MBOX_SPLIT.split(data)[1:] if data.startswith(b"From ") else []
    if len(mails) > 1:
        _read_box(mails, draft)
        return
    mail = parse(_MBOX_QUOTED.sub(rb"\1", mails[0]) if mails else _without_frame(data), draft.out_of_time)
    mail.state(draft)
    draft.title = draft.title or mail.subject
    if mail.is_only_locked:
        raise Refused(ReadStatus.ENCRYPTED, f"encrypted by {mail.locks[0]} for whoever has its key")
    mail.say(draft)
    add_mail(draft, mail.subject, mail.text, mail.files)


def _read_box(mails: list[bytes], draft: Draft) -> None:
    for number, one in enumerate(mails):
        draft.page_count = len(draft.pages) + len(mails) - number
        draft.check_time()
        mail = parse(_MBOX_QUOTED.sub(rb"\1", one), draft.out_of_time)
        mail.say(draft)
        add_mail(draft, mail.subject, mail.text, mail.files)


def _without_frame(data: bytes) -> bytes:
    """Return a mail without what Apple Mail writes around it."""
    frame = _EMLX.match(data[:100])
    return data[frame.end() : frame.end() + int(frame[1])] if frame else data


def is_saved_page(message: email.message.Message) -> bool:
    """Say whether it is a page that a browser or Word saved: such have headers too, and no sender."""
    sender = raw_header(message, "From").lower().lstrip(' <"')
    if sender.startswith("saved by ") or "Snapshot-Content-Location" in message:
        return True
    return not sender and "Received" not in message and message.get_content_type() == "multipart/related"


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


def add_mail(draft: Draft, subject: str, text: str, files: Sequence[MailFile]) -> None:
    """Add a mail's page, then the pages of its attachments as far as they are readable."""
    names = [one.name for one in files if one.name]
    if names:
        text += "\n\nAttachments: " + ", ".join(names)
    draft.add(text, subject)
    fitting = [one for one in files if 0 < len(one.content) <= _ATTACHMENT_BYTES]
    draft.read_within([SourceFile.of(one.content, one.name) for one in fitting])
    for one in files:
        if len(one.content) > _ATTACHMENT_BYTES:
            draft.unread(
                f"attachment {one.name or '(no name)'} of more than {_ATTACHMENT_BYTES >> 20} MiB", 1
            )


def parse(data: bytes, is_over: Callable[[], bool] = bool) -> Mail:
    """Return a mail by its bytes; its parts are read until the time is over."""
    message = email.message_from_bytes(data)
    subject = header(message, "Subject")
    if is_saved_page(message):
        return _saved_page(message, subject)
    parts = GatheredMail(is_over=is_over)
    body = parts.text_of(message)
    lines = [f"{name}: {value}" for name in HEADERS if (value := header(message, name))]
    calendars = [text for text in map(calendar_text, parts.calendars) if text]
    once = {_bare(calendar) for calendar in parts.calendars}
    files = [
        one
        for one in parts.sent_files()
        if not (once and _bare(decode(one.content[:_CALENDAR_BYTES])[0]) in once)
    ]
    return Mail(
        message,
        subject,
        "\n\n".join(text for text in ("\n".join(lines), body, *calendars) if text),
        files,
        parts.pages,
        [entry for calendar in parts.calendars for entry in entries(calendar)],
        " ".join(parts.hidden),
        parts.unread,
        parts.locks,
        bool(parts.locks) and not (has_words(body) or calendars or files),
    )


def _saved_page(message: email.message.Message, subject: str) -> Mail:
    """Return a saved page: its HTML and that of its frames, without the pictures and styles beside these."""
    parts = leaves(message)
    pages = [
        decode_html(payload(part), part.get_content_charset() or "")
        for part in parts
        if part.get_content_type() in {"text/html", "application/xhtml+xml"}
    ]
    seen = [html_to_text(page) for page in pages]
    texts = [page.text.strip("\n") for page in seen if has_words(page.text)]
    if not texts:
        texts = [text_of(part) for part in parts if part.get_content_type() == "text/plain"]
    title = subject or next((page.title for page in seen if page.title), "")
    return Mail(message, title, "\n\n".join(texts), [], pages, [], " ".join(page.hidden for page in seen))


def _bare(calendar: str) -> str:
    return "".join(calendar.split())
