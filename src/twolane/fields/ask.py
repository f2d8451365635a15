"""The small model's part: it is asked for what nothing else has found, and must find it in the document."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from twolane.documents import Reading
from twolane.errors import ModelFormatError, PromptTooLongError
from twolane.facts import FieldSource, FieldSpec, FieldType, FieldValue
from twolane.fields.choose import Rival
from twolane.fields.excerpt import telling_lines
from twolane.fields.find import FoundValue, find, find_words
from twolane.fields.pick import pick
from twolane.llm.base import Message, Model, Prompt, Schema

DOCUMENT_TOKENS = 420
_FEWEST_TOKENS = 60
_ANSWER_TOKENS = 48  # for each field
_LONGEST_CHARS = 100
_FEWEST_CHARS = 100  # a shorter text has nothing that patterns would not have seen
_MOST_CHOICES = 24
# How often a small model is right, where the document has a value at all; `eval fields` measures it.
CONFIDENCE = 0.5
_IN_WORDS = (FieldType.TEXT, FieldType.NAME)
_NO_RIVALS: Mapping[str, Sequence[Rival]] = {}


class FieldModel:
    """A model that fills in fields; safe to use from several threads. `chat` says how it is best asked."""

    def __init__(self, model: Model, *, chat: bool = False) -> None:
        self._model = model
        self._chat = chat

    def values(
        self,
        reading: Reading,
        missing: Sequence[FieldSpec],
        rivals: Mapping[str, Sequence[Rival]] = _NO_RIVALS,
    ) -> tuple[FieldValue, ...]:
        """Return the values of missing fields as far as the document has them.

        Of a field with `rivals` the model picks one; it is asked once for all others. Nothing is asked where
        nothing in the text could be a value of any. Raises `ModelError`.
        """
        asked = _asked(missing, reading)
        picked = [
            pick(self._model, spec.id, rivals[spec.id], reading, chat=self._chat)
            for spec in asked
            if spec.id in rivals
        ]
        rest = {spec: choices for spec, choices in asked.items() if spec.id not in rivals}
        answer = self._answer(reading, rest) if rest else {}
        written = [_value(spec, str(answer.get(spec.id, "")), reading) for spec in rest]
        return tuple(value for value in (*picked, *written) if value)

    def _answer(self, reading: Reading, asked: Mapping[FieldSpec, Sequence[str]]) -> Mapping[str, object]:
        limit = DOCUMENT_TOKENS
        while True:
            try:
                prompt = _prompt(_shown(reading, tuple(asked), limit), tuple(asked))
                filled = self._model.fill(prompt, _schema(asked), _ANSWER_TOKENS * len(asked) + 16)
                return filled.value if isinstance(filled.value, Mapping) else {}
            except ModelFormatError:  # it wrote on and on, or cannot be held to a schema
                return {}
            except PromptTooLongError:
                limit //= 2
                if limit < _FEWEST_TOKENS:
                    return {}


def can_be_asked(missing: Sequence[FieldSpec], reading: Reading) -> bool:
    """Say whether anything in a document's text could be a value of a missing field."""
    return bool(_asked(missing, reading))


def _asked(missing: Sequence[FieldSpec], reading: Reading) -> dict[FieldSpec, Sequence[str]]:
    """Return the fields that are asked for, with the words to choose from."""
    usual = (spec for spec in missing if spec.usual)
    return {spec: choices for spec in usual if (choices := _choices(spec, reading)) is not None}


def _choices(spec: FieldSpec, reading: Reading) -> Sequence[str] | None:
    """Return the words of a document that can be values of a field: an empty list for any, None for none."""
    if spec.type in _IN_WORDS:
        return () if len(reading.text) >= _FEWEST_CHARS else None
    words = dict.fromkeys(found.words for found in find(spec, reading))
    return tuple(words)[:_MOST_CHOICES] if words else None


def _schema(asked: Mapping[FieldSpec, Sequence[str]]) -> Schema:
    return {
        "type": "object",
        "properties": {
            spec.id: {"enum": [*choices, ""]} if choices else {"type": "string", "maxLength": _LONGEST_CHARS}
            for spec, choices in asked.items()
        },
        "required": [spec.id for spec in asked],
        "additionalProperties": False,
    }


def _value(spec: FieldSpec, words: str, reading: Reading) -> FieldValue | None:
    """Return an answer as a value, where the document has it and it is one of the field's type."""
    found: FoundValue | None = find_words(spec, words, reading)
    if found is None:
        return None
    return FieldValue(
        spec.id,
        found.value,
        CONFIDENCE,
        FieldSource.MODEL,
        found.words,
        found.place,
        "the small model found it in the text",
        found.before,
    )


def _shown(reading: Reading, specs: Sequence[FieldSpec], budget_tokens: int) -> str:
    held = {found.words for spec in specs if spec.type not in _IN_WORDS for found in find(spec, reading)}
    shown = telling_lines(reading, lambda line: any(words in line for words in held), budget_tokens)
    # The document must not close the fence around it.
    return re.sub(r"<<<+|>>>+", "", shown)


def _prompt(document: str, specs: Sequence[FieldSpec]) -> Prompt:
    lines = []
    for spec in specs:
        examples = f", such as {' or '.join(spec.examples)}" if spec.examples else ""
        lines.append(f"- {spec.id}: {spec.description or spec.name}{examples}")
    parts = {
        role: template.strip("\n").format(document=document, fields="\n".join(lines))
        for role, template in _templates().items()
    }
    return (Message("system", parts["system"]), Message("user", parts["user"]))


@cache
def _templates() -> dict[str, str]:
    text = files("twolane.fields").joinpath("prompts.toml").read_text(encoding="utf-8")
    templates: dict[str, str] = tomllib.loads(text)["ask"]
    return templates
