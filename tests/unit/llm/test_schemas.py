"""Answers that must fit a schema: what is taken for JSON, what is refused, and what an error says."""

from __future__ import annotations

import pytest

from twolane.errors import ModelError, ModelFormatError
from twolane.llm.base import Delta, Finished, Message, Schema, Stream
from twolane.llm.runtimes.schemas import check_schema, filled, with_schema

SCHEMA: Schema = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 5}},
    "required": ["name"],
}


def stream(text: str) -> Stream:
    yield from (Delta(text[:3]), Delta(text[3:]), Finished("stop", 7, 2))


@pytest.mark.parametrize("text", ['{"name": "Zoë"}', ' {"name":"Zoë"}\n', '```json\n{"name": "Zoë"}\n```'])
def test_an_answer_may_stand_in_a_fence(text: str) -> None:
    # when
    result = filled(stream(text), SCHEMA, "m")

    # then
    assert result.value == {"name": "Zoë"}
    assert (result.prompt_tokens, result.completion_tokens) == (7, 2)


@pytest.mark.parametrize("text", ["", "It is Zoë.", '{"name": NaN}', '{"name": "Zo', "[" * 100_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ModelFormatError, match="no JSON") as caught:
        filled(stream(text), SCHEMA, "m")
    assert caught.value.remedy


def test_an_error_says_what_is_broken_and_nothing_of_the_document() -> None:
    with pytest.raises(ModelFormatError, match=r"\$\.name breaks .*maxLength") as caught:
        filled(stream('{"name": "a secret"}'), SCHEMA, "m")
    assert "secret" not in str(caught.value)


def test_what_a_schema_points_at_elsewhere_is_not_fetched() -> None:
    # given
    schema = {"$ref": "http://127.0.0.1:9/schema.json"}
    check_schema(schema)

    # when / then
    with pytest.raises(ModelError, match=r"points at .*schema\.json"):
        filled(stream("{}"), schema, "m")


def test_a_schema_in_words_stands_before_the_prompt() -> None:
    # when
    text = with_schema("Name:", SCHEMA)
    chat = with_schema((Message("system", "Be brief."), Message("user", "Name?")), SCHEMA)

    # then
    assert isinstance(text, str)
    assert text.endswith("Name:")
    assert "maxLength" in text
    assert isinstance(chat[0], Message)
    assert chat[0].content.endswith("Be brief.")
    assert "maxLength" in chat[0].content
    assert chat[1:] == (Message("user", "Name?"),)
