"""A question read with the words of one language: what each of its tokens says, and which say nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from twolane.answers import AskedFilter
from twolane.chat.asked.days import DaySpan, label_of, read_days
from twolane.chat.asked.names import KnownNames
from twolane.chat.asked.places import KnownFolders, read_bare_folder, read_places
from twolane.chat.asked.scan import Scan
from twolane.chat.asked.sums import currency_at, read_sum
from twolane.chat.asked.tongues import language_name, language_names
from twolane.chat.asked.understood import CUES, Understood
from twolane.chat.asked.words import (
    CONCEPT,
    FILES,
    KIND,
    MANY,
    MONEY,
    ONE,
    UNITS,
    kind_name,
    languages,
    question_words,
)
from twolane.facts import FieldSpec

_RANKED = frozenset({"latest", "earliest", "largest", "smallest"})
_ALWAYS = CUES | {"all", "and", "them", "fill", "of"}
# words that turn a sense: where nothing was read from them, they are not skipped as others that say little
_STRICT = frozenset(
    {"after", "before", "more", "less", "least", "most", "between", "until", "since", "about"}
)
_MAY_BE_BARE = frozenset({"from", "link", "this", "to"})  # where they are stop words of their language
_DATED = {"ends": "end_date", "starts": "start_date", "dues": "due_date"}
_MOST_NAME = 4  # words of a sender that the library does not know
_ARTICLES_BACK = 2
_PICTURES = "image/*"  # a picture is also what texts speak of
_ALL_CAPITALS = frozenset({"de"})  # where capitals do not tell a name from any other noun


def understand(question: str, code: str, known: KnownNames, folders: KnownFolders, today: date) -> Understood:
    """Read a question with the words of one language."""
    scan = Scan(question, question_words(code))
    found = Understood(scan)
    read_places(found, known, folders)
    found.amount = read_sum(scan, with_currency=True)
    days = read_days(scan, today)
    if found.amount is None:
        found.amount = read_sum(scan, with_currency=False)
    things = _read_things(found, known)
    _read_correspondents(found, known, things)
    _read_languages(found)
    if days:
        _add_days(found, days, things, known)
    _read_field(found, known)
    _read_unknown_sender(found)
    read_bare_folder(found, folders)
    _read_rest(found, things)
    found.is_inside = any(_is_inside(scan, start) for start, _ in things)
    return found


def _add_days(found: Understood, days: DaySpan, things: Sequence[tuple[int, int]], known: KnownNames) -> None:
    scan = found.scan
    if spec := _dated_field(found, known):
        bounds = (
            f"{spec.id}>={days.first}" if days.first else "",
            f"{spec.id}<={days.last}" if days.last else "",
        )
        label = f"{spec.name}: {label_of(days.first, days.last)}"
        words = scan.text(days.start, days.end)
        found.add(AskedFilter("date", " & ".join(filter(None, bounds)), label, words))
        return
    value = f"{days.first or ''}/{days.last or ''}"
    said = AskedFilter("date", value, label_of(days.first, days.last), scan.text(days.start, days.end))
    place = days.start
    while place > 0 and not scan.taken[place - 1] and scan.is_stop(place - 1):
        place -= 1
    has_preposition = place < days.start or days.first is None or days.last is None
    follows = any(end == place for _, end in things)
    found.add(said, explicit=follows and has_preposition)


def _dated_field(found: Understood, known: KnownNames) -> FieldSpec | None:
    """Return the date that is meant in place of a paper's own, and take the words that say so."""
    scan = found.scan
    chosen = [known.category(one.value) for one in found.filters if one.kind == "category"]
    dates = {spec.id: spec for one in chosen if one for spec in one.dates}
    for place in scan.free_places():
        for phrase in scan.phrases[place]:
            spec = dates.get(_DATED.get(phrase.meaning.role, ""))
            if spec and scan.is_free(place, phrase.end):
                scan.take(place, phrase.end)
                return spec
    return None


# categories, kinds and files


