"""Mails of each kind, calendars and cards that have one part each."""

from __future__ import annotations

import plistlib

from tests.unit.extract.made import mapi, msg_folder, signed, stored, tnef
from tests.unit.extract.parts.example import Example

from twolane.extract.declared import FilePart

_HEAD = b"From: a@b.example\nSubject: Rate\nDate: Mon, 01 Jan 2024 10:00:00 +0000\nMIME-Version: 1.0\n"
_START = b"From - Mon Jan  1 10:00:00 2024\n"
_HIDDEN = "hidden text was left out: 6 characters"
_SHOWN = {
    FilePart.BODY: ("<p>The ferry leaves.</p>", "The ferry leaves."),
    FilePart.TABLES: ("<table><tr><td>Rent<td>812</table>", "Rent 812"),
    FilePart.DESCRIPTIONS: ("<p>x</p><img alt='Plan of the flat'>", "Picture: Plan of the flat"),
    FilePart.FIELDS: ("<input value='Bakery'>", "Bakery"),
    FilePart.HIDDEN: ("seen<p style='display:none'>Unseen</p>", "Unseen"),
}
_ATTACHED = (
    b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee it.\n--b\n'
    b'Content-Type: text/plain; name="a.txt"\nContent-Disposition: attachment\n\nin the file\n--b--\n'
)


def _mail(markup: str) -> bytes:
    return _HEAD + b"Content-Type: text/html; charset=utf-8\n\n" + markup.encode()


def _page(markup: str) -> bytes:
    return b"From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: text/html\n\n" + markup.encode()


def _archive(markup: str) -> bytes:
    page = {"WebResourceData": markup.encode(), "WebResourceTextEncodingName": "UTF-8"}
    return plistlib.dumps({"WebMainResource": page}, fmt=plistlib.FMT_BINARY)


def _item(markup: str) -> bytes:
    return stored(msg_folder({0x37: "Rate", 0x1013: markup.encode()}))


def _ics(lines: str) -> bytes:
    return f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n".encode()


def _note(part: FilePart) -> str:
    return _HIDDEN if part is FilePart.HIDDEN else ""


EXAMPLES = (
    *(
        Example("EML", part, "x.eml", _mail(markup), shows, _note(part))
        for part, (markup, shows) in _SHOWN.items()
        if part is not FilePart.FIELDS
    ),
    *(
        Example("MBOX", part, "x.mbox", _START + _mail(markup) + b"\n\n" + _START + _HEAD, shows, _note(part))
        for part, (markup, shows) in _SHOWN.items()
        if part is not FilePart.FIELDS
    ),
    *(
        Example("MHTML", part, "x.mhtml", _page(markup), shows, _note(part))
        for part, (markup, shows) in _SHOWN.items()
    ),
    *(
        Example("Webarchive", part, "x.webarchive", _archive(markup), shows, _note(part))
        for part, (markup, shows) in _SHOWN.items()
    ),
    *(
        Example("MSG", part, "x.msg", _item(_SHOWN[part][0]), _SHOWN[part][1], _note(part))
        for part in (FilePart.BODY, FilePart.TABLES, FilePart.HIDDEN)
    ),
    Example("EML", FilePart.ATTACHMENTS, "x.eml", _HEAD + _ATTACHED, "in the file"),
    Example(
        "MBOX", FilePart.ATTACHMENTS, "x", _START + _HEAD + _ATTACHED + b"\n" + _START + _HEAD, "in the file"
    ),
    Example(
        "MSG",
        FilePart.ATTACHMENTS,
        "x.msg",
        stored(
            msg_folder(
                {0x37: "Rate"},
                {
                    "__attach_version1.0_#00000000": msg_folder(
                        {0x3707: "a.txt", 0x3701: b"in the file"}, offset=8
                    )
                },
            )
        ),
        "in the file",
    ),
    Example("ICS", FilePart.BODY, "x.ics", _ics("SUMMARY:Chor"), "Chor"),
    Example(
        "ICS",
        FilePart.ATTACHMENTS,
        "x.ics",
        _ics("SUMMARY:Chor\nATTACH;ENCODING=BASE64;VALUE=BINARY;FILENAME=a.txt:aW4gdGhlIGZpbGU="),
        "in the file",
    ),
    Example("VCF", FilePart.BODY, "x.vcf", b"BEGIN:VCARD\nFN:Ada\nEND:VCARD", "Ada"),
    Example(
        "VCF", FilePart.FIELDS, "x.vcf", b"BEGIN:VCARD\nFN:Ada\nTEL:+46 70\nEND:VCARD", "Telephone: +46 70"
    ),
    Example("P7M", FilePart.BODY, "a.txt.p7m", signed(b"What was signed."), "What was signed."),
    Example("P7M", FilePart.ATTACHMENTS, "smime.p7m", signed(_ATTACHED), "in the file"),
    Example(
        "TNEF",
        FilePart.BODY,
        "winmail.dat",
        tnef([(0x9003, mapi([(0x1000, 0x1E, b"The packed body.")]))]),
        "The packed body.",
    ),
    Example(
        "TNEF",
        FilePart.ATTACHMENTS,
        "winmail.dat",
        tnef([(0x9002, b""), (0x8010, b"a.txt\0"), (0x800F, b"in the file")]),
        "in the file",
    ),
)
