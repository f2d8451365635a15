"""Where the vectors of each language lie, for models that put texts of one language together.

Why: docs/why/models.md#passages-of-all-languages-are-levelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twolane.llm.base import Vectors

MEANS_FOLDER = Path(str(resources.files(__package__))) / "means"

# All the way finds still more across languages, and loses some within one.
_SHARE_OF_THE_WAY = 0.5


@dataclass(frozen=True, slots=True)
class LanguageMeans:
    """The mean vector of each language, over the same messages: shape (languages, dimensions)."""

    codes: tuple[str, ...]
    means: NDArray[np.float32]

    def levelled(self, vectors: Vectors, languages: Sequence[str]) -> Vectors:
        """Move vectors from where their languages lie half the way to the middle of all; rows have length 1.

        A text whose language is not known, or not in the list, stays where it is.
        """
        middle = self.means.mean(axis=0)
        means = dict(zip(self.codes, self.means, strict=True))
        away = np.stack([means.get(code, middle) - middle for code in languages])
        moved = vectors - _SHARE_OF_THE_WAY * away
        rows: Vectors = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
        return rows


@cache
def read_means(name: str) -> LanguageMeans:
    """Return the means that are kept for a model."""
    with np.load(MEANS_FOLDER / f"{name}.npz", allow_pickle=False) as kept:
        return LanguageMeans(
            tuple(kept.files), np.stack([kept[code] for code in kept.files], dtype=np.float32)
        )
