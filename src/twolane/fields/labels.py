"""The words that announce values in documents: which there are, and where a sheet has them."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, pairwise
from typing import NamedTuple

from twolane.facts import FieldSpec
from twolane.fields.catalogue import known_fields
from twolane.fields.sheet import Sheet, fold

_WORD = re.compile(r"[^\W\d_]+|[№#]")
# What may stand between the words of one label.
_WITHIN = re.compile(r"[ .\-/'()°&]{0,3}")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDS = re.compile(r"[ .)°\"*]*(?:\([^()\n]{0,24}\)|\[[^\[\]\n]{0,24}\])?[ .]*[:：]")
# Two columns alone: in more, it is the head of a table.
_COLUMN = re.compile(r"(?:\t|[ .]{3,})(?=\S)(?!.*(?:\t|\S   ))")
_RATE = re.compile(r"\d+(?:[.,]\d+)? ?%")
_NOTHING = re.compile(r"[\s.:)°*|_-]*(?:\([^()\n]{0,24}\))?[\s.:*|_-]*\Z")
# Prepositions and the like announce something in their own language only.
_SHORT_LETTERS = 4
_SAID_IN_SENTENCES = frozenset({"due_date", "start_date", "end_date"})
_GLUED_TO_LANGUAGE = frozenset(
    {"date", "due_date", "start_date", "end_date", "correspondent", "recipient", "parties", "title", "byline"}
)
# A sentence that leads to a label makes it less likely to be one.
_PROSE_CHARS = 70
_LONGEST_PAPER, _COMPOUND_LETTERS = 40, 7
# A language shows by its labels where it has so many, and so many times more than the next.
_LEAST_LABELS, _STANDS_OUT = 1.5, 1.4
_A_WORD_BEFORE, _MOST_FOR_PROSE = 0.15, 0.8


class Label(NamedTuple):
    """Where a label stands: what it announces, how surely, and how it is set."""

    kind: str
    weight: float
    start: int
    end: int
    line: int
    has_colon: bool
    is_first: bool  # of its line, or of its cell
    is_last: bool
    languages: frozenset[str]  # in which it is one


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    weights: dict[str, float]
    languages: dict[str, set[str]]
    letters: int
    is_short: bool = False  # and announces, in its own languages alone, what prepositions do
    all_languages: frozenset[str] = frozenset()


class _Starting(NamedTuple):
    """The labels that begin with a word: that word alone, and longer ones by their second word."""

    alone: _Phrase | None
    longer: Mapping[str, tuple[_Phrase, ...]]


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels by their first word, those of languages without spaces by their first character."""

    spaced: Mapping[str, _Starting] = field(default_factory=dict)
    unspaced: Mapping[str, tuple[_Phrase, ...]] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    papers: frozenset[str] = frozenset()
    paper_starts: frozenset[str] = frozenset()

    def find(self, sheet: Sheet) -> list[Label]:
        """Return the labels of a sheet in their order; of those that begin alike the longest."""
        found = sorted([*self._spaced(sheet), *self._unspaced(sheet)], key=lambda label: label.start)
        ends = {label.end for label in found}
        return [label for label in found if not _is_aside(label, sheet.text, ends)]

    def paper_at(self, folded: str, at: int) -> int:
        """Return how many characters what a paper is called has that begins at a place, 0 where none does."""
        if folded[at : at + 2] not in self.paper_starts:
            return self._compound_at(folded, at)
        for length in range(min(_LONGEST_PAPER, len(folded) - at), 1, -1):
            if (
                folded[at : at + length] in self.papers
                and not folded[at + length : at + length + 1].isalpha()
            ):
                return length
        return self._compound_at(folded, at)

    def _compound_at(self, folded: str, at: int) -> int:
        """Return the length of a word that ends in what a paper is called, as "Stromrechnung" does."""
        match = _WORD.match(folded, at)
        word = match.group() if match else ""
        ends = range(_COMPOUND_LETTERS, len(word) - 2)
        return len(word) if any(word[-length:] in self.papers for length in ends) else 0

    def _spaced(self, sheet: Sheet) -> Iterable[Label]:
        folded, table = sheet.folded, self.spaced
        matches = sheet.words
        words = [match.group() for match in matches]
        if "№" in folded or "#" in folded:
            words = ["no" if word in "№#" else word for word in words]
        words.append("")
        free = 0
        for at, word in enumerate(words):
            if word not in table or at < free:
                continue
            start = matches[at].start()
            if folded[start - 1 : start].isdigit():
                continue
            alone, longer = table[word]
            for phrase in longer.get(words[at + 1], ()):
                last = at + len(phrase.words) - 1
                if tuple(words[at : last + 1]) == phrase.words and _are_joined(
                    folded, matches[at : last + 1]
                ):
                    yield from _labels(phrase, sheet, start, matches[last].end())
                    free = last + 1
                    break
            else:
                if alone and _fits(alone, sheet, matches[at].end()):
                    yield from _labels(alone, sheet, start, matches[at].end())

    def _unspaced(self, sheet: Sheet) -> Iterable[Label]:
        if sheet.folded.isascii() or not _UNSPACED.search(sheet.folded):
            return
        folded, free = sheet.folded, 0
        for match in _UNSPACED.finditer(folded):
            if match.start() < free:
                continue
            for entry in self.unspaced.get(match.group(), ()):
                if folded.startswith(entry.words[0], match.start()):
                    free = match.start() + len(entry.words[0])
                    yield from _labels(entry, sheet, match.start(), free)
                    break


