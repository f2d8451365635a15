"""Plain text of mails: lines that flow (RFC 3676), signatures and secrets of PGP, files in uuencode."""

from __future__ import annotations

import binascii
import re

from twolane.extract.readers.mail.mail_file import MailFile

_SIGNED = re.compile(r"(?m)^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z]+: [^\n]*\n){0,9}[ \t]*\n")
_SIGNATURE = re.compile(r"(?m)^-----BEGIN PGP SIGNATURE-----[ \t]*$")
_SECRET = re.compile(r"(?m)^-----BEGIN PGP MESSAGE-----[ \t]*$")
_END = {
    "SIGNATURE": re.compile(r"(?m)^-----END PGP SIGNATURE-----[ \t]*\n?"),
    "MESSAGE": re.compile(r"(?m)^-----END PGP MESSAGE-----[ \t]*\n?"),
}
_DASHED = re.compile(r"(?m)^- (?=-)")
_UU_BEGIN = re.compile(r"(?m)^begin [0-7]{3,4} (\S[^\n]{0,200})\n(?=[M !-_`]{1,62}\n)")
_UU_FILES = 50
_MARKUP = re.compile(r"<param>.{0,400}?</param>|</?[a-zA-Z-]{1,40}>", re.S)
_QUOTES = re.compile(r">*")


def flowed(text: str, *, is_space_taken: bool) -> str:
    """Return text of format=flowed with its paragraphs in one line each; signatures stay as they are."""
    lines: list[list[str]] = []  # each of the pieces that make it up
    depth, is_open = -1, False
    for raw in text.replace("\r\n", "\n").split("\n"):
        marks = _QUOTES.match(raw)
        quoted = len(marks[0]) if marks else 0
        line = raw[quoted:].removeprefix(" ")
        goes_on = line.endswith(" ") and line != "-- "
        if goes_on and is_space_taken:
            line = line[:-1]
        if is_open and quoted == depth and line != "-- ":
            lines[-1].append(line)
        else:
            lines.append([(">" * quoted + " " if quoted else "") + line])
        depth, is_open = quoted, goes_on
    return "\n".join(map("".join, lines))


def without_enriched_marks(text: str) -> str:
    """Return the words of text/enriched and text/richtext (RFC 1896)."""
    parts = re.split(r"<<", re.sub(r"(?<!\n)\n(?!\n)", " ", text.replace("\r\n", "\n")))
    return "<".join(_MARKUP.sub("", part) for part in parts)


def unsigned(text: str) -> str:
    """Return text without what PGP put around it when it was signed."""
    if "-----BEGIN PGP SIGNED" not in text:
        return text
    return _DASHED.sub("", _cut(_SIGNED.sub("", text), _SIGNATURE, _END["SIGNATURE"]))


def without_secrets(text: str) -> str:
    """Return text without what PGP has encrypted in it."""
    return _cut(text, _SECRET, _END["MESSAGE"]) if "-----BEGIN PGP MESSAGE" in text else text


def _cut(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    kept, at = [], 0
    while first := begin.search(text, at):
        kept.append(text[at : first.start()])
        last = end.search(text, first.end())
        at = last.end() if last else len(text)
    return "".join([*kept, text[at:]])


def uuencoded(text: str) -> tuple[str, list[MailFile]]:
    """Return text without the files in it that are written in uuencode, and these."""
    files: list[MailFile] = []
    kept, at = [], 0
    for _ in range(_UU_FILES):
        begin = _UU_BEGIN.search(text, at)
        end = text.find("\nend", begin.end()) if begin else -1
        if begin is None or end < 0:
            break
        try:
            content = b"".join(
                binascii.a2b_uu(line) for line in text[begin.end() : end].encode("ascii").split(b"\n") if line
            )
        except (binascii.Error, UnicodeEncodeError):
            kept.append(text[at : begin.end()])
            at = begin.end()
            continue
        kept.append(text[at : begin.start()])
        files.append(MailFile(begin[1].strip(), content))
        at = end + len("\nend")
    return "".join([*kept, text[at:]]), files
