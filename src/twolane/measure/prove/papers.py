"""The papers that are filed and asked about while measuring: invented and varied; each number is one paper.

Three kinds: *memos* are e-mails that a rule files, one fact each, to be asked about; *unsure* papers are
texts whose kind neither rules nor similarity can tell, so that a model has to; the *mixed* ones are what
comes into a home or an office in a month, most of which need no model.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import Any

from twolane.measure.data import read_data

_MIXED = (
    *("mail", "invoice", "readings", "mail", "statement"),
    *("paper", "mail", "invoice", "agreement", "script"),
)
_SUFFIXES = {"readings": ".csv", "script": ".py"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be written to a file, and the question it answers (memos only)."""

    name: str
    text: str
    question: str = ""


MEMOS = 800
"""Of so many memos in a row each has a thing and place of its own."""


def memo_numbers(serial: int, count: int) -> range:
    """Return the numbers of the memos of set-up `serial`, of the half that mails have nothing of.

    Two set-ups share no memo: what else is said of a thing and place differs.
    """
    first = serial * MEMOS + serial * count % (MEMOS // 2)
    return range(first, first + count)


def memo(number: int) -> Paper:
    """Return memo `number`."""
    pieces, choice = _pieces(), random.Random(f"memo {number}")  # noqa: S311 - varied, not secret
    things, places = pieces["things"], pieces["places"]
    words = _words(choice) | {
        "thing": things[number % len(things)],
        "place": places[(number + number // len(things)) % len(places)],
    }
    sender = words["person"].lower().replace(" ", ".")
    head = (
        f"From: {words['person']} <{sender}@otterby.example>\nTo: home@otterby.example\n"
        f"Subject: {words['thing']} at {words['place']}\nDate: Mon, 5 Jan 2026 09:00:00 +0000\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
    )
    body = pieces["memo"].format(**words)
    return Paper(f"memo-{number:04}.eml", f"{head}{body}\n", pieces["question"].format(**words))


def unsure(number: int) -> Paper:
    """Return a text of about 80 words whose kind only a model can tell, if anything can."""
    pieces, choice = _pieces(), random.Random(f"unsure {number}")  # noqa: S311 - varied, not secret
    one, other = choice.sample(pieces["matters"], 2)
    names = [*one.split(", "), *other.split(", ")]

    def filled(line: str) -> str:
        words = dict(zip(("one", "other", "third"), choice.sample(names, 3), strict=True))
        return line.format(**_words(choice), **words)

    text = " ".join(filled(line) for line in choice.sample(pieces["unsure"], 7))
    return Paper(f"paper-{number:05}.txt", f"{filled(choice.choice(pieces['unsure_titles']))}\n\n{text}\n")


def mixed(number: int) -> Paper:
    """Return one paper of an ordinary inbox: of ten, nine of clear kinds and one that is unsure."""
    kind = _MIXED[number % len(_MIXED)]
    if kind == "paper":
        return unsure(number)
    if kind == "mail":
        other = memo(MEMOS // 2 + number % (MEMOS // 2))
        return Paper(f"mail-{number:05}.eml", f"{other.text}\nReference {number}\n")
    choice = random.Random(f"mixed {number}")  # noqa: S311 - varied, not secret
    text = _pieces()["mixed"][kind].format(serial=number, **_words(choice), **_accounts(choice))
    return Paper(f"{kind}-{number:05}{_SUFFIXES.get(kind, '.txt')}", text.lstrip())


@cache
def _pieces() -> dict[str, Any]:
    return read_data("prove/papers")


def _words(choice: random.Random) -> dict[str, Any]:
    """Return one choice of each piece that a text may name."""
    pieces = _pieces()
    return {
        "person": choice.choice(pieces["people"]),
        "place": choice.choice(pieces["places"]),
        "thing": choice.choice(pieces["things"]),
        "work": choice.choice(pieces["works"]),
        "reason": choice.choice(pieces["reasons"]),
        "day": choice.randint(1, 28),
        "month": choice.choice(pieces["months"]),
        "months": choice.randint(2, 24),
        "number": choice.randint(3, 19),
        "price": f"{choice.randint(40, 900)}.{choice.randint(10, 99)}",
    }


def _accounts(choice: random.Random) -> dict[str, Any]:
    """Return what the mixed papers calculate with, or list by the day."""
    net, balance, lines = choice.randint(80, 2000), float(choice.randint(900, 4000)), []
    for day in range(3, 28, 4):
        amount = choice.randint(-200, 220) + 0.5
        balance += amount
        lines.append(f"{day:02}.02.2026  {_words(choice)['person']}  {amount:+.2f}  {balance:.2f}")
    readings = [f"{day},{choice.randint(8, 29)},{_words(choice)['place']}" for day in range(1, 20)]
    return {
        "net": net,
        "vat": net / 5,
        "gross": net * 1.2,
        "lines": "\n".join(lines),
        "balance": balance,
        "second": _words(choice)["person"],
        "readings": "\n".join(readings),
    }
