"""Whether two correspondents are the same: what their papers share, and how their names relate.

See docs/why/fields.md#when-two-correspondents-are-one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from twolane.facts import STRONG_MARKS, Correspondent, MarkKind, SenderMark
from twolane.fields.relations import NameRelation, are_other_firms, has_form, parts_of, relation_of
from twolane.store.values import MarkBearer, SpellingUse

MOST_BEARERS = 4  # a mark on the papers of more correspondents than that is none's own
_MOST_NAMES = 50_000
_MOST_SHARING = 50  # names with a word: more, and it tells nothing
_RELATIONS = tuple(NameRelation)  # the closest first
_MARK_WORDS = {
    MarkKind.IBAN: "IBAN",
    MarkKind.VAT_ID: "VAT id",
    MarkKind.MAIL: "mail address",
    MarkKind.SITE: "site",
    MarkKind.PHONE: "phone number",
}


@dataclass(frozen=True, slots=True)
class SenderPair:
    """Why two correspondents may be one: their closest names, and the marks that both have.

    It `is_corrected` where a person wrote one of the names for the other on a paper.
    """

    one: Correspondent
    other: Correspondent
    names: tuple[str, str]
    relation: NameRelation
    marks: tuple[SenderMark, ...] = ()
    is_corrected: bool = False

    @property
    def is_proven(self) -> bool:
        """Whether it is enough to merge them without asking: two signs, and never a person's name alone."""
        if are_other_firms(*self.names):
            return False
        kinds = {mark.kind for mark in self.marks}
        forms = [has_form(name) for name in self.names]
        is_firm = MarkKind.VAT_ID in kinds or any(forms)
        is_strong = bool(kinds & STRONG_MARKS)
        if self.is_corrected and self.relation is not NameRelation.OTHER:
            return is_firm or self.relation is not NameRelation.PART
        if self.relation is NameRelation.PART and all(forms):  # they may be two firms of one house
            return bool(kinds & {MarkKind.IBAN, MarkKind.VAT_ID})
        enough = {
            NameRelation.SAME: True,
            NameRelation.FORM: bool(kinds) or all(forms),
            NameRelation.ORDER: bool(kinds),
            NameRelation.SHORT: (is_firm and bool(kinds)) or (is_strong and len(kinds) > 1),
            NameRelation.OTHER: False,
        }
        return enough.get(self.relation, is_firm and (is_strong or len(kinds) > 1))

    @property
    def is_likely(self) -> bool:
        """Whether a person should look at it."""
        kinds = {mark.kind for mark in self.marks}
        if self.relation is NameRelation.OTHER:
            return bool(kinds & {MarkKind.IBAN, MarkKind.VAT_ID})
        weak = self.relation in {NameRelation.INITIALS, NameRelation.PART, NameRelation.SHORT}
        return (
            not weak
            or bool(kinds)
            or (self.relation is NameRelation.SHORT and any(map(has_form, self.names)))
        )

    @property
    def reason(self) -> str:
        """The evidence in words."""
        shared = [f"{_MARK_WORDS[mark.kind]} {mark.mark}" for mark in self.marks]
        if self.is_corrected:
            return f'{correction_words(self.names[0])} for "{self.names[1]}"'
        named = f'"{self.names[0]}" beside "{self.names[1]}" {self.relation.value}'
        return f"both write the {' and the '.join(shared)}; {named}" if shared else named


def correction_words(written: str) -> str:
    """Return how the reason begins why a name is one with those that a person wrote it for."""
    return f'a person wrote "{written}"'


def likeness(one: Correspondent, other: Correspondent, marks: Iterable[SenderMark] = ()) -> SenderPair:
    """Return why two correspondents may be one: the closest of their names, and the shared marks given."""
    pairs = [(a, b) for a in _spellings(one) for b in _spellings(other)]
    names = min(pairs, key=lambda pair: _RELATIONS.index(relation_of(*pair)))
    found = tuple(sorted(set(marks), key=lambda mark: (mark.kind not in STRONG_MARKS, mark.kind, mark.mark)))
    # two firms with a name in common: one pair of names that says so is enough
    apart = next((pair for pair in pairs if are_other_firms(*pair)), None)
    return SenderPair(one, other, apart or names, relation_of(*(apart or names)), found)


def best_spelling(shown: Sequence[str], uses: Iterable[SpellingUse]) -> str:
    """Return by which of their names two that are one should be shown; of equal ones those shown now win.

    What a person wrote is best, then what was typed: a name read off a picture may have wrong letters. Then
    the most frequent one, and the longest.
    """

    def worth(use: SpellingUse) -> tuple[bool, bool, int, int, int]:
        now = shown.index(use.name) if use.name in shown else len(shown)
        return use.decided > 0, use.documents > use.scanned, use.documents, len(use.name), -now

    return max(uses, key=worth).name


def in_order(found: SenderPair) -> SenderPair:
    """Return it with the correspondent first that has more papers: the other is merged into that."""
    one, other = found.one, found.other
    if (other.documents, -other.correspondent_id) > (one.documents, -one.correspondent_id):
        return replace(found, one=other, other=one, names=(found.names[1], found.names[0]))
    return found


def shared_marks(bearers: Sequence[MarkBearer]) -> dict[tuple[int, int], list[SenderMark]]:
    """Return the marks that two correspondents share, and few others have, by pairs in their order."""
    by_mark: dict[SenderMark, set[int]] = defaultdict(set)
    for bearer in bearers:
        if bearer.correspondent_id and (bearer.decided or bearer.drawn):
            by_mark[bearer.mark].add(bearer.correspondent_id)
    shared: dict[tuple[int, int], list[SenderMark]] = defaultdict(list)
    for mark, senders in by_mark.items():
        if len(senders) <= MOST_BEARERS:
            for pair in combinations(sorted(senders), 2):
                shared[pair].append(mark)
    return dict(shared)


def alike_by_name(names: Mapping[int, Sequence[str]], of: Collection[int]) -> set[tuple[int, int]]:
    """Return pairs of correspondents, one of them among `of`, whose names share their key or a rare word."""
    sought = {word for number in of for spelling in names.get(number, ()) for word in _telling(spelling)}
    sharing: dict[str, set[int]] = defaultdict(set)
    for correspondent_id, spellings in names.items():
        for spelling in spellings:
            for word in _telling(spelling) & sought:
                sharing[word].add(correspondent_id)
    return {
        (min(one, other), max(one, other))
        for ids in sharing.values()
        if 1 < len(ids) <= _MOST_SHARING
        for one in ids & set(of)
        for other in ids - {one}
    }


@lru_cache(maxsize=_MOST_NAMES)
def _telling(name: str) -> frozenset[str]:
    """Return by what names are found that may be the same."""
    parts = parts_of(name)
    return frozenset((parts.key, *parts.words))


def _spellings(correspondent: Correspondent) -> tuple[str, ...]:
    return correspondent.names or (correspondent.name,)
