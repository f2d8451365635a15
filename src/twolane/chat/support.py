"""Which sources of an answer state a sentence of it, where, and how far: verified, weak, or not at all.

Why it is decided so: docs/why/chat.md#a-citation-holds-what-is-said
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from twolane.answers import CitationEvent, CitationStatus, Source
from twolane.chat.beside import Neighbours
from twolane.chat.claims import PlacedValue, PlacedWord, Statement, read
from twolane.chat.evidence import ClaimPart, Evidence, Place, is_run, stems_of
from twolane.chat.listing import PLACE
from twolane.facts import TextSpan
from twolane.text.languages import Language, language_of
from twolane.text.stems import question_language, stem
from twolane.text.words import pairs, plain, raw_words, script

_VERIFIED, _WEAK = CitationStatus.VERIFIED, CitationStatus.WEAK
# What values and names, and the words beside them, weigh in how well a source states a sentence.
_HARD, _SOFT = 0.7, 0.3
# Of a sentence without values and names: the share of its words that a source which states it has.
_MOST_WORDS, _HALF = 0.7, 0.5
# Of the words beside values and names, where there are more than a few.
_SOME_WORDS, _FEW_WORDS = 0.34, 3
# A model's own citation stays where no other source states the sentence by so much more.
_BETTER_BY = 0.25
_MORE_SOURCES = 2  # that are added where several together state what none states alone
# Words of the question that another value's label must have, where the cited one's has none: a single one
# may be what the paper is, as in "invoice date".
_ASKED_WORDS = 2
_ITEM = re.compile(r"^\s*[^\w\s]?\s*\d{1,3}[.)](?:\s+|$)")  # the number of an item in a list
_NEAR_CHARS, _MOST_PLACES = 300, 12


@dataclass(frozen=True, slots=True)
class SentenceClaim:
    """What of a sentence must stand in a source: all of it but what the question said already.

    `asked` are the question's words that carry meaning, without case. With `is_bare` the sentence says
    nothing of its own, and the parts are the question's.
    """

    text: str
    statement: Statement
    language: Language
    parts: tuple[ClaimPart, ...]
    asked: frozenset[str]
    is_bare: bool = False

    @classmethod
    def of(cls, sentence: str, question: str, otherwise: Language) -> SentenceClaim:
        """Read the claim of a sentence that answers a question; `otherwise` is the question's language."""
        sentence = _ITEM.sub("", sentence)
        words = raw_words(sentence.casefold())
        language = language_of(words, otherwise if otherwise.algorithm else language_of(words), least=2)
        statement, wanted = read(sentence, language), read(question, otherwise)
        asked = _meaningful(wanted, otherwise)
        said = {stem(part.word, language.algorithm) for part in asked}
        values = [one for one in statement.values if not _is_among(one, wanted.values)]
        own = (part for part in _meaningful(statement, language))
        new = (part for part in own if stem(part.word, language.algorithm) not in said)
        parts = (*map(ClaimPart, values), *new)
        if not parts and (statement.words or statement.values):
            parts = (*(ClaimPart(one) for one in wanted.values if not one.spelled), *asked)
            return cls(sentence, Statement((), ()), language, parts, frozenset(), is_bare=True)
        return cls(sentence, statement, language, parts, frozenset(part.word for part in asked))


class Checker:
    """Finds the sources of one answer that state its sentences."""

    def __init__(self, sources: Sequence[Source], question: str) -> None:
        self._question = question
        self.language = question_language(question)
        self.numbers = frozenset(source.number for source in sources)  # that can be cited
        self._evidence = {source.number: Evidence(source, self.language) for source in sources}

    def stands(self, words: str) -> bool:
        """Say whether words stand in a source or in the question just as they are written."""
        return words in self._question or any(words in one.text for one in self._evidence.values())

    def _named(self, sentence: str, numbers: Sequence[int]) -> int:
        """Return the first source whose file a sentence names and says no more of, or 0."""
        words = set(map(plain, raw_words(PLACE.sub(" ", sentence))))
        named = (number for number in numbers if self._evidence[number].file_name in sentence)
        return next((number for number in named if words <= self._evidence[number].names), 0)

    def is_named(self, word: str) -> bool:
        """Say whether a word is of a source's name, title or heading, as lists of sources have them."""
        return any(plain(word) in one.names for one in self._evidence.values())

    def citations(self, sentence: str, marked: Sequence[int] = ()) -> list[CitationEvent]:
        """Return the citations that a sentence gets; `marked` are the sources that its writer names."""
        claim = SentenceClaim.of(sentence, self._question, self.language)
        if not claim.parts:
            return []
        judged = {number: _judged(claim, one) for number, one in self._evidence.items()}
        own = [number for number in dict.fromkeys(marked) if number in judged]
        chosen = _chosen(judged, own)
        stands = any(any(judged[number].places.values()) for number in chosen)
        if not stands and (named := self._named(sentence, own or sorted(judged))):
            return [CitationEvent(named)]
        chosen = sorted([*chosen, *_others(claim, judged, chosen)])
        stated = frozenset[int]().union(*(judged[number].places for number in chosen))
        is_whole = len(chosen) > 1 and _is_hard_complete(claim, stated)
        return [_event(number, claim, judged[number], is_whole=is_whole) for number in chosen]


