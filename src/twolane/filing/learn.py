"""What filing learns from a library: documents by their vectors, and the bias of the small model.

Nothing of it is stored. It is derived from rows: the decisions on documents and the documents' vectors. A
`Learner` reads, before each use, only what any process has written since. What it returns depends on the rows
alone, and not on the order in which they came, so that all processes learn the same.
"""

from __future__ import annotations

import base64
import json
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from twolane.errors import StoreError
from twolane.filing.answers import Answered, ModelAnswers
from twolane.filing.confidence import ComparedDecision
from twolane.filing.evidence import Known
from twolane.filing.numbers import Floats
from twolane.filing.taxonomy import Taxonomy
from twolane.principal import seeing
from twolane.store.base import Teaching
from twolane.store.values import Halves, Lesson, Mark

_READ_AT_ONCE = 1000
# The pile is a sample of about so many documents at most: their vectors take 1 kB each.
_LARGEST_PILE = 2000
# The pile is looked at anew when it has grown by so much: to learn after each document would cost more than
# the documents themselves.
_GROWTH = 1.25
_HASHED = 2**32


@dataclass(frozen=True, eq=False, slots=True)
class Learned:
    """What has been learned so far; a value that does not change.

    `known` and `pairs` are the same objects for as long as nothing in them has changed that would be worth
    learning anew. `documents` counts those with a vector.
    """

    known: Known
    answers: ModelAnswers
    pairs: tuple[ComparedDecision, ...] = ()
    documents: int = 0

    @classmethod
    def nothing(cls, categories: int) -> Learned:
        """Return what is known before the first document."""
        return cls(Known.nothing(), ModelAnswers.none(categories))


class Learning(Protocol):
    """The port by which the cascade gets what has been learned by now."""

    def learned(self) -> Learned:
        """Return what has been learned from every process's decisions so far."""

    def once(self, name: str, make: Callable[[], Floats]) -> Floats:
        """Return numbers that are the same for a whole library and taxonomy; `make` gets them, once.

        `name` says of what model they are.
        """


@dataclass(frozen=True, eq=False)
class AsLearned:
    """Obeys `Learning` with what had been learned at one moment: a batch of documents reads it once."""

    known: Learned
    learning: Learning

    def learned(self) -> Learned:
        return self.known

    def once(self, name: str, make: Callable[[], Floats]) -> Floats:
        return self.learning.once(name, make)


