"""What is indexed of a document: its passages under a heading that names it, and their vectors."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twolane.chat.chunk import DEFAULT_MAX_TOKENS, split
from twolane.documents import Passage, Reading, display_path
from twolane.errors import ModelError
from twolane.llm.base import Embedder, Vectors
from twolane.store.base import Unembedded, VectorWriter

_log = logging.getLogger(__name__)

_BATCH = 32
# A document of a million words takes minutes: after so many passages the next documents get their turn.
_MOST_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class DocumentVectors:
    """New vectors of one document, made by one model; `vectors` has one row a passage id.

    `complete` is false where the document has more passages without a vector.
    """

    model: str
    passage_ids: tuple[int, ...]
    vectors: Vectors
    complete: bool

    def save(self, writer: VectorWriter) -> None:
        """Write them in the caller's transaction."""
        if self.passage_ids:
            writer.save_vectors(self.model, self.passage_ids, self.vectors)


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
    store: Unembedded, embedder: Embedder, document: str, stopping: Callable[[], bool] = lambda: False
) -> DocumentVectors:
    """Embed passages of a document that have no vector yet, in batches, a bounded number; nothing is written.

    After the first batch, `stopping` or a failure ends it early with the vectors made so far. Raises a
    `ModelError` where the first batch fails.
    """
    left = store.passages_without_vectors(document)
    blocks: list[Vectors] = []
    for begin in range(0, min(len(left), _MOST_AT_ONCE), _BATCH):
        if blocks and stopping():
            break
        try:
            blocks.append(embedder.embed([text for _, text in left[begin : begin + _BATCH]]))
        except ModelError as error:
            if not blocks:
                raise
            _log.info("%s is embedded in part: %s", document, error.what)
            break
    vectors = np.concatenate(blocks) if blocks else np.empty((0, 0), np.float32)
    passage_ids = tuple(passage_id for passage_id, _ in left[: len(vectors)])
    return DocumentVectors(embedder.model, passage_ids, vectors, complete=len(passage_ids) == len(left))
