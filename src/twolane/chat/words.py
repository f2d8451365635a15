"""The words of a text that carry its meaning, for searching and for checking what an answer claims."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

# Words that say nothing about a subject, in the languages that most files are in.
_STOP_TEXT = """
    a about after all also am an and any are as at be been before being both but by can could did do
    does doing down each few for from further had has have having he her hers him his how i if in into
    is it its just let me might more most must my no nor not now of off on once only or other our out
    over own please same shall she should so some such tell than that the their them then there these
    they this those through to too under until up upon us very was we were what when where whether which
    while who whom whose why will with would yes you your yours give show find list according der die
    das den dem des ein eine einer eines einem einen und oder aber ist sind war waren wird werden wurde
    wurden hat haben hatte hatten ich du er sie es wir ihr mich mir uns ihm ihn ihnen sein seine seinen
    seiner mein meine meinen meiner auf aus bei bis für gegen in im ins mit nach ohne um unter von vom
    vor zu zum zur als wie wer wen wem was wann wo warum welche welcher welches welchen nicht kein keine
    auch noch nur schon am an dass wenn dann ja nein über kann können muss müssen soll sollen le la les
    un une des du de et ou est sont oui non était être à au aux en dans par pour sur avec sans ce cet
    cette ces qui que quoi dont où quand comment pourquoi quel quelle quels quelles il elle ils elles je
    tu nous vous ne pas plus se sa son ses leur leurs mon ma mes el los las una unos unas y o es son era
    fue ser del al con por para sin sobre su sus mi mis lo qué quién cuándo dónde cómo cuál cuáles se no
    más il gli i uno di da che chi quando dove come perché quale quali è sono della delle dei degli nel
    nella
"""
_STOP = frozenset(_STOP_TEXT.split())
_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_DIGITS = {word: str(number) for number, word in enumerate(_NUMBERS)}
_WORD = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]+|\d+(?:[.,]\d+)*|[^\W_\u2e80-\u9fff\uac00-\ud7af]+")
_ENDINGS = re.compile(r"(?:ations?|ings?|edly|ment|ness|ies|ied|ers?|ed|es|en|ly|s|e|y)$")


def is_stop(word: str) -> bool:
    """Say whether a lower-case word carries no meaning of its own."""
    return word in _STOP


def raw_words(text: str) -> list[str]:
    """Return every word and number of a text, as written, in order."""
    return _WORD.findall(text)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return a crude common form of a word's inflections: lower case, no accents, no ending.

    Numbers lose their separators, so that 5,409 and 5409.00 are the same, and seven is 7.
    """
    word = _DIGITS.get(word.casefold(), word)
    if word[0].isdigit():
        whole, point, rest = word.replace(",", "").partition(".")
        rest = rest.rstrip("0")
        return whole + point + rest if rest else whole
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    short = _ENDINGS.sub("", plain)
    return short if len(short) > 2 else plain


def stems(text: str) -> list[str]:
    """Return the stems of a text's meaningful words, each once, in order; CJK runs as pairs of signs."""
    found: dict[str, None] = {}
    for word in raw_words(text):
        if "\u2e80" <= word[0] <= "\ud7af":
            found.update(dict.fromkeys([a + b for a, b in pairwise(word)] or [word]))
        elif not is_stop(word.casefold()):
            found[stem(word)] = None
    return list(found)


def search_words(question: str) -> list[str]:
    """Return the words to look for: the meaningful ones, their parts, and neighbours written as one.

    FY2019 is also looked for as 2019, and "Best Buy" also as bestbuy, as file names have it.
    """
    every = [word.casefold() for word in raw_words(question)]
    words = [word for word in every if not is_stop(word)] or every
    parts = [part for word in words for part in _parts(word)]
    joined = [a + b for a, b in pairwise(every) if a.isalpha() and b.isalnum() and not {a, b} & _STOP]
    return list(dict.fromkeys([*words, *parts, *joined]))


def _parts(word: str) -> list[str]:
    parts = re.findall(r"\d+|[^\W\d]+", word)
    return [part for part in parts if len(part) > 1] if len(parts) > 1 and not word[0].isdigit() else []
