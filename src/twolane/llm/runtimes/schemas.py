"""Answers that must fit a JSON schema: checked when they are here, whatever the runtime has promised."""

from __future__ import annotations

import json
import re
from contextlib import closing
from typing import Any

from twolane.errors import ModelError, ModelFormatError
from twolane.llm.base import Delta, Filled, Finished, Message, Prompt, Schema, Stream

_FENCED = re.compile(r"\s*```\w*\n(.*?)\n?```\s*", re.DOTALL)
_IN_WORDS = "Answer with one JSON value that fits this JSON schema, and with nothing else:\n"
_REMEDY = "use a larger model, or a server that can hold an answer to a JSON schema"


def check_schema(schema: Schema) -> None:
    """Raise `ModelError` where a schema is none, before any model is asked."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise _bad_schema(f"{error.json_path}: {error.message}") from error


def filled(events: Stream, schema: Schema, model: str) -> Filled:
    """Read a streamed answer to its end and check it.

    Raises `ModelFormatError` where it was cut, is no JSON, or does not fit.
    """
    pieces: list[str] = []
    finished = Finished("stop")
    with closing(events):
        for event in events:
            if isinstance(event, Delta):
                pieces = [] if event.restarts else pieces
                pieces.append(event.text)
            else:
                finished = event
    if finished.reason == "length":
        raise ModelFormatError(
            f"The answer of {model} had no end within {finished.completion_tokens} tokens",
            "allow it more tokens, or ask for less at once",
        )
    value = _parsed("".join(pieces), model)
    _check(value, schema, model)
    return Filled(value, finished.prompt_tokens, finished.completion_tokens)


def with_schema(prompt: Prompt, schema: Schema) -> Prompt:
    """Return a prompt that says in words what an answer must be like, for servers that take no schema."""
    words = f"{_IN_WORDS}{json.dumps(schema, ensure_ascii=False)}\n\n"
    if isinstance(prompt, str):
        return words + prompt
    first, *rest = prompt or (Message("user", ""),)
    return (Message(first.role, words + first.content), *rest)


def _parsed(text: str, model: str) -> Any:
    fenced = _FENCED.fullmatch(text)
    try:
        return json.loads(fenced[1] if fenced else text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ModelFormatError(f"The answer of {model} is no JSON", _REMEDY) from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity, which JSON does not have


def _check(value: object, schema: Schema, model: str) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    # With a registry of its own the validator fetches nothing that a schema points at.
    validator = Draft202012Validator(schema, registry=Registry())
    try:
        misfit = best_match(validator.iter_errors(value))
    except Unresolvable as error:
        raise _bad_schema(f"it points at {error.ref!r}, which it does not hold") from error
    if misfit:
        # The schema's words, not the answer's: that may hold what a document says.
        rule = json.dumps({misfit.validator: misfit.validator_value}, ensure_ascii=False)[:200]
        raise ModelFormatError(
            f"The answer of {model} does not fit its schema: {misfit.json_path} breaks {rule}", _REMEDY
        )


def _bad_schema(why: str) -> ModelError:
    return ModelError(f"This is no JSON schema that an answer can be checked by: {why}", "correct the schema")
