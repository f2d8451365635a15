"""Which language a text is written in, by how often its short sequences of letters occur in each.

Why this library: docs/why/reading.md#the-language-of-a-document-comes-from-py3langid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import cache
from threading import Lock
from typing import Any

from twolane.text.languages import plain_code
from twolane.text.transitions import Transitions
from twolane.text.words import raw_words

SAMPLE_CHARS = 1200
# A few words of an invoice's head are in no language for sure.
_LEAST_LETTERS_BYTES = 60
_LEAST_PROBABILITY = 0.9
# What is enough where a wrong guess does little harm.
_FEWEST_LETTERS_BYTES = 12
_SOME_PROBABILITY = 0.3
# Neighbours that nobody asked for share what a few words say among them.
_HARDLY = 0.05
# Most texts tell their language in a few lines; of others more is read, and kinds of a language are joined.
_QUICK_CHARS, _SURE = 400, 0.99
_NO_LANGUAGE = "zxx"
# Kinds of a language that would share its probability among them.
_KIND_OF = {"ary": "ar", "arz": "ar", "grc": "el", "hbo": "he", "nn": "no", "wuu": "zh", "yue": "zh"}

_loading = Lock()


def likely_language(text: str) -> str:
    """Return the ISO 639 code of a text's likeliest language, for short ones too; "" where there is none."""
    return _language(text, _FEWEST_LETTERS_BYTES, _SOME_PROBABILITY)


def probable_language(text: str) -> str:
    """Return what `language_code` would with less certainty: the likeliest language of a text as long."""
    return _language(text, _LEAST_LETTERS_BYTES, _SOME_PROBABILITY)


def language_code(text: str) -> str:
    """Return the ISO 639 code of a text's language, "" for one that is short, mixed or in none."""
    return _language(text, _LEAST_LETTERS_BYTES, _LEAST_PROBABILITY)


def likeliest_of(text: str, codes: Collection[str]) -> str:
    """Return which of these languages a text of a few words is in; "" where it is hardly in any of them."""
    if not any(map(str.isalpha, text)):
        return ""
    with _loading:
        known = identifier()
    shares: Counter[str] = Counter()
    for code, probability in known.rank(text[:SAMPLE_CHARS]):
        shares[_KIND_OF.get(code, code)] += probability
    best = max(codes, key=lambda code: shares[code])
    return best if shares[best] >= _HARDLY else ""


def _language(text: str, least_letters_bytes: int, least_probability: float) -> str:
    sample = text[:SAMPLE_CHARS]
    letters = "".join(filter(str.isalpha, sample))
    if len(letters.encode("utf-8", "replace")) < least_letters_bytes:
        return ""
    if code := plain_code(frozenset(raw_words(sample.casefold()))):
        return code
    with _loading:
        known = identifier()
    best, share = known.classify(sample[:_QUICK_CHARS])
    if share >= _SURE and best not in _KIND_OF:
        return "" if best == _NO_LANGUAGE else str(best)
    shares: Counter[str] = Counter()
    for code, probability in known.rank(sample):
        shares[_KIND_OF.get(code, code)] += probability
    ((best, share),) = shares.most_common(1)
    return best if share >= least_probability and best != _NO_LANGUAGE else ""


@cache
def identifier() -> Any:
    """Return py3langid's identifier of languages, with its largest table kept in little memory."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    opened = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    opened.tk_nextmove = Transitions(opened.tk_nextmove)
    return opened
