"""Which of a document's sums is the total, which the net and which the tax."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from twolane.facts import FieldSpec
from twolane.fields.amounts import FoundAmount, amount_text
from twolane.fields.choose import Candidate
from twolane.fields.findings import Findings, standing
from twolane.fields.links import BESIDE, LabelLink
from twolane.fields.sums import Triple

# What a receipt says was paid is its total.
_ALSO = {"paid": ("total_due",)}
# What speaks for an amount beside its label, in the same measure as how it stands to it.
_HAS_CURRENCY, _HAS_CENTS, _IS_BARE, _IS_BARE_AMONG_CENTS = 0.5, 0.4, -1.0, -3.5
_IS_LARGEST, _IS_SAID_AGAIN, _COLUMN_ADDS_UP, _IS_ALONE = 0.5, 0.2, 1.2, 1.2
_IS_LAST = 0.8
_NAMES_WHAT_IS_DUE = 1.4  # the weight of labels such as "balance due"
_ADDS_UP_AS_LABELLED, _ADDS_UP, _IS_ANOTHER_PART = 1.0, 2.6, -1.5


@dataclass(frozen=True, slots=True)
class _Whole:
    """What is looked at once of all amounts of a document, for one field."""

    part: str  # what it is in net + tax = total: a receipt says of its total that it was paid
    counted: Counter[Decimal]
    money: frozenset[Decimal]  # those that are surely sums of money
    named: frozenset[Decimal]  # those that a label calls so
    most: Decimal
    last: int  # where the last one stands that a label calls so
    has_cents: bool
    has_tax: bool
    is_due_named: bool  # some label says outright what is due


def amount_candidates(spec: FieldSpec, findings: Findings) -> list[Candidate]:
    """Return the amounts that may be a field's value."""
    whole = _whole(spec, findings)
    candidates = []
    for one, linked in findings.linked_amounts:
        score, link = standing(spec.id, linked, _ALSO.get(spec.id, ()))
        shown = findings.shown.get((whole.part, one.amount), 0.0) if whole.has_tax else 0.0
        score = _with_sums(one, score, link, shown, whole, findings)
        score += _form(one, whole)
        is_proven = shown == 1.0 and (whole.part != "total_due" or one.amount == whole.most)
        is_one_of_rates = whole.part in {"net", "tax"} and len(whole.named) > 1
        candidates.append(
            Candidate(
                amount_text(one.amount, one.currency or findings.currency),
                one.start,
                one.end,
                score,
                link,
                is_proven=is_proven,
                is_doubtful=is_one_of_rates and not is_proven,
            )
        )
    return candidates


def _whole(spec: FieldSpec, findings: Findings) -> _Whole:
    found, linked = findings.amounts, findings.linked_amounts
    part = "total_due" if spec.id == "paid" else spec.id
    ours = [(one, link) for one, links in linked if (link := links.get(part))]
    return _Whole(
        part,
        Counter(one.amount for one in found),
        frozenset(one.amount for one in found if one.has_cents or one.currency),
        frozenset(one.amount for one, link in ours if link.score > BESIDE - 1),
        max((one.amount for one in found), default=Decimal(0)),
        max((one.start for one, _ in ours), default=-1),
        any(one.has_cents for one in found),
        "tax" in findings.kinds,
        part == "total_due"
        and any(link.label.weight >= _NAMES_WHAT_IS_DUE and link.score > BESIDE for _, link in ours),
    )


def _with_sums(
    one: FoundAmount, score: float, link: LabelLink | None, shown: float, whole: _Whole, findings: Findings
) -> float:
    """Return an amount's score with what the others say of it: what adds up, and what is said again."""
    if whole.is_due_named and not (link and link.label.weight >= _NAMES_WHAT_IS_DUE):
        return score  # the gross sum, of which some is paid already
    if whole.part == "total_due":
        score += _IS_LARGEST * (one.amount == whole.most)
        score += _IS_SAID_AGAIN * min(3, whole.counted[one.amount] - 1)
        score += _COLUMN_ADDS_UP * (one.amount in findings.sums.columns)
    if whole.part == "balance" and one.start == whole.last:
        score += _IS_LAST  # the old one has the same label, and stands before it
    if shown and link:
        return score + _ADDS_UP_AS_LABELLED * shown
    if shown:
        return max(score, 0.0) + _ADDS_UP * shown
    is_another = any(
        other != whole.part and (other, one.amount) in findings.shown for other in Triple._fields
    )
    is_linked = link is not None and link.score >= BESIDE - 0.5
    return score + _IS_ANOTHER_PART if is_another and not is_linked else score


def _form(one: FoundAmount, whole: _Whole) -> float:
    """Return what the form of an amount says for its being a sum of money, and the one that is asked for."""
    score = _HAS_CURRENCY * bool(one.currency) + _HAS_CENTS * one.has_cents
    if not one.currency and not one.has_cents:
        score += _IS_BARE_AMONG_CENTS if whole.has_cents else _IS_BARE
    if len(whole.money) == 1 and one.currency and whole.part == "total_due":
        score += _IS_ALONE
    return score
