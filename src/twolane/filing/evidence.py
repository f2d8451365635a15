"""What documents' vectors say of their categories: prototypes that learn from the pile, and a learned head.

Descriptions are the prior, documents that a person has filed are held fixed, and all others, the pile, are
shared out by soft self-training. Once there are a few labelled documents a category, the log-probabilities
of a logistic regression are added. See docs/why/filing.md#evidence-by-vectors
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twolane.filing.numbers import Floats, softmax, unit
from twolane.filing.regression import Head, trained

# A description counts as much as so many documents of the pile, a labelled document as much as so many.
_PRIOR = 6.0
_LABELLED = 4.0
# All documents of the pile count as this many a category at most, so that the description and people's
# decisions keep their say in a large library.
_MOST_PILE = 300.0
# A pile of so many documents has half its say: self-training lost points on fifty documents.
_HALF_PILE = 50.0
_ROUNDS = 10
# The mean lead of the best category over the next, in units of the spread, from which self-training has a
# say, and from which it has all of it.
_LEAST_GAP = 0.75
_FULL_GAP = 1.25
# How sure descriptions are that do not tell the pile apart, against those that do: of what they were sure of
# in mail and in newsgroups more was wrong than they said.
_UNTOLD = 0.8
# A labelled document whose cosine is more than this is evidence of its own, so much for a whole cosine: of
# the documents nearest to each other by more than 0.6, 98 in 100 were of one category.
_NEAR = 0.5
_NEIGHBOUR = 12.0
# A document is unlike every category where the nearest one is no nearer than so many spreads: one in a
# hundred of those that did belong somewhere. It takes so many documents to know the spread.
_FAR = 0.5
_ENOUGH = 30
# A vector of the pile and itself, kept in half precision.
_SAME = 0.999
# The middle of the documents is near that of the descriptions at first, as if that were so many documents;
# all of it would take too much from documents that have little in common with descriptions.
_PRIOR_MIDDLE = 6.0
_COMMON = 0.5
# Cosines of centred vectors, in units of their own spread, become logits: models differ in how close together
# they put everything. Descriptions alone are less sure where there are few of them: of two, centred, each is
# the other's opposite, which doubles every lead. The spread is measured on so many documents at most, and
# before the first ones guessed.
_SHARPNESS = 1.8
_DESCRIBED_SHARPNESS = 2.8
_SPREAD = 0.12
_PRIOR_SPREAD = 20.0
_MEASURED = 400
# The regression has half its say at so many labelled documents a category.
_HALF_HEAD = 5.0
_MOST_LABELLED = 50


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """The documents of a library by their vectors, each of length 1.

    `labelled` (documents, dimensions) are those that a person has filed, `places` (documents) the index of
    the category of each; `pile` (documents, dimensions) is a sample of all others.
    """

    labelled: Floats
    places: NDArray[np.intp]
    pile: Floats

    @classmethod
    def nothing(cls) -> Known:
        """Return what is known of an empty library."""
        return cls(np.zeros((0, 0)), np.zeros(0, dtype=np.intp), np.zeros((0, 0)))


@dataclass(frozen=True, eq=False, slots=True)
class _SharedPile:
    """The pile shared out over the categories; a value.

    `sums` (categories, dimensions) are descriptions, labelled documents and the pile, `weights` (categories)
    how much the pile counts in each, `shares` (documents, categories) how far each document belongs there.
    """

    pile: Floats
    sums: Floats
    weights: Floats
    shares: Floats

    def cosines(self, vectors: Floats, own: Floats) -> Floats:
        """Return cosines (documents, categories) with the sums, as if the documents were not in them.

        `own` (documents, categories) is what each document has added. A document is otherwise like any
        category that it was counted to: on a small pile everything became certain by itself.
        """
        products = vectors @ self.sums.T
        squares = (self.sums**2).sum(axis=1) - 2 * own * products + own**2
        cosines: Floats = (products - own) / np.sqrt(np.maximum(squares, 1e-12))
        return cosines


@dataclass(frozen=True, eq=False, slots=True)
class VectorOpinion:
    """What a vector says of its document.

    `logits` has one number a category; their softmax is the probability. `unlike` says that the vector is far
    from every category; it never is in a small library, where that cannot be known.
    """

    logits: Floats
    unlike: bool


@dataclass(frozen=True, eq=False, slots=True)
class VectorEvidence:
    """What was learned of a library's vectors; a value. `middle` (dimensions) is taken from each vector."""

    middle: Floats
    spread: float
    shared: _SharedPile
    told_apart: float
    labelled: Floats
    members: NDArray[np.bool_]
    head: Head | None
    head_weight: float

    def of(self, vector: Floats) -> VectorOpinion:
        """Return what a vector (dimensions) says."""
        centred = unit(vector - self.middle)
        few = 1 - 1 / len(self.shared.weights)
        described = _DESCRIBED_SHARPNESS * few * (_UNTOLD + (1 - _UNTOLD) * self.told_apart)
        sharpness = self.head_weight * _SHARPNESS + (1 - self.head_weight) * described
        nearness = self._nearness(centred)
        logits: Floats = sharpness * nearness
        if self.head is not None:
            logits = logits + self.head_weight * self.head.logprobs(centred / self.spread)
            nearest = np.where(self.members, self.labelled @ centred, 0.0).max(axis=1)
            logits = logits + _NEIGHBOUR * np.maximum(0.0, nearest - _NEAR)
        known = len(self.labelled) + len(self.shared.pile) >= _ENOUGH
        return VectorOpinion(logits, known and bool(nearness.max() < _FAR))

    def _nearness(self, centred: Floats) -> Floats:
        """Return the cosine with each category, in units of the spread, without what the document added."""
        own = np.zeros(len(self.shared.weights))
        if len(self.shared.pile):
            place = int((likeness := self.shared.pile @ centred).argmax())
            if likeness[place] > _SAME:
                own = self.shared.weights * self.shared.shares[place]
        nearness: Floats = self.shared.cosines(centred[None], own[None])[0] / self.spread
        return nearness


