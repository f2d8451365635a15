"""Texts and queries in the full text index's form: words, or pairs of letters in unspaced scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from twolane.text.stems import stop_words_in
from twolane.text.words import SPACELESS_RUN, pairs, plain

MAX_TERMS = 64
_MAX_QUERY_CHARS = 20_000

_ASCII_WORD = re.compile("[a-z0-9]+")


def indexed(text: str) -> str:
    """Return a text as the index holds it.

    The result is part of the schema, since words are removed by giving the same text again: a change of this
    function needs a migration that fills the index again.
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "")
    # the last character stands alone too, so that every character begins some word
    return SPACELESS_RUN.sub(lambda run: f" {' '.join([*pairs(run[0]), run[0][-1]])} ", text)


def match_expression(query: str) -> str:
    """Return the full text expression that finds any word of a query, or "" where it has none."""
    return " OR ".join(_quoted(term) for term in query_terms(query))


def query_terms(query: str) -> list[str]:
    """Return the words of a query to look for, each once; stop words only where there are no others."""
    # the index folds case itself, not quite as Python does: terms keep the case in which they were written
    terms = {term.lower(): term for term in _terms(query[:_MAX_QUERY_CHARS])}
    stop = stop_words_in(list(terms))
    useful = [term for low, term in terms.items() if low not in stop] or list(terms.values())
    return useful[:MAX_TERMS]


def is_prefix(term: str) -> bool:
    """Say whether a term of a query is a single character that begins the words to be found."""
    return len(term) == 1 and SPACELESS_RUN.match(term) is not None


def word_list(text: str) -> list[str]:
    """Return the words of a text that `indexed` returned, without case and accents, as they stand.

    For an index without a tokenizer like SQLite's; the index makes the stems itself.
    """
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    return plain(_separated(text)).split()


def clean(text: str) -> str:
    """Return a text that any database takes: no NUL and no lone surrogates, every offset as before."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _terms(query: str) -> Iterator[str]:
    text = unicodedata.normalize("NFKC", query).replace("\u00ad", "")
    spaced = SPACELESS_RUN.sub(lambda run: f" {' '.join(pairs(run[0]) or run[0])} ", text)
    yield from _separated(spaced).split()


def _separated(text: str) -> str:
    # letters, digits and the marks that belong to letters: what the index's tokenizer keeps
    return "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in text)


def _quoted(term: str) -> str:
    return f'"{term}"*' if is_prefix(term) else f'"{term}"'
