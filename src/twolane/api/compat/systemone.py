"""Filing as a decision model: any client of `POST /v1/systemone` can ask which category a text belongs to.

Why it is so: docs/why/serving.md#filing-is-served-as-a-decision-model.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from twolane.api.boundary import HttpError
from twolane.api.compat.decisions import (
    MEANING_CHARS,
    MOST_CRITERIA,
    ChoiceAnswerOut,
    ChoiceIn,
    NoulAnswerOut,
    NoulIn,
    QuestionIn,
    ScoreAnswerOut,
    SystemOneIn,
    SystemOneOut,
    UsageOut,
    choice_answer,
    score_answer,
    text_of,
)
from twolane.api.compat.names import MODEL
from twolane.api.groups import ErrorShape, RouteGroup, audited
from twolane.api.schemas.classification import TEXT_LIMIT_CHARS
from twolane.api.state import shared
from twolane.api.streams import run_bounded
from twolane.errors import NotFoundError, PromptTooLongError, SettingsError
from twolane.principal import Right
from twolane.text.tokens import most_tokens

if TYPE_CHECKING:
    from twolane.app import App

_TITLE_CHARS = 60
_TYPES = {
    400: "invalid_request_error",
    404: "not_found_error",
    413: "exceed_context_size_error",
    422: "invalid_request_error",
    503: "unavailable_error",
}


class SystemOneProblemOut(BaseModel):
    """What went wrong, in words and for programs."""

    code: int
    message: str
    type: str


class SystemOneErrorOut(BaseModel):
    """An error in the shape of servers that speak this API."""

    error: SystemOneProblemOut


def _shaped(error: HttpError) -> SystemOneErrorOut:
    kind = _TYPES.get(error.status, "server_error")
    problem = SystemOneProblemOut(code=error.status, message=error.message, type=kind)
    return SystemOneErrorOut(error=problem)


router = APIRouter(prefix="/v1", tags=["decisions"])
GROUP = RouteGroup(router, reads=Right.ASK, changes=Right.ASK, error=ErrorShape(SystemOneErrorOut, _shaped))


@router.post("/systemone", summary="Ask questions with given answers about a text")
@audited(None)
async def systemone(asked: SystemOneIn, request: Request) -> SystemOneOut:
    """Answers with the probability of every option, by rules, vectors and the small model; nothing is kept.

    Options that are the ids of your categories are answered by all that filing has learned from you. Other
    options are compared by their names and meanings alone; so are the sides of `noul` and the levels of
    `score`.
    """
    if asked.model not in {"", MODEL}:
        raise NotFoundError(f"there is no model {asked.model!r} here", f"ask {MODEL!r}")
    state = shared(request)
    decide = partial(_decided, state.app, asked)
    return await run_bounded(decide, state.classifying, state.stopping)


def _decided(app: App, asked: SystemOneIn) -> SystemOneOut:
    text = text_of(asked.state)
    if len(text) > TEXT_LIMIT_CHARS:
        raise PromptTooLongError(
            f"the state has {len(text)} characters, {TEXT_LIMIT_CHARS} may be sent", "send its beginning"
        )
    criteria = sum(
        len(question.criteria or ())
        for question in asked.questions.values()
        if not isinstance(question, NoulIn)
    )
    if criteria > MOST_CRITERIA:
        raise SettingsError(
            f"there are {criteria} criteria in all", f"send {MOST_CRITERIA} at most, or several requests"
        )
    answers = {name: _answer(app, text, name, question) for name, question in asked.questions.items()}
    return SystemOneOut(model=MODEL, answers=answers, usage=UsageOut(input_tokens=most_tokens(text)))


def _answer(
    app: App, text: str, name: str, question: QuestionIn
) -> ChoiceAnswerOut | NoulAnswerOut | ScoreAnswerOut:
    if isinstance(question, ChoiceIn):
        criteria = {option: _meaning(name, what) for option, what in (question.criteria or {}).items()}
        return choice_answer(app.shares(text, criteria))
    given = (
        [question.criteria.true, question.criteria.false]
        if isinstance(question, NoulIn)
        else question.criteria
    )
    meanings = [_meaning(name, value) for value in given]
    criteria = {_title(meaning): meaning if len(meaning) > _TITLE_CHARS else "" for meaning in meanings}
    shares = list(app.shares(text, criteria).values())
    if len(shares) < len(meanings):
        raise SettingsError(
            f"questions.{name}: two criteria begin alike", "describe each in words of its own"
        )
    return NoulAnswerOut(noul=shares[0]) if isinstance(question, NoulIn) else score_answer(shares, meanings)


def _title(meaning: str) -> str:
    """Return what a side or level is called: a model that is asked for names is told no number of a level."""
    return meaning if len(meaning) <= _TITLE_CHARS else meaning[:_TITLE_CHARS] + "…"


def _meaning(name: str, value: Any) -> str:
    text = text_of(value)
    if len(text) > MEANING_CHARS:
        raise SettingsError(
            f"questions.{name}: a criterion has {len(text)} characters", f"use {MEANING_CHARS} at most"
        )
    return text
