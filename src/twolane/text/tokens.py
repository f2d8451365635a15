"""Estimates a text's tokens where there is no tokenizer: one estimate errs high, one errs low."""

from __future__ import annotations

import re

_LETTERS = re.compile(r"[A-Za-z]+")
_BLANKS = re.compile(r"[ \t]{2,}|[ \t](?=\d)")

# One match is about one token of the usual tokenizers: CJK characters count one by one, digits in pairs.
_TOKENISH = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]|\d{1,2}|[^\W\d_\u2e80-\ud7af]{1,9}|[^\w\s]|_"
)


def most_tokens(text: str) -> int:
    """Return a high estimate of a text's tokens, for what must fit: a prompt in a model's context.

    Letters count a third, every other visible ASCII character and every line one, and so do blanks before
    digits (some tokenizers know single digits only), other scripts three quarters of their UTF-8 bytes.
    English comes out about half too high; only rare words and rows of consonants can come out too low.
    """
    letters = sum(-(-len(word.group()) // 3) for word in _LETTERS.finditer(text))
    rest = _LETTERS.sub("", text)
    plain = sum(1 for c in rest if c.isascii() and (c == "\n" or not c.isspace()))
    blanks = len(_BLANKS.findall(text))
    other = sum(len(c.encode("utf-8", "replace")) for c in rest if not c.isascii())
    return letters + plain + blanks + -(-3 * other // 4)


def fewest_tokens(text: str) -> int:
    """Return a low estimate of a text's tokens, for sizes that are counted afterwards: pieces of a page.

    A word of up to nine letters counts one, which is right for common English words and too low for others.
    """
    return len(_TOKENISH.findall(text))