def _read_things(found: Understood, known: KnownNames) -> list[tuple[int, int]]:
    """Read the names of categories and kinds of files; return where they stand."""
    scan, things = found.scan, list[tuple[int, int]]()
    place = 0
    while place < len(scan.tokens):
        end = _read_thing(found, known, place) if not scan.taken[place] else place
        if end > place:
            things.append((place, end))
        place = max(end, place + 1)
    return things


def _is_inside(scan: Scan, place: int) -> bool:
    """Say whether what stands in a thing is asked for: "in the latest invoice", "in meinem Vertrag"."""
    while place > 0:
        if (said := scan.before(place, ("inside",))) and said.end == place:
            return True
        ranked = [one for one in scan.phrases[place - 1] if one.meaning.role in _RANKED]
        if scan.taken[place - 1] or not (ranked or scan.is_stop(place - 1)):
            return False
        place -= 1
    return False


def _read_thing(found: Understood, known: KnownNames, place: int) -> int:
    """Read what is asked for from a token on; return where it ends."""
    scan = found.scan
    if (about := scan.before(place, ("about",))) and about.end == place:
        return place
    named_to, ids = known.categories_at(scan.tokens, place, scan.words.algorithm)
    spelt_to = known.spelt_at(scan.tokens, place)[0]
    number, kind, is_files = "", "", False
    end = named_to
    for phrase in scan.words.things.at(scan.tokens, place):
        if phrase.end < end or not scan.is_free(place, phrase.end):
            continue
        meaning = phrase.meaning
        categories = known.concepts.get(meaning.value, ()) if meaning.role == CONCEPT else ()
        if meaning.role == CONCEPT and not categories:
            continue
        if meaning.role == FILES and phrase.end == named_to:
            ids = known.categories_at(scan.tokens, place, "")[1]  # "documents" are not of "Documentation"
        if phrase.end > end:
            ids, kind, is_files, number = [], "", False, ""
        end, number = phrase.end, number or meaning.number
        ids = list(dict.fromkeys([*ids, *(one.id for one in categories)]))
        kind = meaning.value if meaning.role == KIND else kind
        is_files = is_files or meaning.role == FILES
    if end <= place or spelt_to > end or not scan.is_free(place, end):
        return place
    words = scan.text(place, end)
    for category_id in ids:
        category = known.category(category_id)
        found.add(AskedFilter("category", category_id, category.name if category else category_id, words))
    if kind and not ids:
        found.add(AskedFilter("kind", kind, kind_name(kind), words), explicit=kind != _PICTURES)
    if kind and found.number == MANY:
        number = ""  # many files of one kind: "файлов PDF"
    if ids and not number and end == named_to and _is_one_elsewhere(scan, place, end):
        number = ONE
    if is_files and number and found.number == ONE and found.kinds() <= {"kind", "folder", "tag"}:
        found.number = ""  # files of a kind whose name says nothing of number: "docx files"
    found.has_things = True
    found.number = ONE if ONE in (number, found.number) else number or found.number
    scan.take(place, end)
    return end


def _is_one_elsewhere(scan: Scan, start: int, end: int) -> bool:
    """Say whether a category's own name is the singular in another language, as "contract" in Dutch."""
    return any(
        phrase.end == end and phrase.meaning.number == ONE
        for code in languages()
        for phrase in question_words(code).things.at(scan.tokens, start)
    )


# whom they are from


def _read_correspondents(found: Understood, known: KnownNames, things: Sequence[tuple[int, int]]) -> None:
    scan = found.scan
    place = 0
    while place < len(scan.tokens):
        end, numbers, is_sure = (place, frozenset[int](), True)
        if not scan.taken[place]:
            end, numbers, is_sure = _correspondent_at(scan, known, place)
        if end > place and _may_send(scan, place):
            words, said = scan.text(place, end), _is_said_to_send(scan, place)
            for number in sorted(numbers):
                if one := known.correspondent(number):
                    made = AskedFilter("correspondent", str(number), one.name, words)
                    found.add(made, explicit=said and is_sure and bool(things))
            found.is_doubtful = found.is_doubtful or not (is_sure or said)
            scan.take(place, end)
        place = max(end, place + 1)