def _is_aside(label: Label, text: str, ends: Collection[int]) -> bool:
    """Say whether a label stands in brackets behind another one, which it only explains."""
    bracket = text.rfind("(", max(0, label.start - 12), label.start)
    if bracket < 0 or ")" in text[bracket : label.start]:
        return False
    return bracket in ends or bracket - 1 in ends


def language_of_labels(labels: Sequence[Label]) -> str:
    """Return the language of which a document has the most labels, "" where none stands out."""
    counted: defaultdict[str, float] = defaultdict(float)
    for languages in {label.start: label.languages for label in labels}.values():
        for language in languages:
            counted[language] += 1 / len(languages)
    (first, most), (_, second), *_ = [*sorted(counted.items(), key=lambda one: -one[1]), ("", 0.0), ("", 0.0)]
    return first if most >= _LEAST_LABELS and most > _STANDS_OUT * second else ""


def _are_joined(folded: str, matches: Sequence[re.Match[str]]) -> bool:
    """Say whether nothing but what may join the words of a label stands between some."""
    return all(_WITHIN.fullmatch(folded, one.end(), other.start()) for one, other in pairwise(matches))


def _fits(entry: _Phrase, sheet: Sheet, end: int) -> bool:
    """Say whether a short label is one in this document's language, or has a colon."""
    if entry.letters == 1 and sheet.folded[end : end + 1] not in ".°º:№#":
        return False
    if not entry.is_short:
        return True
    return sheet.language in entry.all_languages or bool(
        not sheet.language and _ENDS.match(sheet.folded, end)
    )


def _labels(entry: _Phrase, sheet: Sheet, start: int, end: int) -> Iterable[Label]:
    index = sheet.line_of(start)
    line = sheet.lines[index]
    text = sheet.text
    before = text[line.start : start]
    cell = before.rpartition("\t")[2]
    is_first = not _RATE.sub("", cell).strip(" -*#>|•·\t(") or cell.endswith(("  ", "| "))
    has_colon = bool(_ENDS.match(text, end)) or (is_first and bool(_COLUMN.match(text, end, line.end)))
    is_last = bool(_NOTHING.match(text[end : line.end]))
    trust, prose = 0.15 * has_colon + 0.1 * is_first, 0.0
    if not is_first and not has_colon:
        words = len(cell.rpartition("   ")[2].split())
        prose = (
            (0.1 if len(entry.words) > 1 else 0.3)
            + _A_WORD_BEFORE * max(0, words - 1)
            + 0.25 * (line.end - line.start > _PROSE_CHARS)
        )
        prose = min(_MOST_FOR_PROSE, prose)
    for kind, weight in entry.weights.items():
        if entry.letters <= _SHORT_LETTERS and kind in _GLUED_TO_LANGUAGE:
            languages = entry.languages[kind]
            if sheet.language not in languages and not (not sheet.language and has_colon):
                continue
        is_phrase = len(entry.words) > (1 if kind in _SAID_IN_SENTENCES else 2)
        less = prose if kind in _GLUED_TO_LANGUAGE and not is_phrase else prose / 2
        yield Label(
            kind, weight + trust - less, start, end, index, has_colon, is_first, is_last, entry.all_languages
        )


