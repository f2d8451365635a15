"""Questions with given answers about a text, in the shape of decision models: `POST /v1/systemone`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from twolane.api.compat.foreign import Foreign

MOST_QUESTIONS = 16
MOST_OPTIONS = 255
MOST_CRITERIA = 512  # of all questions together: each is embedded while others wait
NAME_CHARS = 200
MEANING_CHARS = 2000

Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARS)]


class ChoiceIn(Foreign):
    """One of several options."""

    type: Literal["choice"]
    instructions: Any = Field(None, description="not read: the options' names and meanings are")
    criteria: dict[Name, Any] | None = Field(
        None,
        max_length=MOST_OPTIONS,
        description="what each option means, null where its name says it. The ids of your categories are "
        "answered by all that filing has learned; without any, these are meant",
        examples=[{"invoice": "A demand for payment", "letter": None}],
    )


class Sides(Foreign):
    """What yes and no mean."""

    true: Any
    false: Any


class NoulIn(Foreign):
    """Yes or no."""

    type: Literal["noul"]
    instructions: Any = Field(None, description="not read")
    criteria: Sides = Field(description="both sides must be described: nothing else is compared with")


class ScoreIn(Foreign):
    """A place on a scale."""

    type: Literal["score"]
    instructions: Any = Field(None, description="not read")
    criteria: list[Any] = Field(
        min_length=2, max_length=10, description="what each level means, from the lowest"
    )


QuestionIn = Annotated[ChoiceIn | NoulIn | ScoreIn, Field(discriminator="type")]


class SystemOneIn(Foreign):
    """A state and named questions about it."""

    model: str = Field("", max_length=NAME_CHARS, examples=["twolane"])
    state: Any = Field(description="a text, or JSON", examples=["Invoice no. 17, due in 14 days"])
    questions: dict[Name, QuestionIn] = Field(min_length=1, max_length=MOST_QUESTIONS)
    images: list[Any] | None = Field(None, max_length=0, description="texts alone are read")


class ChoiceAnswerOut(BaseModel):
    """The likeliest option, and the probability of each."""

    type: Literal["choice"] = "choice"
    choice: str = Field(examples=["invoice"])
    probabilities: dict[str, float]
    confidence: float = Field(description="how far the likeliest stands out: 0 where all are alike")


class NoulAnswerOut(BaseModel):
    """The probability of yes."""

    type: Literal["noul"] = "noul"
    noul: float = Field(ge=0, le=1)


class ScoreAnswerOut(BaseModel):
    """The mean level, counted from 0, and the probability of each."""

    type: Literal["score"] = "score"
    score: float
    legend: dict[str, str]
    probabilities: dict[str, float]
    confidence: float


class UsageOut(BaseModel):
    """What was read: an estimate, for several models may have read it."""

    input_tokens: int
    output_tokens: int = 0


class SystemOneOut(BaseModel):
    """An answer to each question, by its name."""

    model: str
    answers: dict[str, ChoiceAnswerOut | NoulAnswerOut | ScoreAnswerOut]
    usage: UsageOut


def text_of(value: Any) -> str:
    """Return a text as it is, and any other JSON as text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def choice_answer(shares: Mapping[str, float]) -> ChoiceAnswerOut:
    """Return the answer to a choice; its confidence is the share of the best over an even one, 0 to 1."""
    best = max(shares, key=lambda option: shares[option])
    even = 1 / len(shares)
    confidence = max(0.0, (shares[best] - even) / (1 - even)) if len(shares) > 1 else 1.0
    return ChoiceAnswerOut(choice=best, probabilities=dict(shares), confidence=confidence)


def score_answer(shares: list[float], levels: list[str]) -> ScoreAnswerOut:
    """Return the answer to a score.

    Its confidence is 1 less the mean distance to the likeliest level, over that of even shares to the middle.
    """
    best = max(range(len(shares)), key=shares.__getitem__)
    middle = (len(shares) - 1) / 2
    distance = sum(share * abs(level - best) for level, share in enumerate(shares))
    even = sum(abs(level - middle) for level in range(len(shares))) / len(shares)
    return ScoreAnswerOut(
        score=sum(level * share for level, share in enumerate(shares)),
        legend={str(level): text for level, text in enumerate(levels)},
        probabilities={str(level): share for level, share in enumerate(shares)},
        confidence=max(0.0, 1 - distance / even),
    )
