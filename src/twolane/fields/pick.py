"""Picking among names and headings by the small model: its probabilities, beside what patterns say."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from twolane.documents import Reading
from twolane.errors import PromptTooLongError
from twolane.facts import CORRESPONDENT, TITLE, FieldSource, FieldValue
from twolane.fields.choose import Rival
from twolane.fields.excerpt import telling_lines
from twolane.llm.base import Message, Model, Prompt

DOCUMENT_TOKENS = 260


@dataclass(frozen=True, slots=True)
class _FieldQuestion:
    """What stands before a value where the model is asked what it would write next.

    `weight` is what its logarithms of probabilities count beside the scores of patterns.
    """

    before: str
    weight: float


# The weights and how sure both together are at most are fitted to documents that were labelled by hand:
# docs/why/fields.md#the-model-picks-among-names
_QUESTIONS: Mapping[str, _FieldQuestion] = {
    CORRESPONDENT: _FieldQuestion("Issued by:", 1.0),
    TITLE: _FieldQuestion("Title:", 0.25),
}
PICKED = frozenset(_QUESTIONS)
_FEWEST_LOGPROB, _SUREST = -8.0, 0.7


def pick(
    model: Model, field: str, rivals: Sequence[Rival], reading: Reading, *, chat: bool
) -> FieldValue | None:
    """Return the likeliest of the values between which patterns are not sure, None where nothing is to pick.

    Raises `ModelError`.
    """
    if len(rivals) < 2 or field not in _QUESTIONS:
        return None
    question = _QUESTIONS[field]
    names = [rival.value.value for rival in rivals]
    shown = telling_lines(reading, lambda line: any(name in line for name in names), DOCUMENT_TOKENS)
    try:
        choice = model.choose(_prompt(re.sub(r"<<<+|>>>+", "", shown), question.before, chat=chat), names)
    except PromptTooLongError:
        return None
    logits = [
        rival.score + question.weight * max(logprob, _FEWEST_LOGPROB)
        for rival, logprob in zip(rivals, choice.logprobs, strict=True)
    ]
    best = max(range(len(logits)), key=logits.__getitem__)
    share = 1 / sum(math.exp(logit - logits[best]) for logit in logits)
    return replace(
        rivals[best].value,
        confidence=round(_SUREST * share, 3),
        source=FieldSource.MODEL,
        reason=f"the small model picked it: it {rivals[best].value.reason}",
    )


def _prompt(document: str, before: str, *, chat: bool) -> Prompt:
    parts = {
        role: template.strip("\n").format(document=document, before=before)
        for role, template in _templates()["chat" if chat else "completion"].items()
    }
    if not chat:
        return parts["prompt"]
    return (
        Message("system", parts["system"]),
        Message("user", parts["user"]),
        Message("assistant", parts["assistant"]),
    )


@cache
def _templates() -> dict[str, dict[str, str]]:
    text = files("twolane.fields").joinpath("prompts.toml").read_text(encoding="utf-8")
    templates: dict[str, dict[str, str]] = tomllib.loads(text)["pick"]
    return templates
