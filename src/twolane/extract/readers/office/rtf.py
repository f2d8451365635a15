"""RTF by striprtf, which reads it as a stream of words and needs no nesting."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from twolane.extract.base import Draft, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.office.rtf_parts import RtfParts
from twolane.extract.visible import SMALLEST_PT, WHITE, is_lost

_RTF_LIMIT_BYTES = 32 << 20
_TOKEN = re.compile(r"\\([a-z]{1,32})(-?\d{1,9})?[ ]?|\\'[0-9a-f]{2}|\\[^a-z]|[{}]|[^\\{}]+", re.I)
_COLOURS = re.compile(r"\{\\colortbl([^{}]{0,8000})\}")
_CHANNEL = re.compile(r"\\(red|green|blue)(\d{1,3})")
_GROUND = re.compile(r"\\(?:cb|highlight|(?:ch|cl)?c[bf]pat|(?:ch|cl)?shdng|(?:cl)?shading)[1-9]")
_MAY_HIDE = re.compile(r"\\(?:v(?![a-z0])|fs[0-3](?!\d)|cf[1-9])")
_DEFAULT_FONT = re.compile(r"\\deff(\d{1,5})[ ]?")
_PLAIN = re.compile(r"\\plain(?![a-z])")
_LOCAL_CHARSETS = "(?!0{1,3}(?!\\d)|1(?!\\d))"  # not those of the document's own code page
_NO_TEXT = frozenset({"fonttbl", "colortbl", "stylesheet", "info", "pict", "themedata"})

FORMATS = (
    Format(
        "RTF",
        frozenset({"application/rtf"}),
        frozenset(FilePart) - {FilePart.ANNOTATIONS, FilePart.HIDDEN, FilePart.PAGE_NUMBERS, FilePart.CHARTS},
        frozenset({FilePart.HIDDEN}),
    ),
)


def read(source: SourceFile, draft: Draft) -> None:
    """Read an RTF document as one page."""
    data = source.head(_RTF_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    seen, hidden = _parted(data.decode("latin-1"))
    draft.leave_out(hidden)
    parts = RtfParts(draft)
    text = rtf_text(parts.opened(seen).encode("latin-1"))
    draft.add(text)
    draft.read_within(parts.files)
    if parts.lost:
        draft.unread(f"{parts.lost} embedded object{'s' if parts.lost > 1 else ''}", parts.lost)


def rtf_text(data: bytes) -> str:
    """Return the text of RTF; characters outside its code page come out as question marks."""
    from striprtf.striprtf import rtf_to_text

    # RTF is ASCII with escapes; Latin-1 keeps each stray byte for the code page that the file names.
    rtf = _with_default_font(data.decode("latin-1"))
    return str(rtf_to_text(rtf, errors="replace"))  # type: ignore[no-untyped-call]


def _with_default_font(rtf: str) -> str:
    """Return RTF that names its default font where that one counts, if it has a code page of its own."""
    named = _DEFAULT_FONT.search(rtf, 0, 2000)
    if named is None:
        return rtf
    font = rf"\f{named[1]}"
    table = re.compile(rf"\\f{named[1]}(?!\d)[^{{}};]{{0,200}}\\fcharset{_LOCAL_CHARSETS}")
    if not table.search(rtf, 0, 200_000):
        return rtf
    rest = _PLAIN.sub(lambda plain: plain[0] + font, rtf[named.end() :])
    return f"{rtf[: named.end()]}{font} {rest}"


@dataclass(frozen=True, slots=True)
class _Characters:
    """How the characters of a group are written."""

    is_vanished: bool = False
    is_white: bool = False
    is_tiny: bool = False
    is_text: bool = True

    @property
    def is_hidden(self) -> bool:
        return self.is_text and (self.is_vanished or self.is_white or self.is_tiny)


def _parted(rtf: str) -> tuple[str, str]:
    """Return RTF without the characters that nobody sees, and those."""
    if not _MAY_HIDE.search(rtf):
        return rtf, ""
    whites = frozenset[str]() if _GROUND.search(rtf) else _whites(rtf)
    seen: list[str] = []
    hidden: list[str] = []
    groups = [_Characters()]
    for token in _TOKEN.finditer(rtf):
        word, text = token[1], token[0]
        if text == "{":
            groups.append(groups[-1])
        elif text == "}" and len(groups) > 1:
            groups.pop()
        elif text == "\\*" or word in _NO_TEXT:
            groups[-1] = replace(groups[-1], is_text=False)
        elif word:
            groups[-1] = _after(groups[-1], word, token[2] or "", whites)
        elif groups[-1].is_hidden:
            hidden.append(text)
            continue
        if word != "u" or not groups[-1].is_hidden:
            seen.append(text)
    return "".join(seen), "".join(hidden)


def _after(characters: _Characters, word: str, number: str, whites: frozenset[str]) -> _Characters:
    """Return how characters are written after a control word."""
    if word == "plain":
        return replace(_Characters(), is_text=characters.is_text)
    if word == "v":
        return replace(characters, is_vanished=number != "0")
    if word == "cf":
        return replace(characters, is_white=number in whites)
    if word == "fs":
        return replace(characters, is_tiny=number.isdigit() and int(number) / 2 < SMALLEST_PT)
    return characters


def _whites(rtf: str) -> frozenset[str]:
    """Return the numbers of the colours that are not seen on paper."""
    table = _COLOURS.search(rtf)
    found = set()
    for number, entry in enumerate(table[1].split(";") if table else ()):
        channels = dict(_CHANNEL.findall(entry))
        if len(channels) == 3:
            red, green, blue = (min(255, int(channels[name])) for name in ("red", "green", "blue"))
            if is_lost((red, green, blue), WHITE):
                found.add(str(number))
    return frozenset(found)
