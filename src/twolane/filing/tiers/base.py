"""The port of a tier of the filing cascade: it looks at a document and gives evidence for each category."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from twolane.documents import ModelAnswer, Tier
from twolane.errors import ModelFormatError
from twolane.filing.learn import Learning
from twolane.filing.numbers import Floats, softmax

DocumentVector = Callable[[], Floats | None]
"""Gives a document's own vector (dimensions), of length 1, which is made when it is first asked for, or None
where it has no text. Raises the `ModelError` of the embedder."""


# Evidence speaks against a category that it makes less likely than this share of chance: a claim that by
# itself is right in six cases of seven is then right in three of four.
_AGAINST = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """A document as the tiers get it; `text` is its beginning, without needless white space.

    `vector` is None for a text that is no document of the library: then a tier embeds the text itself.
    `earlier` is the category that a person gave to what the file held before; "" where nobody did. `answers`
    are what models said before; one of which none is known is asked, if it `may_be_asked`.
    `document` is its hash, "" for a text that is none of the library.
    """

    text: str
    path: Path | None = None
    media_type: str = ""
    vector: DocumentVector | None = None
    earlier: str = ""
    answers: tuple[ModelAnswer, ...] = ()
    may_be_asked: bool = True
    document: str = ""


@dataclass(frozen=True, eq=False)
class Opinion:
    """The evidence of one tier on a document.

    `logits` (categories) is added to those of the other tiers; the softmax of the sum is the probability of
    each category. `reason` returns the evidence for the category with an index, in words. No further tier is
    asked where it is `final`. `claims` is the place of the category that the tier decides for by itself,
    without being final: where the rest of the evidence outweighs it, a person is asked; where the claim is
    `weak`, already where the rest speaks against it. It is `unlike` where the document is far from every
    category. `by` names the model that was asked.
    """

    tier: Tier
    logits: Floats
    reason: Callable[[int], str]
    by: str = ""
    final: bool = False
    claims: int | None = None
    weak: bool = False
    unlike: bool = False
    answer: ModelAnswer | None = None


class FilingTier(Protocol):
    """One tier; safe to use from several threads.

    A tier that fails raises a `ModelError`, and is left out: the others decide.
    """

    @property
    def tier(self) -> Tier:
        """Which tier it is."""

    @property
    def asked_below(self) -> float:
        """The tier is asked where the tiers before it are less sure than this, 0 to 1."""

    def look(self, case: Case, before: Sequence[Opinion], learning: Learning) -> Opinion | None:
        """Return evidence, None where there is none; `before` is the evidence of the tiers before this one.

        Raises the `ModelError` of the model that it asks.
        """


def combined(opinions: Sequence[Opinion], categories: int) -> Floats:
    """Return the probability of each category by all the evidence."""
    return softmax(sum((opinion.logits for opinion in opinions), np.zeros(categories)))


def contradicted(opinions: Sequence[Opinion], categories: int) -> bool:
    """Say whether all the evidence contradicts what a tier claims."""
    best = int(combined(opinions, categories).argmax())
    for opinion in opinions:
        if opinion.claims is None:
            continue
        rest = [other for other in opinions if other is not opinion]
        share = combined(rest, categories)[opinion.claims] if rest and opinion.weak else 1.0
        if opinion.claims != best or share < _AGAINST / categories:
            return True
    return False


def finite(numbers: Floats, count: int, source: str) -> Floats:
    """Return what a model has answered, as it is. Raises `ModelFormatError` unless it is so many numbers.

    A server that answers NaN, or for other labels than were asked, would otherwise decide on every document.
    """
    if numbers.shape == (count,) and np.isfinite(numbers).all():
        return numbers
    raise ModelFormatError(
        f"{source} answered with something else than {count} finite numbers",
        "look at the model's server, or set another model",
    )
