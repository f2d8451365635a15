"""Hostile mails, calendars and cards: parts within parts, charsets that are none, and lines without end."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping

_HEAD = b"From: ann@example.org\r\nTo: bob@example.org\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n"
_HEAD += b"Subject: The mill\r\n"
_HEAD += b"MIME-Version: 1.0\r\n"
_PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nThe lease of the mill ends in May.\r\n"
_CHARSETS = ("utf-7", "idna", "hex", "zlib", "bz2", "rot13", "base64", "punycode", "unicode_escape",
             "undefined", "raw_unicode_escape", "mbcs", "quopri", "uu", "../../etc/passwd", "a" * 5000,
             "\x00", "utf-16")  # fmt: skip


def charsets(count: int) -> bytes:
    """Return parts whose charsets are codecs that are none, or would do something else."""
    parts = b"".join(
        b'--b\r\nContent-Type: text/plain; charset="%s"\r\n'
        b"Subject: =?%s?q?abc?=\r\n\r\n+AGEAYg- 78da text %d\r\n"
        % (_CHARSETS[at % 18].encode(), _CHARSETS[at % 18].encode(), at)
        for at in range(min(count, 5000))
    )
    return _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + parts + b"--b--\r\n"


def parts(count: int) -> bytes:
    part = b"--b\r\n" + _PLAIN
    return _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * count + b"--b--\r\n"


def page_parts(count: int) -> bytes:
    """Return a page that was saved with countless parts, all under one address."""
    page = (
        b"--b\r\nContent-Type: text/html\r\nContent-Location: http://x/\r\n\r\n<p>Text<img src=cid:a></p>\r\n"
    )
    part = b"--b\r\nContent-Type: image/png\r\nContent-ID: <a>\r\nContent-Location: http://x/\r\n\r\nx\r\n"
    head = b'Content-Type: multipart/related; boundary="b"; type="text/html"\r\n\r\n'
    return _HEAD + head + page + part * count + b"--b--\r\n"


def nested(count: int) -> bytes:
    """Return a mail within a mail, and so on."""
    data = _HEAD + _PLAIN
    for _ in range(min(count, 1000)):
        data = _HEAD + b"Content-Type: message/rfc822\r\n\r\n" + data
    return data


def nested_signed(count: int) -> bytes:
    """Return parts within parts, each with a boundary of its own."""
    deep = min(count, 2000)
    head = b"".join(
        b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; '
        b'boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(deep)
    )
    return _HEAD + head + _PLAIN + b"".join(b"--b%d--\r\n" % n for n in reversed(range(deep)))


def signed_bytes(count: int) -> bytes:
    """Return a signed mail whose lengths say that it is larger than any memory."""
    oid = bytes.fromhex("06092a864886f70d010702")
    inner = b"\x30\x84\xff\xff\xff\xff" + oid + b"\xa0\x80\x30\x88" + b"\x7f" + b"\xff" * 7
    inner += b"\x30\x80" * count + b"\x24\x80" * count
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    return _HEAD + head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(inner)


def winmail(count: int) -> bytes:
    """Return an attachment of Outlook whose attributes say false lengths, within itself."""
    data = b"\x78\x9f\x3e\x22\x01\x00"
    for _ in range(min(count, 200)):
        attribute = struct.pack("<BII", 2, 0x0006800F, len(data)) + data + b"\0\0"
        data = (
            b"\x78\x9f\x3e\x22\x01\x00" + struct.pack("<BII", 2, 0x00069002, 4) + b"\1\0\0\0\1\0" + attribute
        )
    data += struct.pack("<BII", 1, 0x0006800C, 0x7FFFFFFF) + b"x"
    head = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return _HEAD + head + base64.encodebytes(data)


def quoted(count: int) -> bytes:
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return _HEAD + head + b"=\r\n" * count + b"=" * count + b"=E4=F" * count


def headers(count: int) -> bytes:
    """Return words of headers that are encoded, folded, and addressed without end."""
    words = b"Subject: " + b"=?utf-8?q?=41?=\r\n " * count + b"\r\n"
    people = b"Cc: " + b'"(((((,;<" <a@b>, ' * count + b"(" * count + b"\r\n"
    return _HEAD + words + people + b"X: " + b"\r\n " * count + b"y\r\n" + _PLAIN


def boundaries(count: int) -> bytes:
    return (
        _HEAD + b"Content-Type: multipart/mixed; " + b"boundary*0=b; " * count + b"\r\n\r\n--b\r\n" + _PLAIN
    )


def encoded_bomb(count: int) -> bytes:
    head = b'Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return _HEAD + head + b"QUFB" * (count * 10)


def mailbox(count: int) -> bytes:
    mail = b"From ann@example.org Mon Nov  2 10:00:00 2026\n" + (_HEAD + _PLAIN).replace(b"\r\n", b"\n")
    return mail * count


def quotes_mailbox(count: int) -> bytes:
    mail = b"From ann@example.org Mon Nov  2 10:00:00 2026\n" + (_HEAD + _PLAIN).replace(b"\r\n", b"\n")
    return mail + b"From \n" * count + b">" * count + b"From \n"


def folded_calendar(count: int) -> bytes:
    return (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Rent"
        + b"\r\n x" * count
        + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def events(count: int) -> bytes:
    """Return events that repeat each second for ever, and never on a day that there is."""
    rule = b"FREQ=SECONDLY;INTERVAL=1;COUNT=999999999;BYMONTHDAY=31;BYMONTH=2;BYSETPOS=" + b"1," * 500 + b"1"
    event = b"BEGIN:VEVENT\r\nDTSTART:99991231T235960Z\r\nDURATION:P99999999999W\r\nRRULE:" + rule + b"\r\n"
    event += b"DTEND;TZID=../../etc/passwd:20260101T000000\r\nSUMMARY:Rent\r\nEND:VEVENT\r\n"
    return b"BEGIN:VCALENDAR\r\n" + event * count + b"END:VCALENDAR\r\n"


def nested_calendar(count: int) -> bytes:
    return b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * count + b"SUMMARY:x\r\n" + b"END:VEVENT\r\n" * count


def parameters(count: int) -> bytes:
    long = b"DTSTART" + b';X="a:b;"' * count + b":20260101\r\n"
    return b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + long + b"SUMMARY" + b";" * count + b"\r\nEND:VEVENT\r\n"


def cards(count: int) -> bytes:
    return b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nEND:VCARD\r\n" * count


def folded_card(count: int) -> bytes:
    long = b"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=hex:" + b"=\r\n" * count + b"x\r\nN:" + b";" * count
    return (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Ann\r\n"
        + long
        + b"\r\nPHOTO;BASE64:"
        + b"QUFB\r\n " * count
        + b"\r\n"
    )


_MAILS = (
    charsets, parts, nested, nested_signed, signed_bytes, winmail, quoted, headers, boundaries, encoded_bomb,
)  # fmt: skip
FILES: Mapping[str, Callable[[int], bytes]] = {
    **{f"{make.__name__}.eml": make for make in _MAILS},
    "page_parts.mhtml": page_parts,
    **{f"{make.__name__}.mbox": make for make in (mailbox, quotes_mailbox)},
    **{f"{make.__name__}.ics": make for make in (folded_calendar, events, nested_calendar, parameters)},
    **{f"{make.__name__}.vcf": make for make in (cards, folded_card)},
}
