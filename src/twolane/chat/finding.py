"""Files that hold what somebody looks for: by their words, by their meaning, and by their names."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from twolane.chat import fusion
from twolane.chat.narrowed import narrowed
from twolane.documents import EVERYTHING, FileRecord, Filter, FoundPassage, display_path
from twolane.errors import ModelError
from twolane.facts import TextSpan
from twolane.llm.base import Embedder, Vectors
from twolane.outages import level_of
from twolane.store.base import FoundOrder, Search
from twolane.store.scanned import Files
from twolane.text.languages import UNKNOWN, Language, language_by_code
from twolane.text.places import places_of
from twolane.text.terms import QueryWord, Stems
from twolane.text.words import plain

_log = logging.getLogger(__name__)

_BY_WORDS, _BY_MEANING, _BY_NAME = 400, 60, 1000
# A document is found that holds so much of what is looked for, by what its words weigh, or comes so near.
_LEAST_SHARE = 0.6
_LEAST_NEARNESS = 0.7
_LEAST_COSINE = 0.5  # with a model that nobody has measured
_MOST_PLACES = 3
_NAMED = 1.0  # what a name adds to a score, which is about 1 at most


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A passage of a file with the words that were looked for; without any, it is found by its meaning."""

    passage: FoundPassage
    marks: tuple[TextSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file with the best of its places, and where its name and title hold the words.

    `place_count` counts all of its places; `score` is of one search only.
    """

    file: FileRecord
    places: tuple[FoundPlace, ...] = ()
    place_count: int = 0
    name_marks: tuple[TextSpan, ...] = ()
    title_marks: tuple[TextSpan, ...] = ()
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """One page of what was found; `total` counts all of it, or says how many there are at least."""

    files: tuple[FoundFile, ...] = ()
    total: int = 0
    is_counted: bool = True


class SearchedFiles(Search, Files, Protocol):
    """A library whose passages and files are searched."""


@dataclass(slots=True)
class _Match:
    """A document or a file without one, as far as it was found."""

    file: FileRecord
    passages: list[FoundPassage] = field(default_factory=list)
    score: float = 0.0


class Finder:
    """Finds files for people who look through them; safe to use from several threads.

    An answer needs the few passages that say most; who looks through files wants all that hold the words,
    each once, and none that only come nearest.
    """

    def __init__(self, store: SearchedFiles, embedder: Embedder | None) -> None:
        self._store = store
        self._embedder = embedder

    def find(
        self,
        query: str,
        within: Filter = EVERYTHING,
        *,
        order: FoundOrder = "relevance",
        limit: int = 20,
        offset: int = 0,
    ) -> FoundFiles:
        """Return files that hold the words in any form, speak of them, or bear them in their names."""
        words = self._store.query_words(query)
        by_words = fusion.by_passage(self._store.search_words(words, _BY_WORDS, within))
        matches, named = self._by_text(query, words, by_words, within), self._by_name(query, within)
        for record in named:
            known = matches.setdefault(record.document or str(record.path), _Match(record))
            known.file = record
            known.score += _NAMED
        ordered = _ordered(list(matches.values()), order)
        shown = [_shown(match, words, query) for match in ordered[offset : offset + limit]]
        return FoundFiles(
            tuple(shown), len(ordered), is_counted=len(by_words) < _BY_WORDS and len(named) < _BY_NAME
        )

    def _by_text(
        self, query: str, words: Sequence[QueryWord], by_words: Mapping[int, float], within: Filter
    ) -> dict[str, _Match]:
        """Return what is found by passages, by the hash of its document."""
        by_vectors = self._near(query, within)
        scores = fusion.fused(by_words, by_vectors, words, min(by_vectors.values(), default=0.0))
        ids = list(scores)
        stems = self._store.stems(ids)
        found: dict[str, list[FoundPassage]] = defaultdict(list)
        for passage in self._store.passages(ids, within):
            found[passage.document].append(passage)
        shares = {
            document: _share(words, [stems[one.passage_id] for one in passages if one.passage_id in stems])
            for document, passages in found.items()
        }
        # where no document holds enough, those are found that hold most of it
        least = min(_LEAST_SHARE, max(shares.values(), default=0.0)) or 1.0
        kept = {
            document: [
                one for one in passages if one.passage_id in by_vectors or _holds_any(stems, one, words)
            ]
            for document, passages in found.items()
            if shares[document] >= least or any(one.passage_id in by_vectors for one in passages)
        }
        return self._matches(kept, scores, within)

    def _matches(
        self, passages: Mapping[str, list[FoundPassage]], scores: Mapping[int, float], within: Filter
    ) -> dict[str, _Match]:
        if not passages:
            return {}
        matches: dict[str, _Match] = {}
        for record in self._store.files(narrowed(within, Filter(documents=tuple(passages)))):
            own = passages.get(record.document, [])
            if not own or (record.document in matches and record.path != own[0].path):
                continue
            own.sort(key=lambda one: -scores[one.passage_id])
            matches[record.document] = _Match(record, own, scores[own[0].passage_id])
        return matches

    def _near(self, query: str, within: Filter) -> dict[int, float]:
        """Return the passages that come near enough to a question to be shown for it, by their cosines."""
        vector = self._vector(query)
        if vector is None or self._embedder is None:
            return {}
        form, hits = self._embedder.form, self._store.search_vector(vector, _BY_MEANING, within)
        if form.unrelated_cosine == form.answer_cosine:
            return fusion.by_passage([hit for hit in hits if hit.score >= _LEAST_COSINE])
        return fusion.by_passage([hit for hit in hits if form.nearness(hit.score) >= _LEAST_NEARNESS])

    def _vector(self, query: str) -> Vectors | None:
        if self._embedder is None or self._store.vector_model() != self._embedder.form.vector_model:
            return None
        try:
            vector: Vectors = self._embedder.embed([query], "question")[0]
        except ModelError as error:
            _log.log(level_of(error), "searching by words alone: %s", error.what)
            return None
        return vector

    def _by_name(self, query: str, within: Filter) -> list[FileRecord]:
        """Return the files whose name, title or sender holds all that was typed, also parts of words."""
        typed = [plain(word) for word in query.split()]
        longest = max(query.split(), key=len, default="")
        if not longest:
            return []
        candidates = self._store.files(narrowed(within, Filter(name=longest)), limit=_BY_NAME)
        return [record for record in candidates if all(word in _names(record) for word in typed)]


def _names(record: FileRecord) -> str:
    return plain(f"{display_path(record.path.name)}\n{record.title}\n{record.correspondent}")


def _holds_any(stems: Mapping[int, Stems], passage: FoundPassage, words: Sequence[QueryWord]) -> bool:
    own = stems.get(passage.passage_id)
    return own is not None and any(own.holds(word) for word in words)


def _share(words: Sequence[QueryWord], stems: Collection[Stems]) -> float:
    """Return how much of what is looked for the passages of a document hold together, 0 to 1."""
    asked = [word for word in words if not word.derived]
    total = sum(word.rarity for word in asked)
    held = sum(word.rarity for word in asked if any(one.holds(word) for one in stems))
    return held / total if total else 0.0


def _ordered(matches: list[_Match], order: FoundOrder) -> list[_Match]:
    """Return matches in an order; those without a date come last in either order by date."""
    matches.sort(key=lambda one: (plain(display_path(one.file.path.name)), str(one.file.path)))
    if order == "relevance":
        matches.sort(key=lambda one: -one.score)
    elif order in {"newest", "oldest"}:
        dated = [one for one in matches if one.file.dated_at]
        dated.sort(key=lambda one: str(one.file.dated_at), reverse=order == "newest")
        return dated + [one for one in matches if not one.file.dated_at]
    return matches


def _shown(match: _Match, words: Sequence[QueryWord], query: str) -> FoundFile:
    language = language_by_code(match.file.language) or UNKNOWN
    name, title = display_path(match.file.path.name), match.file.title
    return FoundFile(
        file=match.file,
        places=tuple(_place(passage, words, language) for passage in match.passages[:_MOST_PLACES]),
        place_count=len(match.passages),
        name_marks=_spans(places_of(words, name, language) or _typed(query, name)),
        title_marks=_spans(places_of(words, title, language) or _typed(query, title)),
        score=match.score,
    )


def _place(passage: FoundPassage, words: Sequence[QueryWord], language: Language) -> FoundPlace:
    return FoundPlace(passage, _spans(places_of(words, passage.text, language), passage.page, passage.start))


def _spans(places: Sequence[range], page: int = 1, start: int = 0) -> tuple[TextSpan, ...]:
    return tuple(TextSpan(page, start + one.start, start + one.stop) for one in places)


def _typed(query: str, name: str) -> list[range]:
    """Return where a name holds what was typed of a word, as in "invo"."""
    bare, found = plain(name), list[range]()
    if len(bare) != len(name):
        return found
    for word in map(plain, query.split()):
        at = bare.find(word)
        if at >= 0 and not any(one.start < at + len(word) and at < one.stop for one in found):
            found.append(range(at, at + len(word)))
    return sorted(found, key=lambda one: one.start)
