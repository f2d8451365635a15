"""The first tier: rules that decide alone, and hints in the text, which are evidence for a category."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

from twolane.documents import Tier
from twolane.filing.learn import Learning
from twolane.filing.taxonomy import Category, Taxonomy
from twolane.filing.tiers.base import Case, Opinion

HINT_CHARS = 3000
PATTERN_CHARS = 20_000

# A rule that decides alone was right 31 times of 31 on the development set. Hints never decide alone: even
# many of them together were wrong one time in five on documents of kinds they were not written for.
_RULE_CONFIDENCE = 0.97
# What one hint adds to a category's logit, and the most hints that count.
_HINT_LOGIT = 1.6
_MOST_HINTS = 4


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules found: the category they decide for, or "", and the hints for each category in order."""

    decided: str
    reason: str
    hints: tuple[tuple[str, ...], ...]


class Rules:
    """A taxonomy's rules, ready to be applied; safe to use from several threads."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._rules = tuple(_Rule(category) for category in taxonomy.categories)

    def look(self, text: str, path: Path | None = None, media_type: str = "") -> Evidence:
        """Apply every rule to a document; `text` is its beginning, without needless white space."""
        text = re.sub(r"\n{2,}", "\n", text)  # rows of empty lines make expressions with \s* very slow
        hints = tuple(rule.hints(text[:HINT_CHARS]) for rule in self._rules)
        decisive = [
            (rule.category, why)
            for rule in self._rules
            if (why := rule.decides(text[:PATTERN_CHARS], path, media_type))
        ]
        if len(decisive) == 1:
            category, why = decisive[0]
            return Evidence(category.id, why, hints)
        return Evidence("", "", hints)


class RulesTier:
    """Obeys `FilingTier`: a rule decides alone, hints are evidence for their category."""

    asked_below = 2.0  # always: it is the first

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._rules = Rules(taxonomy)
        self._categories = taxonomy.categories

    def look(self, case: Case, before: Sequence[Opinion], learning: Learning) -> Opinion | None:  # noqa: ARG002
        evidence = self._rules.look(case.text, case.path, case.media_type)
        if evidence.decided:
            others = (1.0 - _RULE_CONFIDENCE) / (len(self._categories) - 1)
            decided = [category.id == evidence.decided for category in self._categories]
            logits = np.log(np.where(decided, _RULE_CONFIDENCE, others))
            return Opinion(Tier.RULES, logits, lambda _: evidence.reason, final=True)
        if not any(evidence.hints):
            return None
        counts = np.array([min(len(found), _MOST_HINTS) for found in evidence.hints], dtype=np.float64)
        return Opinion(Tier.RULES, _HINT_LOGIT * counts, lambda best: self._words(evidence, best))

    def _words(self, evidence: Evidence, best: int) -> str:
        found = evidence.hints[best]
        return f'words of "{self._categories[best].name}": {quote(found)}' if found else ""


class _Rule:
    """One category's rules with their expressions compiled."""

    def __init__(self, category: Category) -> None:
        self.category = category
        self._extensions = {"." + extension.lower().lstrip(".") for extension in category.extensions}
        self._folders = {folder.casefold() for folder in category.folders}
        self._media_types = tuple(media_type.lower() for media_type in category.media_types)
        self._patterns = tuple(_compile(expression) for expression in category.patterns)
        self._hints = tuple(_compile(expression) for expression in category.hints)

    def decides(self, text: str, path: Path | None, media_type: str) -> str:
        """Return why a rule decides for this category, or ""."""
        if path and path.suffix.lower() in self._extensions:
            return f"the name ends in {path.suffix.lower()}"
        if path:
            for folder in path.parts[:-1]:
                if folder.casefold() in self._folders:
                    return f'it is in the folder "{folder}"'
        if any(fnmatchcase(media_type.lower(), pattern) for pattern in self._media_types):
            return f"it is {media_type}"
        for pattern in self._patterns:
            if match := pattern.search(text):
                return "it holds " + quote([match[0]])
        return ""

    def hints(self, text: str) -> tuple[str, ...]:
        """Return what each hint that matches found."""
        return tuple(match[0] for hint in self._hints if (match := hint.search(text)))


def quote(found: tuple[str, ...] | list[str]) -> str:
    """Return up to three findings as quoted words, for a person to read."""
    words = (" ".join(words.split()).strip(" :.,-*#") for words in found)
    return ", ".join(f'"{word[:30]}"' for word in [word for word in words if word][:3])


def _compile(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE | re.MULTILINE)