def _correspondent_at(scan: Scan, known: KnownNames, place: int) -> tuple[int, frozenset[int], bool]:
    """Return where a correspondent's name that begins at a token ends, whose it is, and if that is sure."""
    end, numbers = known.spelt_at(scan.tokens, place)
    token = scan.tokens[place]
    is_said = _is_said_to_send(scan, place)
    if end > place and scan.is_free(place, end) and (end - place > 1 or token.is_capital or is_said):
        return end, numbers, True
    end, numbers = known.joined_at(scan.tokens, place)
    if end > place and scan.is_free(place, end):
        return end, numbers, True
    if (
        scan.is_stop(place)
        or token.is_joined
        or (not token.is_capital and scan.phrases[place] and not is_said)
    ):
        return place, frozenset(), False
    stop = place
    while stop < len(scan.tokens) and not scan.taken[stop]:
        stop += 1
    end, numbers = known.meant_at(scan.tokens, place, stop, inflected=token.is_capital or is_said)
    if end == place + 1 and (
        language_names(scan.words.code).at(scan.tokens, place) or token.word.isdecimal()
    ):
        return place, frozenset(), False
    return end, numbers, token.is_capital or is_said


def _is_said_to_send(scan: Scan, place: int) -> bool:
    return scan.before(place, ("from", "of")) is not None


def _may_send(scan: Scan, place: int) -> bool:
    """Say whether a name is not that of a receiver, or of what is spoken about; payments have one."""
    if any(phrase.meaning.role == "pays" for phrases in scan.phrases for phrase in phrases):
        return True
    before = scan.before(place, ("to", "about"))
    sender = scan.before(place, ("from", "of"))
    return before is None or (sender is not None and sender.end >= before.end)


def _read_unknown_sender(found: Understood) -> None:
    """Read a sender that the library does not know as a name, which files, titles or senders may have."""
    scan = found.scan
    goes_on = bool(scan.phrases) and any(one.meaning.role == "and" for one in scan.phrases[0])
    if not (found.has_things or goes_on) or "correspondent" in found.kinds():
        return
    roles = {"from"} if scan.words.code in _ALL_CAPITALS else {"from", "of"}
    for place in range(len(scan.tokens)):
        longest = max((one.end for one in scan.phrases[place]), default=place)
        said = (one for one in scan.phrases[place] if one.meaning.role in roles and one.end == longest)
        sender = next(said, None)
        if sender is None or not scan.is_free(sender.start, sender.end):
            continue
        start = sender.end
        while start < min(len(scan.tokens), sender.end + _ARTICLES_BACK) and scan.is_stop(start):
            start += 1
        end = _name_end(scan, start)
        is_plain = sender.meaning.role == "from" and scan.text(sender.start, sender.end).casefold() in _plain(
            scan
        )
        if start < end and (is_plain or scan.tokens[start].is_capital) and not scan.tokens[start].is_joined:
            name = scan.text(start, end)
            if any(map(str.isdigit, name)):
                return
            found.add(AskedFilter("name", name, name, scan.text(sender.start, end)))
            found.is_doubtful = True
            scan.take(sender.start, end)
            return


def _name_end(scan: Scan, start: int) -> int:
    """Return where a name ends that begins at a token: with its last capital, or after one word without."""
    end = start
    while end < min(len(scan.tokens), start + _MOST_NAME) and not scan.taken[end]:
        token = scan.tokens[end]
        is_unit = any(phrase.meaning.role in UNITS for phrase in scan.phrases[end])
        if is_unit or scan.is_stop(end) or (not token.is_capital and (end > start or scan.phrases[end])):
            break
        end += 1
    return end


def _plain(scan: Scan) -> Collection[str]:
    return scan.words.senders


# languages and fields


def _read_languages(found: Understood) -> None:
    scan = found.scan
    book = language_names(scan.words.code)
    for place in list(scan.free_places()):
        for phrase in book.at(scan.tokens, place):
            if scan.is_free(place, phrase.end):
                code, words = phrase.meaning.value, scan.text(place, phrase.end)
                found.add(AskedFilter("language", code, language_name(code), words))
                scan.take(place, phrase.end)


