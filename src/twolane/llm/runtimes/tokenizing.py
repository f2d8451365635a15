"""Texts as the numbers of a model's tokens, in little memory.

Why a large vocabulary is kept here: docs/why/models.md#a-large-vocabulary-is-kept-by-the-embedder-itself.
"""

from __future__ import annotations

import json
import re
from array import array
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Any, Protocol

# Entries of a vocabulary by their probability, as JSON has them: ["▁the", -5.1].
_VOCABULARY = re.compile(rb'"vocab"\s*:\s*\[(?=\s*\[)')
_ENTRY = re.compile(rb'\s*,?\s*\[\s*("(?:[^"\\]|\\.)*")\s*,\s*(-?[0-9][0-9.eE+-]*)\s*\]')
# An unknown character costs this much more than the rarest piece.
_UNKNOWN_COSTS = 10.0
# Words come again, lines of a script without blanks do not.
_KEPT_WORDS, _WORD_CHARS = 16_384, 24
# What marks the start and the end of a text, where nothing does.
_UNMARKED: dict[str, Any] = {"type": "TemplateProcessing", "single": [{"Sequence": {}}]}


class TextTokenizer(Protocol):
    """What turns a text into token ids."""

    def ids(self, text: str, *, marked: bool = True) -> list[int]:
        """Return the ids, with those that mark a text's start and end around them where `marked`."""


def read_tokenizer(path: Path) -> TextTokenizer:
    """Return the tokenizer of a `tokenizer.json`. Raises `OSError` or `ValueError`."""
    content = path.read_bytes()
    found = _VOCABULARY.search(content)
    pieces = _Pieces() if found is None else _Pieces.read(content, found.end())
    rest = content if found is None else content[: found.end()] + content[pieces.end :]
    # The library raises a bare Exception for a bad file, so JSON is checked here first.
    described = json.loads(rest)
    if found is not None and _is_known(described):
        return UnigramTokenizer(described, pieces)
    return LibraryTokenizer(content.decode("utf-8"))


class LibraryTokenizer:
    """A tokenizer that the library holds, vocabulary and all."""

    def __init__(self, content: str) -> None:
        from tokenizers import Tokenizer as Library

        self._tokenizer = Library.from_str(content)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def ids(self, text: str, *, marked: bool = True) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=marked).ids
        return ids


class _Pieces:
    """A vocabulary: what pieces of words there are, and the logarithms of their probabilities."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.scores = array("d")
        self.end = 0

    @classmethod
    def read(cls, content: bytes, start: int) -> _Pieces:
        """Read the entries from there on, one at a time: a list of them would leave memory in shreds."""
        pieces = cls()
        pieces.end = start
        while entry := _ENTRY.match(content, pieces.end):
            piece, score = entry.groups()
            pieces.ids[json.loads(piece)] = len(pieces.scores)
            pieces.scores.append(float(score))
            pieces.end = entry.end()
        return pieces


class UnigramTokenizer:
    """Cuts words into the likeliest pieces of a vocabulary, as the library does and with the same ids.

    The library still makes words of a text; what it would hold the pieces in takes eight times the memory.
    """

    def __init__(self, described: dict[str, Any], pieces: _Pieces) -> None:
        self._pieces = pieces
        self._unknown: int = described["model"]["unk_id"]
        self._unknown_score = min(pieces.scores) - _UNKNOWN_COSTS
        self._longest: dict[str, int] = {}
        for piece in pieces.ids:
            self._longest[piece[:1]] = max(len(piece), self._longest.get(piece[:1], 0))
        self._named = {each["content"]: each["id"] for each in described["added_tokens"]}
        names = sorted(map(re.escape, self._named), key=len, reverse=True)
        self._names = re.compile(f"({'|'.join(names)})") if names else None
        self._words = _words_of(described)
        self._marks = _marks_of(described)
        self._kept = lru_cache(_KEPT_WORDS)(self._likeliest)

    def ids(self, text: str, *, marked: bool = True) -> list[int]:
        ids: list[int] = []
        for part in self._names.split(text) if self._names else [text]:
            named = self._named.get(part)
            ids += self._part(part) if named is None else [named]
        return [*self._marks[0], *ids, *self._marks[1]] if marked else ids

    def _part(self, text: str) -> list[int]:
        words = self._words.pre_tokenizer.pre_tokenize_str(self._words.normalizer.normalize_str(text))
        ids: list[int] = []
        for word, _ in words:
            ids += self._kept(word) if len(word) <= _WORD_CHARS else self._likeliest(word)
        return ids

    def _likeliest(self, word: str) -> tuple[int, ...]:
        """Return the ids of the pieces whose probabilities multiply to most; the first of equals."""
        find, scores, size = self._pieces.ids.get, self._pieces.scores, len(word)
        best = [-inf] * (size + 1)
        best[0] = 0.0
        starts, ids = [0] * (size + 1), [self._unknown] * (size + 1)
        for start, first in enumerate(word):
            here = best[start]
            if first not in self._pieces.ids and self._unknown_score + here > best[start + 1]:
                best[start + 1], starts[start + 1] = self._unknown_score + here, start
                ids[start + 1] = self._unknown
            for end in range(start + 1, min(size, start + self._longest.get(first, 0)) + 1):
                piece = find(word[start:end])
                if piece is not None and (score := scores[piece] + here) > best[end]:
                    best[end], starts[end], ids[end] = score, start, piece
        return self._backwards(starts, ids)

    def _backwards(self, starts: list[int], ids: list[int]) -> tuple[int, ...]:
        """Return the ids of the best way through a word; unknown characters in a row are one token."""
        found: list[int] = []
        end = len(ids) - 1
        while end:
            if not (found and ids[end] == found[-1] == self._unknown):
                found.append(ids[end])
            end = starts[end]
        return tuple(found[::-1])


def _is_known(described: dict[str, Any]) -> bool:
    """Tell whether a description says nothing that `UnigramTokenizer` does not do."""
    model = described["model"]
    return (
        model.get("type") == "Unigram"
        and isinstance(model.get("unk_id"), int)
        and not model.get("byte_fallback")
        and bool(described.get("normalizer"))
        and bool(described.get("pre_tokenizer"))
        and (described.get("post_processor") or _UNMARKED)["type"] == _UNMARKED["type"]
        and not any(
            each.get(way)
            for each in described["added_tokens"]
            for way in ("single_word", "lstrip", "rstrip", "normalized")
        )
    )


def _words_of(described: dict[str, Any]) -> Any:
    """Return the library's tokenizer with a vocabulary of one piece: it makes words of texts as it would."""
    from tokenizers import Tokenizer as Library

    model = {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]]}
    plain: dict[str, Any] = {"truncation": None, "padding": None, "added_tokens": [], "model": model}
    return Library.from_str(json.dumps({**described, **plain}))


def _marks_of(described: dict[str, Any]) -> tuple[list[int], list[int]]:
    """Return the ids that stand before and after those of every text."""
    sides: tuple[list[int], list[int]] = ([], [])
    template = described.get("post_processor") or _UNMARKED
    side = 0
    for each in template["single"]:
        if "Sequence" in each:
            side = 1
        else:
            sides[side].extend(template["special_tokens"][each["SpecialToken"]["id"]]["ids"])
    return sides
