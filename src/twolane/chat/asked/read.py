"""Questions become what they ask for: which files, and whether to count, list, add up or compare them.

See docs/why/chat.md#a-question-is-read-before-it-is-searched-for
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from twolane.answers import AskedFilter, Turn
from twolane.chat.asked.base import Asked, Intent
from twolane.chat.asked.days import label_of
from twolane.chat.asked.names import KnownNames
from twolane.chat.asked.places import KnownFolders
from twolane.chat.asked.sums import AskedSum
from twolane.chat.asked.understand import understand
from twolane.chat.asked.understood import Understood
from twolane.chat.asked.words import MANY, ONE, UNITS, languages
from twolane.documents import Filter
from twolane.facts import FieldCondition
from twolane.text.identify import likeliest_of
from twolane.text.words import script

_YEAR = re.compile(r"\d{4}")
_FROM_TODAY = frozenset({"this", "last", "today", "yesterday"})
_MOST_CHARS = 300  # a longer question says more than what the catalogue knows
_MOST_TURNS = 8
# what is paid in the end, of documents that have several amounts
_FIRST_AMOUNTS = ("total_due", "paid", "balance", "net_pay")
_COMPARED = frozenset({Intent.SUM, Intent.AVERAGE, Intent.LARGEST, Intent.SMALLEST})
_LIMITED = frozenset({Intent.LIST, Intent.LATEST, Intent.EARLIEST, Intent.LARGEST, Intent.SMALLEST})
_SCRIPTS = {"ru": "CYRILLIC", "uk": "CYRILLIC", "ar": "ARABIC", "zh": "CJK", "ja": "HIRAGANA", "ko": "HANGUL"}


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a conversation over the catalogue has come to: a follow-up changes it."""

    intent: Intent
    filters: tuple[AskedFilter, ...] = ()
    amount: AskedSum | None = None
    amount_field: str = ""
    limit: int = 0
    certain: bool = True
    has_amount: bool = False


def read(
    question: str,
    known: KnownNames,
    history: Sequence[Turn],
    today: date,
    without: Collection[str] = (),
) -> Asked:
    """Return what a question asks for, in the conversation that it goes on from.

    Only where each of its words is understood it is more than a search for passages; then `rest` is "".
    `without` are the filters that the user took away, by kind and value: "date:2025-01-01/2025-12-31", or
    all of a kind: "date".
    """
    standing: _Standing | None = None
    found: Understood | None = None
    folders = KnownFolders(known.find_folders)
    for turn in history[-_MOST_TURNS:]:
        found = _understood(turn.question, known, folders, today, found)
        standing = _left(_standing(found, standing), turn.without)
    found = _understood(question, known, folders, today, found)
    now = _standing(found, standing)
    if now is None:
        kept = _without(_explicit(found, standing), without)
        rest = question if found is None else found.rest_text
        return Asked(filters=kept, within=within_of(kept), certain=bool(kept), rest=rest)
    filters = now.filters
    if now.amount:
        filters = (*filters, _amount_filter(now.amount, now.amount_field, filters, known))
    kept = _without(filters, without)
    return Asked(
        intent=now.intent,
        filters=kept,
        within=within_of(kept),
        field=now.amount_field or (_only_amount(kept, known) if _compares(now) else ""),
        limit=now.limit if now.intent in _LIMITED else 0,
        certain=now.certain,
    )


def _explicit(found: Understood | None, standing: _Standing | None) -> Sequence[AskedFilter]:
    """Return what passages are sought within: what is named beyond doubt, and "them" of the answer before."""
    if found is None or "not" in found.roles:
        return ()
    if standing is None or not standing.certain or found.has_things or "them" not in found.roles:
        return found.explicit
    new = {one.kind for one in found.explicit}
    return [*(one for one in standing.filters if one.kind not in new), *found.explicit]


