"""Whether one paper is another one again: by what differs, not by how much is the same.

Two invoices of one sender share nine words in ten and are two papers. What tells them apart are numbers,
dates and names that stand in each other's place; an edit, another scan or a reminder has few of these, or
only adds. See docs/why/copies.md#two-papers-of-one-form-are-no-copies
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from itertools import pairwise

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from twolane.copies.papers import ComparedText, shapes_of, without_misreadings
from twolane.fields.names import months
from twolane.text.words import SPACELESS_RUN, plain

# The share of all different words and numbers that both papers have.
LEAST_LIKENESS = 0.75
# Of versions, which their names or numbers say they are, as much may be written anew.
LEAST_OF_VERSIONS = 0.4
# Numbers that were replaced by others: more of them, or a greater share of all, make another paper. Before
# the texts are read some may be split or misread.
_MOST_REPLACED = 2
_MOST_APART = 4
# Names that were replaced, with fewer words beside them: the same letter to somebody else.
_OTHER_NAMES = 2
# Under so many different words and numbers a paper is nothing but its facts: none may differ.
_FEW = 25
# From so many on, one that was replaced is an edit and not what fills in a form.
_MANY = 150
# Somebody has written where so many words in a row stand beside others than before, so many of them are no
# names, and so many are in one paper alone. Runs without spaces come as pairs, of which each word has two.
_WRITTEN, _NO_NAMES, _WRITTEN_PAIRS, _NEW = 3, 2, 6, 2
_LEAST_WORD = 3  # bytes of what counts as new there: shorter ones are left of misread words
_SIMILAR = 0.8  # of misread words: one letter in five
_SIMILAR_WITHIN = 80.0  # of a misread word to its like within a stream, in per cent
_LEAST_SIMILAR = 6  # letters; shorter words differ by one and are others: Juni, Juli
# In a scan so much of a long word is right, and all but a letter of a short one: no name, no month.
_ODD, _LEAST_ODD, _SHORT_ODD = 0.5, 5, 3
_MOST_MISREAD = 300  # different words on a side; more are no misreadings
_LEAST_FOUND = 4  # characters of what is looked for in a stream, where shorter ones stand anywhere
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:0?[1-9]|1[0-2])(?:19|20)?\d\d|(?:19|20)\d\d[01]\d[0-3]\d")


@dataclass(frozen=True, slots=True)
class Difference:
    """What one paper has and the other has not, without what was split, joined or misread."""

    lost: frozenset[str]
    new: frozenset[str]
    lost_numbers: frozenset[str]
    new_numbers: frozenset[str]

    @property
    def replaced(self) -> int:
        """How many numbers stand in the place of others, at most."""
        return min(len(self.lost_numbers), len(self.new_numbers))

    @property
    def size(self) -> int:
        return len(self.lost) + len(self.new) + len(self.lost_numbers) + len(self.new_numbers)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whether two papers are one and the same, how alike they are, and what speaks against it."""

    same: bool
    likeness: float
    against: str = ""


class Sign(Enum):
    """What else says that two papers are versions of one, so that more of their words may differ."""

    NONE = auto()
    WORD = auto()  # one's file is named as the other's with a word behind it, which may as well be a month
    NAME = auto()  # their files are named so, as v1 and v2: numbers and dates may differ too
    NUMBER = auto()  # both bear one number of one sender, and one names the other's date


_REPLACED_SHARES = {Sign.NONE: 0.1, Sign.WORD: 0.1, Sign.NAME: 0.5, Sign.NUMBER: 0.3}
_SHARE_APART = 0.3