def learn(descriptions: Floats, known: Known) -> VectorEvidence:
    """Learn from the vectors of the categories' descriptions (categories, dimensions) and of documents.

    Each is centred on its own mean: otherwise a description in general words is close to everything.
    """
    wanted = descriptions.shape[1]
    labelled = known.labelled.reshape(-1, wanted).astype(np.float32)
    pile = known.pile.reshape(-1, wanted).astype(np.float32)
    own = descriptions.mean(axis=0)
    centred = unit(descriptions - own)
    members = np.eye(len(descriptions))[known.places]
    middle = _middle(own, centred, labelled, members, pile)
    labelled, pile = unit(labelled - middle), unit(pile - middle)
    spread = _spread(np.concatenate((labelled, pile))[:_MEASURED])
    examples = float(np.minimum(members.sum(axis=0), _MOST_LABELLED).mean())
    say = examples / (examples + _HALF_HEAD)
    prior = _PRIOR * centred + _LABELLED * members.T @ labelled
    begun = _SharedPile(pile, prior, np.zeros(len(prior)), np.zeros((len(pile), len(prior))))
    trust = _told_apart(begun, spread) if len(pile) else 1.0
    shared = _shared(begun, spread, max(say, trust))
    head = _head(centred, labelled, members, spread) if len(labelled) else None
    return VectorEvidence(middle, spread, shared, trust, labelled, members.T > 0, head, say)


def _middle(own: Floats, centred: Floats, labelled: Floats, members: Floats, pile: Floats) -> Floats:
    """Return what documents have in common that is not a matter of their category.

    It is the mean document, as far as the documents are spread over the categories (the exponential of the
    entropy): what a library of letters has in common is that they are letters.
    """
    near = unit(pile - _COMMON * own)
    # In their own spread: documents in other languages than the descriptions all went to one category.
    shares = softmax((_SHARPNESS / _spread(near[:_MEASURED])) * near @ centred.T)
    counts = members.sum(axis=0) + shares.sum(axis=0)
    total = counts.sum()
    if not total:
        return _COMMON * own
    parts = counts[counts > 0] / total
    spread_over = np.exp(-(parts * np.log(parts)).sum()) / len(counts)
    trust = spread_over * total / (total + _PRIOR_MIDDLE)
    middle: Floats = trust * (labelled.sum(axis=0) + pile.sum(axis=0)) / total + (1 - trust) * _COMMON * own
    return middle


def _shared(begun: _SharedPile, spread: float, trust: float) -> _SharedPile:
    """Share the pile out over the categories again and again, each time by what the time before found.

    `trust`, 0 to 1, says how well the categories are known, by labelled documents or by descriptions.
    """
    prior, pile, shared = begun.sums, begun.pile, begun
    say = trust * len(pile) / (len(pile) + _HALF_PILE)
    for _ in range(_ROUNDS if say else 0):
        own = shared.weights * shared.shares
        shares = softmax((_SHARPNESS / spread) * shared.cosines(pile, own))
        weights = say * np.minimum(1.0, _MOST_PILE / np.maximum(shares.sum(axis=0), 1e-9))
        shared = _SharedPile(pile, prior + weights[:, None] * (shares.T @ pile), weights, shares)
    return shared


def _told_apart(begun: _SharedPile, spread: float) -> float:
    """Return how far descriptions and labelled documents tell the pile apart, 0 to 1.

    Where the best category is hardly better than the next one, self-training makes a guess certain: what was
    right four times in ten for two kinds of mail, by their descriptions, became one in ten.
    """
    best = np.sort(begun.cosines(begun.pile, begun.shares) / spread, axis=1)
    gap = float((best[:, -1] - best[:, -2]).mean()) * (1 - 1 / best.shape[1])
    return float(np.clip((gap - _LEAST_GAP) / (_FULL_GAP - _LEAST_GAP), 0.0, 1.0))


def _head(descriptions: Floats, labelled: Floats, members: Floats, spread: float) -> Head:
    """Return a regression over descriptions and labelled documents.

    Descriptions are among its examples: a category that nobody has filed anything under stays possible.
    """
    vectors = np.concatenate((descriptions, labelled)) / spread
    return trained(vectors, np.concatenate((np.eye(len(descriptions)), members)))


def _spread(centred: Floats) -> float:
    """Return how far the cosines of different documents are spread around 0."""
    count = len(centred)
    if count < 2:
        return _SPREAD
    cosines = centred @ centred.T
    squares = (np.sum(cosines**2) - np.sum(np.diag(cosines) ** 2)) / (count * (count - 1))
    return float(np.sqrt((count * squares + _PRIOR_SPREAD * _SPREAD**2) / (count + _PRIOR_SPREAD)))
