"""The parts of a mail as people see them: its text in order, of several forms the best, and its files."""

from __future__ import annotations

import base64
import binascii
import email
import email.message
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from twolane.extract.base import has_words
from twolane.extract.readers.mail import plain
from twolane.extract.readers.mail.content_lines import unfolded
from twolane.extract.readers.mail.headers import file_name, header
from twolane.extract.readers.mail.mail_file import MailFile
from twolane.extract.readers.mail.rtf_body import rtf_body
from twolane.extract.readers.mail.sealed import opened
from twolane.extract.readers.mail.tnef import Tnef, unpacked
from twolane.extract.readers.markup.html import decode_html, html_to_text
from twolane.extract.readers.text import decode

_PART_LIMIT = 500
_MULTIPART_DEPTH = 50
_SEAL_DEPTH = 4
_NEAR = 4  # parts among which the same text may come again in another form
_MAILS = frozenset({"message/rfc822", "message/global", "message/news"})
_PLAIN = frozenset({"text/plain", "text/markdown"})
_ENRICHED = frozenset({"text/enriched", "text/richtext"})
_RTF = frozenset({"text/rtf", "application/rtf"})
_REPORTS = frozenset(
    {"message/delivery-status", "message/disposition-notification", "message/feedback-report"}
    | {"message/tracking-status", "message/global-delivery-status"}
)
# How a page looks and works, the same text once more for some programs, and what only proves who wrote
_NOT_FOR_PEOPLE = frozenset(
    {"text/css", "text/javascript", "application/javascript", "application/x-javascript", "application/json"}
    | {"text/x-amp-html", "text/watch-html", "text/rfc822-headers", "application/applefile"}
    | {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
    | {"application/pgp-keys", "application/pgp-encrypted"}
)
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SHOWN = re.compile(r"cid:([^\"'\s>)]{1,400})", re.I)
_FILES_ELSEWHERE = ("X-Mozilla-External-Attachment-URL", "X-Apple-Content-Length")


@dataclass(frozen=True, slots=True)
class BodyText:
    """Text of a part, and whether it was plain text."""

    text: str
    is_plain: bool = True


@dataclass(slots=True)
class GatheredMail:
    """What was found in a mail: files, pages of HTML, calendars, hidden text, and what cannot be read."""

    files: list[MailFile] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)  # by what parts are encrypted
    is_over: Callable[[], bool] = bool  # whether the time is over
    has_text: bool = False
    count: int = 0
    mail: email.message.Message | None = None

    def text_of(self, message: email.message.Message) -> str:
        """Gather a mail's parts and return its text."""
        self.mail = message
        return self._shown(message, 0, 0).text

    def sent_files(self) -> list[MailFile]:
        """Return the files without the decorations of the text."""
        shown = {name for page in self.pages for name in _SHOWN.findall(page)}
        return [one for one in self.files if not one.is_decoration(shown)]

    def _shown(self, part: email.message.Message, depth: int, seals: int) -> BodyText:
        self.count += 1
        if self.count > _PART_LIMIT or depth > _MULTIPART_DEPTH or self.is_over():
            self._add_unread("some of its many parts")
            return BodyText("")
        kind = part.get_content_type()
        if kind in _REPORTS:
            return BodyText(_report(part))
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            return self._container(part, kind, depth, seals)
        if kind in _SEALED:
            return self._sealed(part, depth, seals)
        return self._leaf(part, kind)

    def _container(self, part: email.message.Message, kind: str, depth: int, seals: int) -> BodyText:
        inner = inner_parts(part)
        if kind == "multipart/encrypted":
            self.locks.append("PGP")
            return BodyText("")
        if kind == "multipart/alternative":
            had_text, shown = self.has_text, []
            for one in inner:
                self.has_text = had_text  # each stands for the same text
                shown.append(self._shown(one, depth + 1, seals))
            return _best([one for one in shown if has_words(one.text)])
        return _joined([self._shown(one, depth + 1, seals) for one in inner])

    def _sealed(self, part: email.message.Message, depth: int, seals: int) -> BodyText:
        """Return the text of a part that was signed and packed (S/MIME)."""
        content = payload(part)
        seal = opened(content)
        if seal.is_encrypted:
            self.locks.append("S/MIME")
        elif seal.content and seals < _SEAL_DEPTH:
            return self._shown(email.message_from_bytes(seal.content), depth + 1, seals + 1)
        elif not seal.is_signature:
            self.files.append(MailFile(file_name(part, self.mail) or "smime.p7m", content))
        return BodyText("")

    def _tnef(self, part: email.message.Message) -> BodyText:
        content = payload(part)
        packed = unpacked(content)
        if packed is None:
            self.files.append(MailFile(file_name(part, self.mail), content))
            return BodyText("")
        return self._unpacked(packed)

    def _unpacked(self, packed: Tnef) -> BodyText:
        self.files += packed.files
        self.unread += packed.unread
        if packed.html:
            self.pages.append(packed.html)
            return BodyText(self._page_text(packed.html), is_plain=False)
        return BodyText(packed.text or rtf_body(packed.rtf), is_plain=bool(packed.text))

    def _elsewhere(self, part: email.message.Message, kind: str) -> BodyText:
        if kind == "message/partial":
            number, total = (part.get_param(name) or "?" for name in ("number", "total"))
            self._add_unread(f"the rest of this mail (it is part {number} of {total})")
            return BodyText("\n\n".join(inner.as_string() for inner in inner_parts(part)))
        where = " ".join(str(part.get_param(name) or "") for name in ("url", "site", "directory", "name"))
        self._add_unread("an attachment that lies outside this mail")
        return BodyText(f"Attachment outside this mail: {' '.join(where.split())}")

    def _leaf(self, part: email.message.Message, kind: str) -> BodyText:
        name = file_name(part, self.mail)
        if kind in _TNEF or name.lower() == "winmail.dat":
            return self._tnef(part)
        if kind in {"message/partial", "message/external-body"}:
            return self._elsewhere(part, kind)
        is_attached = part.get_content_disposition() == "attachment"
        if any(part.get(one) for one in _FILES_ELSEWHERE) and not payload(part).strip():
            self._add_unread(f"attachment {name or '(no name)'}, which is kept outside this mail,")
        elif kind in _NOT_FOR_PEOPLE and not (name and is_attached and kind == "application/json"):
            pass
        elif kind == "text/calendar" and not is_attached:
            self.calendars.append(decode(unfolded(payload(part)), part.get_content_charset() or "")[0])
        elif is_attached or (name and (self.has_text or not kind.startswith("text/"))):
            self._add_file(part, name)
        elif kind == "text/html":
            return self._html(part)
        elif kind in _PLAIN | _ENRICHED:
            return self._plain(part, kind)
        elif kind in _RTF:
            self.has_text = True
            return BodyText(rtf_body(payload(part)), is_plain=False)
        elif kind.startswith(("application/", "text/", "message/")) or name:
            self._add_file(part, name)
        return BodyText("")

    def _html(self, part: email.message.Message) -> BodyText:
        self.has_text = True
        markup = decode_html(payload(part), part.get_content_charset() or "")
        self.pages.append(markup)
        return BodyText(self._page_text(markup), is_plain=False)

    def _page_text(self, markup: str) -> str:
        page = html_to_text(markup, is_over=self.is_over)
        self.hidden.append(page.hidden)
        return page.text

    def _plain(self, part: email.message.Message, kind: str) -> BodyText:
        text = text_of(part)
        self.has_text = self.has_text or has_words(text)
        if kind in _ENRICHED:
            return BodyText(plain.without_enriched_marks(text))
        if str(part.get_param("format") or "").lower() == "flowed":
            text = plain.flowed(text, is_space_taken=str(part.get_param("delsp") or "").lower() == "yes")
        text = plain.unsigned(text)
        open_text = plain.without_secrets(text)
        if open_text != text:
            self.locks.append("PGP")
        if "\nend" in open_text:
            open_text, files = plain.uuencoded(open_text.replace("\r\n", "\n"))
            self.files += files
        return BodyText(open_text)

    def _add_file(self, part: email.message.Message, name: str) -> None:
        is_picture = part.get_content_maintype() == "image"
        place = header(part, "Content-ID").strip("<> ")
        is_inline = part.get_content_disposition() != "attachment"
        self.files.append(MailFile(name, payload(part), is_picture, is_inline, place))

    def _add_unread(self, what: str) -> None:
        if what not in self.unread:
            self.unread.append(what)