def compare(
    one: ComparedText, other: ComparedText, sign: Sign = Sign.NONE, *, scanned: bool = False
) -> Likeness:
    """Compare two papers, of which something else may say that they are versions of one.

    `scanned` says that one of them was read by text recognition, so that words may be odd.
    """
    different = _difference(one, other, scanned=scanned)
    size = len(one.words | other.words) + len(one.numbers | other.numbers)
    likeness = 1.0 - different.size / max(1, size)
    if likeness < (LEAST_LIKENESS if sign is Sign.NONE else LEAST_OF_VERSIONS):
        return Likeness(False, likeness, "too much differs")
    against = _against(one, other, different, sign)
    return Likeness(not against, likeness, against)


def numbers_apart(one: Set[str], other: Set[str]) -> bool:
    """Say whether two papers cannot be one by their numbers alone, before their texts are read.

    It errs for the papers: what is split or misread counts as replaced here.
    """
    replaced = min(len(one - other), len(other - one))
    return replaced > max(_MOST_APART, _SHARE_APART * len(one | other))


def _against(one: ComparedText, other: ComparedText, different: Difference, sign: Sign) -> str:
    """Return why two papers that are alike are two all the same, or ""."""
    plain = sign in {Sign.NONE, Sign.WORD}
    share = _REPLACED_SHARES[sign] * len(one.numbers | other.numbers)
    if different.replaced > max(1, share) or (plain and different.replaced > _MOST_REPLACED):
        return "other numbers"
    return _against_plain(one, other, different) if plain else ""


def _against_plain(one: ComparedText, other: ComparedText, different: Difference) -> str:
    if min(one.size, other.size) < _FEW:
        within = one.stream in other.stream or other.stream in one.stream
        return "" if within else "too short for what differs"
    if _has_day(different.lost_numbers) and _has_day(different.new_numbers):
        return "another date"
    lost, new = _rewording(one, other, different.lost), _rewording(other, one, different.new)
    if _other_names(one, other, different) or (lost.named and new.named):
        return "other names"
    is_long, written = min(one.size, other.size) >= _MANY, lost.written or new.written
    if different.replaced > is_long * (1 + written):
        return "other numbers"
    if written:
        return "only facts differ" if lost.places & new.places and not is_long else ""
    filled_in = different.replaced + min(lost.words, new.words)
    return "only facts differ" if filled_in > is_long else ""


@dataclass(frozen=True, slots=True)
class _Rewording:
    """How a paper differs from another one where that has other words.

    `written` says that somebody wrote prose there, and `named` that names stand there by themselves. `places`
    are the neighbours of single words, in scripts without capitals, which hide names. `words` counts all.
    """

    written: bool
    named: bool
    places: frozenset[tuple[str, str]]
    words: int


def _rewording(paper: ComparedText, other: ComparedText, words: Set[str]) -> _Rewording:
    """Return how a paper differs where it has words that the other one has not."""
    written, named, places = False, False, set[tuple[str, str]]()
    for run, neighbours in _runs(paper, other) if words else ():
        if _is_prose(run, paper, words):
            written = True
        elif len(run) >= _OTHER_NAMES and all(word in paper.capitals and word in words for word in run):
            named = True
        elif run and not words.isdisjoint(run) and run[0].upper() == run[0].lower():
            places.add(neighbours)
    count = sum(len(word.encode()) >= _LEAST_WORD for word in words)
    return _Rewording(written, named, frozenset(places), count)


def _runs(paper: ComparedText, other: ComparedText) -> Iterator[tuple[list[str], tuple[str, str]]]:
    """Yield the words of a paper, where some in a row do not stand so in the other, with both neighbours."""
    shapes = shapes_of(paper.sequence)
    known = set(pairwise(shapes_of(other.sequence)))
    begin = -1
    for place, pair in enumerate(pairwise(shapes)):
        if pair not in known:
            begin = place if begin < 0 else begin
        elif begin >= 0:
            yield list(paper.sequence[begin + 1 : place]), (shapes[begin], shapes[place])
            begin = -1
    if begin >= 0:
        yield list(paper.sequence[begin + 1 :]), (shapes[begin], "")