@dataclass(frozen=True, slots=True)
class SourceJudgement:
    """How far one source states a claim.

    `places` has where its parts stand, by their index. `is_compared` is false where nothing of the claim can
    be looked for: in a translation without values and names. `fits` says that the labels of its values do.
    """

    evidence: Evidence
    places: Mapping[int, Sequence[Place]]
    status: CitationStatus | None
    score: float
    is_compared: bool = True
    fits: bool = True

    @property
    def rank(self) -> float:
        """The higher, the better the source states the claim; 0 where it does not."""
        if self.status is None:
            return 0.0
        return self.score + (1.0 if self.status is _VERIFIED else 0.0)


def _judged(claim: SentenceClaim, evidence: Evidence) -> SourceJudgement:
    """Hold a claim against a source."""
    places = {
        index: found[:_MOST_PLACES]
        for index, part in enumerate(claim.parts)
        if (found := evidence.places(part)) is not None
    }
    words = _share(claim, places, [i for i, part in enumerate(claim.parts) if _is_soft(part)])
    is_read = _is_read(claim, evidence)
    if is_read is None:
        is_read = words >= _SOME_WORDS
    status, score = _stated(claim, places, words) if is_read else _translated(claim, places, evidence)
    is_compared = is_read or bool(places) or any(part.value for part in claim.parts)
    fits = status is None or _fits(claim, evidence)
    if status is _VERIFIED and not fits:
        status = _WEAK
    return SourceJudgement(evidence, places, status, score, is_compared, fits)


def _is_read(claim: SentenceClaim, evidence: Evidence) -> bool | None:
    """Say whether a source is in the claim's language; None where that of one is not known."""
    if any(is_run(part.word) for part in claim.parts):
        return not evidence.is_spaced
    if not evidence.is_spaced:
        return False
    one, other = claim.language.algorithm, evidence.language.algorithm
    return one == other if one and other else None


def _stated(
    claim: SentenceClaim, places: Mapping[int, Sequence[Place]], words: float
) -> tuple[CitationStatus | None, float]:
    """Judge a source in the claim's own language."""
    hard = [i for i, part in enumerate(claim.parts) if not _is_soft(part)]
    values = [i for i in hard if claim.parts[i].value]
    soft = len(claim.parts) - len(hard)
    if not hard:
        status = _VERIFIED if words >= _MOST_WORDS else _WEAK if words >= _HALF else None
        return status, words
    found = _share(claim, places, hard)
    score = _HARD * found + _SOFT * words if soft >= _FEW_WORDS else found
    is_named = len(hard) > len(values) and all(i in places for i in hard if i not in values)
    if not is_named and (score < _HALF or (values and not any(i in places for i in values))):
        return None, score
    is_whole = found == 1.0 and (soft < _FEW_WORDS or words >= _SOME_WORDS)
    return _VERIFIED if is_whole else _WEAK, score


def _translated(
    claim: SentenceClaim, places: Mapping[int, Sequence[Place]], evidence: Evidence
) -> tuple[CitationStatus | None, float]:
    """Judge a source in another language: by values, and by the names that are written in its script."""
    values = [i for i, part in enumerate(claim.parts) if part.value and not _is_soft(part)]
    names = [i for i, part in enumerate(claim.parts) if part.is_name]
    missing = [i for i in names if i not in places and script(claim.parts[i].word[0]) in evidence.scripts]
    found = _share(claim, places, values)
    if values:
        status = None if found < _HALF else _VERIFIED if found == 1.0 and not missing else _WEAK
        return status, found - 0.1 * len(missing) / len(claim.parts)
    if any(i in places for i in names) and not missing:
        return _VERIFIED, 1.0
    return _WEAK, _HALF * len(places) / len(claim.parts)


def _is_soft(part: ClaimPart) -> bool:
    """Say whether a part may be put into other words."""
    return not part.is_name if part.value is None else part.value.spelled


def _share(claim: SentenceClaim, places: Mapping[int, Sequence[Place]], indexes: Sequence[int]) -> float:
    """Return how many of some parts were found, values counting more; 1 where there are none."""
    weights = {index: 1.5 if claim.parts[index].value else 1.0 for index in indexes}
    total = sum(weights.values())
    return sum(weight for index, weight in weights.items() if index in places) / total if total else 1.0


def _fits(claim: SentenceClaim, evidence: Evidence) -> bool:
    """Say whether the values stand under the labels that the sentence gives them, and the question asks for.

    What the question asks for is known of a sentence with a single value alone.
    """
    claimed = [one for one in claim.statement.values if not one.spelled]
    beside = _labels(claim, evidence)
    asked = evidence.stems(claim.asked) if len(claimed) == 1 else set()
    for one in claimed:
        found = evidence.values(one)
        said = beside.label(one)
        for label, least in ((said, 1), (asked, _ASKED_WORDS if said else 1)):
            if found and label and not any(evidence.neighbours.fit(place, label, least) for place in found):
                return False
    return True


