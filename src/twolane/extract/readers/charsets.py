"""Names of encodings as mails and pages use them, and those of which Python reads less than others do."""

from __future__ import annotations

import codecs
import re

# What is called so is read as the larger one that it is today (https://encoding.spec.whatwg.org, 4.2).
_LARGER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "latin-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030",
    "gbk": "gb18030", "big5": "big5hkscs", "euc_kr": "cp949", "shift_jis": "cp932", "tis-620": "cp874",
    "iso8859-11": "cp874",
}  # fmt: skip
_NAMES = {
    "x-sjis": "cp932", "windows-31j": "cp932", "x-ms-cp932": "cp932", "ms_kanji": "cp932", "cp943": "cp932",
    "x-euc-jp": "euc_jp", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "csgb2312": "gb18030",
    "chinese": "gb18030", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "dos-874": "cp874", "windows-874": "cp874",
    "ks_c_5601-1987": "cp949", "ks_c_5601-1989": "cp949", "ksc5601": "cp949", "korean": "cp949",
    "x-windows-949": "cp949", "iso-8859-8-i": "cp1255", "iso-8859-8-e": "cp1255", "logical": "cp1255",
    "koi": "koi8_r", "koi8": "koi8_r", "koi8-ru": "koi8_u", "x-cp1250": "cp1250", "x-cp1251": "cp1251",
    "x-cp1252": "cp1252", "win-1251": "cp1251", "unicode-1-1-utf-7": "utf-7", "x-unicode-2-0-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8", "x-user-defined": "",
    "unknown-8bit": "", "x-unknown": "", "unknown": "", "8bit": "", "binary": "", "default": "",
}  # fmt: skip
_SEVEN_BITS = frozenset({"utf-7", "hz", "iso2022_kr"})
_JIS_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\(D|\([BJI])")
_JIS_WIDE, _JIS_KANA = frozenset({b"$@", b"$B"}), b"(I"


def known_charset(name: str) -> str:
    """Return the codec for the name of an encoding, or the empty string where none is known."""
    name = name.strip().strip("\"'").lower().replace("\0", "")
    name = _NAMES.get(name, name)
    try:
        codec = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return ""
    return _LARGER.get(codec, codec)


def is_ascii_name(name: str) -> bool:
    """Say whether an encoding is called ASCII, which programs write that do not know."""
    try:
        return codecs.lookup(name.strip()).name == "ascii"
    except (LookupError, ValueError):
        return False


def seven_bit_text(data: bytes, declared: str) -> str | None:
    """Return the text of an encoding that hides other letters in ASCII, or None where it is none of these."""
    if (b"\x1b$" in data or (declared and b"\x1b(I" in data)) and (
        not declared or known_charset(declared).startswith("iso2022_jp")
    ):
        return _jis_text(data)
    codec = known_charset(declared) if declared else ""
    if codec not in _SEVEN_BITS or not data.isascii():
        return None
    try:
        return data.decode(codec)
    except ValueError:
        return None


def _jis_text(data: bytes) -> str | None:
    """Return ISO-2022-JP, with the signs of NEC and kana of half width, which Python refuses."""
    if not data.isascii():
        return None
    pieces = _JIS_ESCAPE.split(data)
    texts = [pieces[0].decode("ascii")]
    for escape, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if escape in _JIS_WIDE:
            line, end, rest = piece.partition(b"\n")  # a line begins in ASCII again
            texts.append(_jis_pairs(line) + (end + rest).decode("ascii"))
        elif escape == _JIS_KANA:
            texts.append(
                bytes(byte | 0x80 if byte > 0x20 else byte for byte in piece).decode("cp932", "replace")
            )
        elif escape == b"$(D":
            texts.append((b"\x1b$(D" + piece + b"\x1b(B").decode("iso2022_jp_ext", "replace"))
        else:
            texts.append(piece.decode("ascii"))
    return "".join(texts)


def _jis_pairs(data: bytes) -> str:
    """Return pairs of JIS X 0208 by way of Shift JIS, which has those of NEC too."""
    shifted = bytearray()
    for row, cell in zip(data[::2], data[1::2], strict=False):
        lead = (row - 0x21) // 2 + 0x81
        shifted.append(lead + (0x40 if lead > 0x9F else 0))
        is_odd = row % 2
        shifted.append(cell + ((0x1F if cell < 0x60 else 0x20) if is_odd else 0x7E))
    return shifted.decode("cp932", "replace")
