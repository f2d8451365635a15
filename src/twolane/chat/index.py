"""What is indexed of a document: its passages under a heading that names it, their vectors, and its own.

Both lanes use the same vectors, and each is made once. Search compares those of passages; filing compares the
document's own, which is the mean of its first passages' (docs/why/filing.md#one-vector-a-document).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from twolane.chat.chunk import DEFAULT_MAX_TOKENS, split
from twolane.documents import Passage, Reading, display_path
from twolane.errors import ModelError
from twolane.llm.base import Embedder, Vectors, document_vector
from twolane.store.base import Decided, Search, Unembedded, VectorWriter
from twolane.store.decided import DecisionWriter

_log = logging.getLogger(__name__)

# A document's own vector is the mean of so many passages' vectors, about 800 tokens.
OWN_PASSAGES = 4
# A document of no more passages is embedded whole before it is filed: it needs no second job.
SHORT_PASSAGES = 8
_BATCH = 32
# A document of a million words takes minutes: after so many passages the next documents get their turn.
_MOST_AT_ONCE = 512


class Indexed(Unembedded, Decided, Search, Protocol):
    """A library that is searched by vectors."""


class IndexWriter(VectorWriter, DecisionWriter, Protocol):
    """What writes the vectors of passages and of documents."""


@dataclass(frozen=True, slots=True)
class DocumentVectors:
    """New vectors of one document, made by one model; `vectors` has one row a passage id.

    `own` (dimensions) is the document's own vector, None where it has one already. `complete` is false where
    the document has more passages without a vector.
    """

    document: str
    model: str
    passage_ids: tuple[int, ...]
    vectors: Vectors
    complete: bool
    own: Vectors | None = None

    def save(self, writer: IndexWriter) -> None:
        """Write them in the caller's transaction."""
        if self.passage_ids:
            writer.save_vectors(self.model, self.passage_ids, self.vectors)
        if self.own is not None:
            writer.save_document_vector(self.document, self.model, self.own)


class Beginning:
    """The first passages of a document, embedded when its own vector is first asked for; for one thread.

    A short document is embedded whole. The passages of a long one beyond those that make its own vector are
    left to `embed_document`, so that it is filed sooner.
    """

    def __init__(self, store: Indexed, embedder: Embedder, document: str) -> None:
        self._store = store
        self._embedder = embedder
        self._model = embedder.form.vector_model
        self._document = document
        self._passages = store.first_passages(document, SHORT_PASSAGES + 1)
        # vectors of another model stay until `twolane models reembed`: then this document waits for it, too
        self._fits = fits_index(store, embedder)
        self._made: dict[int, Vectors] = {}
        self._own: Vectors | None = None

    def vector(self) -> Vectors | None:
        """Return the document's own vector (dimensions), of length 1; None where it has no passages.

        Raises the `ModelError` of the embedder.
        """
        if not self._passages:
            return None
        if not self._made:
            held = self._store.decisions.vector(self._document, self._model)
            if held is not None:
                return held.astype(np.float32)
            self._embed()
        return self._own

    def _embed(self) -> None:
        is_short = len(self._passages) <= SHORT_PASSAGES
        more = self._passages[OWN_PASSAGES:] if is_short and self._fits else []
        wanted = [*self._passages[:OWN_PASSAGES], *(passage for passage in more if not passage.embedded)]
        vectors = self._embedder.embed([passage.text for passage in wanted], "passage")
        self._made = {passage.passage_id: row for passage, row in zip(wanted, vectors, strict=True)}
        self._own = document_vector(vectors[:OWN_PASSAGES])

    @property
    def vectors(self) -> DocumentVectors:
        """What was made of it so far; `complete` where nothing is left that could be saved."""
        new = [passage.passage_id for passage in self._passages if not passage.embedded]
        ids = tuple(number for number in new if number in self._made) if self._fits else ()
        rows = np.array([self._made[number] for number in ids], np.float32)
        complete = not self._fits or len(ids) == len(new)
        return DocumentVectors(self._document, self._model, ids, rows, complete, self._own)


def fits_index(store: Search, embedder: Embedder) -> bool:
    """Say whether the index takes vectors of this model: it holds none of another."""
    return store.vector_model() in {"", embedder.form.vector_model}


def passages_of(
    reading: Reading,
    path: Path,
    count_tokens: Callable[[str], int] | None = None,
    max_tokens: int = DEFAULT_MAX_TOKENS,
) -> list[Passage]:
    """Cut a document into passages whose headings begin with its name, so that a search finds it by that."""
    return split(reading.pages, count_tokens, max_tokens, title_of(reading, path))


def title_of(reading: Reading, path: Path) -> str:
    """Return the words of a file's name, and of its title where that adds any.

    A company, a year or a type is often named only there and on no page.
    """
    name = _spaced(display_path(path.stem))
    title = " ".join(reading.title.split())
    new = {word.casefold() for word in re.findall(r"[^\W\d_]{3,}", title)} - set(name.casefold().split())
    return f"{name}, {title}" if len(new) > 1 else name


def _spaced(name: str) -> str:
    words = re.sub(r"[_\-.+~]+", " ", name)
    words = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", words)
    return " ".join(re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])", " ", words).split())


def embed_document(
    store: Indexed, embedder: Embedder, document: str, stopping: Callable[[], bool] = lambda: False
) -> DocumentVectors:
    """Embed passages of a document that have no vector yet, in batches, a bounded number; nothing is written.

    After the first batch, `stopping` or a failure ends it early with the vectors made so far. Raises a
    `ModelError` where the first batch fails.
    """
    left = store.passages_without_vectors(document, _MOST_AT_ONCE + 1)
    blocks: list[Vectors] = []
    for begin in range(0, min(len(left), _MOST_AT_ONCE), _BATCH):
        if blocks and stopping():
            break
        try:
            blocks.append(embedder.embed([text for _, text in left[begin : begin + _BATCH]], "passage"))
        except ModelError as error:
            if not blocks:
                raise
            _log.info("%s is embedded in part: %s", document, error.what)
            break
    vectors = np.concatenate(blocks) if blocks else np.empty((0, 0), np.float32)
    passage_ids = tuple(passage_id for passage_id, _ in left[: len(vectors)])
    made = dict(zip(passage_ids, vectors, strict=True))
    complete = len(passage_ids) == len(left)
    own = _own(store, embedder, document, made)
    return DocumentVectors(document, embedder.form.vector_model, passage_ids, vectors, complete, own)


def _own(store: Indexed, embedder: Embedder, document: str, made: Mapping[int, Vectors]) -> Vectors | None:
    """Return a document's own vector where it is missing: rules have filed it, or the model has changed."""
    if store.decisions.vector(document, embedder.form.vector_model) is not None:
        return None
    first = store.first_passages(document, OWN_PASSAGES)
    if not first:
        return None
    if all(passage.passage_id in made for passage in first):
        return document_vector(np.array([made[passage.passage_id] for passage in first]))
    # a library of an earlier version, where what rules had filed got vectors of its passages only
    return document_vector(embedder.embed([passage.text for passage in first], "passage"))
