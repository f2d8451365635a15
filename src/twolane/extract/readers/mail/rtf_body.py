"""The body of a mail in RTF, packed as Outlook packs it ([MS-OXRTFCP]) or not."""

from __future__ import annotations

from twolane.extract.readers.office.rtf import rtf_text

_UNPACKED_BYTES = 16 << 20
_PACKED, _PLAIN = b"LZFu", b"MELA"
_HEAD_BYTES = 16
_RING_BYTES = 4096
# What the packed text may refer to before it has said anything
_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def rtf_body(data: bytes) -> str:
    """Return the text of a body; of a damaged one as far as it goes."""
    if data[8:12] == _PACKED:
        data = _unpacked(data[_HEAD_BYTES:])
    elif data[8:12] == _PLAIN:
        data = data[_HEAD_BYTES:]
    return rtf_text(data).strip() if data.lstrip().startswith(b"{\\rtf") else ""


def _unpacked(packed: bytes) -> bytes:
    """Return what runs of letters and references to the last 4,096 letters make up."""
    text = bytearray(_BEGINNING)
    at = 0
    while at < len(packed) and len(text) < _UNPACKED_BYTES:
        marks, at = packed[at], at + 1
        for bit in range(8):
            if not marks >> bit & 1:
                text += packed[at : at + 1]
                at += 1
                continue
            if at + 2 > len(packed):
                return bytes(text[len(_BEGINNING) :])
            place, length = packed[at] << 4 | packed[at + 1] >> 4, (packed[at + 1] & 0xF) + 2
            at += 2
            distance = (len(text) - place) % _RING_BYTES
            if not distance:  # it refers to what is not yet written: the end
                return bytes(text[len(_BEGINNING) :])
            for _ in range(length):
                text.append(text[-distance] if distance <= len(text) else 0x20)
    return bytes(text[len(_BEGINNING) :])
