"""Copies among many documents: how long it takes to seek those of all, and of one that is added.

Texts are letters of a hundred forms, filled in with facts of their own, so that each has hundreds of papers
in its own words beside it; one in ten is an edit of an earlier one, or that one as text recognition would
misread it. The library is a SQLite file, or PostgreSQL. `all` is what sketching and seeking take from
nothing, and `one` what a further document takes: its sketch, the search, and both transactions.

    python -m bench copies [--documents N] [--store sqlite|postgres] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench._library import STORES, library, open_library
from twolane.copies.find import CopyFinder
from twolane.documents import FileSeen, Page, Reading, ReadStatus
from twolane.store.base import Store

FORMS, WORDS_A_FORM, VOCABULARY = 100, 220, 6_000
ONE_IN, ADDED = 10, 100
_MISREAD = {"o": "0", "l": "1", "m": "rn", "e": "c"}


@dataclass(frozen=True, slots=True)
class Made:
    """A text, and the number of the one that it is a copy of, if it is one."""

    text: str
    copy_of: int | None = None


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    made = list(letters(options.documents + ADDED))
    with tempfile.TemporaryDirectory() as folder, library(options.store, Path(folder)) as address:
        with closing(open_library(address)) as store:
            for begin in range(0, options.documents, 500):
                read(store, made[begin : min(begin + 500, options.documents)], begin)
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            for _ in CopyFinder(store).catch_up():
                pass
            taken = {
                "seconds": round(time.perf_counter() - began_s, 1),
                "cpu_s": round(time.process_time() - began_cpu_s, 1),
            }
            one = [add(store, made[number], number) for number in range(options.documents, len(made))]
            figures = {
                "store": options.store,
                "documents": options.documents,
                "all": taken,
                "one_ms": {
                    "p50": round(statistics.median(one), 2),
                    "p95": round(statistics.quantiles(one, n=20)[18], 2),
                },
                **score(store, made),
            }
    text = json.dumps(figures, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text, "utf-8")


def letters(count: int) -> Iterator[Made]:
    """Make letters: the same ones each time."""
    chance = random.Random(7)
    syllables = [a + b for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u", "ar", "en", "ol", "is")]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(VOCABULARY)]
    weights = [1 / (place + 1) for place in range(VOCABULARY)]
    forms = [chance.choices(words, weights, k=WORDS_A_FORM) for _ in range(FORMS)]
    texts: list[str] = []
    for number in range(count):
        if number % ONE_IN or number < FORMS:
            texts.append(filled_in(chance.choice(forms), words, chance, number))
            yield Made(texts[-1])
        else:
            other = chance.randrange(number)
            texts.append(edited(texts[other], words, chance))
            yield Made(texts[-1], other)


def filled_in(form: list[str], words: list[str], chance: random.Random, number: int) -> str:
    """Return a letter of a form: to somebody, of some day, about some amounts."""
    name = [chance.choice(words).capitalize() for _ in range(2)]
    day = f"{chance.randint(1, 28):02}.{chance.randint(1, 12):02}.20{chance.randint(10, 25)}"
    amounts = " ".join(f"{chance.randint(100, 99_999) / 100:.2f}" for _ in range(3))
    lines = [" ".join(form[begin : begin + 11]) for begin in range(0, len(form), 11)]
    head = [
        " ".join(name),
        f"{chance.choice(words).capitalize()} {chance.randint(1, 99)}",
        f"No. {number:06}-{day}",
    ]
    return "\n".join([*head, *lines[:10], f"sum {amounts}", *lines[10:]])


def edited(text: str, words: list[str], chance: random.Random) -> str:
    """Return a letter with a sentence more, or with letters misread here and there."""
    if chance.random() < 0.5:
        return text + "\n" + " ".join(chance.choice(words) for _ in range(12))
    return "".join(_MISREAD.get(c, c) if chance.random() < 0.02 else c for c in text)


def read(store: Store, made: list[Made], begin: int) -> None:
    """Record documents as the step that reads does, without passages."""
    with store.writing() as write:
        write.see([FileSeen(Path(f"/bench/{begin + n}.txt"), 1, "1") for n in range(len(made))], 1)
    files = [store.file_at(Path(f"/bench/{begin + n}.txt")) for n in range(len(made))]
    with store.writing() as write:
        for place, file in enumerate(files):
            assert file is not None
            reading = Reading(ReadStatus.TEXT, "text/plain", (Page(1, made[place].text),))
            write.save_reading(file.file_id, f"{begin + place}", 1, reading, [])


def add(store: Store, made: Made, number: int) -> float:
    """Add a document and seek its copies; return the milliseconds of the latter."""
    read(store, [made], number)
    finder = CopyFinder(store)
    began_s = time.perf_counter()
    sketch = finder.sketching(f"{number}", made.text)
    with store.writing() as write:
        sketch(write)
    finder.look()
    return (time.perf_counter() - began_s) * 1000


def score(store: Store, made: list[Made]) -> dict[str, object]:
    """Return how many of the pairs are right, and how many of the copies were found."""
    pairs = store.copies.pairs()
    files = store.copies.files_of({n for pair in pairs for n in (pair.document_id, pair.other_id)})
    named = {number: int(found[0].file.document) for number, found in files.items()}
    root: dict[int, int] = {}
    for number, one in enumerate(made):
        root[number] = number if one.copy_of is None else root[one.copy_of]
    found = {frozenset((named[pair.document_id], named[pair.other_id])) for pair in pairs}
    wanted = {frozenset((number, one.copy_of)) for number, one in enumerate(made) if one.copy_of is not None}
    right = sum(len({root[number] for number in pair}) == 1 for pair in found)
    return {"pairs": len(found), "right": right, "copies": len(wanted), "found": len(found & wanted)}


if __name__ == "__main__":
    main()
