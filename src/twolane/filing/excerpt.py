"""The part of a document that the small model reads: its beginning, and what is typical of the rest.

Why it is so: docs/why/filing.md#the-small-model-reads-the-beginning-and-what-is-typical-of-the-rest.
"""

from __future__ import annotations

import bisect
import math
import re
from collections import Counter
from collections.abc import Iterator

from twolane.text.languages import language_of
from twolane.text.tokens import fewest_tokens
from twolane.text.words import SPACELESS_RUN, pairs, plain, raw_words

_SENTENCE = re.compile(r"[^\n.!?。！？]+[.!?。！？]*")
_BEGINNING_SHARE = 0.6
_MOST_CHARS_A_TOKEN = 12  # of which nine are letters: more is white space, and no token at all
# A sentence of fewer words is not the more typical for being short: it is a name, a date or a page's number.
_FEWEST_WORDS = 6


def excerpt(text: str, budget_tokens: int) -> str:
    """Return about `budget_tokens` of a text, by an estimate: all of it where it is shorter.

    A sentence is typical if many other sentences have its words, leaving out the stop words of the text's
    language: the sum of the logarithms of their numbers over the square root of the words' own number, so
    that neither long nor short sentences win by their length.
    """
    beginning = _cut(text, budget_tokens)
    if len(beginning) == len(text):
        return text
    beginning = _cut(text, int(budget_tokens * _BEGINNING_SHARE))
    pieces, left = [beginning], budget_tokens - fewest_tokens(beginning)
    for sentence in _most_typical(text, len(beginning)):
        piece = _cut(sentence, left)
        pieces.append(piece)
        left -= fewest_tokens(piece)
        if left <= 0:
            break
    return "\n".join(pieces)


def _cut(text: str, tokens: int) -> str:
    """Return the longest beginning of a text with so many tokens by the low estimate."""
    beginning = text[: tokens * _MOST_CHARS_A_TOKEN]
    if fewest_tokens(beginning) <= tokens:
        return beginning
    lengths = range(len(beginning) + 1)
    return beginning[: bisect.bisect_right(lengths, tokens, key=lambda n: fewest_tokens(beginning[:n])) - 1]


def _most_typical(text: str, begin: int) -> Iterator[str]:
    """Yield the sentences after the beginning, the most typical first."""
    stop_words = language_of(map(str.casefold, raw_words(text[:begin]))).stop_words
    known = Counter(_words(text[:begin], stop_words))
    sentences = list(dict.fromkeys(sentence.strip() for sentence in _SENTENCE.findall(text, begin)))
    words = [_words(sentence, stop_words) for sentence in sentences]
    known.update(word for found in words for word in found)

    def typicality(place: int) -> float:
        weight = math.fsum(math.log(known[word]) for word in words[place])
        return weight / math.sqrt(max(len(words[place]), _FEWEST_WORDS))

    for place in sorted(range(len(sentences)), key=typicality, reverse=True):
        if words[place]:
            yield sentences[place]


def _words(text: str, stop_words: frozenset[str]) -> set[str]:
    """Return the words that can say what a text is about, and pairs where there are no spaces."""
    found: set[str] = set()
    for word in raw_words(text):
        if SPACELESS_RUN.fullmatch(word):
            found.update(pairs(word))
        elif len(word) > 2 and not word[0].isdigit() and word.casefold() not in stop_words:
            found.add(plain(word))
    return found
