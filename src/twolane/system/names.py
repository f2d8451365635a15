"""Names that every disk takes: made safe, cut to length, and compared as disks that fold them do.

Why no library does it: docs/why/organize.md#names-are-made-safe-by-our-own-rules
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import regex

MOST_NAME_BYTES = (
    255  # of ext4, btrfs, APFS and others; NTFS and exFAT take as many UTF-16 units, never fewer
)
_MOST_ENDING_BYTES = 32  # what is longer after a dot is a part of the name
_MOST_KNOWN = 10_000  # names of folders and senders come again and again
_AS_OTHERS = {"/": "-", "\\": "-", ":": "-", "|": "-", '"': "'", "<": "", ">": "", "?": "", "*": ""}
# scripts of India and of Persia, and emoji, are joined and parted by these
_JOINERS = "\u200c\u200d"
_STRIPPED = " ." + _JOINERS
_RESERVED = regex.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])", regex.IGNORECASE
)
_REFUSED = regex.compile(r'[\x00-\x1f/\\:|<>"?*]|\p{Cs}')  # by Windows, FAT, exFAT and NTFS, or by macOS
_DOUBTFUL = regex.compile(r"[\p{C}\p{Z}/\\:|\"<>?*--\ ]", regex.VERSION1)
_GRAPHEMES = regex.compile(r"\X")
_NUMBERED = regex.compile(r"(?s)(.*) \((\d{1,6})\)")
# what kernels leave out where they fold names: format characters, fillers, variation selectors and more
_IGNORED = regex.compile(r"\p{Default_Ignorable_Code_Point}+")


@lru_cache(_MOST_KNOWN)
def safe(text: str) -> str:
    """Return a text as a part of a path that every disk takes, whatever it holds; "" where nothing is left.

    It is not cut to length, and may still be a name that Windows reserves: see `fitted`.
    """
    text = unicodedata.normalize("NFC", text).replace(": ", " - ")
    if _DOUBTFUL.search(text):  # few names have any of it, and one by one is slow
        text = unicodedata.normalize("NFC", "".join(map(_as_safe, text)))
    return " ".join(text.split()).strip(_STRIPPED)


def _as_safe(char: str) -> str:
    if char in _AS_OTHERS:
        return _AS_OTHERS[char]
    if char in _JOINERS:
        return char
    kind = unicodedata.category(char)
    if kind[0] == "Z" or char in "\t\n\r\v\f\x85":
        return " "
    if kind == "Cs":
        return "_"  # a byte of an old name that is no text
    is_nothing = kind in {"Cc", "Cf"} or ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
    return "" if is_nothing else char


@dataclass(frozen=True, slots=True)
class FileName:
    """A file's name in two: `stem` and `ending`, which begins with its dot, or is "" where there is none."""

    stem: str
    ending: str = ""

    @classmethod
    def of(cls, name: str) -> FileName:
        """Part a name: what follows its last dot is its ending where it looks like one."""
        stem, dot, after = name.rpartition(".")
        is_ending = bool(stem.strip(".")) and bool(after) and not any(map(str.isspace, after))
        if not is_ending or len(os.fsencode(dot + after)) > _MOST_ENDING_BYTES:
            return cls(name)
        return cls(stem, dot + after)

    @property
    def safe(self) -> FileName:
        """The same as every disk takes it; the stem may be ""."""
        ending = safe(self.ending[1:])
        return FileName(safe(self.stem), f".{ending}" if ending else "")

    @property
    def number(self) -> int:
        """The number that the stem ends in, as in "letter (2)", or 1."""
        found = _NUMBERED.fullmatch(self.stem)
        return int(found[2]) if found else 1


def is_reserved(stem: str) -> bool:
    """Say whether Windows keeps a name, whatever ending it has, for a device."""
    return bool(_RESERVED.fullmatch(stem.partition(".")[0].rstrip(" ")))


def is_takeable(name: str) -> bool:
    """Say whether every disk takes a name just as it is."""
    if not name or name != name.rstrip(" .") or _REFUSED.search(name) or is_reserved(name):
        return False
    return len(os.fsencode(name)) <= MOST_NAME_BYTES


def takeable(name: str) -> str:
    """Return a name as every disk takes it: itself where it is one, and "" where nothing is left of it."""
    return name if is_takeable(name) else fitted(FileName.of(name).safe)


def fitted(parts: FileName, number: int = 1, *, limit_bytes: int = MOST_NAME_BYTES) -> str:
    """Return the name of safe parts, with a number from 2 on as in "letter (2).pdf", within the limit.

    The stem is cut between what people see as letters, and the ending is kept. Returns "" where nothing of
    the stem fits. A name that Windows keeps for devices gets a "_" behind it.
    """
    tail = f" ({number}){parts.ending}" if number > 1 else parts.ending
    stem = _cut(parts.stem, limit_bytes - len(os.fsencode(tail)) - 1)
    if not stem:
        return ""
    if is_reserved(stem):
        head, dot, rest = stem.partition(".")
        stem = f"{head.rstrip(' ')}_{dot}{rest}"
    return stem + tail


def _cut(text: str, limit_bytes: int) -> str:
    if len(os.fsencode(text)) > limit_bytes:
        text = _within(_GRAPHEMES.findall(text), limit_bytes) or _within(text, limit_bytes)
    return text.rstrip(_STRIPPED)


def _within(letters: Iterable[str], limit_bytes: int) -> str:
    kept, size = list[str](), 0
    for letter in letters:
        size += len(os.fsencode(letter))
        if size > limit_bytes:
            break
        kept.append(letter)
    return "".join(kept)


@lru_cache(_MOST_KNOWN)
def folded(name: str) -> str:
    """Return a name as no two in one folder may have it: some disks tell neither case nor form apart."""
    upper = unicodedata.normalize("NFD", name).upper().casefold()
    return str(_IGNORED.sub("", unicodedata.normalize("NFD", upper))).rstrip(" .")