def within_of(filters: Sequence[AskedFilter]) -> Filter:
    """Return the files that pass filters: of one kind of them each any, of several kinds all."""
    values: dict[str, list[str]] = {}
    for one in filters:
        values.setdefault(one.kind, []).append(one.value)
    days = [value for value in values.get("date", ()) if "/" in value]
    first, _, last = (days or ["/"])[0].partition("/")
    bounds = [value for kind in ("date", "amount") for value in values.get(kind, ()) if value not in days]
    return Filter(
        categories=tuple(values.get("category", ())),
        dated_from=date.fromisoformat(first) if first else None,
        dated_to=date.fromisoformat(last) if last else None,
        folders=tuple(map(Path, values.get("folder", ()))),
        kinds=tuple(kind for value in values.get("kind", ()) for kind in value.split(",")),
        languages=tuple(values.get("language", ())),
        name=" ".join(values.get("name", ())),
        correspondents=tuple(map(int, values.get("correspondent", ()))),
        tags=tuple(values.get("tag", ())),
        fields=tuple(map(_condition, bounds)),
    )


def key_of(one: AskedFilter) -> str:
    """Return the name by which a user takes a filter away."""
    return f"{one.kind}:{one.value}"


def _without(filters: Sequence[AskedFilter], without: Collection[str]) -> tuple[AskedFilter, ...]:
    return tuple(one for one in filters if key_of(one) not in without and one.kind not in without)


def _left(standing: _Standing | None, without: Collection[str]) -> _Standing | None:
    """Return what a question has come to once the user took filters away from it."""
    if standing is None or not without:
        return standing
    amount = None if any(key.partition(":")[0] == "amount" for key in without) else standing.amount
    return replace(standing, filters=_without(standing.filters, without), amount=amount)


# the language


def _understood(
    question: str, known: KnownNames, folders: KnownFolders, today: date, before: Understood | None
) -> Understood | None:
    """Return the reading by the language that explains most of a question; None where it is too long.

    A question is likelier in the language of the one `before` it than in any other.
    """
    text = unicodedata.normalize("NFC", question).strip()
    if not text or len(text) > _MOST_CHARS:
        return None
    readings: list[Understood] = []
    for code in _codes(text, before.scan.words.code if before else ""):
        readings.append(understand(text, code, known, folders, today))
        if readings[-1].is_whole and len(readings) == 1:
            break
    return min(readings, key=lambda one: (len(one.rest), not one.cues and not one.has_things))


def _codes(text: str, before: str) -> list[str]:
    """Return the languages that a question may be in, the likeliest first."""
    scripts = {script(char) for char in text if char.isalpha()}
    possible = [code for code in languages() if _is_written(code, scripts)] or ["en"]
    likeliest = before if before in possible else likeliest_of(text, possible)
    return sorted(possible, key=lambda code: code != likeliest)


def _is_written(code: str, scripts: Collection[str]) -> bool:
    if code == "ja":
        return bool({"HIRAGANA", "KATAKANA", "CJK"} & set(scripts))
    return _SCRIPTS.get(code, "LATIN") in scripts


# what is wanted


def _standing(found: Understood | None, before: _Standing | None) -> _Standing | None:
    """Return what a question asks of the catalogue, alone or after another; None where it asks nothing."""
    if found is None or not found.is_whole:
        return None
    if before and _goes_on(found):
        return _gone_on(found, before)
    intent = _intent(found)
    if intent is Intent.PASSAGES:
        return None
    return _Standing(
        intent=intent,
        filters=tuple(found.filters),
        amount=found.amount,
        amount_field=found.amount_field,
        limit=found.limit,
        certain=not found.is_doubtful,
        has_amount=found.has_amount,
    )


def _goes_on(found: Understood) -> bool:
    """Say whether a question is about what the one before it was about."""
    says_something = found.cues or found.filters or found.amount or found.amount_field or "all" in found.roles
    if not says_something:
        return False
    return not found.has_things or "them" in found.roles or _adds(found)


