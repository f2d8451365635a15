"""Sketches of texts: by a few numbers each, those that share most of their neighbouring words are found."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence

from rensa import RMinHash

from twolane.copies.papers import flattened, numbers_of, shingles_of, terms_of
from twolane.store.values import Sketch

# So many bands of so many numbers: of two texts that share 0.7 of their pairs of words at least one band is
# the same 996 times in 1,000, of two that share 0.3 15 times in 100: 1 - (1 - share^rows)^bands.
BANDS, ROWS = 20, 4
_SEED = 42
# A change of what is sketched, or how, makes sketches that cannot be compared with those of before.
_OURS = 1
FORM = f"{_OURS}.{RMinHash.ALGORITHM_VERSION}"

# Below so many words and numbers a text says too little to be told by: "Thank you." is nobody's copy.
LEAST_TERMS = 8
# Of a book this much is sketched: an edit behind it is found by what comes before it.
_SKETCHED_CHARS = 200_000
_MOST_NUMBERS = 400


def sketch_of(text: str) -> Sketch:
    """Return the sketch of a text: the empty one where it says too little to be told by."""
    flat = flattened(text)
    terms = terms_of(flat[:_SKETCHED_CHARS])
    if len(terms) < LEAST_TERMS:
        return Sketch(FORM, "", (), "", len(terms))
    hashed = RMinHash(BANDS * ROWS, _SEED)
    hashed.update(list(shingles_of(terms)))
    # where a word ends is a matter of layout, and so is what punctuation follows it
    whole = terms if len(flat) <= _SKETCHED_CHARS else terms_of(flat)
    digest = hashlib.sha256("".join(whole).encode("utf-8", "replace")).hexdigest()
    numbers = sorted(numbers_of(flat[:_SKETCHED_CHARS]))[:_MOST_NUMBERS]
    return Sketch(FORM, digest, bands_of(hashed.digest()), " ".join(numbers), len(terms))


def bands_of(row: Sequence[int]) -> tuple[int, ...]:
    """Return a 64-bit number for each band of a sketch, which says which band it is too."""
    return tuple(_band(place, row[place : place + ROWS]) for place in range(0, len(row), ROWS))


def _band(place: int, numbers: Sequence[int]) -> int:
    digest = hashlib.blake2b(struct.pack(f"<{ROWS + 1}I", place, *numbers), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
