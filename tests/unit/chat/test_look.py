"""What a question means in its conversation is looked for, and told where that is another question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from twolane.answers import QuestionEvent, Turn
from twolane.chat.answer import Answerer
from twolane.chat.follow_up import FullQuestion
from twolane.chat.look import Lookout
from twolane.chat.retrieve import Found
from twolane.chat.rewrite import rewritten
from twolane.config.lane_settings import ChatSettings
from twolane.documents import EVERYTHING, Filter, FoundPassage
from twolane.llm.base import Message
from twolane.llm.runtimes.scripted import ScriptedLLM

_HISTORY = (Turn("What is the rent of the flat in Leeds?", "The rent is 640 pounds [1]."),)
_SUBJECT = "rent flat"


class _Searcher:
    """Finds a passage of its own for every query, nearer by `by_subject` where that names the subject."""

    def __init__(self, by_subject: float | None = 0.5) -> None:
        self._by_subject = by_subject
        self.queries: list[str] = []

    def search(self, query: str, limit: int, within: Filter) -> Found:
        self.queries.append(query)
        number = len(self.queries)
        passage = FoundPassage(number, "d", Path(f"{number}.txt"), "", 1, query)
        found = Found((passage,), coverage=1.0)
        if self._by_subject is None:
            return found
        return replace(found, nearness=0.5 + self._by_subject * (_SUBJECT in query))


def _texts(found: Found) -> list[str]:
    return [passage.text for passage in found.passages]


def test_what_is_certain_is_looked_for_alone() -> None:
    # given
    searcher = _Searcher()

    # when
    looked = Lookout(searcher, 5).look("And in Bath?", _HISTORY, EVERYTHING)

    # then
    assert searcher.queries == ["What is the rent of the flat in Bath?"]
    assert looked.full == FullQuestion("What is the rent of the flat in Bath?", certain=True)


def test_the_subject_comes_first_where_it_brings_the_question_nearer() -> None:
    # when
    looked = Lookout(_Searcher(), 5).look("And the deposit?", _HISTORY, EVERYTHING)

    # then
    assert looked.full == FullQuestion("And the deposit? (rent, flat, Leeds, 640)")
    assert _SUBJECT in _texts(looked.found)[0]
    assert _texts(looked.found)[1] == "And the deposit?"


def test_a_short_question_that_stands_alone_is_answered_for_itself_first() -> None:
    # given
    asked: list[str] = []

    def rewrite(question: str, turns: Sequence[Turn]) -> str | None:
        asked.append(question)
        return None

    # when
    looked = Lookout(_Searcher(0.1), 5, rewrite).look("Where is my passport?", _HISTORY, EVERYTHING)

    # then
    assert looked.full is None
    assert _texts(looked.found)[0] == "Where is my passport?"
    assert asked == []


def test_without_vectors_nobody_knows_and_the_subject_comes_first() -> None:
    # when
    looked = Lookout(_Searcher(None), 5).look("Where is my passport?", _HISTORY, EVERYTHING)

    # then
    assert _SUBJECT in _texts(looked.found)[0]
    assert looked.full is not None


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("How high is the deposit of the flat?", "How high is the deposit of the flat?"),
        ("How high is the deposit in Paris?", "How high is the deposit? (rent, flat, Leeds, 640)"),
        (None, "How high is the deposit? (rent, flat, Leeds, 640)"),
    ],
)
def test_what_a_model_wrote_is_taken_where_it_adds_nothing(written: str | None, full: str) -> None:
    # given
    searcher = _Searcher()

    # when
    looked = Lookout(searcher, 5, lambda *_: written).look("How high is the deposit?", _HISTORY, EVERYTHING)

    # then
    assert looked.full == FullQuestion(full)
    assert (written in searcher.queries) is (written == full)


@pytest.mark.parametrize(
    ("here", "anywhere", "speaks"),
    [(0.9, 1.0, True), (0.3, 0.5, True), (0.3, 0.9, False), (0.0, 0.0, False)],
)
def test_files_that_are_meant_but_say_much_less_than_others_were_misread(
    here: float, anywhere: float, speaks: bool
) -> None:
    # given
    class Searcher:
        def search(self, query: str, limit: int, within: Filter) -> Found:
            share = here if within.name else anywhere
            passages = (FoundPassage(1, "d", Path("a.txt"), "", 1, query),) if share else ()
            return Found(passages, coverage=share)

    # when / then
    assert Lookout(Searcher(), 5).speaks("the parliament", Filter(name="museum"), EVERYTHING) is speaks


def test_a_model_that_is_never_of_use_is_not_waited_for_any_more() -> None:
    # given
    written = [None, *["How high is the deposit in Paris?", ""] * 4]
    asked: list[str] = []

    def rewrite(question: str, turns: Sequence[Turn]) -> str | None:
        asked.append(question)
        return written[len(asked) - 1]

    lookout = Lookout(_Searcher(), 5, rewrite)

    # when
    for _ in written:
        lookout.look("And the deposit?", _HISTORY, EVERYTHING)

    # then what it was not free for does not count
    assert len(asked) == 4


def test_a_full_question_is_told_first_and_answered_where_it_is_certain() -> None:
    # given
    prompts: list[str] = []

    def say(prompt: str) -> str:
        prompts.append(prompt)
        return "It is 910 pounds."

    settings = ChatSettings(model="m", runtime="scripted")
    answerer = Answerer(_Searcher(), ScriptedLLM(settings, say), settings)

    # when
    certain, open_one = (
        list(answerer.ask(question, _HISTORY)) for question in ("And in Bath?", "And the deposit?")
    )

    # then
    assert certain[0] == QuestionEvent("What is the rent of the flat in Bath?")
    assert open_one[0] == QuestionEvent("And the deposit? (rent, flat, Leeds, 640)")
    assert prompts[0].endswith("question: What is the rent of the flat in Bath?")
    assert prompts[1].endswith("question: And the deposit?")


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ('"How high is it?"\nBecause', "How high is it?"),
        ("Why?", ""),
        ("  ", ""),
        (None, ""),
    ],
)
def test_of_what_a_model_writes_the_first_line_counts(written: str | None, full: str) -> None:
    # given
    asked: list[tuple[Message, ...]] = []

    def write(prompt: tuple[Message, ...]) -> str | None:
        asked.append(prompt)
        return written

    # when / then
    assert rewritten("Why?", _HISTORY, write) == full
    assert "640 pounds.\nWhy?" in asked[0][-1].content


def test_the_subject_is_that_of_the_question_that_the_last_one_meant() -> None:
    # given
    history = (*_HISTORY, Turn("And in Bath?", "The rent is 910 pounds [1]."))

    # when
    looked = Lookout(_Searcher(), 5).look("And the deposit?", history, EVERYTHING)

    # then
    assert looked.full == FullQuestion("And the deposit? (rent, flat, Bath, 910)")
