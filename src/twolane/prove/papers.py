"""The papers that are filed and asked about while measuring: invented, varied, and the same in every run.

Three kinds: *memos* are e-mails that a rule files, one fact each, to be asked about; *unsure* papers are
texts whose kind neither rules nor similarity can tell, so that a model has to; the *mixed* ones are what comes
into a home or an office in a month, most of which need no model.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be written to a file, and the question it answers (memos only)."""

    name: str
    text: str
    question: str = ""


def memo(number: int) -> Paper:
    """Return memo `number`; thing and place together are its own up to number 799."""
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
    """Return a text of 90 to 130 words whose kind only a model can tell, if anything can."""
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
    choice = random.Random(f"mixed {number}")  # noqa: S311 - varied, not secret
    return _MIXED[number % len(_MIXED)](number, choice)


@cache
def _pieces() -> dict[str, Any]:
    return tomllib.loads(files("twolane.prove").joinpath("data", "papers.toml").read_text(encoding="utf-8"))


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


def _invoice(number: int, choice: random.Random) -> Paper:
    words, net = _words(choice), choice.randint(80, 2000)
    text = (
        f"INVOICE\n\nInvoice number: {2026_000 + number}\nInvoice date: {words['day']} {words['month']} 2026\n"
        f"Bill to: {words['person']}, {words['place']}\n\nQuantity  Description  Unit price\n"
        f"1  {words['thing']}: {words['work']}  {net}.00 EUR\n\nSubtotal {net}.00 EUR\nVAT 20 %  {net / 5:.2f} EUR\n"
        f"Total amount due {net * 1.2:.2f} EUR\nPayment terms: 14 days\n"
    )
    return Paper(f"invoice-{number:05}.txt", text)


def _statement(number: int, choice: random.Random) -> Paper:
    balance, lines = float(choice.randint(900, 4000)), []
    for day in range(3, 28, 4):
        amount = choice.randint(-200, 220) + 0.5
        balance += amount
        lines.append(f"{day:02}.02.2026  {_words(choice)['person']}  {amount:+.2f}  {balance:.2f}")
    text = (
        f"Bank statement {number}\nAccount statement for February 2026, account number XX00 0000 {number:04}\n"
        "Opening balance and transactions\nDate  Description  Amount  Balance\n" + "\n".join(lines)
    )
    return Paper(f"statement-{number:05}.txt", f"{text}\nClosing balance {balance:.2f} EUR\n")


def _table(number: int, choice: random.Random) -> Paper:
    rows = "\n".join(f"{day},{choice.randint(8, 29)},{_words(choice)['place']}" for day in range(1, 20))
    return Paper(f"readings-{number:05}.csv", f"day,value,place\n{rows}\n")


def _script(number: int, choice: random.Random) -> Paper:
    words = _words(choice)
    text = f'"""Counts what {words["person"]} noted."""\n\nLIMIT = {words["number"]}\n\n\ndef total(values):\n    return sum(values[:LIMIT])\n'
    return Paper(f"script_{number:05}.py", text)


def _mail(number: int, choice: random.Random) -> Paper:
    del choice
    paper = memo(400 + number % 400)
    return Paper(f"mail-{number:05}.eml", paper.text + f"\nReference {number}\n")


def _contract(number: int, choice: random.Random) -> Paper:
    words = _words(choice)
    text = (
        f"RENTAL AGREEMENT no. {number}\n\nThis agreement is made between {words['person']} (the landlord) and "
        f"{_words(choice)['person']} (the tenant).\n1. The landlord lets the {words['thing']} at {words['place']} to "
        f"the tenant.\n2. The parties agree on a rent of {words['price']} euros a month.\n3. Term and termination: "
        f"either party may terminate this agreement with {words['months']} months' notice.\n4. Governing law is that "
        "of the landlord's seat.\nIN WITNESS WHEREOF the parties have signed.\nSignature of the landlord ________  "
        "Signature of the tenant ________\n"
    )
    return Paper(f"agreement-{number:05}.txt", text)


def _unsure_one(number: int, choice: random.Random) -> Paper:
    del choice
    return unsure(90_000 + number)


_MIXED: tuple[Callable[[int, random.Random], Paper], ...] = (
    *(_mail, _invoice, _table, _mail, _statement),
    *(_unsure_one, _mail, _invoice, _contract, _script),
)
