"""Words that were cut at the end of a line, put together again by the document's own words.

No list of any language decides: a hyphen stays where the document writes it within a line, before a capital
letter or a digit, within an address, and before a short word that stands for itself ("Selbst- und").
"""

from __future__ import annotations

import re
import unicodedata

SOFT_BREAK = "\ufffe"
"""A hyphen at the end of a line of which a reader knows that the next line goes on with its word."""

_LINES_LEARNT_CHARS = 400_000
_CUT = re.compile(
    r"(?<!\S)(\S{1,200}?)(\ufffe|[-\u2010\u00ad](?=\n))\n?[ \t]{0,40}([^\s\ufffe]{1,200})([ \t]?)"
)
_HALVES = re.compile(r"(?:\ufffe|[-\u2010\u00ad]\n)[ \t]{0,40}[^\W_]{0,200}")
_MOST_CUTS = 4  # of one word
_WORD = re.compile(r"[^\W_]+(?:[-\u2010][^\W_]+)*[-\u2010]?", re.U)
_LETTERS_AT_END = re.compile(r"[^\W\d_]+$")
_LETTERS_AT_START = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"://|@|www\.|[\w]/[\w]|\.\w{2,4}/", re.I)
_VOWELS = frozenset("aeiouyаеиоуыэюяіαεηιουω")
_CONJUNCTION_CHARS = 4
_ALONE = "- "


class WholeWords:
    """The words of a document as far as it has been read; a hyphen within a line belongs to its word."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._words: set[str] = set()
        self._chars_left = _LINES_LEARNT_CHARS

    def learn(self, text: str) -> None:
        """Take in the words of a further text; they are told apart when a word is asked for."""
        if self._chars_left > 0:
            self._waiting.append(text)
            self._chars_left -= len(text)

    def __contains__(self, word: str) -> bool:
        for text in self._waiting:
            self._words.update(_WORD.findall(_HALVES.sub(" ", text).casefold()))
        self._waiting.clear()
        return word.casefold() in self._words


def join_cut_words(text: str, known: WholeWords | None = None) -> str:
    """Return a text whose words are whole: the end of a cut word is moved up to the line it began in."""
    text = text.replace("\r\n", "\n").replace("\x02", SOFT_BREAK)
    if SOFT_BREAK not in text and "-\n" not in text and "\u2010\n" not in text and "\u00ad\n" not in text:
        return text
    known = known or WholeWords()
    known.learn(text)
    for _ in range(_MOST_CUTS):
        whole = _CUT.sub(lambda cut: _whole(cut, known), text)
        if whole == text:
            break
        text = whole
    return text.replace(SOFT_BREAK, "-")


def _whole(cut: re.Match[str], known: WholeWords) -> str:
    """Return what stands for a cut word and its line end."""
    before, mark, after, space = cut.groups()
    hyphen = _hyphen(before, mark, after, known)
    if hyphen is None:
        return cut[0].replace(mark, "-", 1) if mark == SOFT_BREAK else cut[0]
    if hyphen == _ALONE:
        return f"{before}-\n{after}{space}"
    return f"{before}{hyphen}{after}" + ("\n" if space else "")


def _hyphen(before: str, mark: str, after: str, known: WholeWords) -> str | None:
    """Return the hyphen of the whole word, none or `_ALONE`; None where the two are no word."""
    start, end = _LETTERS_AT_END.search(before), _LETTERS_AT_START.match(after)
    if mark == "\u00ad":  # a mark of where a word may be cut, and was
        return ""
    if not start or not end:
        is_number = before[-1:].isdigit() and after[:1].isdigit()
        return "-" if is_number or _ADDRESS.search(before) else None
    if _stands_alone(start[0], end[0], known):
        return _ALONE
    return "-" if _keeps_hyphen(before, start[0], end[0], after, known) else ""


def _stands_alone(start: str, end: str, known: WholeWords) -> bool:
    """Say whether a short word follows a hyphen that stands for the rest of a word ("Vor- und Nachname")."""
    if len(end) > _CONJUNCTION_CHARS or not end.islower() or start + end in known:
        return False
    begins_open = unicodedata.normalize("NFD", end[0])[0] in _VOWELS
    return begins_open and (len(end) == 1 or (end in known and not _is_open(start[-1])))


def _is_open(letter: str) -> bool:
    return unicodedata.normalize("NFD", letter.lower())[0] in _VOWELS


def _keeps_hyphen(before: str, start: str, end: str, after: str, known: WholeWords) -> bool:
    if start + end in known:
        return False
    if f"{start}-{end}" in known or _ADDRESS.search(before):
        return True
    if start.isupper() and end.isupper():
        return len(start) < 2 or "-" in before
    is_compound = end[0].isupper() or len(start) < 2 or "-" in before[: -len(start)]
    return is_compound or "-" in after.rstrip("-")[: len(end) + 1]
