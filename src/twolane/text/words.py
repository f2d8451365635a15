"""The words of a text in any script: the only tokenizer for words that there is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise

# Scripts written without spaces between words (and Korean, whose words carry endings). A run of their
# characters is taken as overlapping pairs: most Chinese words are two characters, which trigrams cannot find.
SPACELESS = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\uac00-\ud7af"  # Hangul
)
SPACELESS_RUN = re.compile(f"[{SPACELESS}]+")
_PLAIN_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+")
# What may be spaceless or a mark: all but Latin, Greek and Cyrillic letters, punctuation and signs. Where
# there is none of it, as in most texts, the plain expression finds the same words eight times as fast.
_OTHER = re.compile("[\u0300-\u036f\u0483-\u0489\u0591-\u1dff\u2c00-\U0010ffff]")
_MARKS_END = 0x1F000  # beyond it are signs and rare ideographs
_ACCENT = re.compile("[\u0300-\u036f]")


def raw_words(text: str) -> list[str]:
    """Return every word and number of a text, as written, in order; a run without spaces is one word."""
    return (_word() if _OTHER.search(text) else _PLAIN_WORD).findall(text)


def word_places(text: str) -> Iterator[re.Match[str]]:
    """Yield what `raw_words` returns, each with its place."""
    return (_word() if _OTHER.search(text) else _PLAIN_WORD).finditer(text)


def pairs(run: str) -> list[str]:
    """Return the overlapping pairs of a run that is written without spaces: none of a single character."""
    return [a + b for a, b in pairwise(run)]


@lru_cache(maxsize=4096)
def script(char: str) -> str:
    """Return the script of a letter, by its name in Unicode: LATIN, CYRILLIC, CJK."""
    return unicodedata.name(char, "").partition(" ")[0]


def plain(term: str) -> str:
    """Return a text without case and without the accents of Latin, Greek and Cyrillic letters."""
    bare = _ACCENT.sub("", unicodedata.normalize("NFD", term.casefold()))
    return unicodedata.normalize("NFC", bare)


@cache
def _word() -> re.Pattern[str]:
    # Python's \w leaves out the marks that belong to letters: the vowel signs of Hindi, accents of their own
    marks = "".join(
        char for char in map(chr, range(0x300, _MARKS_END)) if unicodedata.category(char)[0] == "M"
    )
    letter = rf"[^\W_{SPACELESS}]"
    return re.compile(rf"[{SPACELESS}]+|\d+(?:[.,]\d+)*|{letter}+(?:[{marks}]+{letter}*)*")