def _labels(claim: SentenceClaim, evidence: Evidence) -> Neighbours:
    """Return the labels of a sentence's own values, in the stems of a source."""

    def between(start: int, end: int) -> set[str]:
        return {
            one
            for word in claim.statement.words
            if start <= word.start and word.end <= end and word.text not in claim.language.stop_words
            for one, _ in stems_of(word, evidence.algorithm)
        }

    return Neighbours(claim.text, claim.statement.values, between)


def _chosen(judged: Mapping[int, SourceJudgement], marked: Sequence[int]) -> list[int]:
    """Return the writer's own sources that hold, or the best where it is better, or none."""
    own = [number for number in marked if judged[number].status]
    compared = [number for number in judged if judged[number].is_compared]
    best = max(compared, key=lambda number: (judged[number].rank, -number), default=None)
    if best is None:  # all in other languages: what the model was shown first is the likeliest
        return own or sorted(judged)[:1]
    if not judged[best].rank:
        return own
    most = judged[best].rank
    kept = [number for number in own if judged[number].rank >= most - _BETTER_BY]
    return kept or [best]


def _others(claim: SentenceClaim, judged: Mapping[int, SourceJudgement], chosen: Sequence[int]) -> list[int]:
    """Return the sources that state the values and names which those chosen leave out."""
    left = {i for i, part in enumerate(claim.parts) if not _is_soft(part)}
    for number in chosen:
        left -= judged[number].places.keys()
    added: list[int] = []
    while chosen and left and len(added) < _MORE_SOURCES:
        best = max(judged, key=lambda number: (len(left & judged[number].places.keys()), -number))
        gained = left & judged[best].places.keys()
        if not gained:
            break
        added.append(best)
        left -= gained
    return added


def _is_hard_complete(claim: SentenceClaim, found: AbstractSet[int]) -> bool:
    return all(i in found for i, part in enumerate(claim.parts) if not _is_soft(part))


def _event(number: int, claim: SentenceClaim, judgement: SourceJudgement, *, is_whole: bool) -> CitationEvent:
    evidence = judgement.evidence
    status = _VERIFIED if is_whole and judgement.fits else judgement.status or _WEAK
    at = evidence.start
    spans = (TextSpan(evidence.page, at + start, at + end) for start, end in _spans(claim, judgement))
    return CitationEvent(number, status, tuple(spans))


def _spans(claim: SentenceClaim, judgement: SourceJudgement) -> list[Place]:
    """Return the places that state a claim, near each other where its parts stand in several."""
    hard = [i for i in judgement.places if not _is_soft(claim.parts[i])]
    by_part = [found for i in hard or judgement.places if (found := judgement.places[i])]
    if not by_part:
        return []
    anchor = _anchor(claim, judgement, by_part)
    nearest = [min(found, key=lambda place: abs(place[0] - anchor)) for found in by_part]
    near = [place for place in nearest if hard or abs(place[0] - anchor) <= _NEAR_CHARS]
    return _joined(sorted(set(near)), judgement.evidence.text)


def _anchor(claim: SentenceClaim, judgement: SourceJudgement, by_part: Sequence[Sequence[Place]]) -> int:
    """Return where most of a claim stands together, under the label that was asked for where there is one."""
    evidence = judgement.evidence
    asked = evidence.stems(claim.asked)
    labelled = {
        (value.start, value.end): evidence.neighbours.score(value, asked)
        for one in claim.statement.values
        for value in evidence.values(one)
    }

    def far(place: Place) -> int:
        others = (min(abs(place[0] - other[0]) for other in found) for found in by_part)
        return sum(min(distance, _NEAR_CHARS) for distance in others)

    places = [place for found in by_part for place in found]
    return min(places, key=lambda place: (-labelled.get(place, 0), far(place), place))[0]


def _joined(places: Sequence[Place], text: str) -> list[Place]:
    """Return places with those joined that nothing but a blank or a sign parts."""
    joined: list[Place] = []
    for start, end in places:
        if joined and not raw_words(text[joined[-1][1] : start]) and "\n" not in text[joined[-1][1] : start]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _meaningful(statement: Statement, language: Language) -> list[ClaimPart]:
    """Return the words of a statement that carry meaning, each once; runs without spaces as their pairs."""
    found: dict[str, ClaimPart] = {}
    for word in statement.words:
        for one in _pieces(word):
            if one not in language.stop_words:
                found.setdefault(one, ClaimPart(word=one, is_name=word.is_name))
    return list(found.values())


def _pieces(word: PlacedWord) -> list[str]:
    return (pairs(word.text) or [word.text]) if is_run(word.text) else [word.text]


def _is_among(one: PlacedValue, values: Sequence[PlacedValue]) -> bool:
    return any(not one.keys.isdisjoint(other.keys) for other in values)