class Unlearned:
    """Obeys `Learning` without a library: only the taxonomy is known."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._nothing = Learned.nothing(len(taxonomy.categories))
        self._asking = threading.Lock()
        self._made: dict[str, Floats] = {}

    def learned(self) -> Learned:
        return self._nothing

    def once(self, name: str, make: Callable[[], Floats]) -> Floats:
        with self._asking:
            if name not in self._made:
                self._made[name] = make()
            return self._made[name]


class _TaughtDocuments:
    """The documents with a vector: the labelled ones, and a sample of the pile, by their numbers.

    A document is in the sample where its hash is small, so that every process draws the same. With each
    doubling beyond the `largest` half of the sample is let go.
    """

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self.places: dict[int, int] = {}
        self.vectors: dict[int, Halves] = {}
        self._pile: list[int] = []
        self._known = Known.nothing()
        self._stale = True
        self._counted = 0
        self._drawn = 0  # how often the sample was halved

    def __len__(self) -> int:
        return len(self._pile) + len(self.places)

    def wants(self, document_id: int) -> bool:
        """Say whether a document of the pile is in the sample."""
        return _hashed(document_id) < _HASHED >> self._halvings

    @property
    def is_too_thin(self) -> bool:
        """Whether so many documents have gone that vectors are missing which were let go before."""
        return self._halvings < self._drawn

    @property
    def _halvings(self) -> int:
        halvings = 0
        while len(self._pile) >> halvings > self._largest:
            halvings += 1
        return halvings

    def forget(self, document_id: int) -> None:
        """Take a document out again."""
        if self.places.pop(document_id, None) is not None:
            self._stale = True
        place = bisect_left(self._pile, document_id)
        if place < len(self._pile) and self._pile[place] == document_id:
            del self._pile[place]
            self._stale = self._stale or place < self._counted
        self.vectors.pop(document_id, None)

    def note(self, document_id: int, place: int | None) -> None:
        """Note a document that has a vector, with the place of its category where a person decided."""
        if place is not None:
            self.places[document_id] = place
            self._stale = True
        else:
            self._stale = self._stale or bisect_left(self._pile, document_id) < self._counted
            insort(self._pile, document_id)

    def known(self) -> Known:
        """Return their vectors: of the pile, those that were there when it had last grown by a quarter."""
        counted = _milestone(len(self._pile))
        if self._stale or counted != self._counted:
            for number in [n for n in self.vectors if n not in self.places and not self.wants(n)]:
                del self.vectors[number]
            labelled = sorted(number for number in self.places if number in self.vectors)
            pile = [number for number in self._pile[:counted] if number in self.vectors]
            places = np.array([self.places[number] for number in labelled], dtype=np.intp)
            self._known = Known(self._stacked(labelled), places, self._stacked(pile))
            self._stale, self._counted, self._drawn = False, counted, self._halvings
        return self._known

    def _stacked(self, numbers: Sequence[int]) -> Floats:
        return np.array([self.vectors[number] for number in numbers]) if numbers else np.zeros((0, 0))


def _hashed(document_id: int) -> int:
    """Return a number below 2**32 that looks drawn (D. Knuth's multiplicative hash)."""
    return document_id * 2_654_435_761 % _HASHED


def _milestone(count: int) -> int:
    """Return the largest count up to this at which the pile is looked at."""
    milestone = 0
    while (following := max(milestone + 1, int(milestone * _GROWTH))) <= count:
        milestone = following
    return milestone


class Learner:
    """Obeys `Learning` for a library, reading only rows that are new; safe to use from several threads.

    `embedder` names the model of the vectors, `model` the small model with the form of its prompt. It holds
    the vectors of labelled documents and of a sample of all others, and the small model's answers. Raises
    `StoreError` where the library cannot be read.
    """

    def __init__(
        self,
        store: Teaching,
        taxonomy: Taxonomy,
        *,
        embedder: str,
        model: str,
        largest_pile: int = _LARGEST_PILE,
    ) -> None:
        self._largest_pile = largest_pile
        self._store = store
        self._taxonomy = taxonomy
        self._places = {leaf.id: place for place, leaf in enumerate(taxonomy.leaves().categories)}
        self._embedder = embedder
        self._model = model
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._mark: Mark | None = None
        self._documents = _TaughtDocuments(largest_pile)
        self._answered: dict[int, Answered] = {}
        self._pairs: dict[int, ComparedDecision] = {}
        self._learned = Learned.nothing(len(self._places))
        self._made: dict[str, Floats] = {}

    @seeing(None)  # it is kept, for everybody
    def learned(self) -> Learned:
        with self._lock:
            self._follow()
            if self._mark is None:  # the sample has become too thin: it is drawn anew
                self._follow()
            return self._learned

    def _follow(self) -> None:
        """Read what has changed."""
        changed = self._store.decisions.changed(self._mark)
        answers = self._learned.answers
        try:
            for begin in range(0, len(changed.document_ids), _READ_AT_ONCE):
                answers = self._read(changed.document_ids[begin : begin + _READ_AT_ONCE], answers)
        except StoreError:  # what was taken out by then would be taken out of the sums once more, or never
            self._forget()
            raise
        self._mark = changed.mark
        if self._documents.is_too_thin:
            self._forget()
        elif changed.document_ids:
            pairs = tuple(self._pairs[number] for number in sorted(self._pairs))
            if pairs == self._learned.pairs:
                pairs = self._learned.pairs
            self._learned = Learned(self._documents.known(), answers, pairs, len(self._documents))

    def _forget(self) -> None:
        """Know nothing any more, so that everything is read anew."""
        self._mark, self._documents = None, _TaughtDocuments(self._largest_pile)
        self._answered, self._pairs = {}, {}
        self._learned = Learned.nothing(len(self._places))

    def once(self, name: str, make: Callable[[], Floats]) -> Floats:
        with self._asking:  # the first workers of a process all come here with their first documents
            if name not in self._made:
                key = f"{name} {self._taxonomy.digest}"
                text = self._store.recall(key)
                if not text:  # another process that asks at the same time gets the same answer
                    text = _text_of(make())
                    with self._store.writing() as write:
                        write.remember(key, text)
                self._made[name] = _numbers_of(text)
            return self._made[name]

    def _read(self, document_ids: Sequence[int], answers: ModelAnswers) -> ModelAnswers:
        """Replace what was learned from these documents before by what can be learned now."""
        before = [self._answered.pop(number) for number in document_ids if number in self._answered]
        for number in document_ids:
            self._documents.forget(number)
            self._pairs.pop(number, None)
        lessons = self._store.decisions.lessons(document_ids, self._embedder)
        wanted = [lesson.document_id for lesson in lessons if self._note(lesson)]
        self._documents.vectors |= self._store.decisions.vectors(wanted, self._embedder)
        now = {lesson.document_id: taught for lesson in lessons if (taught := self._answer(lesson))}
        self._answered |= now
        pairs = ((lesson.document_id, compared(lesson, self._taxonomy)) for lesson in lessons)
        self._pairs |= {document_id: pair for document_id, pair in pairs if pair}
        return answers.plus(before, -1.0).plus(list(now.values()))

    def _note(self, lesson: Lesson) -> bool:
        """Note where a document belongs; say whether its vector is wanted."""
        if not lesson.has_vector:
            return False
        # a person's decision stays valid when the taxonomy changes, as long as its category exists
        place = self._places.get(lesson.category) if lesson.labelled else None
        if place is not None:
            self._documents.note(lesson.document_id, place)
            return True
        # which of the categories within one it belongs to is for the pile to say
        if not lesson.labelled or self._taxonomy.get(lesson.category):
            self._documents.note(lesson.document_id, None)
            return self._documents.wants(lesson.document_id)
        return False

    def _answer(self, lesson: Lesson) -> Answered | None:
        """Return what the small model answered, where it was this model and this taxonomy."""
        answer = next((one for one in lesson.answers if one.model == self._model), None)
        if not answer or lesson.answer_taxonomy != self._taxonomy.digest:
            return None
        place = self._places.get(lesson.category) if lesson.labelled else None
        shares = self._row(answer.shares) if place is None else self._row({lesson.category: 1.0})
        return Answered(self._row(answer.logprobs), shares)

    def _row(self, values: Mapping[str, float]) -> Floats:
        row = np.zeros(len(self._places), dtype=np.float32)
        for category, value in values.items():
            row[self._places[category]] = value
        return row


def compared(lesson: Lesson, taxonomy: Taxonomy) -> ComparedDecision | None:
    """Return the machine's decision beside a person's, where the person was asked for one.

    Who corrects what had been accepted does so because it is wrong: it says nothing of what is right. Nor
    does who chose a wider category than the machine, or one within its choice that came later.
    """
    guess = lesson.guess
    if not lesson.labelled or guess is None or guess.review_cause is None:
        return None
    around = {*taxonomy.lineage(lesson.category)[1:], *taxonomy.lineage(guess.category)[1:]}
    if guess.category in around or lesson.category in around:
        return None
    return ComparedDecision(guess.tier, guess.category, guess.probability, guess.category == lesson.category)


def _text_of(numbers: Floats) -> str:
    """Return numbers as a text that the store remembers."""
    return json.dumps([list(numbers.shape), base64.b64encode(numbers.astype("<f4").tobytes()).decode()])


def _numbers_of(text: str) -> Floats:
    shape, packed = json.loads(text)
    numbers: Floats = np.frombuffer(base64.b64decode(packed), dtype="<f4").reshape(shape).astype(np.float64)
    return numbers
