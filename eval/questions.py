"""The questions of our own sets with the files that answer them, and how a question is mistyped."""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import cycle
from pathlib import Path

DATA = Path(__file__).parent / "data"
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_LETTERS = 5
_MOST_QUESTIONS = 2  # a word that more of them hold is one that any question may have


class Slip(StrEnum):
    """What happens to a letter under the fingers."""

    SWAPPED = "swapped"
    DROPPED = "dropped"
    DOUBLED = "doubled"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class File:
    """A file that a set writes: its name, which tells nothing of what is in it, and its text."""

    name: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the file that answers it and the words there that do; "" where all of the file does."""

    text: str
    language: str
    file: File
    answer: str = ""
    slip: Slip | None = None

    @property
    def group(self) -> str:
        """The language of the question, and that of the file where it is another."""
        same = self.language == self.file.language
        return self.language if same else f"{self.language} on {self.file.language}"


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Files, and questions on some of them."""

    files: tuple[File, ...]
    questions: tuple[Asked, ...]


def read_across() -> QuestionSet:
    """Read the documents of eight kinds in eight languages, asked for in other languages than their own."""
    files: list[File] = []
    questions: list[Asked] = []
    for path in sorted((DATA / "across").glob("*.toml")):
        for document in tomllib.loads(path.read_text("utf-8"))["document"]:
            file = File(f"{len(files) + 1:03}.txt", path.stem, document["text"].strip() + "\n")
            files.append(file)
            questions += [Asked(text, language, file, says) for language, text, says in document["questions"]]
    return QuestionSet(tuple(files), tuple(questions))


def read_inflected() -> QuestionSet:
    """Read the files of one fact each, asked for in other forms of their words."""
    facts = [
        (path.stem, text, question)
        for path in sorted((DATA / "inflected").glob("*.toml"))
        for text, question in tomllib.loads(path.read_text("utf-8"))["facts"]
    ]
    questions = [
        Asked(question, language, File(f"{number:03}.txt", language, f"{text}\n"))
        for number, (language, text, question) in enumerate(facts, 1)
    ]
    return QuestionSet(tuple(one.file for one in questions), tuple(questions))


def read_mistyped(seed: int) -> QuestionSet:
    """Read the same files and questions, each with a slip in one word that few other questions hold.

    Languages written without spaces are left out. The four slips take turns; the seed draws words and places.
    """
    inflected = read_inflected()
    chance = random.Random(seed)
    questions = []
    for language in dict.fromkeys(one.language for one in inflected.questions):
        asked = [one for one in inflected.questions if one.language == language]
        if all(" " in one.text for one in asked):
            questions += list(_mistyped(asked, chance))
    return QuestionSet(inflected.files, tuple(questions))


def mistype(word: str, slip: Slip, letters: Sequence[str], chance: random.Random) -> str:
    """Return a word with one slip in it; it is another word than before.

    Raises `IndexError` where no two neighbours differ that could be swapped.
    """
    places = list(range(len(word)))
    if slip is Slip.SWAPPED:
        places = [place for place in places[1:] if word[place] != word[place - 1]]
    at = chance.choice(places)
    match slip:
        case Slip.SWAPPED:
            return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
        case Slip.DROPPED:
            return word[:at] + word[at + 1 :]
        case Slip.DOUBLED:
            return word[:at] + word[at] + word[at:]
        case Slip.WRONG:
            other = [letter for letter in letters if letter != word[at].casefold()]
            return word[:at] + chance.choice(other) + word[at + 1 :]


def _mistyped(asked: Sequence[Asked], chance: random.Random) -> Iterator[Asked]:
    held = Counter(word for one in asked for word in {word.casefold() for word in _WORD.findall(one.text)})
    letters = sorted({letter for word in held for letter in word})
    for one, slip in zip(asked, cycle(Slip)):
        words = list(_WORD.finditer(one.text))
        rare = [word for word in words if held[word[0].casefold()] <= _MOST_QUESTIONS]
        telling = [word for word in rare if len(word[0]) >= _LEAST_LETTERS]
        word = chance.choice(telling or [max(words, key=lambda word: len(word[0]))])
        text = one.text[: word.start()] + mistype(word[0], slip, letters, chance) + one.text[word.end() :]
        yield replace(one, text=text, slip=slip)
