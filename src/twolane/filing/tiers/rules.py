"""The tier of rules, which decide: by what a file is, where it lies, or what only such texts hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

from twolane.documents import Tier
from twolane.filing.expressions import GroupedExpressions
from twolane.filing.learn import Learning
from twolane.filing.taxonomy import Category, Taxonomy
from twolane.filing.tiers.base import Case, Opinion
from twolane.text.words import SPACELESS_RUN, raw_words

PATTERN_CHARS = 20_000

# A rule that decides alone was right 31 times of 31 on the development set.
_RULE_CONFIDENCE = 0.97
# A category that knows its files by their kind alone has few others: about one in eight.
_OTHER_KIND = -2.0


@dataclass(frozen=True, slots=True)
class Ruling:
    """The category that a rule decides for, and why.

    It is `weak` where it rests on a single word of the text, which may well be there by chance.
    """

    category: str
    reason: str
    weak: bool = False


class Rules:
    """A taxonomy's rules, ready to be applied; safe to use from several threads."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._files = tuple(_FileRules(category) for category in taxonomy.categories)
        self._patterns = GroupedExpressions([category.patterns for category in taxonomy.categories])

    def look(self, text: str, path: Path | None = None, media_type: str = "") -> Ruling | None:
        """Apply every rule to a document; `text` is its beginning, without needless white space.

        Returns None where no rule decides, and where rules of two categories do, unless one lies within the
        other: that one is meant.
        """
        text = re.sub(r"\n{2,}", "\n", text)  # rows of empty lines make expressions with \s* very slow
        found = self._patterns.search(text[:PATTERN_CHARS])
        extension = path.suffix.lower() if path else ""
        folders = path.parts[:-1] if path else ()
        rulings = [
            ruling
            for rules, held in zip(self._files, found, strict=True)
            if (
                ruling := rules.look(extension, folders, media_type.lower()) or _of_text(rules.category, held)
            )
        ]
        if len(rulings) > 1:
            around = {wide for one in rulings for wide in self._taxonomy.lineage(one.category)[1:]}
            rulings = [one for one in rulings if one.category not in around]
        return rulings[0] if len(rulings) == 1 else None


class RulesTier:
    """Obeys `FilingTier`: a rule decides alone, but where it rests on one word the other tiers are heard.

    Where none decides, categories that know their files by kind alone are less likely. The rule of a category
    with others within it says only that it is one of those.

    See docs/why/filing.md#one-word-decides-nothing-against-the-rest
    """

    tier = Tier.RULES
    asked_below = 2.0  # always: it is the first

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._rules = Rules(taxonomy)
        leaves = taxonomy.leaves().categories
        self._leaves = len(leaves)
        self._places = {known.id: list(taxonomy.leaf_places(known.id)) for known in taxonomy.categories}
        self._other_kind = np.array([_OTHER_KIND * _is_a_kind(known) for known in leaves])

    def look(self, case: Case, before: Sequence[Opinion], learning: Learning) -> Opinion | None:  # noqa: ARG002
        """Return what a rule decides; one of one word claims nothing where a person has decided before."""
        ruling = self._rules.look(case.text, case.path, case.media_type)
        if ruling is None:
            said_by_kind = self._other_kind.any() and (case.media_type or case.path)
            return Opinion(Tier.RULES, self._other_kind, lambda _: "") if said_by_kind else None
        decided = self._places[ruling.category]
        if len(decided) == self._leaves:
            return None
        logits = np.full(self._leaves, np.log((1.0 - _RULE_CONFIDENCE) / (self._leaves - len(decided))))
        logits[decided] = np.log(_RULE_CONFIDENCE / len(decided))
        one = len(decided) == 1
        claims = one and ruling.weak and all(opinion.claims is None for opinion in before)
        return Opinion(
            Tier.RULES,
            logits,
            lambda _: ruling.reason,
            final=one and not ruling.weak,
            claims=decided[0] if claims else None,
            weak=claims,
        )


class _FileRules:
    """The rules of one category that look at the file and not at its text."""

    def __init__(self, category: Category) -> None:
        self.category = category.id
        self._extensions = {"." + extension.lower().lstrip(".") for extension in category.extensions}
        self._folders = {folder.casefold() for folder in category.folders}
        self._media_types = tuple(media_type.lower() for media_type in category.media_types)

    def look(self, extension: str, folders: Sequence[str], media_type: str) -> Ruling | None:
        if extension in self._extensions:
            return Ruling(self.category, f"the name ends in {extension}")
        for folder in folders if self._folders else ():
            if folder.casefold() in self._folders:
                return Ruling(self.category, f'it is in the folder "{folder}"')
        if any(fnmatchcase(media_type, pattern) for pattern in self._media_types):
            return Ruling(self.category, f"it is {media_type}")
        return None


def _is_a_kind(category: Category) -> bool:
    """Say whether a category knows its files by their kind alone."""
    return bool(category.extensions or category.media_types) and not (category.folders or category.patterns)


def _of_text(category: str, held: Sequence[str]) -> Ruling | None:
    """Return what the patterns of a category say of a text that holds these matches of theirs."""
    if not held:
        return None
    words = sum(_words(found) for found in {found.casefold() for found in held})
    return Ruling(category, "it holds " + quote(held), weak=words < 2)


def _words(found: str) -> int:
    """Count words; a run of a script without spaces has about one in two characters."""
    spaceless = SPACELESS_RUN.findall(found)
    return len(raw_words(found)) + sum((len(run) - 1) // 2 for run in spaceless)


def quote(found: Sequence[str]) -> str:
    """Return up to three findings as quoted words, for a person to read."""
    words = (" ".join(words.split()).strip(" :.,-*#") for words in found)
    return ", ".join(f'"{word[:30]}"' for word in [word for word in words if word][:3])
