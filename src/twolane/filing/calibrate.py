"""What the filing lane learns from documents that nobody labelled: where the categories lie, and how the
small model is biased.

Everything is kept as one sum a category, weighted by the probability that a document belongs there. Means are
taken over categories and not over documents, so that a thousand invoices and three letters do not look
like a bias towards invoices.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_VERSION = 1
# Older documents fade out beyond this many a category: the library changes, and sums stay small.
_REMEMBERED = 300.0


@dataclass(frozen=True, eq=False)
class Calibration:
    """The sums so far, for one taxonomy, embedder, model and prompt, which `key` names.

    `seen` (categories) is the weight of embedded documents and `vectors` (categories, dimensions) the sum of
    their vectors; `asked` (categories) is the weight of documents that the small model was asked about,
    `logprobs` and `squares` (categories, labels) the sums of its log-probabilities and of their squares;
    `neutral` (labels) is what it says of a text that says nothing, empty before it was asked.
    """

    key: str
    seen: Floats
    vectors: Floats
    asked: Floats
    logprobs: Floats
    squares: Floats
    neutral: Floats

    @classmethod
    def fresh(cls, key: str, categories: int) -> Calibration:
        """Return a calibration that has seen nothing."""
        table = np.zeros((categories, categories))
        return cls(
            key,
            np.zeros(categories),
            np.zeros((categories, 0)),
            np.zeros(categories),
            table,
            table,
            np.zeros(0),
        )

    def with_vector(self, vector: Floats, weights: Floats) -> Calibration:
        """Return it with one more document's vector, shared out over the categories by `weights`."""
        vectors = self.vectors if self.vectors.shape[1] else np.zeros((len(weights), len(vector)))
        keep = _fading(self.seen, weights)
        return replace(
            self,
            seen=(self.seen + weights) * keep,
            vectors=(vectors + np.outer(weights, vector)) * keep[:, None],
        )

    def with_logprobs(self, logprobs: Floats, weights: Floats) -> Calibration:
        """Return it with what the small model said of one more document."""
        keep = _fading(self.asked, weights)
        return replace(
            self,
            asked=(self.asked + weights) * keep,
            logprobs=(self.logprobs + np.outer(weights, logprobs)) * keep[:, None],
            squares=(self.squares + np.outer(weights, logprobs**2)) * keep[:, None],
        )

    def with_neutral(self, neutral: Floats) -> Calibration:
        """Return it with what the small model says of a text that says nothing."""
        return replace(self, neutral=neutral)

    def to_json(self) -> str:
        """Return it as JSON, arrays as base64 of 32 bit numbers."""
        arrays = {name: _packed(getattr(self, name)) for name in _ARRAYS}
        return json.dumps({"version": _VERSION, "key": self.key, **arrays})

    @classmethod
    def from_json(cls, text: str) -> Calibration | None:
        """Read what `to_json` wrote; None where it is damaged or of another version: it is learned anew."""
        try:
            found = json.loads(text)
            if found["version"] != _VERSION:
                return None
            made = cls(str(found["key"]), **{name: _unpacked(found[name]) for name in _ARRAYS})
        except (ValueError, KeyError, TypeError, binascii.Error):
            return None
        return made if made._fits(len(made.seen)) else None

    def _fits(self, categories: int) -> bool:
        table = (categories, categories)
        return (
            self.vectors.ndim == 2
            and len(self.vectors) == categories
            and self.asked.shape == self.seen.shape
            and self.logprobs.shape == self.squares.shape == table
            and self.neutral.shape in {(0,), (categories,)}
            and all(bool(np.isfinite(getattr(self, name)).all()) for name in _ARRAYS)
        )


_ARRAYS = ("seen", "vectors", "asked", "logprobs", "squares", "neutral")


def _fading(weights: Floats, more: Floats) -> Floats:
    """Return the factor a category that keeps its weight within what is remembered."""
    return np.minimum(1.0, _REMEMBERED / np.maximum(weights + more, 1e-9))


def _packed(array: Floats) -> dict[str, object]:
    data = base64.b64encode(array.astype("<f4").tobytes()).decode("ascii")
    return {"shape": list(array.shape), "data": data}


def _unpacked(packed: dict[str, object]) -> Floats:
    data = np.frombuffer(base64.b64decode(str(packed["data"]), validate=True), dtype="<f4")
    shape = packed["shape"]
    if not isinstance(shape, list):
        raise TypeError("a shape is a list")
    return data.reshape(shape).astype(np.float64)
