"""Headers of mails as people read them: encoded words, bytes that break the rules, names of files."""

from __future__ import annotations

import email.message
import itertools
from email.header import decode_header

from twolane.extract.readers.text import decode

_HEADER_CHARS = 2000
_NAME_CHARS = 200
_PARTS_ASKED = 50  # for the encoding of headers
_SAMPLE_BYTES = 4096
_GUESSED_FROM = ("From", "To", "Cc", "Subject")


def header(message: email.message.Message, name: str) -> str:
    """Return a header as people read it; what cannot be decoded stays as it came."""
    raw = raw_header(message, name)[: 4 * _HEADER_CHARS]
    return _decoded(raw, encoding_of_headers(message) if _is_escaped(raw) else "")[:_HEADER_CHARS]


def encoding_of_headers(message: email.message.Message) -> str:
    """Return the encoding of headers that break the rules by bytes beyond ASCII.

    It is that of the first text of the mail that names one, else what fits all the headers and the text
    together: a name alone is too short to tell.
    """
    for part in itertools.islice(message.walk(), _PARTS_ASKED):
        said = part.get_content_charset() if part.get_content_maintype() == "text" else None
        if said and said not in {"us-ascii", "ascii"}:
            return said
    together = "\n".join(raw_header(message, name)[:_HEADER_CHARS] for name in _GUESSED_FROM)
    text = message.get_payload(decode=True)
    sample = text[:_SAMPLE_BYTES] if isinstance(text, bytes) else b""
    return decode(together.encode("utf-8", "surrogateescape") + sample)[1]


def raw_header(message: email.message.Message, name: str) -> str:
    """Return the first header of a name as it came: bytes beyond ASCII as surrogates."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            return str(value)
    return ""


def file_name(part: email.message.Message, mail: email.message.Message | None = None) -> str:
    """Return what a file attached to a mail is called, or the empty string."""
    mail = part if mail is None else mail
    name = _parameter(part, "Content-Disposition", "filename", mail)
    name = name or _parameter(part, "Content-Type", "name", mail)
    if not name and part.get_content_type() in {"message/rfc822", "message/global", "message/news"}:
        name = "message.eml"
    return _decoded(name)[-_NAME_CHARS:]  # the end says its kind


def _parameter(part: email.message.Message, name: str, parameter: str, mail: email.message.Message) -> str:
    """Return a parameter of a header; one in pieces (RFC 2231) is put together."""
    raw = raw_header(part, name)
    if not raw:
        return ""
    alone = email.message.Message()
    alone[name] = _unescaped(raw, encoding_of_headers(mail)) if _is_escaped(raw) else raw
    try:
        found = alone.get_param(parameter, None, name)
    except (ValueError, LookupError, TypeError):
        return ""
    if isinstance(found, tuple):  # charset, language, and the bytes as Latin-1
        charset, _, value = found
        return decode(value.encode("latin-1", "replace"), charset or "")[0]
    return str(found or "")


def _decoded(value: str, encoding: str = "") -> str:
    value = _unescaped(value, encoding)
    try:
        parts = decode_header(value)
    except (ValueError, LookupError):
        parts = [(value, None)]
    text = ""
    for content, charset in parts:
        if isinstance(content, str):
            text += content
        elif charset:
            text += decode(content, charset)[0]
        else:  # what stands between encoded words comes in this form
            text += content.decode("raw-unicode-escape", "replace")
    return " ".join(text.split())


def _unescaped(text: str, encoding: str = "") -> str:
    """Return text whose bytes that broke the rules are decoded: as UTF-8, else as the encoding says."""
    return decode(text.encode("utf-8", "surrogateescape"), encoding)[0] if _is_escaped(text) else text


def _is_escaped(text: str) -> bool:
    has_bytes = any("\udc80" <= character <= "\udcff" for character in text)
    return has_bytes and not any("\ud800" <= character < "\udc80" for character in text)
