"""Text in any encoding: byte order marks, UTF-8, UTF-16 without a mark, then the likeliest of the rest."""

from __future__ import annotations

import codecs
import re

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.charsets import known_charset, seven_bit_text
from twolane.extract.readers.plain_headings import with_marks
from twolane.facts import DATE, TITLE, Origin

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 65_536
_CONTROLS = bytes(c for c in range(32) if c not in (7, 8, 9, 10, 11, 12, 13, 26, 27))
_MOST_CONTROLS = 0.03
_TELLING_LETTERS = 24  # fewer beyond ASCII tell little of the encoding
_HOLES = re.compile(rb"\0{16,}")  # blocks that a crash or a bad disk zeroed
_MULTIBYTE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# What cp1252 adds to ASCII, without the letters of other languages that only share its byte values.
_WESTERN = frozenset(
    "àâäáãåæçèéêëìíîïñòóôöõøœùúûüýÿßðþÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØŒÙÚÛÜÝÐÞ"
    "“”„‘’–—…€£¥§©®°«»·•™½¼¾²³¹¿¡±×÷µºª\u00a0\u00ad"
)
_SIGN_IN_WORD = re.compile(r"[a-z][“”„–…€£¥§©®°«»•™½¼¾²³¹¿¡±×÷µ][a-z]")
_ACCENTS_IN_A_ROW = re.compile("[À-ÖØ-öø-ÿ]{3}")
# Code pages whose texts can look like cp1252 by their bytes: there the guess by frequency is better.
_NEIGHBOURS = frozenset(
    {"cp1250", "iso8859_2", "cp1254", "iso8859_9", "cp1257", "iso8859_4", "iso8859_13", "cp1258"}
)
# What stands before a page in Markdown for programs that make sites of it: lines of YAML
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.{1,4000}?)\n---[ \t]*\r?\n", re.S)
_FRONT_LINE = re.compile(r"(?m)^([A-Za-z]{1,20}):[ \t]*(\S.*?)\s*$")
_HIGH = re.compile(rb"[\x80-\xff]")

FORMATS = (
    Format("Markdown", frozenset({"text/markdown"}), frozenset({FilePart.BODY, FilePart.TABLES})),
    Format("Text", frozenset({"text/plain"}), frozenset({FilePart.BODY})),
)


def is_text(data: bytes) -> bool:
    """Say whether bytes can be text: few control characters, once the encoding is known."""
    if data.startswith(tuple(mark for mark, _ in _MARKS)):
        return True
    data = _HOLES.sub(b"", data[:_SAMPLE_BYTES])
    if not data:
        return True
    if _wide_encoding(data):
        return True
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return controls <= max(1, len(data) * _MOST_CONTROLS)


def _wide_encoding(data: bytes) -> str:
    """Return the UTF-16 or UTF-32 form that the positions of zero bytes show, or the empty string."""
    pairs = len(data) // 2
    if pairs < 2:
        return ""
    even, odd = data[0 : pairs * 2 : 2].count(0) / pairs, data[1 : pairs * 2 : 2].count(0) / pairs
    if data[:4].count(0) == 3 and even + odd > 1.2:
        return "utf-32-le" if data[0] else "utf-32-be"
    if odd > 0.2 and even < 0.02:
        return _checked(data, "utf-16-le")
    if even > 0.2 and odd < 0.02:
        return _checked(data, "utf-16-be")
    return _wide_by_lines(data) if even + odd > 0 else ""


def _wide_by_lines(data: bytes) -> str:
    """Recognize UTF-16 in scripts without zero bytes by its spaces and line ends, which have one."""
    little = data.count(b" \0") + data.count(b"\n\0")
    big = data.count(b"\0 ") + data.count(b"\0\n")
    zeros = data.count(0)
    if zeros < 2 or max(little, big) < zeros * 0.8:
        return ""
    return _checked(data, "utf-16-le" if little >= big else "utf-16-be")


