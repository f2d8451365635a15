"""How decision models are asked, by any server: `POST /v1/systemone`, a state and typed questions.

The shape is that of llama.cpp, Ollama (0.35 and later), LM Studio, vLLM and SGLang; it came with TypeSafe's
models. We ask one question of type `choice`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from twolane.errors import ModelAnswerError, ModelError
from twolane.llm.base import Choice, ChoiceQuestion
from twolane.llm.wire.bounds import UNREADABLE
from twolane.llm.wire.http import Json, ModelServer

PATH = "/v1/systemone"
ANY_QUESTION = ChoiceQuestion("Is there a text?", {"yes": "", "no": ""})
"""What a model is asked so that it is loaded."""
_NAME = "category"
# A probability that a server has rounded to 0 is not impossible.
_SMALLEST = 1e-6


def questions(question: ChoiceQuestion) -> Json:
    """Return a question as a server wants it; an option that means what it is called has no description."""
    criteria = {option: meaning or None for option, meaning in question.options.items()}
    asked = {"type": "choice", "instructions": question.instructions, "criteria": criteria}
    return {_NAME: asked}


def chosen(
    answer: Mapping[str, Any], question: ChoiceQuestion, bad_answer: Callable[[str], ModelAnswerError]
) -> Choice:
    """Read an answer; raises `bad_answer` where it has not one probability for each option."""
    try:
        found = answer["answers"][_NAME]["probabilities"]
        shares = [float(found[option]) for option in question.options]
        tokens = int((answer.get("usage") or {}).get("input_tokens") or 0)
    except UNREADABLE as error:
        raise bad_answer("its probabilities cannot be read") from error
    if not all(math.isfinite(share) and share >= 0 for share in shares) or not sum(shares) > 0:
        raise bad_answer("its probabilities are none")
    logprobs = tuple(math.log(min(1.0, max(share, _SMALLEST))) for share in shares)
    return Choice(tuple(question.options), logprobs, tokens)


class DecisionClient:
    """Asks the decision model of a server that lists its models; safe to use from several threads."""

    def __init__(self, server: ModelServer, model: str) -> None:
        self._server = server
        self._model = model
        self._decides: bool | None = None

    def decides(self) -> bool:
        """Say whether the server calls it a decision model, as llama-server does; it is asked once.

        llama.cpp knows one by the key `<architecture>.decision.type` of its file.
        """
        if self._decides is None:
            try:
                self._decides = is_listed(self._server.get("/v1/models"), self._model)
            except ModelError as error:
                if error.retryable:
                    raise
                self._decides = False  # a server that lists no models says nothing of this one
        return self._decides

    def decide(self, state: str, question: ChoiceQuestion) -> Choice:
        """Ask for the probabilities of a question's options."""
        body = {"model": self._model, "state": state, "questions": questions(question)}
        return chosen(self._server.post(PATH, body), question, self._server.bad_answer)

    def warm_up(self) -> bool:
        """Have the model loaded by a question; returns False where it is no decision model."""
        decides = self.decides()
        if decides:
            self.decide("", ANY_QUESTION)
        return decides


def is_listed(models: Mapping[str, Any], model: str) -> bool:
    """Say whether a list of models calls one of them a decision model.

    A server with a single model answers for it by any name.
    """
    listed = models.get("data")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    named = [entry for entry in entries if entry.get("id") == model] or entries[: len(entries) == 1]
    return any("decisions" in _outputs(entry) for entry in named)


def _outputs(entry: Mapping[str, Any]) -> Any:
    architecture = entry.get("architecture")
    outputs = architecture.get("output_modalities") if isinstance(architecture, dict) else None
    return outputs if isinstance(outputs, list) else ()