def _best(shown: list[BodyText]) -> BodyText:
    """Return the best of several forms of one text."""
    plains = [one for one in shown if one.is_plain]
    rich = [one for one in shown if not one.is_plain]
    if not plains or not rich:
        return next(iter(plains or reversed(rich)), BodyText(""))
    text = best_body(plains[0].text, rich[-1].text)
    return BodyText(text, text == plains[0].text)


def _joined(shown: list[BodyText]) -> BodyText:
    """Return texts one after the other; one that comes again in another form counts once."""
    kept: list[BodyText] = []
    for one in shown:
        if not has_words(one.text):
            continue
        near = range(max(0, len(kept) - _NEAR), len(kept))
        twin = next((n for n in near if kept[n].is_plain != one.is_plain and _says(kept[n], one)), None)
        if twin is None:
            kept.append(one)
        else:
            kept[twin] = _best([kept[twin], one])
    return BodyText("\n\n".join(one.text.strip("\n") for one in kept), all(one.is_plain for one in kept))


def _says(one: BodyText, other: BodyText) -> bool:
    """Say whether two texts have most words in common."""
    words, others = set(one.text.split()), set(other.text.split())
    return len(words & others) > 0.8 * min(len(words), len(others))


def best_body(plain_text: str, html: str) -> str:
    """Return the plain text, unless it is a stub that says to look at the HTML."""
    if len(html) > 4 * len(plain_text) + 200 or not has_words(plain_text):
        return html or plain_text
    return plain_text