def _is_prose(run: Sequence[str], paper: ComparedText, words: Set[str]) -> bool:
    if sum(word in words and len(word.encode()) >= _LEAST_WORD for word in run) < _NEW:
        return False
    if SPACELESS_RUN.match(run[0]):
        return len(run) >= _WRITTEN_PAIRS
    return len(run) >= _WRITTEN and sum(word not in paper.capitals for word in run) >= _NO_NAMES


def _has_day(numbers: Set[str]) -> bool:
    return any(_DAY.fullmatch(number) for number in numbers)


def _other_names(one: ComparedText, other: ComparedText, different: Difference) -> bool:
    """Say whether names were replaced: in the first lines, or anywhere while hardly another word was."""
    lost, new = different.lost & _names(one), different.new & _names(other)
    if min(len(lost & one.head), len(new & other.head)) >= _OTHER_NAMES:
        return True
    lost, new = lost & one.capitals, new & other.capitals
    rest = len(different.lost - lost) + len(different.new - new)
    return min(len(lost), len(new)) >= _OTHER_NAMES and rest < min(len(lost), len(new))


def _names(paper: ComparedText) -> Set[str]:
    """Return those of a paper's words that may be names: all of them in a script without capitals."""
    return {word for word in paper.words if word in paper.capitals or word.upper() == word}


def _difference(one: ComparedText, other: ComparedText, *, scanned: bool) -> Difference:
    lost_numbers = _not_found(one.numbers - other.numbers, other)
    new_numbers = _not_found(other.numbers - one.numbers, one)
    lost = _not_misread(_not_found(one.words - other.words, other), other)
    new = _not_misread(_not_found(other.words - one.words, one), one)
    if scanned:
        lost, new = _without_odd(lost, new)
    return Difference(lost, new, lost_numbers, new_numbers)


def _without_odd(lost: frozenset[str], new: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return both without words that are the same, of which the half of a long one is right."""
    left, rest = set(lost), set(new)
    for word in sorted(lost):
        is_month = word in _months()
        like = [other for other in rest if _may_be_odd(word, other) and not (is_month and other in _months())]
        found = process.extractOne(word, like, scorer=Levenshtein.normalized_similarity, score_cutoff=_ODD)
        if found:
            left.discard(word)
            rest.discard(found[0])
    return frozenset(left), frozenset(rest)


def _may_be_odd(one: str, other: str) -> bool:
    if len(one) <= _SHORT_ODD:
        return len(one) == len(other)
    return min(len(one), len(other)) >= _LEAST_ODD


@cache
def _months() -> frozenset[str]:
    return frozenset(map(plain, months()))


def _not_found(terms: Set[str], paper: ComparedText) -> frozenset[str]:
    """Return the terms that a paper has nowhere, misread, split or joined as they may be."""
    ordered = sorted(terms)
    return frozenset(
        term
        for term, shape in zip(ordered, shapes_of(ordered), strict=True)
        if shape not in paper.shapes
        and (len(term) < _LEAST_FOUND or shape not in paper.stream or term in _months())
    )


def _not_misread(terms: Set[str], paper: ComparedText) -> frozenset[str]:
    """Return the terms that are no misreading of what is in a paper."""
    if not terms or len(terms) > _MOST_MISREAD:
        return frozenset(terms)
    return frozenset(term for term in terms if not _is_misread(term, paper))


def _is_misread(term: str, paper: ComparedText) -> bool:
    if len(term) < _LEAST_SIMILAR or term in _months():  # setembro is no misread dezembro
        return False
    like = process.extractOne(
        term, paper.words, scorer=Levenshtein.normalized_similarity, score_cutoff=_SIMILAR
    )
    if like:
        return True
    shape = without_misreadings(term)
    around = " " * len(
        shape
    )  # else the half of it would do at either end: january, where february ends the text
    stream = f"{around}{paper.stream}{around}"
    return bool(fuzz.partial_ratio(shape, stream, score_cutoff=_SIMILAR_WITHIN))
