"""Groups of documents that are like each other, by their vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MERGED = -9.0  # below any cosine


def clusters(vectors: NDArray[np.floating], *, least_cosine: float, least_size: int) -> list[list[int]]:
    """Return groups of rows of unit vectors (documents, dimensions), largest first.

    Groups are merged, the two most similar first, for as long as the mean cosine between their members is at
    least `least_cosine` (average linkage, Sokal and Michener 1958). Smaller groups are left out. It takes
    memory for a cosine a pair of documents.
    """
    if not len(vectors):
        return []
    cosines = (vectors @ vectors.T).astype(np.float32)
    np.fill_diagonal(cosines, _MERGED)
    sizes = np.ones(len(vectors), dtype=np.float32)
    members = [[place] for place in range(len(vectors))]
    while True:
        one, other = divmod(int(cosines.argmax()), len(vectors))
        if cosines[one, other] < least_cosine:
            break
        merged = (sizes[one] * cosines[one] + sizes[other] * cosines[other]) / (sizes[one] + sizes[other])
        merged[cosines[one] == _MERGED] = _MERGED
        cosines[one] = cosines[:, one] = merged
        cosines[other] = cosines[:, other] = cosines[one, one] = _MERGED
        sizes[one] += sizes[other]
        members[one] += members[other]
        members[other] = []
    found = [sorted(group) for group in members if len(group) >= least_size]
    return sorted(found, key=len, reverse=True)