def _report(part: email.message.Message) -> str:
    """Return what became of a mail: blocks of headers, one for each who was to get it."""
    if not part.is_multipart():
        return text_of(part)
    blocks = [dict(block.items()) for block in inner_parts(part)]
    return "\n\n".join("\n".join(f"{key}: {value}" for key, value in block.items()) for block in blocks)


def text_of(part: email.message.Message) -> str:
    return decode(payload(part), part.get_content_charset() or "")[0]


def leaves(message: email.message.Message) -> list[email.message.Message]:
    """Return the parts that are no containers, in order; a mail inside a mail becomes an attachment."""
    found: list[email.message.Message] = []
    waiting = [(message, 0)]
    while waiting and len(found) < _PART_LIMIT:
        part, depth = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            if depth < _MULTIPART_DEPTH:
                waiting.extend((inner, depth + 1) for inner in reversed(inner_parts(part)))
        else:
            found.append(part)
    return found


def inner_parts(part: email.message.Message) -> list[email.message.Message]:
    """Return the parts of a container."""
    return [inner for inner in part.get_payload() if isinstance(inner, email.message.Message)]


def payload(part: email.message.Message) -> bytes:
    """Return a part's content, decoded."""
    if part.is_multipart():  # message/rfc822 holds the mail as an object
        whole = b"\n".join(inner.as_bytes() for inner in inner_parts(part))
        if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64":
            return _from_base64(whole)  # against the rules, but some write it
        return whole
    # Undecoded, a text would be tried in the encoding it names, of which one with a zero in its name fails.
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _from_base64(content: bytes) -> bytes:
    try:
        return base64.b64decode(content.strip(), validate=False)
    except (binascii.Error, ValueError):
        return content
