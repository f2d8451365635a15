"""How well a model answers from its sources: right, with the right citation, and silent where they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from twolane.chat.answer import Answerer
from twolane.chat.gather import gather
from twolane.chat.retrieve import Found
from twolane.config.lane_settings import ChatSettings, LaneSettings
from twolane.documents import Filter, FoundPassage
from twolane.errors import ModelAnswerError
from twolane.measure.compare.bench import Bench
from twolane.measure.compare.plan import QUESTION_COST, ComparisonPlan
from twolane.measure.compare.result import Answers
from twolane.measure.data import read_data
from twolane.measure.report.journal import Result
from twolane.measure.report.samples import proportion, summarise


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the documents that are shown with it, and words of which one must be in the answer; none
    where the documents do not answer it."""

    text: str
    documents: tuple[str, ...]
    answers: tuple[str, ...]

    def is_right(self, answer: str) -> bool:
        """Say whether an answer holds one of the words, as words of its own."""
        folded = answer.casefold()
        return any(re.search(rf"(?<![\w.,]){re.escape(word)}(?!\w)", folded) for word in self.answers)


@dataclass(frozen=True)
class QuestionSet:
    """Questions, and the texts of their documents by name."""

    documents: dict[str, str]
    questions: tuple[Question, ...]

    def shown(self, question: Question) -> tuple[FoundPassage, ...]:
        """Return a question's documents as the passages that a search would have found."""
        return tuple(
            FoundPassage(number, name, Path(name), name, 1, self.documents[name], score=1.0)
            for number, name in enumerate(question.documents, 1)
        )


class _GivenSources:
    """A search that finds what the question set says: the model is compared, and not the search."""

    def __init__(self, passages: tuple[FoundPassage, ...]) -> None:
        self._passages = passages

    def search(self, query: str, limit: int, within: Filter) -> Found:  # noqa: ARG002 - the searcher's signature
        return Found(self._passages[:limit], nearness=1.0, coverage=1.0)


def shipped_questions(limit: int) -> QuestionSet:
    """Return at most `limit` of the questions that ship with twolane, of both kinds as evenly as they are."""
    found = read_data("compare/questions")
    questions = [
        Question(row["question"], tuple(row["documents"]), tuple(row.get("answers", ())))
        for row in found["question"]
    ]
    step = max(1, len(questions) // max(1, limit))
    kept = tuple(questions[::step][:limit])
    return QuestionSet({row["name"]: row["text"].replace("\n", " ") for row in found["document"]}, kept)


def measure_answers(bench: Bench, plan: ComparisonPlan) -> Answers | None:
    """Ask every question as the chat lane does, with its sources given. Raises `ModelError`."""
    asked = shipped_questions(plan.questions)
    settings = _chat_settings(bench.lane, plan)
    done: list[tuple[Question, Result]] = []
    for question in asked.questions:
        key = {"question": question.text, "tokens": plan.answer_tokens}
        measure = partial(_answer, bench, settings, question, asked.shown(question))
        done.append((question, bench.once("question", key, QUESTION_COST, measure)))
    return _answers([(question, result) for question, result in done if "error" not in result])


def _chat_settings(lane: LaneSettings, plan: ComparisonPlan) -> ChatSettings:
    shared = lane.model_dump(include=set(LaneSettings.model_fields))
    return ChatSettings.model_validate(shared | {"answer_tokens": plan.answer_tokens})


def _answer(
    bench: Bench, settings: ChatSettings, question: Question, passages: tuple[FoundPassage, ...]
) -> Result:
    answer = gather(Answerer(_GivenSources(passages), bench.llm, settings).ask(question.text))
    if answer.error:
        raise ModelAnswerError(answer.error, "")
    cited = [source.passage.text for source in answer.sources if source.number in answer.cited]
    return {
        "answer": answer.text,
        "refused": answer.refused,
        "cited": any(question.is_right(text) for text in cited),
        "first_token_s": answer.first_token_s,
    }


def _answers(done: Sequence[tuple[Question, Result]]) -> Answers | None:
    known = [(question, result) for question, result in done if question.answers]
    unknown = [result for question, result in done if not question.answers]
    if not known or not unknown:
        return None
    right = sum(not result["refused"] and question.is_right(result["answer"]) for question, result in known)
    waits = [result["first_token_s"] for _, result in done if result["first_token_s"]]
    return Answers(
        right=proportion(right, len(known)),
        cited=proportion(sum(result["cited"] for _, result in known), len(known)),
        refused_wrongly=proportion(sum(result["refused"] for _, result in known), len(known)),
        refused=proportion(sum(result["refused"] for result in unknown), len(unknown)),
        first_token_s=summarise(waits) if waits else None,
    )