@cache
def known_labels() -> Labels:
    """Return the labels of `labels.toml`."""
    text = files("twolane.fields").joinpath("labels.toml").read_text(encoding="utf-8")
    types = {field_id: spec.type.value for field_id, spec in known_fields().items()}
    given: list[tuple[str, float, str, str]] = []
    for table in tomllib.loads(text)["label"]:
        kind, weight = table.pop("field"), table.pop("weight")
        types[kind] = table.pop("type", types.get(kind, ""))
        given += [
            (kind, weight, code, phrase) for code, phrases in table.items() for phrase in phrases.split(",")
        ]
    return _made(given, types)


@lru_cache(maxsize=64)
def labels_for(specs: tuple[FieldSpec, ...]) -> Labels:
    """Return the known labels with those that fields of a taxonomy bring along."""
    known = known_labels()
    own = [spec for spec in specs if spec.labels or spec.id not in known.types]
    if not own:
        return known
    given = [(spec.id, 1.2, "", phrase) for spec in own for phrase in (*spec.labels, spec.name)]
    made = _made(given, {**known.types, **{spec.id: spec.type.value for spec in own}})
    return Labels(
        _merged(known.spaced, made.spaced),
        {**known.unspaced, **made.unspaced},
        made.types,
        known.papers,
        known.paper_starts,
    )


def _made(given: Sequence[tuple[str, float, str, str]], types: Mapping[str, str]) -> Labels:
    entries: dict[tuple[str, ...], _Phrase] = {}
    for kind, weight, language, phrase in _with_short_forms(given):
        folded = fold(phrase.strip())
        words: tuple[str, ...]
        if _UNSPACED.search(folded):
            words = (folded,)
        else:
            words = tuple("no" if word in "№#" else word for word in _WORD.findall(folded))
        if not words:
            continue
        entry = entries.setdefault(words, _Phrase(words, {}, {}, sum(map(len, words))))
        entry.weights[kind] = max(weight, entry.weights.get(kind, 0.0))
        entry.languages.setdefault(kind, set()).add(language)
    spaced: dict[str, list[_Phrase]] = {}
    unspaced: dict[str, list[_Phrase]] = {}
    for words, entry in entries.items():
        if _UNSPACED.search(words[0]):
            unspaced.setdefault(words[0][0], []).append(entry)
        else:
            spaced.setdefault(words[0], []).append(_marked_short(entry))
    papers = frozenset(fold(phrase.strip()) for kind, _, _, phrase in given if kind == "paper")
    starting = {word: _starting(some) for word, some in spaced.items()}
    return Labels(starting, _longest_first(unspaced), types, papers, frozenset(paper[:2] for paper in papers))


def _with_short_forms(
    given: Iterable[tuple[str, float, str, str]],
) -> Iterable[tuple[str, float, str, str]]:
    """Yield labels, and those that end in "nummer" as they are shortened in all Germanic languages."""
    for kind, weight, language, phrase in given:
        yield kind, weight, language, phrase
        if phrase.endswith("nummer") and len(phrase.strip()) > len("nummer"):
            yield kind, weight, language, phrase.removesuffix("mmer").removesuffix("u") + "r"
            yield kind, weight, language, phrase.removesuffix("nummer") + " nr"


def _marked_short(entry: _Phrase) -> _Phrase:
    is_short = entry.letters <= _SHORT_LETTERS and _GLUED_TO_LANGUAGE.issuperset(entry.weights)
    return replace(
        entry, is_short=is_short, all_languages=frozenset(chain.from_iterable(entry.languages.values()))
    )


def _starting(entries: Iterable[_Phrase]) -> _Starting:
    alone: _Phrase | None = None
    longer: dict[str, list[_Phrase]] = {}
    for entry in entries:
        if len(entry.words) == 1:
            alone = entry
        else:
            longer.setdefault(entry.words[1], []).append(entry)
    return _Starting(alone, _longest_first(longer))


def _longest_first(entries: Mapping[str, Iterable[_Phrase]]) -> dict[str, tuple[_Phrase, ...]]:
    return {
        first: tuple(sorted(some, key=lambda entry: (-len(entry.words), -entry.letters)))
        for first, some in entries.items()
    }


def _merged(one: Mapping[str, _Starting], other: Mapping[str, _Starting]) -> dict[str, _Starting]:
    """Return two tables as one; where both know a label, what the second says of it counts."""
    merged = dict(one)
    for word, starting in other.items():
        known = one.get(word, _Starting(None, {}))
        longer = {second: (*some, *known.longer.get(second, ())) for second, some in starting.longer.items()}
        merged[word] = _Starting(starting.alone or known.alone, _longest_first({**known.longer, **longer}))
    return merged