def _adds(found: Understood) -> bool:
    """Say whether "and" stands before or behind all that is named: between two things it only joins them."""
    scan = found.scan
    named = [place for place, is_taken in enumerate(scan.taken) if is_taken]
    inside = range(named[0], named[-1]) if named else ()
    beside = (place for place in scan.free_places() if place not in inside)
    said = (phrase.meaning.role for place in beside for phrase in scan.phrases[place])
    return "and" in found.roles and "and" in said


def _gone_on(found: Understood, before: _Standing) -> _Standing:
    """Return what was asked before with what is new: it narrows, turns, or widens again."""
    cue = _cue(found)
    if not found.filters and found.amount is None and _widens(found, before):
        if found.roles & UNITS:  # "and from all years?"
            kept = tuple(one for one in before.filters if one.kind != "date")
            return replace(before, filters=kept, limit=0)
        kept = tuple(one for one in before.filters if one.kind in {"category", "kind"})
        return replace(before, filters=kept, amount=None, limit=0)
    new = {one.kind for one in found.filters}
    if new & {"correspondent", "name"}:
        new |= {"correspondent", "name"}
    kept = tuple(one for one in before.filters if one.kind not in new)
    return replace(
        before,
        intent=cue or before.intent,
        filters=(*kept, *(_in_year(one, found, before) for one in found.filters)),
        amount=found.amount or before.amount,
        amount_field=found.amount_field or before.amount_field,
        limit=found.limit,
        has_amount=found.has_amount,
        certain=before.certain and not found.is_doubtful,
    )


def _in_year(one: AskedFilter, found: Understood, before: _Standing) -> AskedFilter:
    """Return months that a follow-up names without their year in the year that was asked about before."""
    earlier = next((other for other in before.filters if other.kind == "date"), one)
    if one.kind != "date" or not (_is_of_one_year(one) and _is_of_one_year(earlier)):
        return one
    said = {phrase.meaning.role for phrases in found.scan.phrases for phrase in phrases}
    first, last = (date.fromisoformat(day) for day in one.value.split("/"))
    has_months = first.day == 1 and (last + timedelta(1)).day == 1
    if _YEAR.search(one.words) or said & _FROM_TODAY or not has_months:
        return one
    year = int(earlier.value[:4])
    next_month = last.replace(year=year, day=1) + timedelta(31)
    first, last = first.replace(year=year), next_month.replace(day=1) - timedelta(1)
    return replace(one, value=f"{first}/{last}", label=label_of(first, last))


def _is_of_one_year(one: AskedFilter) -> bool:
    first, _, last = one.value.partition("/")
    return bool(first and last) and first[:4] == last[:4]


def _widens(found: Understood, before: _Standing) -> bool:
    """Say whether a follow-up without filters asks for all: "and all of them?", "and in total?"."""
    if found.cues - {"total", before.intent.value}:
        return False
    return "all" in found.roles or ("total" in found.cues and before.intent in {Intent.COUNT, Intent.SUM})


def _cue(found: Understood) -> Intent | None:
    """Return what is wanted, by the words that say so alone; None where none does."""
    cues = found.cues
    is_much = "much" in cues and ("count" not in cues or _is_of_money(found))
    said = {
        Intent.AVERAGE: "average" in cues,
        Intent.LARGEST: "largest" in cues,
        Intent.SMALLEST: "smallest" in cues,
        Intent.SUM: ("sum" in cues or is_much) and not _is_of_one(found),
        Intent.COUNT: "count" in cues,
        Intent.LATEST: "latest" in cues,
        Intent.EARLIEST: "earliest" in cues,
    }
    adds_up = "total" in cues or (found.amount_field and not cues)  # "net sum of the invoices"
    otherwise = Intent.SUM if adds_up else Intent.LIST if cues & {"which", "who"} else None
    return next((intent for intent, is_said in said.items() if is_said), otherwise)


def _is_of_one(found: Understood) -> bool:
    """Say whether a sum is that of a single file, the latest or the earliest."""
    return found.number == ONE and bool(found.cues & {"latest", "earliest"})


def _is_of_money(found: Understood) -> bool:
    """Say whether a word for how many, which is also that for how much, asks for a sum."""
    is_of_those = "total" in found.cues and not found.has_things
    return is_of_those or "pays" in found.roles or bool(found.amount_field)