def _checked(data: bytes, encoding: str) -> str:
    text = data[: len(data) // 2 * 2].decode(encoding, "replace")
    bad = sum(1 for c in text if c == "\ufffd" or c < "\t" or "\ue000" <= c <= "\uf8ff")
    return encoding if bad <= len(text) * 0.02 else ""


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Return text and the name of its encoding; `declared` is tried after UTF-8, before guessing.

    Never fails: bytes that fit no encoding come out as U+FFFD.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    if b"\0" in data[:_SAMPLE_BYTES]:
        data = _HOLES.sub(b"", data)
        wide = _wide_encoding(data[:_SAMPLE_BYTES])
        if wide:
            return data.decode(wide, "replace"), wide
    if (shifted := seven_bit_text(data, declared)) is not None:
        return shifted, declared or "iso2022_jp"
    for encoding in ("utf-8", known_charset(declared)):
        if encoding and not _is_mislabelled(data, encoding):
            try:
                return (_strict_utf8(data) if encoding == "utf-8" else data.decode(encoding)), encoding
            except ValueError:
                continue
    sample = data[:_SAMPLE_BYTES]
    multibyte = len(_MULTIBYTE.findall(sample))
    if multibyte * 2 > len(_HIGH.findall(_MULTIBYTE.sub(b"", sample))):
        return data.decode("utf-8", "replace"), "utf-8"
    encoding = _guess(data)
    return data.decode(encoding, "replace"), encoding


def _is_mislabelled(data: bytes, codec: str) -> bool:
    """Say whether what is called Latin has too many letters beyond ASCII for any Western language."""
    if codec != "cp1252":
        return False
    sample = data[:_SAMPLE_BYTES]
    beyond = len(_HIGH.findall(sample))
    return beyond >= _TELLING_LETTERS and not looks_western(sample)


def _strict_utf8(data: bytes) -> str:
    """Decode UTF-8; a last character that was cut off by reading only a part is no error."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8")
        raise


def _japanese(sample: bytes) -> str:
    """Return the Japanese encoding in which a good part are kana, which do not appear by chance."""
    for encoding in ("cp932", "euc_jp"):
        wide = [c for c in sample.decode(encoding, "replace") if ord(c) > 0x2000]
        kana = sum(1 for c in wide if "\u3041" <= c <= "\u30ff")
        if kana > 0.15 * len(wide) and wide.count("\ufffd") < 0.02 * len(wide):
            return encoding
    return ""


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # Lines with letters beyond ASCII are what tells encodings apart, and the guess is slow: use only those.
    telling = b"\n".join(line for line in data[: 4 * _SAMPLE_BYTES].split(b"\n") if _HIGH.search(line))
    sample = (telling or data)[:_SAMPLE_BYTES]
    if encoding := _japanese(sample):
        return encoding
    matches = from_bytes(sample)
    best = matches.best()
    if best is None:
        return "cp1252"
    # Short Western texts fit a dozen code pages equally well; by far the commonest of those is this one.
    as_good = any(
        m.encoding == "cp1252" and m.chaos <= best.chaos + 0.02 and m.coherence >= best.coherence - 0.02
        for m in matches
    )
    if looks_western(sample) and (as_good or best.encoding not in _NEIGHBOURS):
        return "cp1252"
    return best.encoding


def looks_western(data: bytes) -> bool:
    """Say whether bytes read as cp1252 give accents inside words and signs between them, and few of both."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    letters = sum(1 for c in text if c.isascii() and c.isalpha())
    beyond = [c for c in text if not c.isascii()]
    if len(beyond) > 0.3 * letters + 4 or not _WESTERN.issuperset(beyond):
        return False
    return not (_SIGN_IN_WORD.search(text) or _ACCENTS_IN_A_ROW.search(text))


def plain_text(source: SourceFile, draft: Draft) -> str:
    """Return the text of a file; of a long one, as much as the text limit can use.

    Raises Refused for bytes that are no text.
    """
    data = source.head(min(source.size_bytes, 4 * draft.limits.text_chars + 1024))
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    if draft.share < 1:
        draft.cut = f"the text limit of {draft.limits.text_chars:,} characters was reached"
    if not is_text(data):
        raise Refused(ReadStatus.UNSUPPORTED, "its content is of no kind that is known")
    return decode(data)[0]


def read(source: SourceFile, draft: Draft) -> None:
    """Read a text as one page."""
    text = plain_text(source, draft)
    if head := _FRONT_MATTER.match(text):
        said = {name.lower(): value.strip(" \"'") for name, value in _FRONT_LINE.findall(head[1])}
        for name in (TITLE, DATE):
            draft.state(name, said.get(name, ""), Origin.PAGE)
    draft.add(with_marks(text, source.extension))
