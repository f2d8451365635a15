"""Headers of mails as people read them: encoded words, bytes that break the rules, names of files."""

from __future__ import annotations

import email.message
from email.header import decode_header

from twolane.extract.readers.text import decode

_HEADER_CHARS = 2000
_NAME_CHARS = 200


def header(message: email.message.Message, name: str) -> str:
    """Return a header as people read it; what cannot be decoded stays as it came."""
    return _decoded(raw_header(message, name)[: 4 * _HEADER_CHARS])[:_HEADER_CHARS]


def raw_header(message: email.message.Message, name: str) -> str:
    """Return the first header of a name as it came: bytes beyond ASCII as surrogates."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            return str(value)
    return ""


def file_name(part: email.message.Message) -> str:
    """Return what an attached file is called, or the empty string."""
    name = _parameter(part, "Content-Disposition", "filename") or _parameter(part, "Content-Type", "name")
    if not name and part.get_content_type() in {"message/rfc822", "message/global", "message/news"}:
        name = "message.eml"
    return _decoded(name)[-_NAME_CHARS:]  # the end says its kind


def _parameter(part: email.message.Message, name: str, parameter: str) -> str:
    """Return a parameter of a header; one in pieces (RFC 2231) is put together."""
    raw = raw_header(part, name)
    if not raw:
        return ""
    alone = email.message.Message()
    alone[name] = _unescaped(raw)
    try:
        found = alone.get_param(parameter, None, name)
    except (ValueError, LookupError, TypeError):
        return ""
    if isinstance(found, tuple):  # charset, language, and the bytes as Latin-1
        charset, _, value = found
        return decode(value.encode("latin-1", "replace"), charset or "")[0]
    return str(found or "")


def _decoded(value: str) -> str:
    value = _unescaped(value)
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


def _unescaped(text: str) -> str:
    """Return text whose bytes that broke the rules, most likely UTF-8 or a near code page, are decoded."""
    is_escaped = any("\udc80" <= c <= "\udcff" for c in text) and not any(
        "\ud800" <= c < "\udc80" for c in text
    )
    return decode(text.encode("utf-8", "surrogateescape"))[0] if is_escaped else text
