"""What a library holds that questions may name, and where a question names it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from twolane.chat.asked.tokens import Token, words_of
from twolane.chat.asked.words import concepts_of
from twolane.facts import Correspondent, FieldSpec, FieldType
from twolane.text.stems import stem

_PARTS_OF_NAMES = re.compile(r"\s*(?:[/,;&|]|\bor\b|\boder\b|\bou\b|\bund\b|\band\b|\bet\b|\by\b|\bи\b)\s*")
_LEAST_LETTERS, _MOST_ENDING = 4, 3  # of a name that may be inflected, and by how much
_BEGINNING = 2  # letters by which inflected names are looked up
_MOST_MEANT = 5  # a word that more correspondents have in their names names none of them
_VOWELS = "aeiouyаеиоуыюяьй"


@dataclass(frozen=True, slots=True)
class KnownCategory:
    """A category as questions may name it; `amounts` and `dates` are its fields that are such."""

    id: str
    name: str
    amounts: tuple[FieldSpec, ...] = ()
    dates: tuple[FieldSpec, ...] = ()

    @classmethod
    def of(cls, category_id: str, name: str, fields: Iterable[FieldSpec]) -> KnownCategory:
        """Return a category with these fields, of which only sums of money and dates matter here."""
        fields = tuple(fields)
        amounts = tuple(spec for spec in fields if spec.type is FieldType.AMOUNT)
        return cls(category_id, name, amounts, tuple(spec for spec in fields if spec.type is FieldType.DATE))


@dataclass(frozen=True)
class KnownNames:
    """What a library holds that questions may name; `find_folders` is called where a question names one."""

    categories: tuple[KnownCategory, ...] = ()
    correspondents: tuple[Correspondent, ...] = ()
    tags: tuple[str, ...] = ()
    find_folders: Callable[[], Sequence[Path]] = field(default=tuple, compare=False)

    @cached_property
    def amounts(self) -> Mapping[str, FieldSpec]:
        """The sums of money that documents of any category have, by the ids of their fields."""
        return {spec.id: spec for category in self.categories for spec in category.amounts}

    @cached_property
    def amount_words(self) -> Mapping[str, tuple[str, ...]]:
        """The library's own names of those amounts, as tokens have them."""
        return {one: words_of(spec.name) for one, spec in self.amounts.items()}

    @cached_property
    def concepts(self) -> Mapping[str, tuple[KnownCategory, ...]]:
        """The categories that are meant by each entry of `kinds.toml`."""
        found: dict[str, tuple[KnownCategory, ...]] = {}
        for category in self.categories:
            names = {category.name, *_PARTS_OF_NAMES.split(category.name)}
            concepts = frozenset().union(*map(concepts_of, names)) | {category.id}
            for concept in concepts:
                found[concept] = (*found.get(concept, ()), category)
        return found

    @cached_property
    def _category_words(self) -> tuple[tuple[tuple[str, ...], KnownCategory], ...]:
        return tuple(
            (words, category)
            for category in self.categories
            for name in dict.fromkeys((category.name, *_PARTS_OF_NAMES.split(category.name)))
            if (words := words_of(name))
        )

    def _categories_by(self, algorithm: str) -> Mapping[str, Sequence[tuple[tuple[str, ...], KnownCategory]]]:
        """Return the names of categories by their first words without endings."""
        if algorithm not in self._by_algorithm:
            found: dict[str, list[tuple[tuple[str, ...], KnownCategory]]] = {}
            for words, category in self._category_words:
                found.setdefault(_stem(words[0], algorithm), []).append((words, category))
            self._by_algorithm[algorithm] = found
        return self._by_algorithm[algorithm]

    @cached_property
    def _by_algorithm(self) -> dict[str, Mapping[str, Sequence[tuple[tuple[str, ...], KnownCategory]]]]:
        return {}

    def categories_at(self, tokens: Sequence[Token], start: int, algorithm: str) -> tuple[int, list[str]]:
        """Return where the longest name of a category that begins at a token ends, and whose it is.

        With an algorithm a name may have the ending of another case or number, else it has to be the same.
        """
        best, ids = start, list[str]()
        for words, category in self._categories_by(algorithm).get(_stem(tokens[start].word, algorithm), ()):
            end = start + len(words)
            found = [token.word for token in tokens[start:end]]
            if end >= max(best, start + 1) and _are_alike(words, found, algorithm):
                ids = [category.id] if end > best else [*ids, category.id]
                best = end
        return best, list(dict.fromkeys(ids))

    def category(self, category_id: str) -> KnownCategory | None:
        """Return the category with an id."""
        return next((one for one in self.categories if one.id == category_id), None)

    def correspondent(self, number: int) -> Correspondent | None:
        """Return the correspondent with a number."""
        return self._by_number.get(number)

    @cached_property
    def _by_number(self) -> Mapping[int, Correspondent]:
        return {one.correspondent_id: one for one in self.correspondents}

    @cached_property
    def _name_words(self) -> Mapping[str, frozenset[int]]:
        """The correspondents that have each word in a spelling of their names."""
        found: dict[str, set[int]] = {}
        for number, words in self._spellings:
            for word in words:
                found.setdefault(word, set()).add(number)
        return {word: frozenset(numbers) for word, numbers in found.items()}

    @cached_property
    def _spellings(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        return tuple(
            (one.correspondent_id, words)
            for one in self.correspondents
            for name in dict.fromkeys((one.name, *one.names))
            if (words := words_of(name))
        )

    @cached_property
    def _by_first(self) -> Mapping[str, tuple[tuple[int, tuple[str, ...]], ...]]:
        found: dict[str, tuple[tuple[int, tuple[str, ...]], ...]] = {}
        for spelling in self._spellings:
            found[spelling[1][0]] = (*found.get(spelling[1][0], ()), spelling)
        return found

    @cached_property
    def _by_beginning(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for word in self._name_words:
            beginning = word[:_BEGINNING]
            found[beginning] = (*found.get(beginning, ()), word)
        return found

    def spelt_at(self, tokens: Sequence[Token], start: int) -> tuple[int, frozenset[int]]:
        """Return where the longest name of a correspondent that begins at a token ends, and whose it is."""
        best, numbers = start, set[int]()
        for number, words in self._by_first.get(tokens[start].word, ()):
            end = start + len(words)
            if end >= max(best, start + 1) and words == tuple(token.word for token in tokens[start:end]):
                numbers = numbers | {number} if end == best else {number}
                best = end
        return best, frozenset(numbers)

    def meant_at(
        self, tokens: Sequence[Token], start: int, stop: int, *, inflected: bool
    ) -> tuple[int, frozenset[int]]:
        """Return where words that few correspondents have in their names end, and who has all of them.

        With `inflected`, the words may have other endings than the names have.
        """
        end, numbers = start, frozenset[int]()
        while end < stop:
            having = self._having(tokens[end], inflected=inflected)
            both = having & numbers if numbers else having
            if not both:
                break
            numbers, end = both, end + 1
        return (end, numbers) if 0 < len(numbers) <= _MOST_MEANT else (start, frozenset())

    def _having(self, token: Token, *, inflected: bool) -> frozenset[int]:
        if token.is_joined:
            return frozenset()
        exact = self._name_words.get(token.word, frozenset())
        if exact or not inflected or len(token.word) <= _BEGINNING:
            return exact if len(token.word) > 1 else frozenset()
        near = self._by_beginning.get(token.word[:_BEGINNING], ())
        return frozenset().union(*(self._name_words[name] for name in near if _inflects(name, token.word)))

    def joined_at(self, tokens: Sequence[Token], start: int) -> tuple[int, frozenset[int]]:
        """Return what `spelt_at` does for names in scripts without spaces, of which the end may lack."""
        if not tokens[start].is_joined:
            return start, frozenset()
        best, numbers = start, set[int]()
        for number, words in self._by_first.get(tokens[start].word, ()):
            end = start
            while end < len(tokens) and end - start < len(words) and tokens[end].word == words[end - start]:
                end += 1
            if end - start >= 2 and end >= best:
                numbers = numbers | {number} if end == best else {number}
                best = end
        return best, frozenset(numbers)


def _are_alike(name: Sequence[str], words: Sequence[str], algorithm: str) -> bool:
    return len(name) == len(words) and all(
        _stem(one, algorithm) == _stem(word, algorithm) for one, word in zip(name, words, strict=True)
    )


def _stem(word: str, algorithm: str) -> str:
    """Return a word without its ending by an algorithm; short words, as ID is, are taken as they are."""
    return stem(word, algorithm) if algorithm and len(word) >= _LEAST_LETTERS else word


def _inflects(name: str, word: str) -> bool:
    """Say whether a word may be a name with another ending: Bergs of Berg, Анны of Анна."""
    beginning = name[:-1] if name[-1] in _VOWELS else name
    if not word.startswith(beginning) or len(beginning) < _BEGINNING:
        return False
    longest = _MOST_ENDING if len(name) >= _LEAST_LETTERS else 1
    return len(word) - len(beginning) <= longest