def _intent(found: Understood) -> Intent:
    """Return what a question that stands alone wants of the catalogue."""
    cue, sender = _cue(found), "correspondent" in found.kinds()
    if found.is_inside and found.number == ONE:
        return Intent.PASSAGES
    is_of_files = found.has_things or (sender and (cue or "all" in found.roles))
    return (cue or Intent.LIST) if is_of_files and _is_asked(found, cue) else Intent.PASSAGES


def _is_asked(found: Understood, cue: Intent | None) -> bool:
    """Say whether what is wanted is wanted of several files: a single one is asked what it says."""
    kinds, is_one = found.kinds(), found.number == ONE
    narrows = bool(kinds - {"category", "kind", "name"}) or found.amount is not None
    is_ranked = bool(found.cues & {"latest", "earliest"})
    if is_ranked and cue in {Intent.SUM, Intent.AVERAGE, Intent.COUNT}:  # "the sum of the last three"
        return False
    asked = {
        None: found.number == MANY or (not is_one and (narrows or kinds <= {"category", "kind"})),
        Intent.LIST: not is_one or narrows,
        Intent.COUNT: not is_one,
        Intent.SUM: _is_sum_of_several(found),
    }
    # of files of any kind their size may be meant
    ranked = bool(found.amount_field or kinds & {"category", "correspondent"})
    return asked.get(cue, ranked or cue not in {Intent.LARGEST, Intent.SMALLEST})


def _is_sum_of_several(found: Understood) -> bool:
    kinds = found.kinds()
    is_sum = bool(found.cues & {"sum", "total"}) and found.number != ONE
    is_paid = "correspondent" in kinds and "pays" in found.roles and not found.has_things
    several = found.number == MANY or "all" in found.roles or "date" in kinds
    return is_sum or is_paid or several or {"much", "total"} <= found.cues


# amounts


def _amounts(filters: Sequence[AskedFilter], known: KnownNames) -> list[str]:
    """Return the amounts that the documents meant are compared by, the most telling first."""
    chosen = [known.category(one.value) for one in filters if one.kind == "category"]
    having = [category for category in chosen or known.categories if category and category.amounts]
    firsts = [_first_amount([spec.id for spec in category.amounts]) for category in having]
    return sorted(set(firsts), key=lambda one: _FIRST_AMOUNTS.index(one) if one in _FIRST_AMOUNTS else 99)


def _first_amount(amounts: Sequence[str]) -> str:
    return next((one for one in _FIRST_AMOUNTS if one in amounts), amounts[0])


def _compares(now: _Standing) -> bool:
    is_of_one = now.has_amount and now.intent in {Intent.LATEST, Intent.EARLIEST}
    return now.intent in _COMPARED or now.amount is not None or is_of_one


def _only_amount(filters: Sequence[AskedFilter], known: KnownNames) -> str:
    """Return the amount of the categories that are named, "" where they have none, or several."""
    if not any(one.kind == "category" for one in filters):
        return ""
    amounts = _amounts(filters, known)
    return amounts[0] if len(amounts) == 1 else ""


def _amount_filter(
    amount: AskedSum, named: str, filters: Sequence[AskedFilter], known: KnownNames
) -> AskedFilter:
    amounts = [named] if named else _amounts(filters, known)
    name = amounts[0] if amounts else _FIRST_AMOUNTS[0]
    least, most = amount.bound(amount.least), amount.bound(amount.most)
    bounds = [f"{name}>={least}" if least else "", f"{name}<={most}" if most else ""]
    return AskedFilter("amount", " & ".join(filter(None, bounds)), amount.label)


def _condition(value: str) -> FieldCondition:
    """Return the condition on a field that a filter stands for."""
    condition = FieldCondition("")
    for bound in value.split(" & "):
        name, sign, text = bound.partition(">=") if ">=" in bound else bound.partition("<=")
        condition = replace(condition, field=name, **{"least" if sign == ">=" else "most": text})
    return condition
