"""The arithmetic that all of filing shares: shares of logits, and vectors of length 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

_LEAST = 1e-9
_GREATEST_POWER = 20.0
_HALVINGS = 30


def softmax(logits: Floats) -> Floats:
    """Return the shares of logits along the last axis, which sum to 1."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def unit(vectors: Floats) -> Floats:
    """Return vectors along the last axis with the length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    lengthened: Floats = vectors / np.maximum(lengths, 1e-12)
    return lengthened


def tempered(shares: Floats, best: float) -> Floats:
    """Return shares raised to the power that makes the greatest one `best`, in the same order.

    The greatest of K shares cannot be less than 1 / K, and does not become 1.
    """
    logits = np.log(np.maximum(shares, _LEAST))
    if abs(float(shares.max()) - best) < _LEAST:
        return shares
    low, high = 0.0, _GREATEST_POWER
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if softmax(middle * logits).max() < best else (low, middle)
    return softmax(low * logits)