def _read_field(found: Understood, known: KnownNames) -> None:
    """Read the name of an amount that documents have, as the library or a language calls it."""
    scan = found.scan
    roles = {phrase.meaning.role for phrases in scan.phrases for phrase in phrases}
    if not roles & (MONEY | {"latest", "earliest"}):
        return
    for place in range(len(scan.tokens)):
        named = [(one.end, one.meaning.value) for one in scan.words.amounts.at(scan.tokens, place)]
        named += [
            (place + len(words), field_id)
            for field_id, words in known.amount_words.items()
            if words == tuple(token.word for token in scan.tokens[place : place + len(words)])
        ]
        for end, field_id in sorted(named, reverse=True):
            verb = any(one.meaning.role == "pays" and one.end == end for one in scan.phrases[place])
            if verb and not found.has_things:
                continue  # "how much have I paid"
            if field_id in known.amounts and scan.is_free(place, end):
                found.amount_field = field_id
                scan.take(place, end)
                return


# what is left


def _read_rest(found: Understood, things: Sequence[tuple[int, int]]) -> None:
    """Read what is wanted of the files, and find the words that nothing is read from."""
    scan = found.scan
    left: list[tuple[int, int, frozenset[str]]] = []
    place = 0
    while place < len(scan.tokens):
        if scan.taken[place]:
            place += 1
            continue
        phrases = [one for one in scan.phrases[place] if scan.is_free(place, one.end)]
        end = max((one.end for one in phrases), default=place + 1)
        roles = frozenset(one.meaning.role for one in phrases if one.end == end)
        if "sum" in roles and _leads_to_amount(found, end):
            roles = frozenset({"fill"})
        left.append((place, end, roles))
        place = end
    found.roles = set().union(*(roles for _, _, roles in left))
    found.cues = found.roles & CUES
    for start, end, roles in left:
        if not _says(found, start, end, roles, things):
            found.rest += range(start, end)


def _leads_to_amount(found: Understood, place: int) -> bool:
    """Say whether an amount follows, of which what was said before is the name: "a total of over 500 €"."""
    scan, amount = found.scan, found.amount
    if amount is None or amount.start < place:
        return False
    return all(scan.is_stop(at) for at in range(place, amount.start))


def _says(
    found: Understood, start: int, end: int, roles: frozenset[str], things: Sequence[tuple[int, int]]
) -> bool:
    """Say whether a phrase is understood, or says nothing."""
    scan = found.scan
    is_bare = all(scan.is_stop(place) for place in range(start, end))
    if roles & _ALWAYS or _says_beside(found, start, roles) or (is_bare and roles & _MAY_BE_BARE):
        return True
    if end == start + 1 and (number := scan.number(start)) is not None:
        return _counts(found, start, number, things)
    return is_bare and not roles & _STRICT


def _says_beside(found: Understood, place: int, roles: frozenset[str]) -> bool:
    """Say whether a phrase is understood beside what was read: who sent, what was paid, in all years."""
    kinds = found.kinds()
    has_money = bool(found.cues & MONEY) or found.amount is not None
    return bool(
        (roles & {"sends", "from"} and kinds & {"correspondent", "name"})
        or ("sends" in roles and "date" in kinds and found.has_things)
        or ("sends" in roles and "who" in found.roles)
        or (roles & UNITS and "all" in found.roles)
        or ("amount" in roles and found.cues & {"latest", "earliest"})
        or (has_money and (roles & {"pays", "amount"} or currency_at(found.scan, place)))
    )


def _counts(found: Understood, place: int, number: int, things: Sequence[tuple[int, int]]) -> bool:
    """Say whether a number is how many files are meant: beside what ranks them, or before what they are."""
    scan = found.scan
    ranked = [
        phrase
        for phrases in scan.phrases
        for phrase in phrases
        if phrase.meaning.role in _RANKED and abs(phrase.start - place) <= 2
    ]
    if not ranked and not any(0 < start - place <= 2 for start, _ in things):
        return False
    if ranked or "which" in found.cues:
        found.limit = number
    return True
